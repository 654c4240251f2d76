"""Slope and offset of a hit's log-odds, fitted to judgements of a user's own.

How many of the first hits are relevant differs from one collection to the next; the order
of `p` does not. So two numbers are fitted: Platt,
"Probabilistic Outputs for Support Vector Machines" (1999). Changes no ranking. Not useful
where few articles are judged: what is not judged counts as not relevant.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plait.search.evaluation.collection import Topic
from plait.search.evaluation.significance import Difference, gaps, paired
from plait.search.evaluation.tuning.candidates import Questions
from plait.search.ranker import log_odds_of
from plait.search.system import System

HITS_CALIBRATED = 10
"""Number of first hits of each topic to whose relevance `p` is fitted."""
PRIOR_WEIGHT = 1.0
"""Weight of the prior, slope 1 and offset 0, in the loss: that of a deviation of one."""
LEAST_SLOPE, GREATEST_SLOPE = 0.05, 20.0
"""Bounds of the slope, which stays above 0: an order is never turned round."""
GREATEST_OFFSET = 20.0
"""Bound of the offset, in log-odds, in either direction."""

Fit = tuple[float, float]
"""Slope and offset of log-odds."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What fitting `p` gains on topics that had no part in it."""

    slope: float
    """Slope of the log-odds, fitted to all topics together."""
    offset: float
    """Offset of the log-odds, fitted to all topics together."""
    before: float
    """Mean log loss of the first hits, over topics, as `p` is by default."""
    after: float
    """Mean log loss of the first hits, over topics, as `p` is fitted on the other folds."""
    difference: Difference
    """Test of `before` less `after`, paired by topics."""

    @property
    def better(self) -> bool:
        """Whether the gain is more than luck: the whole interval lies above 0."""
        return self.difference.low > 0


@dataclass(frozen=True, slots=True)
class Shown:
    """The first hits of one topic."""

    log_odds: NDArray[np.float64]
    """Log-odds of each hit's relevance, (hits,)."""
    relevant: NDArray[np.bool_]
    """Whether each hit was judged relevant, (hits,)."""

    def loss(self, fit: Fit) -> float:
        """Return the mean log loss, in nats, of probabilities so fitted; 0 without hits."""
        if not len(self.log_odds):
            return 0.0
        signs = np.where(self.relevant, 1.0, -1.0)
        return float(np.logaddexp(0, -signs * (fit[0] * self.log_odds + fit[1])).mean())


def calibrate(questions: Questions, system: System, folds: Sequence[Sequence[str]]) -> Calibration:
    """Fit the probability in each fold on the other folds, and on all topics together."""
    ordered = sorted(questions.topics, key=lambda topic: topic.id)
    shown = {topic.id: _shown(questions, topic, system) for topic in ordered}
    order = [topic for fold in folds for topic in fold]
    after: list[float] = []
    for fold in folds:
        others = [own for topic, own in shown.items() if topic not in set(fold)]
        fitted = fit(others)
        after += [shown[topic].loss(fitted) for topic in fold]
    before = [shown[topic].loss((1.0, 0.0)) for topic in order]
    slope, offset = fit(list(shown.values()))
    return Calibration(
        slope=round(slope, 3),
        offset=round(offset, 3),
        before=float(np.mean(before)),
        after=float(np.mean(after)),
        difference=paired(gaps(before, after)),
    )


def fit(shown: Sequence[Shown]) -> Fit:
    """Choose slope and offset with the least loss, a topic counting as much as another."""
    from scipy.optimize import minimize  # noqa: PLC0415 - half a second, and only tuning needs it

    def loss(values: NDArray[np.float64]) -> float:
        slope, offset = values.tolist()
        prior = PRIOR_WEIGHT * ((slope - 1) ** 2 + offset**2) / 2
        return float(sum(own.loss((slope, offset)) for own in shown) + prior)

    bounds = ((LEAST_SLOPE, GREATEST_SLOPE), (-GREATEST_OFFSET, GREATEST_OFFSET))
    found = minimize(loss, (1.0, 0.0), bounds=bounds)
    slope, offset = found.x.tolist()
    return slope, offset


def _shown(questions: Questions, topic: Topic, system: System) -> Shown:
    index, grades = questions.index, questions.qrels[topic.id]
    found = index.rank(index.parse(topic.text, operators=False), system, HITS_CALIBRATED)
    names = (questions.names[id_] for id_ in found.article_ids(index.store, found.rows))
    relevant = [grades.get(name, 0) > 0 for name in names]
    return Shown(np.array(log_odds_of(found, found.rows)), np.array(relevant, np.bool_))
