"""Here is a folder of flat arrays: how do they get to disk and back, unpickled?

Arrays are `.npy` files opened by memory map; lists of byte strings are two
arrays, the bytes end to end and their offsets. Useful for whatever is written
once and read often. Not useful for anything that changes in place.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.errors import CorruptIndexError

Array: TypeAlias = NDArray[Any]

BLOCK = 16
"""Rows on either side of one product: so few that OpenBLAS starts no threads for them.

On a busy machine threads wait for each other, 20 to 100 ms where 2 are enough.
"""

CHUNK = 1 << 16
"""Rows copied at a time where arrays are joined."""


def save_arrays(folder: Path, arrays: Mapping[str, Array]) -> None:
    """Write each array to `folder/NAME.npy`, little-endian, C order."""
    for name, array in arrays.items():
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        save_array(folder / f"{name}.npy", np.ascontiguousarray(little))


def save_array(path: Path, array: Array) -> None:
    """Write one array in NumPy's format.

    Raises `OSError` with its number; `np.save` would lose it, and a full disk its name.
    """
    with path.open("wb") as file:
        header = np.lib.format.header_data_from_array_1_0(array)
        np.lib.format.write_array_header_1_0(file, header)
        file.write(array.data if array.size else b"")


def load_array(folder: Path, name: str) -> Array:
    """Open `folder/NAME.npy` by memory map, read-only.

    Raises `CorruptIndexError` where the file is missing or not such an array.
    """
    path = folder / f"{name}.npy"
    try:
        array: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    # A damaged header can raise nearly anything: it is read as Python's literals.
    except Exception as error:
        raise CorruptIndexError(
            f"cannot read {path}: {error}. Index again into a new folder."
        ) from error
    return array.view(np.ndarray)


def kept_rows(parts: Sequence[tuple[Array, NDArray[np.bool_]]]) -> Array:
    """Join the rows of arrays that stay, each given with a mask of its rows; one at least.

    Holds the result and never a second copy of it.
    """
    first, _ = parts[0]
    count = sum(int(np.count_nonzero(stays)) for _, stays in parts)
    joined: Array = np.empty((count, *first.shape[1:]), first.dtype)
    end = 0
    for array, stays in parts:
        for start in range(0, len(array), CHUNK):
            rows = array[start : start + CHUNK][stays[start : start + CHUNK]]
            joined[end : end + len(rows)] = rows
            end += len(rows)
    return joined


def best_places(scores: NDArray[np.floating[Any]], k: int) -> NDArray[np.int64]:
    """Give the places of the `k` greatest scores, and of all that tie with the last of them.

    Ascending. Whatever ties must stay in, or an order of ids could not decide.
    """
    if k >= len(scores):
        return np.arange(len(scores))
    least = np.partition(scores, len(scores) - k)[len(scores) - k]
    return np.flatnonzero(scores >= least)


@dataclass(frozen=True, slots=True)
class StringTable:
    """A list of byte strings in two arrays, read without copying the whole.

    `blob` is uint8, `offsets` int64 with one element more than there are strings.
    """

    blob: NDArray[np.uint8]
    offsets: NDArray[np.int64]

    @classmethod
    def of(cls, strings: Iterable[bytes]) -> "StringTable":
        """Pack strings in the order given."""
        items = list(strings)
        offsets = np.zeros(len(items) + 1, dtype=np.int64)
        np.cumsum([len(item) for item in items], out=offsets[1:])
        return cls(np.frombuffer(b"".join(items), dtype=np.uint8), offsets)

    @classmethod
    def load(cls, folder: Path, name: str) -> "StringTable":
        """Open the table that `arrays(name)` described; raises `CorruptIndexError`."""
        return cls(load_array(folder, f"{name}.blob"), load_array(folder, f"{name}.offsets"))

    def arrays(self, name: str) -> dict[str, Array]:
        """Give the two arrays under the names that `load` expects."""
        return {f"{name}.blob": self.blob, f"{name}.offsets": self.offsets}

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> bytes:
        return self.blob[self.offsets[number] : self.offsets[number + 1]].tobytes()

    def __iter__(self) -> Iterator[bytes]:
        blob, offsets = self.blob.tobytes(), self.offsets.tolist()
        return (blob[a:b] for a, b in pairwise(offsets))


@dataclass(frozen=True, slots=True)
class SortedTable:
    """Sorted byte strings, and where each lies among them.

    `heads` holds the first eight bytes of each as a number that sorts alike: NumPy
    finds the few with a key's head in microseconds, and only those are compared.
    """

    strings: StringTable
    heads: NDArray[np.uint64]

    @classmethod
    def of(cls, strings: Iterable[bytes]) -> "SortedTable":
        """Pack strings that are sorted already."""
        items = list(strings)
        return cls(StringTable.of(items), _heads(items))

    @classmethod
    def load(cls, folder: Path, name: str) -> "SortedTable":
        """Open the table that `arrays(name)` described; raises `CorruptIndexError`."""
        return cls(StringTable.load(folder, name), load_array(folder, f"{name}.heads"))

    def arrays(self, name: str) -> dict[str, Array]:
        """Give the arrays under the names that `load` expects."""
        return self.strings.arrays(name) | {f"{name}.heads": self.heads}

    def lower_bound(self, key: bytes) -> int:
        """Find the first string not below `key`."""
        low, high = self.heads.searchsorted(_heads([key])[0]), len(self.strings)
        return bisect_left(self.strings, key, int(low), high)

    def find(self, keys: Sequence[bytes]) -> list[int | None]:
        """Find the place of each key, or None."""
        heads = _heads(keys)
        lows = self.heads.searchsorted(heads, "left").tolist()
        highs = self.heads.searchsorted(heads, "right").tolist()
        return [self._find(*sought) for sought in zip(keys, lows, highs, strict=True)]

    def _find(self, key: bytes, low: int, high: int) -> int | None:
        place = bisect_left(self.strings, key, low, high)
        return place if place < high and self.strings[place] == key else None


def _heads(strings: Sequence[bytes]) -> NDArray[np.uint64]:
    packed = b"".join(string[:8].ljust(8, b"\0") for string in strings)
    return np.frombuffer(packed, dtype=">u8").astype(np.uint64)
