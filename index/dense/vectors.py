"""Vectors of passages, and those nearest to a query.

FAISS searches mapped files in place; nothing is copied. A small matrix is searched
exactly. In a large one, the signs of the components, one bit each, choose the few thousand
passages whose vectors are read (docs/adr/0009). Does not encode
(`plait.index.models.encoder`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plait.index.dense.moments import VECTORS_SUMMED_AT_ONCE, Matrix, Moments
from plait.index.errors import damaged
from plait.index.files.arrays import Array, load_array
from plait.index.files.joining import kept_rows
from plait.index.store import StoreSettings

PRODUCT_TOLERANCE = 1e-6
"""Greatest difference between inner products of equal rows, in single precision."""

ROWS_PER_RANDOM_READ = 4
"""Number of neighbouring rows that are read in the time of one that lies anywhere."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """Unit vectors of passages, their signs and their moments."""

    matrix: Matrix
    """Unit vectors, (passages, dimension)."""
    signs: NDArray[np.uint8]
    """Signs, (passages, dimension / 8, rounded up): a bit a component, set where it is above 0."""
    moments: Moments

    @classmethod
    def of(cls, matrix: Matrix) -> "Vectors":
        """Compute signs and moments of a matrix."""
        return cls(matrix, signs_of(matrix), Moments.of(matrix))

    @classmethod
    def load(cls, folder: Path) -> "Vectors":
        """Open a segment's vectors by memory map; raises `CorruptIndexError`."""
        total = load_array(folder, "vector_total", np.float64)
        if not len(total):
            raise damaged(folder, "its vectors have no components")
        outer = load_array(folder, "vector_outer", np.float64, len(total))
        matrix = load_array(folder, "vectors", np.float32, len(total))
        signs = load_array(folder, "vector_signs", np.uint8, -(-len(total) // 8))
        return cls(matrix, signs, Moments(len(matrix), total, outer))

    def arrays(self) -> dict[str, Array]:
        """Return all arrays under the names that `load` expects."""
        rows: dict[str, Array] = {"vectors": self.matrix, "vector_signs": self.signs}
        return rows | self.moments.arrays()

    @classmethod
    def merged(
        cls, parts: Sequence[tuple["Vectors", NDArray[np.bool_]]]
    ) -> Iterator[dict[str, Array]]:
        """Yield all arrays of the vectors that stay, some rows at a time."""
        first, _ = parts[0]
        moments = Moments.of(first.matrix[:0])
        for rows in kept_rows(
            [(vectors.matrix, stays) for vectors, stays in parts], VECTORS_SUMMED_AT_ONCE
        ):
            moments += Moments.of(rows)
            yield {"vectors": rows, "vector_signs": signs_of(rows)}
        yield moments.arrays()


def signs_of(vectors: Matrix) -> NDArray[np.uint8]:
    """Return the signs of vectors, a bit a component, (vectors, dimension / 8, rounded up)."""
    return np.packbits(vectors > 0, axis=-1)


def is_exact(vectors: Vectors, settings: StoreSettings) -> bool:
    """Return whether there are so few vectors that a search reads all of them."""
    return len(vectors.matrix) <= settings.exact_rows


def nearest(matrix: Matrix, query: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Return the `k` rows with the greatest inner products, and those that tie with the last."""
    if k >= len(matrix):
        return np.arange(len(matrix))
    import faiss  # noqa: PLC0415 - 0.1 s, and not needed where all rows are wanted

    with _one_thread(faiss):
        while k < len(matrix):
            inner = faiss.METRIC_INNER_PRODUCT
            [products], [places] = faiss.knn(query[np.newaxis], matrix, k + 1, metric=inner)
            if products[k] < products[k - 1] - PRODUCT_TOLERANCE:
                return np.asarray(places[:k], dtype=np.int64)
            k *= 2  # copies of one text, for instance
    return np.arange(len(matrix))


def shortlist(
    signs: NDArray[np.uint8], query: NDArray[np.float32], k: int, settings: StoreSettings
) -> NDArray[np.int64]:
    """Return rows among which the `k` greatest inner products nearly always are.

    They are the rows whose `signs`, as of `signs_of`, differ least from the query's, and all
    that differ as much as the last of them. `plait.index.local.recall` measures how many of
    the greatest products are found.
    """
    import faiss  # noqa: PLC0415 - as above

    rows = settings.shortlist_rows, settings.shortlist_per_hit * k
    wanted = asked = min(max(*rows, len(signs) // settings.shortlist_share), len(signs))
    bits = signs_of(query[np.newaxis])
    with _one_thread(faiss):
        while True:
            asked = min(asked + asked // 2 + 1, len(signs))
            [differing], [places] = faiss.knn_hamming(bits, signs, asked, variant="mc")
            most = np.partition(differing, wanted - 1)[wanted - 1]
            if asked == len(signs) or differing.max() > most:
                return np.asarray(places[differing <= most], dtype=np.int64)


def nearest_of(
    vectors: Vectors,
    query: NDArray[np.float32],
    k: int,
    settings: StoreSettings,
    rows: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return those of some rows among which their `k` greatest inner products nearly always are.

    Rows ascend. Where they are few, or all vectors are, none of the `k` greatest is missed.
    """
    if is_exact(vectors, settings) or len(rows) <= settings.exact_rows // ROWS_PER_RANDOM_READ:
        return rows
    wider = settings.shortlist_filtered * k
    return rows[np.sort(shortlist(vectors.signs[rows], query, wider, settings))]


def inner_products(
    matrix: Matrix, query: NDArray[np.float32], rows: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return the inner product of each of some rows with a query, (rows,).

    Rows are read in place; the product of one never depends on the others. Raises
    `ValueError` for a query of another dimension, `IndexError` for a row that is not there.
    """
    import faiss  # noqa: PLC0415 - as above

    if query.shape != matrix.shape[1:]:
        raise ValueError(f"the query has shape {query.shape}; wanted {matrix.shape[1:]}.")
    if len(rows) and not 0 <= rows.min() <= rows.max() < len(matrix):
        raise IndexError(f"rows {rows.min()} to {rows.max()} of {len(matrix)}.")
    found = np.empty(len(rows), np.float32)
    # FAISS gets addresses: what lies there must be what it expects. What is, is not copied.
    given = (
        np.ascontiguousarray(query, np.float32),
        np.ascontiguousarray(matrix, np.float32),
        np.ascontiguousarray(rows, np.int64),
    )
    addresses = [faiss.swig_ptr(array) for array in (found, *given)]
    queries = 1
    with _one_thread(faiss):
        # FAISS's stubs leave out what its headers have.
        products: Any = faiss.fvec_inner_products_by_idx  # type: ignore[attr-defined]
        products(*addresses, matrix.shape[1], queries, len(rows))
    return found


@contextmanager
def _one_thread(faiss: Any) -> Iterator[None]:
    """Keep FAISS from waking threads for one query: on a busy machine it waits 20 to 50 ms."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
