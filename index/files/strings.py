"""Lists of byte strings in flat arrays, sorted or not, read without copying the whole."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plait.index.arithmetic import looked_up
from plait.index.errors import damaged
from plait.index.files.arrays import Array, load_array

HEAD_BYTES = 8
"""Number of bytes of a string that are compared as one number: those of a uint64."""

_HEAD_MASKS = np.array(
    [~((1 << 8 * (HEAD_BYTES - kept)) - 1) & (1 << 64) - 1 for kept in range(9)], "u8"
)
"""Masks of the first 0 to 8 bytes of eight."""


@dataclass(frozen=True, slots=True)
class StringTable:
    """A list of byte strings in two arrays, read without copying the whole.

    `blob` is uint8, `offsets` int64 with one element more than there are strings.
    """

    blob: NDArray[np.uint8]
    offsets: NDArray[np.int64]

    @classmethod
    def of(cls, strings: Iterable[bytes]) -> "StringTable":
        """Pack strings in their order."""
        items = list(strings)
        offsets = np.zeros(len(items) + 1, dtype=np.int64)
        np.cumsum([len(item) for item in items], out=offsets[1:])
        return cls(np.frombuffer(b"".join(items), dtype=np.uint8), offsets)

    @classmethod
    def load(cls, folder: Path, name: str) -> "StringTable":
        """Open the table that `arrays(name)` described; raises `CorruptIndexError`."""
        blob = load_array(folder, f"{name}.blob", np.uint8)
        offsets = load_array(folder, f"{name}.offsets", np.int64)
        if not len(offsets):
            raise damaged(folder / f"{name}.offsets.npy", "it is empty")
        return cls(blob, offsets)

    def arrays(self, name: str) -> dict[str, Array]:
        """Return the two arrays under the names that `load` expects."""
        return {f"{name}.blob": self.blob, f"{name}.offsets": self.offsets}

    def between(self, first: int, last: int) -> "StringTable":
        """Return the strings from `first` to `last` exclusive, not copied."""
        begin, end = self.offsets[[first, last]]
        return StringTable(self.blob[begin:end], self.offsets[first : last + 1] - begin)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> bytes:
        return self.blob[self.offsets[number] : self.offsets[number + 1]].tobytes()

    def __iter__(self) -> Iterator[bytes]:
        blob, offsets = self.blob.tobytes(), self.offsets.tolist()
        return (blob[a:b] for a, b in pairwise(offsets))


@dataclass(frozen=True, slots=True)
class SortedTable:
    """Sorted byte strings, and the place of a key among them.

    `heads` has the first eight bytes of each as a number that sorts alike: NumPy finds the
    few with a key's head in microseconds, and only those are compared. Neither strings nor
    keys contain a zero byte: shorter ones are padded with it.
    """

    strings: StringTable
    heads: NDArray[np.uint64]

    @classmethod
    def of(cls, strings: Iterable[bytes]) -> "SortedTable":
        """Pack strings that are sorted already."""
        packed = StringTable.of(strings)
        return cls(packed, heads_of(packed))

    @classmethod
    def load(cls, folder: Path, name: str) -> "SortedTable":
        """Open the table that `arrays(name)` described; raises `CorruptIndexError`."""
        strings = StringTable.load(folder, name)
        return cls(strings, load_array(folder, f"{name}.heads", np.uint64))

    def arrays(self, name: str) -> dict[str, Array]:
        """Return the arrays under the names that `load` expects."""
        return self.strings.arrays(name) | {f"{name}.heads": self.heads}

    def between(self, first: int, last: int) -> "SortedTable":
        """Return the strings from `first` to `last` exclusive, not copied."""
        return SortedTable(self.strings.between(first, last), self.heads[first:last])

    def lower_bound(self, key: bytes) -> int:
        """Return the index of the first string not below `key`."""
        low, high = self.heads.searchsorted(_heads([key])[0]), len(self.strings)
        return bisect_left(self.strings, key, int(low), high)

    def find(self, keys: Sequence[bytes]) -> list[int | None]:
        """Return the index of each key, or None."""
        at, there = looked_up(_heads(keys), self.heads)
        sought = zip(keys, at.tolist(), there.tolist(), strict=True)
        return [self._find(key, first) if has_head else None for key, first, has_head in sought]

    def _find(self, key: bytes, first: int) -> int | None:
        """Return the index of a key, or None; `first` is the first string with its head."""
        if len(key) < HEAD_BYTES:  # padded, so no other string has this head
            return first
        high = int(self.heads.searchsorted(self.heads[first], "right"))
        place = bisect_left(self.strings, key, first, high)
        return place if place < high and self.strings[place] == key else None


def heads_of(strings: StringTable) -> NDArray[np.uint64]:
    """Return the first eight bytes of each string as a number, all at once.

    The strings must lie in their blob.
    """
    blob = np.concatenate([strings.blob, np.zeros(HEAD_BYTES, np.uint8)])
    from_each = np.ndarray(len(blob) - HEAD_BYTES + 1, ">u8", blob, strides=(1,))  # overlapping
    lengths = np.minimum(np.diff(strings.offsets), HEAD_BYTES)
    heads: NDArray[np.uint64] = from_each[strings.offsets[:-1]].astype(np.uint64)
    heads &= _HEAD_MASKS[lengths]
    return heads


def _heads(strings: Sequence[bytes]) -> NDArray[np.uint64]:
    packed = b"".join(string[:HEAD_BYTES].ljust(HEAD_BYTES, b"\0") for string in strings)
    return np.frombuffer(packed, dtype=">u8").astype(np.uint64)
