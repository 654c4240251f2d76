"""plait against others: the same passages, the same formulas, the same numbers.

BM25 by `bm25s`, cosines by NumPy, z-scores and ranks by SciPy. What is compared is what
a search of the seeds returns: every passage, for every topic, with score and order.
The fusions were compared with `ranx` too (its `zmuv`, `min-max` and `rrf`; ranks only
where no scores are equal, which it ranks one after another) and agree; that package brings
400 MB and compiles for most of a minute, so it is not among those that tests need.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import bm25s
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import rankdata, zscore

from plait.index.leg import BM25, K1, Answer, B
from plait.index.local.snapshot import Snapshot
from plait.search.evaluation.files.topics import read_topics
from plait.search.index import Index
from plait.search.query.parser import parse_query
from plait.search.system import Options, System

Scores: TypeAlias = NDArray[np.float64]

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
TOPICS = [topic.text for topic in read_topics(SEEDS / "topics.jsonl")]
DOUBLE = 1e-12
"""Rounding of a few sums and quotients in 64 bits, each below 100."""
SINGLE = 2e-6
"""Rounding of scores below 16 that are stored in 32 bits, as bm25s does, and of cosines of
vectors that are of length 1 to 32 bits."""
ALL = 100_000
"""More passages than the seeds have."""


def asked(seeds: Index, query: str, system: str) -> dict[str, float]:
    """Ask for every passage; give id to score, best first."""
    options = Options(System.parse(system), passages=True, operators=False, exact=True)
    return {hit.passage.id: hit.score for hit in seeds.search(query, ALL, options)}


def bag(seeds: Index, answer: Answer) -> dict[str, float]:
    """Give the id of every passage with a word, to its score."""
    scored = answer.scores(answer.best(ALL))
    ids = seeds.store.passage_ids(scored.passages)
    return dict(sorted(zip(ids, scored.scores.tolist(), strict=True), key=lambda own: -own[1]))


def agree(found: Mapping[str, float], wanted: Mapping[str, float], rounding: float) -> None:
    """Check scores, and that no passage precedes one that scores more than rounding better."""
    assert found == pytest.approx(dict(wanted), abs=rounding, rel=0)
    ranking = [wanted[passage] for passage in found]
    assert all(before >= after - 2 * rounding for before, after in pairwise(ranking))


@pytest.fixture(scope="module")
def passages(seeds: Index) -> dict[str, str]:
    """Give the id of every passage and its text, title first: what is indexed."""
    texts = {}
    for article_id in seeds.store.article_ids():
        title = seeds.article(article_id).title
        for passage in seeds.passages(article_id):
            texts[passage.id] = f"{title}\n{passage.text}"
    return texts


@pytest.mark.parametrize(("k1", "b"), [(K1, B), (1.2, 0.75), (2.0, 0.0)])
def test_bm25_is_that_of_bm25s(
    seeds: Index, passages: Mapping[str, str], k1: float, b: float
) -> None:
    """Its method `lucene`, over the terms that plait's analyzer makes."""
    terms = seeds.analyzer.terms
    other = bm25s.BM25(k1=k1, b=b, method="lucene")
    other.index([list(terms(text)) for text in passages.values()], show_progress=False)
    for query in TOPICS:
        parsed = parse_query(query, seeds.analyzer)
        each = [count * other.get_scores([term]) for term, count in parsed.terms]
        scores = np.sum(each, axis=0).tolist()
        wanted = {p: s for p, s in zip(passages, scores, strict=True) if s > 0}
        leg = seeds.store.keyword_leg(BM25(k1, b, title=0.0))
        found = bag(seeds, leg.ask(replace(parsed, variants=())))
        agree(found, wanted, SINGLE)


def test_the_dense_leg_is_the_exact_cosine(seeds: Index, passages: Mapping[str, str]) -> None:
    """Every passage, by the cosine that NumPy gives of the stored vectors."""
    segments = Snapshot(seeds.root).segments
    matrix = np.concatenate([s.data.vectors.matrix for s in segments]).astype(np.float64)
    ids = seeds.store.passage_ids(np.arange(len(matrix)))
    assert sorted(ids) == sorted(passages)
    lengths = np.linalg.norm(matrix, axis=1)
    for query in TOPICS:
        vector = seeds.encoder.encode_query(query).vector.astype(np.float64)
        cosines = matrix @ vector / lengths / np.linalg.norm(vector)
        wanted = dict(zip(ids, cosines.tolist(), strict=True))
        agree(asked(seeds, query, "dense"), wanted, SINGLE)


def convex(keyword: Scores, dense: Scores) -> Scores:
    """Weigh z-scores over all passages .85 dense."""
    return np.asarray(0.15 * zscore(keyword) + 0.85 * zscore(dense))


def min_max(keyword: Scores, dense: Scores) -> Scores:
    """Weigh scores stretched to 0..1, .4 dense."""
    legs = [np.interp(leg, (leg.min(), leg.max()), (0, 1)) for leg in (keyword, dense)]
    return np.asarray(0.6 * legs[0] + 0.4 * legs[1])


def reciprocal(keyword: Scores, dense: Scores) -> Scores:
    """Add 1 / (60 + rank); equal scores share the better rank, and no word has none."""
    ranks = [rankdata(-leg, method="min") for leg in (keyword, dense)]
    return np.asarray((keyword > 0) / (60 + ranks[0]) + 1 / (60 + ranks[1]))


@pytest.mark.parametrize(
    ("system", "fused"),
    [
        ("hybrid(trust=off, late=0, neighbours=0)", convex),
        ("hybrid(fusion=minmax, weight=0.4)", min_max),
        ("hybrid(fusion=rrf)", reciprocal),
    ],
)
def test_a_fusion_is_its_definition(
    seeds: Index, system: str, fused: Callable[[Scores, Scores], Scores]
) -> None:
    """Over the complete runs of both legs, where every passage is a candidate."""
    compared = 0
    for query in TOPICS:
        keyword, dense = asked(seeds, query, "keyword"), asked(seeds, query, "dense")
        if not keyword:
            continue
        legs = [column(keyword, dense), column(dense, dense)]
        wanted = dict(zip(dense, fused(*legs).tolist(), strict=True))
        agree(asked(seeds, query, system), wanted, DOUBLE)
        compared += 1
    assert compared > 50


def column(leg: Mapping[str, float], passages: Sequence[str] | Mapping[str, float]) -> Scores:
    """Give a leg's scores in the order of `passages`, 0 where it has none."""
    return np.array([leg.get(passage, 0.0) for passage in passages])
