"""Here is a table with a header row: one record a row, one at a time.

CSV as RFC 4180 has it, and the same with tabs, as spreadsheets write it: quotes
around a cell that holds separators, quotes or line ends. Where quotes do not
pair up the row is a failure, for anything else would guess.
"""

import csv
import io
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, TypeAlias

from plait.index.errors import ReadingError
from plait.index.reading.decoding import stream_encoding
from plait.index.reading.draft import LARGEST_ARTICLE
from plait.index.reading.failure import Failure
from plait.index.reading.records import FieldNames, Outcomes, Place

BLOCK = 1024 * 1024

Rows: TypeAlias = Iterator[tuple[int, list[str] | str]]
"""The line on which a row begins, and its cells, or a reason where it is broken."""


def read_csv(file: BinaryIO, place: Place, fields: FieldNames) -> Outcomes:
    """Read a `.csv` file."""
    return read_table(file, place, fields, ",")


def read_tsv(file: BinaryIO, place: Place, fields: FieldNames) -> Outcomes:
    """Read a `.tsv` file."""
    return read_table(file, place, fields, "\t")


def read_table(file: BinaryIO, place: Place, fields: FieldNames, separator: str) -> Outcomes:
    """Read a table from a file that can be read twice: for its encoding, and for its rows."""
    # Python's own limit for a cell is 128 KiB.
    csv.field_size_limit(LARGEST_ARTICLE)
    encoding = stream_encoding(iter(partial(file.read, BLOCK), b""))
    file.seek(0)
    spelled = "utf-8-sig" if encoding == "utf-8" else encoding
    # Only bytes that no encoding explains are replaced; see `decoding`.
    with io.TextIOWrapper(file, spelled, "replace", newline="") as text:
        yield from table_outcomes(numbered_rows(text, separator), place, fields)


def table_outcomes(rows: Rows, place: Place, fields: FieldNames) -> Outcomes:
    """Make articles of rows, the first of which is the header."""
    header = next(rows, None)
    if header is None or isinstance(header[1], str):
        reason = f"its header cannot be read: {header[1]}" if header else "empty: no header row"
        yield Failure(place.source, reason)
        return
    names = [name.strip() for name in header[1]]
    check_header(names, fields)
    for line, cells in rows:
        yield from row_outcome(names, cells, (line, place), fields)


def check_header(names: list[str], fields: FieldNames) -> None:
    """Raise ReadingError where no column can be the title or the text."""
    if fields.title not in names and fields.text not in names:
        wanted = f"no column {fields.title!r} or {fields.text!r} in its header row"
        found = ", ".join(map(repr, names))
        raise ReadingError(f"{wanted}, which has {found}: say which column holds the text")


def row_outcome(
    names: list[str], cells: list[str] | str, at: tuple[int, Place], fields: FieldNames
) -> Outcomes:
    """Make an article of a row; a row without any cell gives nothing."""
    line, place = at
    if isinstance(cells, str):
        yield place.failure(line, cells)
    elif len(cells) > len(names):
        reason = f"{len(cells)} cells in {len(names)} columns: put quotes around its separators"
        yield place.failure(line, reason)
    elif cells:
        # A short row leaves out its last cells.
        yield place.outcome(dict(zip(names, cells, strict=False)), line, fields)


def numbered_rows(text: io.TextIOWrapper, separator: str) -> Rows:
    """Give each row with the line it begins on; a reason in place of a row that is broken."""
    rows = csv.reader(text, delimiter=separator, strict=True)
    while True:
        line = rows.line_num + 1
        try:
            yield line, next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"broken row ({error}): double the quotes inside quotes, or use JSON lines"
