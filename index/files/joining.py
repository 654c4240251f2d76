"""The kept rows of several arrays end to end, a few megabytes at a time.

A merge reads and writes so, and the memory it takes does not grow with the collection,
except that of masks and of arrays with one element a text.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from plait.index.files.arrays import Array
from plait.index.files.strings import StringTable

BYTES_PER_CHUNK = 1 << 22
"""Number of bytes joined at a time, more or less."""


def kept_rows(
    masked: Sequence[tuple[Array, NDArray[np.bool_]]], size: int = 1 << 16
) -> Iterator[Array]:
    """Yield the rows that are kept of arrays, each with a mask of its rows; one array at least.

    `size` rows at a time, wherever arrays end, then the rest; yields once at least.
    """
    rows = [np.flatnonzero(kept) for _, kept in masked]
    ends = np.cumsum([0, *map(len, rows)]).tolist()
    for start in range(0, max(ends[-1], 1), size):
        spans = [slice(max(start - end, 0), max(start - end + size, 0)) for end in ends[:-1]]
        owned = zip(masked, rows, spans, strict=True)
        yield np.concatenate([array[own[span]] for (array, _), own, span in owned])


def kept_stretches(
    masked: Sequence[tuple[Array, NDArray[np.int64], NDArray[np.bool_]]],
    chunk: int = BYTES_PER_CHUNK,
) -> Iterator[Array]:
    """Yield the rows of the stretches that are kept: `starts[n]:starts[n + 1]` where `kept[n]`.

    Each array comes with its `starts`, from 0 to its length, and with `kept`; one array at
    least. Some `chunk` bytes at a time; yields once at least.
    """
    first_array, _, _ = masked[0]
    yield first_array[:0]
    width = first_array.itemsize * math.prod(first_array.shape[1:])
    size = max(chunk // width, 1)
    for array, starts, kept in masked:
        for first, last in pairwise(cuts(starts, size)):
            rows = np.repeat(kept[first:last], np.diff(starts[first : last + 1]))
            yield array[starts[first] : starts[last]][rows]


def kept_strings(
    name: str, masked: Sequence[tuple[StringTable, NDArray[np.bool_]]]
) -> Iterator[dict[str, Array]]:
    """Yield both arrays of the strings that are kept, some bytes at a time."""
    yield {f"{name}.offsets": kept_starts([(table.offsets, kept) for table, kept in masked])}
    for blob in kept_stretches([(table.blob, table.offsets, kept) for table, kept in masked]):
        yield {f"{name}.blob": blob}


def kept_starts(
    masked: Sequence[tuple[NDArray[np.int64], NDArray[np.bool_]]],
) -> NDArray[np.int64]:
    """Return where the kept stretches begin when they lie end to end, and where the last ends."""
    lengths = np.concatenate([np.diff(starts)[kept] for starts, kept in masked])
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def cuts(starts: NDArray[np.int64], size: int) -> list[int]:
    """Split stretches into groups; return the first stretch of each group, then their number.

    A group has at most `size` rows, and what its last stretch adds.
    """
    firsts = np.searchsorted(starts, np.arange(0, starts[-1], size))
    places: list[int] = np.union1d(firsts, len(starts) - 1).tolist()
    return places
