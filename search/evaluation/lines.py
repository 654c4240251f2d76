"""Here is a file of topics, judgements or a run: what are its lines?"""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from plait.index.errors import ReadingError


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Walk the lines of a file (perhaps .gz) that are not blank, numbered from 1.

    Raises `ReadingError` where there is no such file, or it is not UTF-8 or cut off.
    """
    if not path.is_file():
        raise ReadingError(f"there is no file {path}.")
    number = 0
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
                if line.strip():
                    yield number, line
    except (UnicodeDecodeError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ReadingError(f"{path}: cannot read on at line {number}: {error}.") from error
