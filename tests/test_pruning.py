"""The best by words, found without walking common words: the same passages, to the last bit."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray

from plait.index.analyzer import TextAnalyzer
from plait.index.keyword.postings import build_postings
from plait.index.keyword.reader import Fields, KeywordReader
from plait.search.bm25 import BM25
from plait.search.keyword import KeywordLeg, TermScores
from plait.search.pruning import Impacts, contenders, gains
from plait.search.query import parse_query
from plait.search.ranking import LegScores

ANALYZER = TextAnalyzer()
WORDS = [f"w{number}" for number in range(60)]
QUERY = "w0 w0 w1 w2 w3 w5 w9 w17 w33 w55"


def passages(random: np.random.Generator, count: int) -> list[str]:
    """Write passages of few common and many rare words, of various lengths."""
    likely = 1 / np.arange(1, len(WORDS) + 1)
    lengths = random.integers(0, 30, count)
    chosen = [random.choice(WORDS, n, p=likely / likely.sum()) for n in lengths.tolist()]
    return [" ".join(words) for words in chosen]


def inverted(texts: list[str]) -> Fields:
    """Invert them; the first three words are the title."""
    titles = (" ".join(text.split()[:3]) for text in texts)
    return {
        "title": build_postings(ANALYZER.number(titles)),
        "text": build_postings(ANALYZER.number(texts)),
    }


def best(scored: tuple[LegScores, TermScores], k: int) -> dict[int, tuple[float, list[float]]]:
    """Give the best `k` passages and what ties with the last: score, and what terms add."""
    found, terms = scored
    order = np.sort(found.scores)[::-1]
    least = order[min(k, len(order)) - 1] if len(order) else 0.0
    return {
        passage: (score, [term.score for term in terms.of(passage)])
        for passage, score in zip(found.passages.tolist(), found.scores.tolist(), strict=True)
        if score >= least
    }


@given(
    seed=st.integers(0, 10_000),
    k=st.integers(1, 60),
    parameters=st.sampled_from([BM25(), BM25(0.0, 0.0), BM25(2.0, 1.0)]),
    dead=st.sampled_from([0.0, 0.3, 0.98]),
)
@settings(max_examples=80, deadline=None)
def test_the_best_are_those_of_scoring_everything(
    seed: int, k: int, parameters: BM25, dead: float
) -> None:
    """Same passages, scores and explanations, over several parts and deletions, ties too."""
    random = np.random.default_rng(seed)
    ends = [0, *np.sort(random.integers(0, 400, 2)).tolist(), 400]
    texts = passages(random, 400)
    alive = random.random(400) >= dead
    parts = [(inverted(texts[a:b]), alive[a:b]) for a, b in pairwise(ends)]
    leg = KeywordLeg(KeywordReader(parts), ANALYZER, parameters)
    query = parse_query(QUERY, ANALYZER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("plait.search.keyword.WALKED", 0)
        patch.setattr("plait.search.pruning.ENOUGH", 5)
        pruned = leg.best(query, k)
    assert best(pruned, k) == best(leg.score(query), k)


def words_of(texts: list[str]) -> list[Impacts]:
    """Weigh three words of very different frequency."""
    reader = KeywordReader([(inverted(texts), np.ones(len(texts), bool))])
    [own] = KeywordLeg(reader, ANALYZER)._words(parse_query("w0 w1 w55", ANALYZER))
    return [word.impacts for word in own]


def test_a_bound_is_never_exceeded() -> None:
    """No passage gains more by a word than its bound, and few bounds are far from the truth."""
    for word in words_of(passages(np.random.default_rng(1), 500)):
        most = word.scores().max()
        assert 0.6 * word.bound < most <= word.bound


def test_common_words_are_looked_up_and_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of thousands of passages with a common word, few are scored at all."""
    texts = passages(np.random.default_rng(2), 5000)
    words = words_of(texts)
    walked = []
    scores = Impacts.scores

    def watched(word: Impacts) -> NDArray[np.float64]:
        walked.append(len(word.passages))
        return scores(word)

    monkeypatch.setattr(Impacts, "scores", watched)
    found = contenders(words, 10, np.ones(len(texts), bool))
    commonest = max(len(word.passages) for word in words)
    assert commonest > 3000
    assert commonest not in walked
    assert 10 <= len(found) < 100
    assert gains(words, found).sum(axis=0).min() > 0
