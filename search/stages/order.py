"""Order of scored passages: by score, and equal scores by id."""

from collections.abc import Callable
from itertools import groupby
from operator import itemgetter

import numpy as np

from plait.index.arithmetic import best_places
from plait.index.leg import Passages, Scores


def ranked(
    passages: Passages, scores: Scores, ids_of: Callable[[Passages], list[str]], k: int
) -> list[int]:
    """Return the rows (of `passages`) of the best `k`, sorted by `(-score, id)`.

    This is the only place where plait sorts hits: equal scores are sorted by id, so that
    a ranking never depends on the order in which an index was built.
    """
    rows = best_places(scores, k)
    rows = rows[np.argsort(-scores[rows], kind="stable")]
    falling = scores[rows]
    order: list[int] = rows.tolist()
    if (falling[1:] != falling[:-1]).all():  # nearly always, and grouping is slow
        return order[:k]
    order.clear()
    for _, alike in groupby(zip(rows.tolist(), falling.tolist(), strict=True), itemgetter(1)):
        tied = [row for row, _ in alike]
        if len(tied) > 1:
            ids = dict(zip(tied, ids_of(passages[tied]), strict=True))
            tied.sort(key=ids.__getitem__)
        order += tied
    return order[:k]
