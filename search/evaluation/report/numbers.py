"""The numbers that pictures show, chosen, counted and grouped.

Measures come from `plait.search.evaluation.measures` and histograms from NumPy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from plait.search.evaluation.experiment import Experiment, Outcome
from plait.search.evaluation.measures import aggregate, per_topic

DEEPEST_RANK = 1000
"""Greatest rank that is drawn: TREC's runs end there."""


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a histogram."""

    low: float
    high: float
    share: float
    """Share of all that was counted, 0 to 1."""


def challengers(experiment: Experiment) -> list[str]:
    """Return the names of the systems that are compared with the baseline."""
    names = [outcome.system for outcome in experiment.outcomes]
    return [name for name in names if name != experiment.baseline]


def ranks(experiment: Experiment) -> list[int]:
    """Return the ranks where recall is drawn: each up to 10, then evenly on a log scale."""
    lengths = [len(ranking) for outcome in experiment.outcomes for ranking in outcome.run.values()]
    depth = min(max(lengths, default=0), DEEPEST_RANK)
    if depth <= 10:  # noqa: PLR2004 - the docstring's
        return list(range(1, depth + 1))
    spaced = np.geomspace(10, depth, 25).round().astype(int).tolist()
    return sorted({*range(1, 11), *spaced})


def recall(experiment: Experiment, outcome: Outcome, at: Sequence[int]) -> list[float]:
    """Return a system's recall at each of the ranks, over all topics."""
    values = per_topic(experiment.qrels, outcome.run, [f"R@{rank}" for rank in at])
    return [aggregate(measure, found) for measure, found in values.items()]


def split_scores(experiment: Experiment, outcome: Outcome) -> tuple[list[float], list[float]]:
    """Return the scores of the relevant articles that a system retrieved, and of the others."""
    relevant: list[float] = []
    others: list[float] = []
    for topic, ranking in outcome.run.items():
        grades = experiment.qrels.get(topic, {})
        for article, score in ranking.items():
            (relevant if grades.get(article, 0) > 0 else others).append(score)
    return relevant, others


def histogram(values: Sequence[float], edges: Sequence[float]) -> list[Bin]:
    """Return the share of the values between each two neighbouring edges."""
    counts, _ = np.histogram(values, bins=edges)
    shares = (counts / max(len(values), 1)).tolist()
    return [Bin(*ends, share) for ends, share in zip(pairwise(edges), shares, strict=True)]


def kinds(experiment: Experiment) -> dict[str, list[str]]:
    """Return the ids of topics by kind, in the order of the topics; empty where none has a kind."""
    groups: dict[str, list[str]] = {}
    for topic in experiment.topics:
        groups.setdefault(topic.kind, []).append(topic.id)
    return {} if set(groups) <= {""} else {kind or "(none)": ids for kind, ids in groups.items()}
