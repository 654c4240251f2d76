"""Here are the best candidates of a query: which of them does more than two legs support?

A second look at a hundred passages: the first thirty are compared with the query piece by
piece (`plait.index.dense.late_interaction`), then all are drawn towards those that are like
them. This file is the arithmetic; it imports no search library.

Both parts are added to the fused scores. Neither lowers a score below the least among
these candidates, so that whatever was not looked at again stays behind them, and a
ranking does not depend on how many hits were asked for.
"""

import numpy as np
from numpy.typing import NDArray

from plait.index.dense.vectors import cosines_among
from plait.search.legs.leg import Scores

REFINED = 100
"""How many candidates are looked at again; 50 to 200 rank alike (docs/adr/0007)."""
LATE = 30
"""How many of them are compared with the query piece by piece; 20 to 100 rank alike."""
LATE_WEIGHT = 1.3
"""What that counts, beside cosines; from .9 to 1.3 rank alike. MaxSim deviates half as much
as cosines do, so this is .7 of its z-score."""
NEIGHBOURS = 20
"""How many of them support a passage; 10 to 20 rank alike (docs/adr/0007)."""
NEIGHBOURS_SHARE = 0.25
"""What their scores count beside a passage's own; .2 to .3 rank alike."""


def late_parts(similarities: Scores, deviation: float, weight: float) -> Scores:
    """Raise each score by its MaxSim above the least, in the dense leg's deviations.

    `similarities`, (candidates,), are those of `plait.index.dense.late_interaction.max_similarity`.

    MaxSim over all passages is not known, so its own mean and deviation are not either;
    the cosine's deviation is in proportion, near enough, for every query.
    """
    if not len(similarities) or deviation == 0.0:
        return np.zeros(len(similarities))
    return np.asarray(weight / deviation * (similarities - similarities.min()))


def neighbour_parts(scores: Scores, vectors: NDArray[np.float32], share: float) -> Scores:
    """Draw each score towards those of the nearest candidates: `share * (theirs - its own)`.

    `vectors`, (candidates, dimension), are unit vectors; neighbours weigh their squared
    cosine, and all that are as near as the last of the `NEIGHBOURS` count. What is about
    the same thing should score alike (the cluster hypothesis): score regularisation,
    Diaz, "Regularizing ad hoc retrieval scores" (CIKM 2005), among candidates only.
    """
    count = min(NEIGHBOURS, len(scores) - 1)
    if count < 1:
        return np.zeros(len(scores))
    cosines = cosines_among(vectors)
    np.fill_diagonal(cosines, -1.0)  # nothing is its own neighbour
    furthest = np.partition(cosines, -count, axis=1)[:, -count, np.newaxis]
    weights = np.where(cosines >= furthest, cosines.clip(min=0.0) ** 2, 0.0)
    sums, totals = _order_free_sums(weights), _order_free_sums(weights * scores)
    lonely = sums == 0.0
    return share * np.where(lonely, 0.0, totals / np.where(lonely, 1.0, sums) - scores)


def _order_free_sums(values: Scores) -> Scores:
    """Sum rows so that no order changes a bit: copies must score alike.

    Values are rounded to 2**-36 first; sums of such are exact up to 2**16.
    """
    step = 2.0**-36
    sums: Scores = np.rint(values / step).sum(axis=1) * step
    return sums
