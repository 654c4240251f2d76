"""Stage that prefers recent articles: a prior by age, which halves with every half-life.

Off unless a system names a half-life, as in `hybrid(recency=30d)`. Ages count back from the
day as of which is asked; articles dated later are not found at all (`plait.search.ranker`). An
exponential prior: Li and Croft, "Time-Based Language Models" (CIKM 2003). It is added to every
candidate, after the second look, which compares candidates by content. Legs propose candidates
by content alone too: age finds no article that no leg has among its best, and a filter by date
does.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from plait.index.errors import QueryError
from plait.index.leg import Scores
from plait.index.store import Store
from plait.search.hit import Ranking
from plait.search.notation import days_of, duration, number
from plait.search.settings import Settings

RECENCY_WEIGHT = 1.5
"""Number of deviations that an article of the very day gains; 1 keeps more of the order by content,
2 less (docs/adr/0018)."""


@dataclass(frozen=True, slots=True)
class Recency:
    """Prior by age. A `plait.search.stages.stage.Stage`."""

    recency: str | None = duration("Age at which an article gains half as much: 30d, 2w, 6m, 1y.")
    recency_weight: float = number(
        RECENCY_WEIGHT, 0, 100, "Deviations that an article of the day gains."
    )

    def __post_init__(self) -> None:
        """Raise `QueryError` for a weight of nothing."""
        if self.recency is None and self.recency_weight != RECENCY_WEIGHT:
            raise QueryError("recency_weight is of no use alone; add a half-life, as recency=30d.")

    def parts(
        self,
        ranking: Ranking,
        store: Store,  # noqa: ARG002 - other stages read it
        settings: Settings,  # noqa: ARG002 - other stages have sizes
    ) -> Mapping[str, Scores]:
        """Return the prior of each candidate; nothing, where the stage is off."""
        if self.recency is None:
            return {}
        ages = ranking.candidates.ages.of(ranking.passages)
        return {"recency": recency_parts(ages, days_of(self.recency), self.recency_weight)}


def recency_parts(ages: Scores, half_life: float, weight: float) -> Scores:
    """Return `weight * 2 ** (-age / half_life)`, both in days; 0 for an unknown age (NaN).

    An article without a date is so treated as a very old one: it gains nothing.

    >>> recency_parts(np.array([0.0, 30.0, np.nan]), 30.0, 2.0).tolist()
    [2.0, 1.0, 0.0]
    """
    return np.nan_to_num(weight * np.exp2(-ages / half_life), nan=0.0)
