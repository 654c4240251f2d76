"""Table of the runs of non-blanks that texts consist of.

Every distinct run has an index. Most runs of a text were met before; their indices are found
all at once in a table of NumPy's, and no string is made of them. Does not know what a word is
(`plait.index.language.analyzer`).
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import count, islice
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")

Numbers: TypeAlias = NDArray[np.int32]
"""Indices and counts, half as wide as NumPy's own: time grows with the bytes that are read."""

Spelled: TypeAlias = tuple[NDArray[np.uint64], NDArray[np.uint64]]
"""First eight bytes of each run, and the next eight; zeros after its end."""

WIDTH = 16
"""Bytes of the longest run that has a row in the table; in English two of a thousand are longer."""

_BITS = 19
"""Binary logarithm of the table's rows, which take 12 MB."""

_BLANK = 32
"""Greatest byte, the space, that is in no run: none up to it belongs to a word."""

_FIRST = np.array([(1 << 8 * kept) - 1 for kept in range(9)], dtype=np.uint64)
"""Masks of the first 0 to 8 of eight bytes."""

_ODD = np.uint64(0x9E3779B97F4A7C15)
"""2 ** 64 divided by the golden ratio. To multiply by it scatters (Knuth, volume 3, 6.4)."""


class Runs:
    """Runs of non-blanks, with indices from 0 in the order in which they are first met.

    A dictionary has all of them. A row of the table has one of the runs that fell to it,
    spelled out, so that no other is taken for it; it stays there.
    """

    def __init__(self) -> None:
        self._numbers: defaultdict[bytes, int] = defaultdict(count().__next__)
        # (rows, 3): head, tail, index. A head of 0 is free: no run begins with a zero byte.
        self._table = np.zeros((1 << _BITS, 3), dtype=np.uint64)

    def __len__(self) -> int:
        return len(self._numbers)

    def after(self, known: int) -> str:
        """Spell out the runs after the first `known`, each followed by a blank."""
        return b"".join(run + b" " for run in newest(self._numbers, known)).decode()

    def number(self, texts: Sequence[str]) -> tuple[Numbers, Numbers]:
        """Return the index of each run, texts end to end, and how many each text has, (texts,).

        Raises `UnicodeEncodeError` for half a surrogate pair, which no index holds.
        """
        # A line break before each text, so that no run spans two and edges come in pairs; zeros
        # after the last, so that sixteen bytes can be read wherever a run begins.
        encoded = [text.encode() for text in texts]
        data = b"\n".join([b"", *encoded, bytes(WIDTH + 8)])
        inside = np.frombuffer(data, dtype=np.uint8) > _BLANK
        edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
        begins, ends = edges[::2], edges[1::2]
        bounds = np.cumsum([0, *(len(text) + 1 for text in encoded)])
        counts = np.diff(np.searchsorted(begins, bounds)).astype(np.int32)
        return self._find(data, begins, ends), counts

    def _find(self, data: bytes, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> Numbers:
        """Find the runs in the table, and those it does not have in the dictionary."""
        heads, tails = _spelled(data, begins, ends)
        short = ends - begins <= WIDTH
        places = _places(heads, tails)
        rows = self._table[places]
        found = rows[:, 2].astype(np.int32)
        known = (rows[:, 0] == heads) & (rows[:, 1] == tails) & short
        missed = np.flatnonzero(~known)
        bounds = zip(begins[missed].tolist(), ends[missed].tolist(), strict=True)
        numbers = map(self._numbers.__getitem__, (data[begin:end] for begin, end in bounds))
        found[missed] = np.fromiter(numbers, np.int32, len(missed))
        new = missed[short[missed] & (rows[missed, 0] == 0)]
        row = heads[new], tails[new], found[new].astype(np.uint64)
        # Of new runs that share a row, NumPy stores the last, whole.
        self._table[places[new]] = np.column_stack(row)
        return found


def newest(numbers: dict[T, int], known: int) -> list[T]:
    """Return the keys after the first `known`, in order."""
    return list(islice(reversed(numbers), len(numbers) - known))[::-1]


def _spelled(data: bytes, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> Spelled:
    """Read the first sixteen bytes of each run; zeros after its end."""
    from_each = np.ndarray(len(data) - 7, "<u8", data, strides=(1,))  # eight bytes, overlapping
    lengths = ends - begins
    heads = from_each[begins] & _FIRST[np.minimum(lengths, 8)]
    tails = from_each[begins + 8] & _FIRST[np.clip(lengths - 8, 0, 8)]
    return heads, tails


def _places(heads: NDArray[np.uint64], tails: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scatter runs over the rows of the table."""
    mixed = heads * _ODD + tails
    mixed ^= mixed >> np.uint64(32)
    return (mixed * _ODD) >> np.uint64(64 - _BITS)
