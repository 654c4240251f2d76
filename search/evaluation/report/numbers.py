"""Here is an experiment: which numbers does a picture show?

Measures come from `plait.search.evaluation.measures` and histograms from NumPy; what is
done here is to choose, count and group.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from plait.search.evaluation.experiment import Experiment, Outcome
from plait.search.evaluation.measures import aggregate, per_topic

DEEPEST_RANK = 1000
"""Ranks below this are not drawn: TREC's runs end there."""


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a histogram."""

    low: float
    high: float
    share: float
    """Of all that was counted, 0 to 1."""


def challengers(experiment: Experiment) -> list[str]:
    """Name the systems that are compared with the baseline."""
    names = [outcome.system for outcome in experiment.outcomes]
    return [name for name in names if name != experiment.baseline]


def ranks(experiment: Experiment) -> list[int]:
    """Choose the ranks where recall is drawn: each up to 10, then evenly on a log scale."""
    lengths = [len(ranking) for outcome in experiment.outcomes for ranking in outcome.run.values()]
    depth = min(max(lengths, default=0), DEEPEST_RANK)
    if depth <= 10:  # noqa: PLR2004 - the docstring's
        return list(range(1, depth + 1))
    spaced = np.geomspace(10, depth, 25).round().astype(int).tolist()
    return sorted({*range(1, 11), *spaced})


def recall(experiment: Experiment, outcome: Outcome, at: Sequence[int]) -> list[float]:
    """Measure a system's recall at each of the ranks, over all topics."""
    values = per_topic(experiment.qrels, outcome.run, [f"R@{rank}" for rank in at])
    return [aggregate(measure, found) for measure, found in values.items()]


def split_scores(experiment: Experiment, outcome: Outcome) -> tuple[list[float], list[float]]:
    """Give the scores of the relevant articles that a system retrieved, and of the others."""
    relevant: list[float] = []
    others: list[float] = []
    for topic, ranking in outcome.run.items():
        grades = experiment.qrels.get(topic, {})
        for article, score in ranking.items():
            (relevant if grades.get(article, 0) > 0 else others).append(score)
    return relevant, others


def histogram(values: Sequence[float], edges: Sequence[float]) -> list[Bin]:
    """Count values between edges, as shares of them all."""
    counts, _ = np.histogram(values, bins=edges)
    shares = (counts / max(len(values), 1)).tolist()
    return [Bin(*ends, share) for ends, share in zip(pairwise(edges), shares, strict=True)]


def kinds(experiment: Experiment) -> dict[str, list[str]]:
    """Group the ids of topics by kind, in the order of the topics; empty where none has one."""
    groups: dict[str, list[str]] = {}
    for topic in experiment.topics:
        groups.setdefault(topic.kind, []).append(topic.id)
    return {} if set(groups) <= {""} else {kind or "(none)": ids for kind, ids in groups.items()}
