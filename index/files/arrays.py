"""Arrays on disk: `.npy` files that are written in chunks and opened by memory map.

Nothing is pickled. Useful for whatever is written once and read often. Not useful for
anything that changes in place.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from mmap import ACCESS_READ, MADV_DONTNEED, mmap
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.format import dtype_to_descr, write_array_header_1_0
from numpy.typing import NDArray

from plait.index.errors import damaged
from plait.index.files.atomic import naming, open_regular

Array: TypeAlias = NDArray[Any]


BYTES_PER_WRITE = 1 << 16
"""Number of bytes written at a time. Up to 2 MB written at once are one piece of the system's
cache, and Linux maps all of a piece where one byte is read (docs/adr/0012)."""

HEADER_BYTES = 256
"""Number of bytes of a header, at most; those of `save_array` have 128."""

_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(?P<kind>[<|][iuf]\d)', 'fortran_order': False, "
    rb"'shape': \((?P<rows>\d{1,15}),(?: (?P<width>\d{1,9}))?\), \} *\n",
    re.DOTALL,
)


def save_arrays(folder: Path, chunks: Iterable[Mapping[str, Array]]) -> None:
    """Write arrays to `folder/NAME.npy`, little-endian, C order.

    Each chunk has more rows of some arrays, by name; no more than a chunk is held in memory.
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
        # The header has the same size for any count: NumPy leaves room for its digits.
        write_array_header_1_0(file, header)

    def append(rows: Array) -> None:
        nonlocal count
        count += len(rows)
        little = np.ascontiguousarray(rows, like.dtype.newbyteorder("<"))
        data = little.reshape(-1).view(np.uint8)
        with naming(path):
            for start in range(0, len(data), BYTES_PER_WRITE):
                file.write(data[start : start + BYTES_PER_WRITE].data)

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
            rows, start = _header(os.read(descriptor, HEADER_BYTES), kind, width, size)
            mapped = mmap(descriptor, size, access=ACCESS_READ)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise damaged(path, str(error)) from error
    return np.ndarray((rows, width) if width else (rows,), _little(kind), mapped, start)


def _header(data: bytes, kind: type[np.generic], width: int, size: int) -> tuple[int, int]:
    """Return the number of rows that a file of `size` bytes has, and where they begin.

    NumPy would read the header as Python's literals: slowly, and whatever it holds. Raises
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


def release(array: Array) -> None:
    """Release the memory in which a mapped array was read; it is read again when needed.

    The bytes stay in the system's cache, and no longer count as memory of this process.
    """
    owner: object = array
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if isinstance(owner, mmap):
        owner.madvise(MADV_DONTNEED)
