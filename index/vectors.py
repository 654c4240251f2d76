"""Here is a query's vector: which passages lie nearest, and how does it lie to all?

FAISS searches the mapped vectors where they are, exactly; nothing is copied.
Does not encode (`plait.index.encoder`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.arrays import Array, load_array
from plait.index.joining import kept_rows

Matrix: TypeAlias = NDArray[np.float32]

BLOCK = 4096
"""Vectors summed up at a time. Sums of another size would differ in their last bits."""

ROUNDING = 1e-12
"""What the variance of equal unit vectors may come out as, in double precision."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over a set of vectors, from which any query's mean and variance follow.

    The mean of `q . v` is `q . total / n`, the mean of its square `q' outer q / n`.
    """

    count: int
    total: NDArray[np.float64]
    """(dimension,): the sum of the vectors."""
    outer: NDArray[np.float64]
    """(dimension, dimension): the sum of their outer products."""

    @classmethod
    def of(cls, matrix: Matrix) -> "Moments":
        """Sum up the rows of a matrix, some thousands at a time."""
        dimension = matrix.shape[1]
        total, outer = np.zeros(dimension), np.zeros((dimension, dimension))
        for start in range(0, len(matrix), BLOCK):
            rows = matrix[start : start + BLOCK].astype(np.float64)
            total += rows.sum(axis=0)
            outer += rows.T @ rows
        return cls(len(matrix), total, outer)

    def arrays(self) -> dict[str, Array]:
        """Give both sums under the names that `Vectors.load` expects."""
        return {"vector_total": self.total, "vector_outer": self.outer}

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.count + other.count, self.total + other.total, self.outer + other.outer)

    def __sub__(self, other: "Moments") -> "Moments":
        return Moments(self.count - other.count, self.total - other.total, self.outer - other.outer)

    def mean_and_deviation(self, query: NDArray[np.float32]) -> tuple[float, float]:
        """Give the mean and the standard deviation of `query . v` over the set."""
        if self.count == 0:
            return 0.0, 0.0
        wide = query.astype(np.float64)
        mean = float(wide @ self.total) / self.count
        variance = float(wide @ self.outer @ wide) / self.count - mean**2
        return mean, float(np.sqrt(variance)) if variance > ROUNDING else 0.0


@dataclass(frozen=True, slots=True)
class Vectors:
    """A unit vector per passage, and their moments."""

    matrix: Matrix
    """(passages, dimension)."""
    moments: Moments

    @classmethod
    def load(cls, folder: Path) -> "Vectors":
        """Open a segment's vectors by memory map; raises `CorruptIndexError`."""
        matrix = load_array(folder, "vectors")
        total, outer = load_array(folder, "vector_total"), load_array(folder, "vector_outer")
        return cls(matrix, Moments(len(matrix), total, outer))

    def arrays(self) -> dict[str, Array]:
        """Give all arrays under the names that `load` expects."""
        return {"vectors": self.matrix} | self.moments.arrays()

    @classmethod
    def merged(
        cls, parts: Sequence[tuple["Vectors", NDArray[np.bool_]]]
    ) -> Iterator[dict[str, Array]]:
        """Walk all arrays of the vectors that stay, some rows at a time."""
        first, _ = parts[0]
        moments = Moments.of(first.matrix[:0])
        for rows in kept_rows([(vectors.matrix, stays) for vectors, stays in parts], BLOCK):
            moments += Moments.of(rows)
            yield {"vectors": rows}
        yield moments.arrays()


def nearest(matrix: Matrix, query: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Number the `k` rows with the greatest inner product, all of them if there are fewer."""
    import faiss  # noqa: PLC0415 - 0.1 s, and keyword queries need none of it

    if k >= len(matrix):
        return np.arange(len(matrix))
    _, places = faiss.knn(query[None, :], matrix, k, metric=faiss.METRIC_INNER_PRODUCT)
    return np.asarray(places[0], dtype=np.int64)
