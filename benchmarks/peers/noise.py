"""How busy was the machine meanwhile?

The same work is timed again and again, between the queries: arithmetic in Python, and a
sort by NumPy, on one thread. On an idle machine it always takes the same time; how far its
times lie apart says how far those of anything else may, and for no better reason.
"""

import time
from dataclasses import dataclass

import numpy as np

_NUMBERS = np.random.default_rng(1).standard_normal(50_000)
BUSY_SPREAD = 0.3
"""A spread above this means that somebody else was at work."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Times of the same work within one stage."""

    times: int
    median_ms: float
    spread: float
    """Between the 10th and the 90th percentile, as a share of the median."""
    worst: float
    """The greatest, in medians."""


class Calibration:
    """Collects the times of one stage."""

    def __init__(self) -> None:
        self._seconds: list[float] = []

    def tick(self) -> None:
        """Work some milliseconds, and note how many."""
        begun = time.perf_counter()
        total = 0
        for number in range(40_000):
            total += number * number % 7
        np.sort(_NUMBERS)
        self._seconds.append(time.perf_counter() - begun)

    def noise(self) -> Noise:
        """Sum up."""
        low, middle, high = np.percentile(self._seconds, [10, 50, 90]).tolist()
        spread, worst = (high - low) / middle, max(self._seconds) / middle
        if spread > BUSY_SPREAD:
            print(f"  the machine was busy (spread {spread:.0%}): do not trust these times")
        return Noise(len(self._seconds), 1000 * middle, spread, worst)
