"""Sums over a set of unit vectors, from which any query's mean and deviation follow."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.files.arrays import Array

Matrix: TypeAlias = NDArray[np.float32]


VECTORS_SUMMED_AT_ONCE = 4096
"""Number of vectors summed at a time. Another number would change the last bits of the sums."""

UNIT_TOLERANCE = 1e-3
"""Greatest difference of a vector's length from 1: ten thousand times the error of rounding."""

VARIANCE_TOLERANCE = 1e-12
"""Greatest variance that rounding leaves to equal unit vectors, in double precision."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over a set of vectors, from which any query's mean and variance follow.

    The mean of `q . v` is `q . total / n`, the mean of its square `q' outer q / n`.
    """

    count: int
    total: NDArray[np.float64]
    """Sum of the vectors, (dimension,)."""
    outer: NDArray[np.float64]
    """Sum of their outer products, (dimension, dimension)."""

    @classmethod
    def of(cls, matrix: Matrix) -> "Moments":
        """Sum the rows of a matrix, some thousands at a time."""
        dimension = matrix.shape[1]
        total, outer = np.zeros(dimension), np.zeros((dimension, dimension))
        for start in range(0, len(matrix), VECTORS_SUMMED_AT_ONCE):
            rows = matrix[start : start + VECTORS_SUMMED_AT_ONCE].astype(np.float64)
            total += rows.sum(axis=0)
            outer += rows.T @ rows
        return cls(len(matrix), total, outer)

    def arrays(self) -> dict[str, Array]:
        """Return both sums under the names that `Vectors.load` expects."""
        return {"vector_total": self.total, "vector_outer": self.outer}

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.count + other.count, self.total + other.total, self.outer + other.outer)

    def __sub__(self, other: "Moments") -> "Moments":
        return Moments(self.count - other.count, self.total - other.total, self.outer - other.outer)

    def fit_unit_vectors(self) -> bool:
        """Return whether a set of `count` unit vectors can have these sums.

        The squares of a vector's components add up to 1, products commute, and no sum exceeds
        what its squares allow (Cauchy and Schwarz).
        """
        squares = np.diagonal(self.outer)
        slack = 2 * UNIT_TOLERANCE * max(self.count, 1)
        with np.errstate(all="ignore"):  # damaged numbers overflow, and are out of bounds then
            return bool(
                abs(squares.sum() - self.count) <= slack
                and np.array_equal(self.outer, self.outer.T)
                and (self.total**2 <= self.count * squares + slack).all()
            )

    def mean_and_deviation(self, query: NDArray[np.float32]) -> tuple[float, float]:
        """Return the mean and the standard deviation of `query . v` over the set."""
        if self.count == 0:
            return 0.0, 0.0
        wide = query.astype(np.float64)
        mean = float(wide @ self.total) / self.count
        # Not by `@`, for which OpenBLAS wakes threads that wait for each other on a busy machine.
        squares = float(np.einsum("ij,j->i", self.outer, wide) @ wide)
        variance = squares / self.count - mean**2
        return mean, float(np.sqrt(variance)) if variance > VARIANCE_TOLERANCE else 0.0


def are_unit(vectors: Matrix) -> bool:
    """Return whether each row is finite and of unit length, within `UNIT_TOLERANCE`."""
    with np.errstate(all="ignore"):  # damaged numbers overflow, and are out of bounds then
        squares = np.einsum("ij,ij->i", vectors, vectors)
        return bool((np.abs(squares - 1.0) <= 2 * UNIT_TOLERANCE).all())
