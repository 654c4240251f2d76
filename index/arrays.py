"""Here is a folder of flat arrays: how do they get to disk and back, unpickled?

Arrays are `.npy` files opened by memory map; lists of byte strings are two
arrays, the bytes end to end and their offsets. Useful for whatever is written
once and read often. Not useful for anything that changes in place.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.errors import CorruptIndexError

Array: TypeAlias = NDArray[Any]


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

    def lower_bound(self, key: bytes) -> int:
        """Find the first string not below `key`; the strings must be sorted."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self[middle] < key:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, key: bytes) -> int | None:
        """Find the place of `key` among sorted strings, or None."""
        place = self.lower_bound(key)
        return place if place < len(self) and self[place] == key else None
