"""Here is a folder of flat arrays: how do they get to disk and back, unpickled?

Arrays are `.npy` files opened by memory map; lists of byte strings are two
arrays, the bytes end to end and their offsets. Useful for whatever is written
once and read often. Not useful for anything that changes in place.
"""

import os
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from mmap import ACCESS_READ, MADV_DONTNEED, mmap
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.format import dtype_to_descr, write_array_header_1_0
from numpy.typing import NDArray

from plait.index.durable import naming, open_regular
from plait.index.errors import damaged

Array: TypeAlias = NDArray[Any]

HEAD = 8
"""Bytes of a string that are compared as one number: those of a uint64."""

_KEPT_BYTES = np.array([~((1 << 8 * (HEAD - kept)) - 1) & (1 << 64) - 1 for kept in range(9)], "u8")
"""Masks that keep so many of the first bytes of eight."""

BLOCK = 16
"""Rows of one product, beside at most twice as many: OpenBLAS starts no threads for them.

On a busy machine threads wait for each other, 20 to 100 ms where 2 are enough. It starts
them above 4 * 2**16 multiplications, which is 42 rows beside these at 384 dimensions.
"""

GROUP = 64
"""Scores of which the greatest is found first, where the best of many are sought."""

PIECE = 1 << 16
"""Bytes written at a time. What is written at once, up to 2 MB, the system keeps as one piece
of its cache, and Linux maps all of a piece where one byte is read (docs/adr/0012)."""

HEADER = 256
"""Bytes, at most, in which `save_array` says what follows; it takes 128."""

_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(?P<kind>[<|][iuf]\d)', 'fortran_order': False, "
    rb"'shape': \((?P<rows>\d{1,15}),(?: (?P<width>\d{1,9}))?\), \} *\n",
    re.DOTALL,
)


def save_arrays(folder: Path, chunks: Iterable[Mapping[str, Array]]) -> None:
    """Write arrays to `folder/NAME.npy`, little-endian, C order.

    Each chunk names arrays and gives more rows of them; no more than a chunk is held.
    """
    with ExitStack() as files:
        appended: dict[str, Callable[[Array], None]] = {}
        for chunk in chunks:
            for name, rows in chunk.items():
                if name not in appended:
                    path = folder / f"{name}.npy"
                    appended[name] = files.enter_context(_array_file(path, rows))
                appended[name](rows)


def save_array(path: Path, array: Array) -> None:
    """Write one array in NumPy's format."""
    with _array_file(path, array) as append:
        append(array)


@contextmanager
def _array_file(path: Path, like: Array) -> Iterator[Callable[[Array], None]]:
    """Write an array in NumPy's format, row after row, of the type and width of `like`.

    Raises `OSError` with its number; `np.save` would lose it, and a full disk its name.
    """
    count = 0

    def write_header() -> None:
        shape, kind = (count, *like.shape[1:]), like.dtype.newbyteorder("<")
        header = {"shape": shape, "fortran_order": False, "descr": dtype_to_descr(kind)}
        # Of the same size for any count: NumPy leaves room for its digits.
        write_array_header_1_0(file, header)

    def append(rows: Array) -> None:
        nonlocal count
        count += len(rows)
        little = np.ascontiguousarray(rows, like.dtype.newbyteorder("<"))
        data = little.reshape(-1).view(np.uint8)
        with naming(path):
            for start in range(0, len(data), PIECE):
                file.write(data[start : start + PIECE].data)

    with naming(path), path.open("wb") as file:
        write_header()
        yield append
        file.seek(0)
        write_header()


def load_array(folder: Path, name: str, kind: type[np.generic], width: int = 0) -> Array:
    """Open `folder/NAME.npy` by memory map, read-only: (rows,), or (rows, width).

    Raises `CorruptIndexError` where the file is missing, no array of that kind and width as
    `save_array` writes it, or of another size than its header says; and `OSError`, for
    instance where the process may open no more files.
    """
    path = folder / f"{name}.npy"
    try:
        with open_regular(path) as (descriptor, size):
            rows, start = _header(os.read(descriptor, HEADER), kind, width, size)
            mapped = mmap(descriptor, size, access=ACCESS_READ)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise damaged(path, str(error)) from error
    return np.ndarray((rows, width) if width else (rows,), _little(kind), mapped, start)


def _header(data: bytes, kind: type[np.generic], width: int, size: int) -> tuple[int, int]:
    """Read how many rows a file of `size` bytes has, and where they begin.

    Not by NumPy, which reads it as Python's literals: slowly, and whatever it holds. Raises
    `ValueError` for what is not such an array, and where the size is another.
    """
    found = _HEADER.match(data)
    if not found or found.end() != 10 + int.from_bytes(data[8:10], "little"):
        raise ValueError("it is no array of plait's")
    if found["kind"].decode() != _little(kind).str or int(found["width"] or 0) != width:
        wanted = f"{_little(kind).str} of width {width or 1}"
        raise ValueError(f"wanted {wanted}, found {found[0][10:].decode().strip()}")
    rows, start = int(found["rows"]), found.end()
    if size - start != rows * max(width, 1) * _little(kind).itemsize:
        raise ValueError(f"{size} bytes do not hold {rows} rows")
    return rows, start


def _little(kind: type[np.generic]) -> np.dtype[Any]:
    return np.dtype(kind).newbyteorder("<")


def let_go(array: Array) -> None:
    """Give back the memory in which a mapped array was read; it is read again when needed.

    It stays in the system's cache, and ceases to count as memory of this process.
    """
    owner: object = array
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if isinstance(owner, mmap):
        owner.madvise(MADV_DONTNEED)


def best_places(scores: NDArray[np.floating[Any]], k: int) -> NDArray[np.int64]:
    """Give the places of the `k` greatest scores, and of all that tie with the last of them.

    Ascending. Whatever ties must stay in, or an order of ids could not decide.
    """
    if k >= len(scores):
        return np.arange(len(scores))
    whole = len(scores) // GROUP
    if whole <= k:
        return np.flatnonzero(scores >= _kth(scores, k))
    # As many groups have a score that great; so have the best k, and few others. A group is
    # every `whole`-th score, for NumPy finds the greatest down a matrix four times as fast.
    greatest = scores[: whole * GROUP].reshape(GROUP, whole).max(axis=0)
    places = np.flatnonzero(scores >= _kth(greatest, k))
    return places[scores[places] >= _kth(scores[places], k)]


def _kth(scores: NDArray[np.floating[Any]], k: int) -> float:
    return float(np.partition(scores, len(scores) - k)[len(scores) - k])


def looked_up(
    wanted: NDArray[Any], ascending: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Look numbers up among ascending ones: where each is first, and whether it is there.

    Both are beside `wanted`; a place is good for indexing where the number is there.
    """
    if not len(ascending):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    at = np.minimum(ascending.searchsorted(wanted), len(ascending) - 1)
    return at, ascending[at] == wanted


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
        blob = load_array(folder, f"{name}.blob", np.uint8)
        offsets = load_array(folder, f"{name}.offsets", np.int64)
        if not len(offsets):
            raise damaged(folder / f"{name}.offsets.npy", "it is empty")
        return cls(blob, offsets)

    def arrays(self, name: str) -> dict[str, Array]:
        """Give the two arrays under the names that `load` expects."""
        return {f"{name}.blob": self.blob, f"{name}.offsets": self.offsets}

    def between(self, first: int, last: int) -> "StringTable":
        """Give a stretch of the strings, not copied."""
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
    """Sorted byte strings, and where each lies among them.

    `heads` holds the first eight bytes of each as a number that sorts alike: NumPy
    finds the few with a key's head in microseconds, and only those are compared.
    Neither strings nor keys hold a zero byte: shorter ones are padded with it.
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
        """Give the arrays under the names that `load` expects."""
        return self.strings.arrays(name) | {f"{name}.heads": self.heads}

    def between(self, first: int, last: int) -> "SortedTable":
        """Give a stretch of the strings, not copied."""
        return SortedTable(self.strings.between(first, last), self.heads[first:last])

    def lower_bound(self, key: bytes) -> int:
        """Find the first string not below `key`."""
        low, high = self.heads.searchsorted(_heads([key])[0]), len(self.strings)
        return bisect_left(self.strings, key, int(low), high)

    def find(self, keys: Sequence[bytes]) -> list[int | None]:
        """Find the place of each key, or None."""
        at, there = looked_up(_heads(keys), self.heads)
        sought = zip(keys, at.tolist(), there.tolist(), strict=True)
        return [self._find(key, first) if has_head else None for key, first, has_head in sought]

    def _find(self, key: bytes, first: int) -> int | None:
        """Find a key, given the first string with its head."""
        if len(key) < HEAD:  # padded, so no other string has this head
            return first
        high = int(self.heads.searchsorted(self.heads[first], "right"))
        place = bisect_left(self.strings, key, first, high)
        return place if place < high and self.strings[place] == key else None


def heads_of(strings: StringTable) -> NDArray[np.uint64]:
    """Return the first eight bytes of each string as a number, all at once.

    The strings must lie in their blob.
    """
    blob = np.concatenate([strings.blob, np.zeros(HEAD, np.uint8)])
    from_each = np.ndarray(len(blob) - HEAD + 1, ">u8", blob, strides=(1,))  # overlapping
    lengths = np.minimum(np.diff(strings.offsets), HEAD)
    heads: NDArray[np.uint64] = from_each[strings.offsets[:-1]].astype(np.uint64)
    heads &= _KEPT_BYTES[lengths]
    return heads


def _heads(strings: Sequence[bytes]) -> NDArray[np.uint64]:
    packed = b"".join(string[:HEAD].ljust(HEAD, b"\0") for string in strings)
    return np.frombuffer(packed, dtype=">u8").astype(np.uint64)
