"""Here are two legs' scores of the same passages: what is the joint score?

Arithmetic on arrays; imports no search library. A fusion gives each leg's part of
the score, so that a score and its explanation are one computation. What is added to
both parts later is `plait.search.ranker`'s.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from plait.search.legs.leg import LegScores, Scores

WEIGHT = 0.85
"""Share of the dense leg: from .75 to .9 rank alike on eight collections (docs/adr/0007)."""
RANK_CONSTANT = 60
"""As the paper has it."""


class Fusion(Protocol):
    """Turns two legs' scores of the same passages into two parts of one score."""

    def parts(self, keyword: LegScores, dense: LegScores) -> tuple[Scores, Scores]:
        """Give the keyword and the dense part; the fused score is their sum."""
        ...


def standardise(leg: LegScores) -> Scores:
    """Give z-scores: deviations from the leg's mean over all passages, in its deviations.

    A leg that scores everything alike says nothing: all zeros.
    """
    if leg.deviation == 0.0:
        return np.zeros(len(leg.scores))
    return (leg.scores - leg.mean) / leg.deviation


@dataclass(frozen=True, slots=True)
class Convex:
    """Weighted sum of z-scores taken over each leg's whole score distribution.

    Convex combination: Bruch, Gai and Ingber, "An Analysis of Fusion Functions
    for Hybrid Retrieval" (TOIS 2023). Standardising over all passages and not
    over a cut-off list is what lets one weight serve many collections.
    """

    weight: float = WEIGHT
    """Share of the dense leg, 0 to 1."""

    def parts(self, keyword: LegScores, dense: LegScores) -> tuple[Scores, Scores]:
        """Give `(1 - weight) z_keyword` and `weight z_dense`."""
        return (1 - self.weight) * standardise(keyword), self.weight * standardise(dense)


@dataclass(frozen=True, slots=True)
class MinMax:
    """Weighted sum of scores scaled to 0..1 between the least and greatest candidate."""

    weight: float = WEIGHT

    def parts(self, keyword: LegScores, dense: LegScores) -> tuple[Scores, Scores]:
        """Give `(1 - weight) minmax(keyword)` and `weight minmax(dense)`."""
        return (1 - self.weight) * _scaled(keyword.scores), self.weight * _scaled(dense.scores)


@dataclass(frozen=True, slots=True)
class ReciprocalRank:
    """Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion" (SIGIR 2009).

    Ranks run over all candidates; equal scores share the better rank. A passage
    without any of the query's words has no keyword rank.
    """

    k: int = RANK_CONSTANT

    def parts(self, keyword: LegScores, dense: LegScores) -> tuple[Scores, Scores]:
        """Give `1 / (k + rank)` in each leg."""
        by_words = 1.0 / (self.k + _ranks(keyword.scores))
        return np.where(keyword.scores > 0, by_words, 0.0), 1.0 / (self.k + _ranks(dense.scores))


def _scaled(scores: Scores) -> Scores:
    if not len(scores) or scores.max() == scores.min():
        return np.zeros(len(scores))
    return np.asarray((scores - scores.min()) / (scores.max() - scores.min()))


def _ranks(scores: Scores) -> Scores:
    falling = np.sort(-scores)
    return np.asarray(np.searchsorted(falling, -scores, side="left") + 1, dtype=np.float64)
