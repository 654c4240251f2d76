"""Test whether a hit's probability tells what a collection answers from what it does not.

    python benchmarks/answerable.py [COLLECTION ...]

Topics of each collection are asked of every other, where nothing is relevant. Printed
for each collection: the area under the ROC curve of the best hit's probability, its own
topics against foreign ones; how often a foreign topic is answered and an own one is not,
at a threshold; the calibration error of the first ten hits of its own topics; and how
often the nearest miss, the best hit of an own topic that is not relevant, is taken for an
answer: what a threshold does not tell. Then the coefficients of `plait.search.evidence.probability`
fitted anew, and the same numbers where each collection is judged by coefficients fitted
on the others. Needs scikit-learn, which sentence-transformers brings, and the collections
of `benchmarks/quality.py`.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from public import folders
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from plait.search.evaluation import Collection, Topic, open_index, read_collection
from plait.search.evaluation.names import article_names
from plait.search.evidence.probability import (
    BASE_LOG_ODDS,
    COSINE_LOG_ODDS,
    COVERAGE_LOG_ODDS,
    FIND_LOG_ODDS,
    UNKNOWN_LOG_ODDS,
)
from plait.search.index import Index
from plait.search.system import System

TOPICS_ASKED = 150
"""Number of topics asked of each collection, chosen by a fixed seed."""
HITS_PER_TOPIC = 10
THRESHOLDS = (0.1, 0.15, 0.2, 0.3)
"""Probabilities below which a hit is taken for no answer."""

Evidence: TypeAlias = NDArray[np.float64]
"""Evidence that `log_odds` are made of, (topics, hits, 4); all 0 where there are fewer hits."""
SHIPPED_COEFFICIENTS = np.array(
    [COSINE_LOG_ODDS, COVERAGE_LOG_ODDS, FIND_LOG_ODDS, UNKNOWN_LOG_ODDS, BASE_LOG_ODDS]
)
NEAREST_MISS_THRESHOLD = 0.15
"""Probability from which the nearest miss is taken for an answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Evidence that one collection has for its own topics and for foreign ones."""

    name: str
    own: Evidence
    relevant: NDArray[np.bool_]
    """Whether each hit of its own topics is relevant, (topics, hits)."""
    foreign: Evidence


def evidence(index: Index, topics: Iterable[Topic]) -> tuple[Evidence, list[list[str]]]:
    """Return the evidence of each topic's first hits, and their articles."""
    found, articles = [], []
    for topic in topics:
        ranking = index.rank(index.parse(topic.text, operators=False), System(), HITS_PER_TOPIC)
        rows = ranking.rows[:HITS_PER_TOPIC]
        table = np.zeros((HITS_PER_TOPIC, 4))
        if told := ranking.candidates.evidence:
            coverage = told.coverage(ranking.passages[rows])
            finds = told.finds.degrees[rows]
            unknown = np.full(len(rows), 1 - told.trust.known)
            cosines = ranking.candidates.legs["dense"].scores[rows]
            table[: len(rows)] = np.stack([cosines, coverage, finds * coverage**2, unknown], 1)
        found.append(table)
        articles.append(ranking.article_ids(index.store, rows))
    return np.stack(found), articles


def ask(number: int, collections: Sequence[Collection], topics: Sequence[Sequence[Topic]]) -> Asked:
    """Ask one collection its own topics and those of all others."""
    collection = collections[number]
    index, _ = open_index(collection, None, lambda _: None)
    names = article_names(index.store.article_ids(), collection.qrels)
    own, articles = evidence(index, topics[number])
    relevant = np.zeros(own.shape[:2], dtype=bool)
    for row, (topic, ids) in enumerate(zip(topics[number], articles, strict=True)):
        grades = collection.qrels[topic.id]
        relevant[row, : len(ids)] = [grades.get(names[id_], 0) > 0 for id_ in ids]
    others = [topic for n, listed in enumerate(topics) if n != number for topic in listed]
    return Asked(collection.name, own, relevant, evidence(index, others)[0])


def fitted(asked: Sequence[Asked]) -> NDArray[np.float64]:
    """Return fitted coefficients; collections count alike, own topics as much as foreign ones."""
    rows, labels, weights = [], [], []
    for one in asked:
        for table, label in ((one.own, one.relevant), (one.foreign, np.zeros(len(one.foreign)))):
            flat = table.reshape(-1, 4)
            rows.append(flat)
            labels.append(np.broadcast_to(label.reshape(len(table), -1), table.shape[:2]).ravel())
            weights.append(np.full(len(flat), 1 / len(flat)))
    share = np.concatenate(weights)
    model = LogisticRegression(C=1e3, max_iter=1000)
    model.fit(np.concatenate(rows), np.concatenate(labels), sample_weight=share / share.mean())
    return np.append(model.coef_[0], model.intercept_)


def likely(table: Evidence, coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities, (topics, hits)."""
    return np.asarray(1 / (1 + np.exp(-(table @ coefficients[:-1] + coefficients[-1]))))


def calibration_error(p: NDArray[np.float64], relevant: NDArray[np.bool_]) -> float:
    """Return the mean gap of probability and share of relevant hits, over ten equal bins."""
    bins = np.minimum((p * 10).astype(int), 9)
    gaps = [abs(p[bins == b].sum() - relevant[bins == b].sum()) for b in range(10)]
    return sum(gaps) / p.size


def line(one: Asked, coefficients: NDArray[np.float64]) -> str:
    """Write how given coefficients judge one collection."""
    own, foreign = likely(one.own, coefficients), likely(one.foreign, coefficients)
    best, theirs = own.max(axis=1), foreign.max(axis=1)
    labels = np.repeat([1, 0], [len(best), len(theirs)])
    area = roc_auc_score(labels, np.concatenate([best, theirs]))
    rates = [f"{np.mean(theirs >= t):>9.3f}{np.mean(best < t):>7.3f}" for t in THRESHOLDS]
    error = calibration_error(own, one.relevant)
    missed = np.where(one.relevant, 0.0, own).max(axis=1)
    return (
        f"{one.name:<18}{area:>7.4f}"
        + "".join(rates)
        + f"{error:>9.3f}{np.mean(missed >= NEAREST_MISS_THRESHOLD):>8.3f}"
    )


def main() -> None:
    """Print both tables."""
    collections = [read_collection(name) for name in folders(3)]
    chosen = random.Random(5)  # noqa: S311 - a sample, not a secret
    topics = [chosen.sample(c.topics, min(TOPICS_ASKED, len(c.topics))) for c in collections]
    asked = [ask(number, collections, topics) for number in range(len(collections))]
    head = "".join(f"{f'at {t:g}':>16}" for t in THRESHOLDS)
    print(f"{'':<18}{'AUROC':>7}{head}{'error':>9}{'near':>8}")
    print("at a threshold: false answers, abstentions")
    print("as shipped:", np.round(SHIPPED_COEFFICIENTS, 3))
    print("\n".join(line(one, SHIPPED_COEFFICIENTS) for one in asked))
    print("fitted on the others; on all:", np.round(fitted(asked), 3))
    for one in asked:
        print(line(one, fitted([other for other in asked if other is not one])))


if __name__ == "__main__":
    main()
