"""Arithmetic that indexing and search share: the greatest of many scores, look-ups, idf."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK_ROWS = 16
"""Number of rows of one product, with at most twice as many others: OpenBLAS starts no threads.

On a busy machine threads wait for each other, 20 to 100 ms where 2 are enough. OpenBLAS starts
them above 4 * 2**16 multiplications, which is 16 rows with 42 others at 384 dimensions.
"""

SCORES_PER_GROUP = 64
"""Number of scores in a group, whose greatest is found before the best of all."""


def best_places(scores: NDArray[np.floating[Any]], k: int) -> NDArray[np.int64]:
    """Return the indexes of the `k` greatest scores, and of all that tie with the last of them.

    They ascend. All that tie are returned, so that an order of ids can decide between them.
    """
    if k >= len(scores):
        return np.arange(len(scores))
    whole = len(scores) // SCORES_PER_GROUP
    if whole <= k:
        return np.flatnonzero(scores >= _kth(scores, k))
    # No score below the `k`-th of the groups' greatest is among the best `k`. A group is every
    # `whole`-th score: NumPy finds the greatest of columns four times as fast as of rows.
    greatest = scores[: whole * SCORES_PER_GROUP].reshape(SCORES_PER_GROUP, whole).max(axis=0)
    places = np.flatnonzero(scores >= _kth(greatest, k))
    return places[scores[places] >= _kth(scores[places], k)]


def _kth(scores: NDArray[np.floating[Any]], k: int) -> float:
    return float(np.partition(scores, len(scores) - k)[len(scores) - k])


def looked_up(
    wanted: NDArray[Any], ascending: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the first index of each wanted number among ascending ones, and whether it is there.

    Both arrays have an element for each of `wanted`. An index means nothing where the number
    is not there, and stays within bounds unless `ascending` is empty.
    """
    if not len(ascending):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    at = np.minimum(ascending.searchsorted(wanted), len(ascending) - 1)
    return at, ascending[at] == wanted


def idf(passages_with_term: int, passages: int) -> float:
    """Return the idf of a term, `log(1 + (N - n + .5) / (n + .5))`, as in Lucene's BM25.

    >>> round(idf(1, 3), 4)
    0.9808
    """
    return math.log1p((passages - passages_with_term + 0.5) / (passages_with_term + 0.5))
