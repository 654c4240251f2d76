"""Here are several arrays and what stays of each: what are they end to end, piece by piece?

A merge reads and writes a few megabytes at a time, so that what it holds does not grow
with the collection. What does: masks, and numbers of which there is one a text.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from plait.index.files.arrays import Array
from plait.index.files.strings import StringTable

BYTES_PER_CHUNK = 1 << 22
"""Bytes joined at a time, more or less."""


def kept_rows(
    parts: Sequence[tuple[Array, NDArray[np.bool_]]], size: int = 1 << 16
) -> Iterator[Array]:
    """Walk the rows that stay, each array given with a mask of its rows; one at least.

    Gives `size` rows at a time, wherever arrays end, and the rest; once at least.
    """
    rows = [np.flatnonzero(stays) for _, stays in parts]
    ends = np.cumsum([0, *map(len, rows)]).tolist()
    for start in range(0, max(ends[-1], 1), size):
        spans = [slice(max(start - end, 0), max(start - end + size, 0)) for end in ends[:-1]]
        owned = zip(parts, rows, spans, strict=True)
        yield np.concatenate([array[own[span]] for (array, _), own, span in owned])


def kept_stretches(
    parts: Sequence[tuple[Array, NDArray[np.int64], NDArray[np.bool_]]],
    chunk: int = BYTES_PER_CHUNK,
) -> Iterator[Array]:
    """Walk the rows of the stretches that stay: `starts[n]:starts[n + 1]` where `stays[n]`.

    Each array is given with its `starts`, from 0 to its length, and with `stays`; one at
    least. Gives some `chunk` bytes at a time, and rows once at least.
    """
    first_array, _, _ = parts[0]
    yield first_array[:0]
    width = first_array.itemsize * math.prod(first_array.shape[1:])
    size = max(chunk // width, 1)
    for array, starts, stays in parts:
        for first, last in pairwise(cuts(starts, size)):
            rows = np.repeat(stays[first:last], np.diff(starts[first : last + 1]))
            yield array[starts[first] : starts[last]][rows]


def kept_strings(
    name: str, parts: Sequence[tuple[StringTable, NDArray[np.bool_]]]
) -> Iterator[dict[str, Array]]:
    """Walk both arrays of the strings that stay, some bytes at a time."""
    yield {f"{name}.offsets": kept_starts([(table.offsets, stays) for table, stays in parts])}
    for blob in kept_stretches([(table.blob, table.offsets, stays) for table, stays in parts]):
        yield {f"{name}.blob": blob}


def kept_starts(
    parts: Sequence[tuple[NDArray[np.int64], NDArray[np.bool_]]],
) -> NDArray[np.int64]:
    """Say where the stretches that stay begin when they lie end to end, and where all end."""
    lengths = np.concatenate([np.diff(starts)[stays] for starts, stays in parts])
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def cuts(starts: NDArray[np.int64], size: int) -> list[int]:
    """Cut stretches of rows into runs: number the first of each run, and give their count.

    A run has at most `size` rows, and what its last stretch adds.
    """
    firsts = np.searchsorted(starts, np.arange(0, starts[-1], size))
    places: list[int] = np.union1d(firsts, len(starts) - 1).tolist()
    return places
