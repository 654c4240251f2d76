"""Fusion: one score of several legs' scores of the same passages.

It is arithmetic on arrays; no search library is imported. A fusion returns each leg's part of
the score, so that a score and its explanation are one computation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol, Self

import numpy as np

from plait.index.leg import LegScores, Scores
from plait.search.notation import number, whole

DENSE_WEIGHT = 0.85
"""Share of the dense leg: values from .75 to .9 rank alike on eight collections (docs/adr/0007)."""
RANK_CONSTANT = 60
"""Constant that is added to ranks, as in the paper of `ReciprocalRank`."""
DENSE = "dense"
"""Name of the leg that has the weight; the other legs share the rest."""


class Fusion(Protocol):
    """Fusion and its parameters: a frozen dataclass that turns legs into parts of a score."""

    name: ClassVar[str]
    """Name in a system's text."""
    is_refined: ClassVar[bool]
    """Whether stages add parts to the fused scores, which are in deviations then."""

    def trusting(self, factor: float) -> Self:
        """Return the fusion in which the dense leg counts `factor` times as much, 0 to 1."""
        ...

    def parts(self, legs: Mapping[str, LegScores]) -> dict[str, Scores]:
        """Return the part of each leg, by name; the fused score is their sum, in order."""
        ...


def standardise(leg: LegScores) -> Scores:
    """Return z-scores: deviations from the leg's mean over all passages, in its deviations.

    They are 0 for a leg that scores all passages alike, as it orders nothing.
    """
    if leg.deviation == 0.0:
        return np.zeros(len(leg.scores))
    return (leg.scores - leg.mean) / leg.deviation


def shares(weight: float, legs: Mapping[str, LegScores]) -> dict[str, float]:
    """Return the share of each leg: `weight` for the dense one, equal shares of the rest else.

    Without a dense leg all shares are equal.
    """
    if DENSE not in legs:
        return dict.fromkeys(legs, 1 / len(legs))
    rest = (1 - weight) / max(len(legs) - 1, 1)
    return {name: weight if name == DENSE else rest for name in legs}


@dataclass(frozen=True, slots=True)
class Convex:
    """Weighted sum of z-scores taken over each leg's whole score distribution.

    Convex combination: Bruch, Gai and Ingber, "An Analysis of Fusion Functions
    for Hybrid Retrieval" (TOIS 2023). One weight serves many collections because scores are
    standardised over all passages, not over a list that was cut off.
    """

    name: ClassVar[str] = "convex"
    needs: ClassVar[frozenset[str]] = frozenset({DENSE})
    is_refined: ClassVar[bool] = True
    weight: float = number(DENSE_WEIGHT, 0, 1, "Share of the dense leg.")

    def trusting(self, factor: float) -> Self:
        """Return the fusion with a smaller share of the dense leg."""
        return replace(self, weight=self.weight * factor)

    def parts(self, legs: Mapping[str, LegScores]) -> dict[str, Scores]:
        """Return each leg's share times its z-scores."""
        share = shares(self.weight, legs)
        return {name: share[name] * standardise(leg) for name, leg in legs.items()}


@dataclass(frozen=True, slots=True)
class MinMax:
    """Weighted sum of scores scaled to 0..1 between the least and greatest candidate."""

    name: ClassVar[str] = "minmax"
    needs: ClassVar[frozenset[str]] = frozenset({DENSE})
    is_refined: ClassVar[bool] = False
    weight: float = number(DENSE_WEIGHT, 0, 1, "Share of the dense leg.")

    def trusting(self, factor: float) -> Self:
        """Return the fusion with a smaller share of the dense leg."""
        return replace(self, weight=self.weight * factor)

    def parts(self, legs: Mapping[str, LegScores]) -> dict[str, Scores]:
        """Return each leg's share times its scaled scores."""
        share = shares(self.weight, legs)
        return {name: share[name] * _scaled(leg.scores) for name, leg in legs.items()}


@dataclass(frozen=True, slots=True)
class ReciprocalRank:
    """Sum of reciprocal ranks, `1 / (k + rank)`.

    Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion" (SIGIR 2009). Ranks run over all
    candidates; equal scores share the better rank. A passage that a sparse leg does not find,
    as it has none of the query's words, has no rank there.
    """

    name: ClassVar[str] = "rrf"
    is_refined: ClassVar[bool] = False
    k: int = whole(RANK_CONSTANT, 0, 100_000, "Constant that is added to ranks.")

    def trusting(self, factor: float) -> Self:  # noqa: ARG002 - ranks have no weights
        """Return the fusion as it is: ranks have no weights."""
        return self

    def parts(self, legs: Mapping[str, LegScores]) -> dict[str, Scores]:
        """Return `1 / (k + rank)` in each leg."""
        return {name: self._part(leg) for name, leg in legs.items()}

    def _part(self, leg: LegScores) -> Scores:
        found = 1.0 / (self.k + _ranks(leg.scores))
        return np.where(leg.scores > 0, found, 0.0) if leg.is_sparse else found


def _scaled(scores: Scores) -> Scores:
    if not len(scores) or scores.max() == scores.min():
        return np.zeros(len(scores))
    return np.asarray((scores - scores.min()) / (scores.max() - scores.min()))


def _ranks(scores: Scores) -> Scores:
    falling = np.sort(-scores)
    return np.asarray(np.searchsorted(falling, -scores, side="left") + 1, dtype=np.float64)
