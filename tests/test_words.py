"""A query's words: what they weigh, and which passages hold those that hardly any holds."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from plait.index.article import Article
from plait.index.keyword.dictionary import TermDictionary
from plait.index.keyword.postings import build_postings
from plait.index.keyword.reader import KeywordReader
from plait.index.language.analyzer import TextAnalyzer
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.evidence.words import QueryWords, ramp
from plait.search.index import Index
from plait.search.query.parser import REQUEST_WEIGHT, parse_query

ANALYZER = TextAnalyzer()
COMMON = ["talks", "border", "treaty", "islands", "summit"]


def reader_of(
    texts: list[str], *, alive: list[bool] | None = None, parts: int = 1
) -> KeywordReader:
    """Invert texts, in so many segments."""
    flags = np.array(alive or [True] * len(texts), bool)
    segments = []
    for rows in np.array_split(np.arange(len(texts)), parts):
        postings = build_postings(ANALYZER.number([texts[row] for row in rows.tolist()]))
        segments.append(({"text": postings}, flags[rows]))
    return KeywordReader(segments)


def news(count: int = 200) -> list[str]:
    """Write texts of five common words in any order; each pair is side by side in many."""
    chosen = np.random.default_rng(3)
    return [" ".join(chosen.permutation(COMMON).tolist()) for _ in range(count)]


def degrees(query: str, reader: KeywordReader) -> dict[int, float]:
    """Give the passages that are exact finds, and how far."""
    passages = np.flatnonzero(reader.alive)
    words = QueryWords(TermDictionary(reader), parse_query(query, ANALYZER))
    found = words.finds(passages).degrees
    return {int(passages[row]): float(found[row]) for row in np.flatnonzero(found)}


@pytest.mark.parametrize(
    "query",
    [
        "Zkqxv",
        "ZKQXV",
        "Who is Zkqxv?",
        "Tell me about Zkqxv",
        "What do the articles say about Zkqxv?",
        "Please find me anything about Zkqxv again",
        "zkqxv treaty",
    ],
)
def test_a_rare_word_is_found_however_it_is_asked_for(query: str) -> None:
    """Words of the request, and one common word beside it, do not hide it."""
    reader = reader_of([*news(), "treaty with Zkqxv"])
    assert degrees(query, reader) == {200: 1.0}


def test_rare_words_count_by_their_share_of_the_query() -> None:
    """Among others that weigh as much, in passages or in none, none is most of it."""
    rare = ["zkqxv", "brumla", "dorvik", "ennsor"]
    reader = reader_of([*news(), *rare])
    assert degrees("zkqxv brumla dorvik ennsor", reader) == {}
    assert degrees("zkqxv nowhere", reader) == {}


def test_a_word_of_the_request_is_never_what_is_found() -> None:
    """However rare it is, and even where nothing else is known."""
    reader = reader_of([*news(), "please write and tell"])
    for query in ("write about joggers", "tell me about joggers", "please tell me about treaties"):
        assert degrees(query, reader) == {}


def test_what_many_passages_have_is_not_rare() -> None:
    """In full for two passages, less for three, not at all for more."""
    found = [
        degrees("zkqxv", reader_of([*news(), *["zkqxv"] * count])).get(200, 0.0)
        for count in (1, 2, 3, 4, 5, 30)
    ]
    assert found == pytest.approx([1, 1, 0.606, 0, 0, 0], abs=0.001)


def test_two_words_side_by_side_are_one_thing() -> None:
    """Where each is common: only where they follow one another, in that order."""
    texts = [*news(), "dear people and a leader", "the dear leader", "leader dear"]
    texts += ["dear friends"] * 12 + ["our leader"] * 12
    assert degrees("Dear Leader", reader_of(texts)) == {201: 1.0}
    assert degrees("leader", reader_of(texts)) == {}


def test_a_deleted_passage_neither_is_a_find_nor_counts() -> None:
    """What only one living passage has is rare, wherever it lies."""
    texts = [*news(), *["zkqxv"] * 30]
    alive = [True] * 201 + [False] * 29
    for parts in (1, 3):
        assert degrees("zkqxv", reader_of(texts, alive=alive, parts=parts)) == {200: 1.0}


def test_an_index_of_one_passage_has_nothing_rare() -> None:
    """Nor has an index of none."""
    assert degrees("zkqxv", reader_of(["zkqxv"])) == {}
    assert degrees("zkqxv", reader_of([])) == {}


def test_the_words_of_a_request_are_light() -> None:
    """Unless there are no others; repeats count."""
    assert parse_query("tell me about treaties treaties", ANALYZER).terms == (
        ("tell", REQUEST_WEIGHT),
        ("me", REQUEST_WEIGHT),
        ("about", REQUEST_WEIGHT),
        ("treati", 2),
    )
    assert parse_query("tell me what", ANALYZER).terms == (("tell", 1), ("me", 1), ("what", 1))


def test_a_ramp_by_hand() -> None:
    """Nothing up to its foot, all from its head on."""
    found = [ramp(value, (0.2, 0.4)) for value in (0.1, 0.2, 0.3, 0.4, 0.9)]
    assert found == pytest.approx([0, 0, 0.5, 1, 1])


def plainly(texts: list[str], alive: list[bool], first: str, second: str) -> list[bool]:
    """Look for two words side by side in plain Python."""
    return [
        living and (first, second) in pairwise(text.split())
        for text, living in zip(texts, alive, strict=True)
    ]


@given(
    texts=st.lists(
        st.lists(st.sampled_from("xyz"), max_size=8).map(" ".join), min_size=1, max_size=9
    ),
    flags=st.lists(st.booleans(), min_size=9, max_size=9),
    parts=st.integers(1, 3),
    asked=st.lists(st.booleans(), min_size=9, max_size=9),
)
def test_side_by_side_is_that_of_a_plain_loop(
    texts: list[str], flags: list[bool], parts: int, asked: list[bool]
) -> None:
    """In any segments, with deletions, in some passages or all; a word may follow itself."""
    alive = flags[: len(texts)]
    reader = reader_of(texts, alive=alive, parts=min(parts, len(texts)))
    passages = np.flatnonzero(np.array(alive) & np.array(asked[: len(texts)]))
    for first, second in (("x", "y"), ("y", "x"), ("z", "z"), ("x", "q")):
        wanted = [plainly(texts, alive, first, second)[row] for row in passages.tolist()]
        found = reader.side_by_side("text", (first.encode(), second.encode()), passages)
        assert found.tolist() == wanted


def test_a_find_ranks_first_and_says_why(tmp_path: Path, quick: Encoder) -> None:
    """Whatever vectors say: these are drawn at random. It is likely, too."""
    with IndexWriter(tmp_path / "index", quick) as writer:
        for number, text in enumerate([*news(), "a treaty signed by Zkqxv"]):
            writer.add(Article(f"a{number}", title="", text=text))
    index = Index.open(tmp_path / "index", quick)
    for query in ("Zkqxv", "What do the articles say about zkqxv?", "treaty Zkqxv"):
        first, second = index.search(query, 2)
        assert first.article.id == "a200"
        assert first.explanation.rare == ("zkqxv",)
        assert first.explanation.exact > 5
        assert first.score == first.explanation.score
        assert first.probability
        assert first.probability > 0.3
        assert (second.explanation.exact, second.explanation.rare) == (0.0, ())
