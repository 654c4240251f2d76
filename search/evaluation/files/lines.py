"""Lines and columns of a file of topics, judgements or a run."""

import gzip
import re
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path

from plait.index.errors import ReadingError

GZIP_MAGIC = b"\x1f\x8b"
"""First two bytes of a compressed file, whatever its name (RFC 1952)."""
COMMENT = "#"
"""Beginning of a line that is a comment, where it is no row of the file."""

# Of ASCII only, as trec_eval reads: an id may hold any other blank.
_BLANKS = re.compile(r"[ \t\v\f\r]+")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file (perhaps compressed) that are not blank, numbered from 1.

    Raises `ReadingError` where there is no such file, or it is not UTF-8 or cut off.
    """
    if not path.is_file():
        raise ReadingError(f"there is no file {path}.")
    number = 0
    try:
        with gzip.open(path) if _is_compressed(path) else path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
                if line.strip():
                    yield number, line
    except UnicodeDecodeError as error:
        found = f"{path}: cannot read on at line {number}: {error}"
        raise ReadingError(f"{found}; save it as UTF-8.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ReadingError(f"{path}: cannot read on at line {number}: {error}.") from error


def _is_compressed(path: Path) -> bool:
    if path.suffix == ".gz":
        return True
    with path.open("rb") as file:
        return file.read(len(GZIP_MAGIC)) == GZIP_MAGIC


def cells(line: str, wanted: int = 0) -> list[str]:
    r"""Return the columns of a line: those between tabs, where they are as many as `wanted`.

    Otherwise those between blanks, of which tabs are some. So an id may hold blanks where tabs
    separate it from the others.

    >>> cells("q1\tmy notes\t2", 3), cells("q1 0\td1 2", 4)
    (['q1', 'my notes', '2'], ['q1', '0', 'd1', '2'])
    """
    between_tabs = [cell.strip() for cell in line.strip("\t ").split("\t")]
    if len(between_tabs) == wanted and all(between_tabs):
        return between_tabs
    return [cell for cell in _BLANKS.split(line) if cell]


def unquoted(cell: str) -> str:
    """Return a cell as CSV means it: without quotes around it, and with inner ones single.

    A quote elsewhere is part of the text.

    >>> unquoted('"say ""no"" twice"'), unquoted('say "no"')
    ('say "no" twice', 'say "no"')
    """
    found = _QUOTED.fullmatch(cell)
    return found[1].replace('""', '"') if found else cell


def has_name(cell: str, names: Collection[str]) -> bool:
    """Return whether a cell of a header is one of some names, whatever its case and hyphens.

    >>> has_name("Query-ID", ["queryid"]), has_name("q1", ["q"])
    (True, False)
    """
    return re.sub(r"[^a-z0-9]", "", cell.lower()) in names
