"""Here are scored passages: in what order are they shown?

The nouns between a leg and a reader, and the one function that sorts. Imports
no search library.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class LegScores:
    """One leg's scores of some passages, and how it scores all of them."""

    passages: NDArray[np.int64]
    """Numbers of passages, each once."""
    scores: NDArray[np.float64]
    """Beside `passages`."""
    mean: float
    """Over every live passage of the index, not only those listed."""
    deviation: float
    """Standard deviation over every live passage; 0 where all score the same."""


def ranked(
    numbers: NDArray[np.int64],
    scores: NDArray[np.float64],
    id_of: Callable[[int], str],
    k: int,
) -> list[int]:
    """Give the places (in `numbers`) of the best `k`, sorted by `(-score, id)`.

    The only place where plait sorts hits: equal scores go by id, so that a
    ranking never depends on the order in which an index was built.
    """
    if k < len(scores):
        # Whatever ties with the k-th best must stay in, or ids could not decide.
        kth = np.partition(scores, len(scores) - k)[len(scores) - k]
        places: Sequence[int] = np.flatnonzero(scores >= kth).tolist()
    else:
        places = range(len(scores))
    return sorted(places, key=lambda place: (-scores[place], id_of(int(numbers[place]))))[:k]
