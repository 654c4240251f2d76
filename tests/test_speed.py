"""What is done for speed does not show in the rankings: .002 of nDCG@10 at the very most."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import zscore

from plait.index.dense.late_interaction import Tokens
from plait.search.evaluation import plan_of, read_collection, run_experiment
from plait.search.evaluation.measures import per_topic
from plait.search.evaluation.names import article_names
from plait.search.fusion import WEIGHT
from plait.search.index import Index, Options
from plait.search.query.parser import parse_query
from plait.search.ranker import DEPTH
from plait.search.stages.exact_finds import EXACT
from plait.search.stages.second_look import LATE, LATE_WEIGHT, NEIGHBOURS, NEIGHBOURS_SHARE, REFINED
from plait.search.system import System

COLLECTION = read_collection(str(Path(__file__).resolve().parent.parent / "seeds"))
NDCG = "nDCG@10"
MOST = 0.002


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many candidates a leg gives, how many are looked at again, how many piece by piece."""

    depth: int
    refined: int
    late: int


SHIPPED = Sizes(DEPTH, REFINED, LATE)
SMALL = Sizes(40, 16, 5)
"""In the same proportions, for so small a collection."""


def shipped(seeds: Index) -> float:
    """Measure the hybrid as it comes."""
    plan = plan_of(("hybrid",), (), "hybrid", NDCG, 10)
    return run_experiment(seeds, COLLECTION, plan).outcome("hybrid").mean(NDCG)


def max_sim(
    query: NDArray[np.float32], tokens: Tokens, passage: int, weights: NDArray[np.float64]
) -> float:
    """Compare each token of a query with each of a passage."""
    rows = tokens.signs[tokens.starts[passage] : tokens.starts[passage + 1]]
    signs = 2.0 * np.unpackbits(rows, axis=1) - 1.0
    best = (query.astype(np.float64) @ signs.T).max(axis=1)
    return float(np.average(best, weights=weights)) / math.sqrt(384)


def by_the_book(seeds: Index, text: str, sizes: Sizes) -> NDArray[np.float64]:
    """Score every passage in double precision, loop by loop, with nothing left out."""
    [data] = [segment.data for segment in seeds.snapshot.segments]
    query, encoded = parse_query(text, seeds.analyzer), seeds.encoder.encode_query(text)
    matrix = data.vectors.matrix.astype(np.float64)
    cosines = matrix @ encoded.vector
    words = np.zeros(len(matrix))
    found = seeds.ranker.score(query, System.parse("keyword"), len(matrix))
    words[found.passages] = found.totals
    spoken = np.asarray(zscore(words)) if words.any() else words
    evidence = seeds.ranker.score(query, System()).evidence
    assert evidence
    weight = WEIGHT * evidence.trust.factor
    scores = (1 - weight) * spoken + weight * np.asarray(zscore(cosines))
    scores += EXACT * evidence.words.finds(np.arange(len(matrix))).degrees
    first = np.argsort(-scores)[: sizes.refined].tolist()
    late = {
        p: max_sim(encoded.tokens, data.tokens, p, evidence.token_weights)
        for p in first[: sizes.late]
    }
    for passage, similarity in late.items():
        scores[passage] += LATE_WEIGHT / cosines.std() * (similarity - min(late.values()))
    drawn = scores.copy()
    for passage in first:
        near = sorted((float(matrix[p] @ matrix[passage]), p) for p in first if p != passage)
        weighed = [(max(cosine, 0.0) ** 2, p) for cosine, p in near[-NEIGHBOURS:]]
        theirs = sum(w * scores[p] for w, p in weighed) / sum(w for w, _ in weighed)
        drawn[passage] += NEIGHBOURS_SHARE * evidence.trust.factor * (theirs - scores[passage])
    return drawn


def ndcg(seeds: Index, score: Callable[[Index, str], NDArray[np.float64]]) -> float:
    """Measure a way of scoring all passages."""
    names = article_names(seeds.store.article_ids(), COLLECTION.qrels)
    run: dict[str, dict[str, float]] = {}
    for topic in COLLECTION.topics:
        asked = seeds.answer(topic.text, 1, Options(operators=False)).asked
        scores = score(seeds, asked)
        best: dict[str, float] = {}
        for passage in np.argsort(scores).tolist():
            best[names[seeds.snapshot.article_id(passage)]] = float(scores[passage])
        run[topic.id] = best
    return float(np.mean(list(per_topic(COLLECTION.qrels, run, [NDCG])[NDCG].values())))


def cut_off(monkeypatch: pytest.MonkeyPatch, sizes: Sizes) -> None:
    """Take so many candidates of each leg, and look at so many again."""
    monkeypatch.setattr("plait.search.index.DEPTH", sizes.depth)
    monkeypatch.setattr("plait.search.ranker.REFINED", sizes.refined)
    monkeypatch.setattr("plait.search.ranker.LATE", sizes.late)


@pytest.mark.parametrize("sizes", [SHIPPED, SMALL])
def test_the_hybrid_ranks_as_by_the_book(
    seeds: Index, sizes: Sizes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut-off candidates, blocks, rounded sums and single precision change nothing."""
    assert seeds.snapshot.keyword.count > 2 * SMALL.depth
    cut_off(monkeypatch, sizes)
    book = partial(by_the_book, sizes=sizes)
    assert shipped(seeds) == pytest.approx(ndcg(seeds, book), abs=MOST)


def test_signs_rank_as_all_vectors_do(seeds: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """A third of the passages chosen by signs, of them forty by vectors, as in a large index."""
    cut_off(monkeypatch, SMALL)
    exact = shipped(seeds)
    for name, value in {"EXACT": 0, "SHORTLIST": 55, "DEEPER": 1}.items():
        monkeypatch.setattr(f"plait.index.dense.vectors.{name}", value)
    assert shipped(seeds) == pytest.approx(exact, abs=MOST)
