"""Here are scored passages: in what order are they shown?

The nouns between a leg and a reader, and the one function that sorts. Imports
no search library.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.files.topk import best_places

Numbers: TypeAlias = NDArray[np.int64]
"""Numbers of passages, counted through all segments of an index."""
Scores: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LegScores:
    """One leg's scores of some passages, and how it scores all of them."""

    passages: Numbers
    """Each once, ascending."""
    scores: Scores
    """Beside `passages`."""
    mean: float
    """Over every live passage of the index, not only those listed."""
    deviation: float
    """Standard deviation over every live passage; 0 where all score the same."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How far the dense leg is trusted with a query."""

    known: float
    """Share of the query's weight that the model knows, 0 to 1 (`plait.search.evidence.trust`)."""
    factor: float
    """Of the dense leg's weight, and of the neighbours' share, 0 to 1. What the dense leg
    loses, the keyword leg gains."""


FULL_TRUST = Trust(1.0, 1.0)
"""Of a query without words, and where trust is off."""


def ranked(numbers: Numbers, scores: Scores, id_of: Callable[[int], str], k: int) -> list[int]:
    """Give the rows (of `numbers`) of the best `k`, sorted by `(-score, id)`.

    The only place where plait sorts hits: equal scores go by id, so that a
    ranking never depends on the order in which an index was built.
    """
    rows = best_places(scores, k)
    rows = rows[np.argsort(-scores[rows], kind="stable")]
    falling = scores[rows]
    order: list[int] = rows.tolist()
    if (falling[1:] != falling[:-1]).all():  # nearly always, and grouping takes a while
        return order[:k]
    order.clear()
    for _, alike in groupby(zip(rows.tolist(), falling.tolist(), strict=True), itemgetter(1)):
        tied = [row for row, _ in alike]
        if len(tied) > 1:
            tied.sort(key=lambda row: id_of(int(numbers[row])))
        order += tied
    return order[:k]
