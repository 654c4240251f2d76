"""What is done for speed does not show in the rankings: .002 of nDCG@10 at the very most."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import zscore

from plait.index.dense.late_interaction import Tokens
from plait.index.local.store import LocalStore
from plait.index.store import StoreSettings
from plait.search.evaluation import plan_of, read_collection, run_experiment
from plait.search.evaluation.measures import per_topic
from plait.search.evaluation.names import article_names
from plait.search.evidence.words import QueryWords
from plait.search.fusion import DENSE_WEIGHT
from plait.search.index import Index
from plait.search.settings import Settings
from plait.search.stages.exact_finds import EXACT_FIND_GAIN
from plait.search.stages.second_look import LATE_WEIGHT, NEIGHBOURS_SHARE
from plait.search.system import Options, System

COLLECTION = read_collection(str(Path(__file__).resolve().parent.parent / "seeds"))
NDCG = "nDCG@10"
MOST = 0.002


SHIPPED = Settings()
SMALL = Settings(candidates_per_leg=40, refined_candidates=16, late_candidates=5)
"""In the same proportions, for so small a collection."""


def sized(seeds: Index, sizes: Settings) -> Index:
    """Open the seeds to be searched by such sizes."""
    return Index.open(seeds.root, seeds.encoder, sizes)


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


def by_the_book(seeds: Index, text: str) -> NDArray[np.float64]:
    """Score every passage in double precision, loop by loop, with nothing left out."""
    assert isinstance(seeds.store, LocalStore)
    [data] = [segment.data for segment in seeds.store.snapshot.segments]
    query, encoded = seeds.parse(text), seeds.encoder.encode_query(text)
    matrix = data.vectors.matrix.astype(np.float64)
    cosines = matrix @ encoded.vector
    words = np.zeros(len(matrix))
    found = seeds.rank(query, System.parse("keyword"), len(matrix))
    words[found.passages] = found.scores
    spoken = np.asarray(zscore(words)) if words.any() else words
    evidence = seeds.rank(query, System(), 1).candidates.evidence
    assert evidence
    finds = QueryWords(seeds.store.dictionary, query).finds(np.arange(len(matrix)))
    weight = DENSE_WEIGHT * evidence.trust.factor
    scores = (1 - weight) * spoken + weight * np.asarray(zscore(cosines))
    scores += EXACT_FIND_GAIN * finds.degrees
    first = np.argsort(-scores)[: seeds.settings.refined_candidates].tolist()
    late = {
        p: max_sim(encoded.tokens, data.tokens, p, evidence.token_weights)
        for p in first[: seeds.settings.late_candidates]
    }
    for passage, similarity in late.items():
        scores[passage] += LATE_WEIGHT / cosines.std() * (similarity - min(late.values()))
    drawn = scores.copy()
    for passage in first:
        near = sorted((float(matrix[p] @ matrix[passage]), p) for p in first if p != passage)
        weighed = [(max(cosine, 0.0) ** 2, p) for cosine, p in near[-seeds.settings.neighbours :]]
        theirs = sum(w * scores[p] for w, p in weighed) / sum(w for w, _ in weighed)
        drawn[passage] += NEIGHBOURS_SHARE * evidence.trust.factor * (theirs - scores[passage])
    return drawn


def ndcg(seeds: Index) -> float:
    """Measure the scores by the book."""
    names = article_names(seeds.store.article_ids(), COLLECTION.qrels)
    run: dict[str, dict[str, float]] = {}
    for topic in COLLECTION.topics:
        asked = seeds.answer(topic.text, 1, Options(operators=False)).asked
        scores = by_the_book(seeds, asked)
        best: dict[str, float] = {}
        rising = np.argsort(scores)
        for passage_id, value in zip(seeds.store.passage_ids(rising), scores[rising], strict=True):
            best[names[passage_id.rpartition("#")[0]]] = float(value)
        run[topic.id] = best
    return float(np.mean(list(per_topic(COLLECTION.qrels, run, [NDCG])[NDCG].values())))


@pytest.mark.parametrize("sizes", [SHIPPED, SMALL])
def test_the_hybrid_ranks_as_by_the_book(seeds: Index, sizes: Settings) -> None:
    """Cut-off candidates, blocks, rounded sums and single precision change nothing."""
    assert seeds.store.dictionary.passages > 2 * SMALL.candidates_per_leg
    index = sized(seeds, sizes)
    assert shipped(index) == pytest.approx(ndcg(index), abs=MOST)


def test_signs_rank_as_all_vectors_do(seeds: Index) -> None:
    """A third of the passages chosen by signs, of them forty by vectors, as in a large index."""
    by_signs = StoreSettings(exact_rows=0, shortlist_rows=55, shortlist_per_hit=1)
    exact = shipped(sized(seeds, SMALL))
    found = shipped(sized(seeds, replace(SMALL, store=by_signs)))
    assert found == pytest.approx(exact, abs=MOST)
