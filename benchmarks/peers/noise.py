"""Noise of a busy machine: the spread of the times of work that never changes.

Arithmetic in Python and a sort by NumPy are timed again and again between the queries, on one
thread. On an idle machine they always take the same time; how far their times lie apart tells
how far those of anything else may, and for no better reason.
"""

import time
from dataclasses import dataclass

import numpy as np

_NUMBERS = np.random.default_rng(1).standard_normal(50_000)
BUSY_SPREAD = 0.3
"""Spread above which other processes were at work."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Times of the same work within one stage."""

    times: int
    """Number of times that the work was timed."""
    median_ms: float
    spread: float
    """Distance between the 10th and the 90th percentile, as a share of the median."""
    worst: float
    """Greatest time, in medians."""


class Calibration:
    """Times of the same work within one stage, as they are collected."""

    def __init__(self) -> None:
        self._seconds: list[float] = []

    def tick(self) -> None:
        """Do the work once, some milliseconds, and record its time."""
        begun = time.perf_counter()
        total = 0
        for number in range(40_000):
            total += number * number % 7
        np.sort(_NUMBERS)
        self._seconds.append(time.perf_counter() - begun)

    def noise(self) -> Noise:
        """Return the noise of the times so far; print a warning where the machine was busy."""
        low, middle, high = np.percentile(self._seconds, [10, 50, 90]).tolist()
        spread, worst = (high - low) / middle, max(self._seconds) / middle
        if spread > BUSY_SPREAD:
            print(f"  the machine was busy (spread {spread:.0%}): do not trust these times")
        return Noise(len(self._seconds), 1000 * middle, spread, worst)
