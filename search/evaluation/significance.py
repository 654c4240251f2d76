"""Significance of the difference between two systems' values, paired by topics.

Paired randomisation test: Smucker, Allan and Carterette, "A Comparison of Statistical
Significance Tests for Information Retrieval Evaluation" (CIKM 2007). Percentile
bootstrap: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993). Both are
SciPy's. Random numbers start from one seed, so that a report can be made again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

SMALLEST_DIFFERENCE = 1e-9
"""Least difference of two values that counts; what is below is rounding."""
SEED = 2007
RESAMPLES = 9999
"""Number of resamples: with the observed sample 10,000, so that p is known to within .005
near .05."""
RESAMPLES_PER_BATCH = 1000
"""Number of resamples that are held in memory at a time."""
FEWEST_DIFFERENCES = 2
"""Number of differences below which there is nothing to resample."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean of paired differences, its 95 % interval, and p (two-sided)."""

    mean: float
    low: float
    high: float
    p: float


def gaps(values: Iterable[float], others: Iterable[float]) -> list[float]:
    """Return the differences of paired values; what is rounding is 0."""
    found = [value - other for value, other in zip(values, others, strict=True)]
    return [gap if abs(gap) > SMALLEST_DIFFERENCE else 0.0 for gap in found]


def paired(differences: Sequence[float]) -> Difference:
    """Test paired differences against 0.

    One difference is its own interval, and so are equal ones; a single one has p = 1.
    """
    from scipy.stats import bootstrap, permutation_test

    found = np.asarray(differences, dtype=np.float64)
    mean = float(found.mean())
    if not found.any():
        return Difference(0.0, 0.0, 0.0, 1.0)
    if len(found) < FEWEST_DIFFERENCES:
        return Difference(mean, mean, mean, 1.0)
    # The signs of one sample of differences are flipped: the pairs are swapped.
    test = permutation_test(
        (found,),
        np.mean,
        permutation_type="samples",
        n_resamples=RESAMPLES,
        batch=RESAMPLES_PER_BATCH,
        rng=np.random.default_rng(SEED),
    )
    interval = bootstrap(
        (found,),
        np.mean,
        method="percentile",
        n_resamples=RESAMPLES,
        batch=RESAMPLES_PER_BATCH,
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return Difference(mean, float(interval.low), float(interval.high), float(test.pvalue))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number, in the order they came.

    Holm, "A Simple Sequentially Rejective Multiple Test Procedure" (1979): the least of
    m is multiplied by m, the next by m - 1, and so on; none falls below one before it.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    corrected = [1.0] * len(p_values)
    floor = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        floor = max(floor, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = floor
    return corrected
