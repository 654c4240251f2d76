"""Reader of tables with a header row: one record a row, one at a time.

CSV as in RFC 4180, and the same with tabs, as spreadsheets write it: quotes around a cell
that holds separators, quotes or line ends. A row whose quotes do not pair up is a failure,
for anything else would be a guess.
"""

import csv
import io
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, TypeAlias

from plait.index.errors import ReadingError
from plait.index.reading.decoding import stream_encoding
from plait.index.reading.draft import MAX_ARTICLE_BYTES
from plait.index.reading.failure import Failure, listed
from plait.index.reading.records import (
    MAX_BLANK_LINES,
    TOO_MANY_BLANK_LINES,
    FieldNames,
    Outcomes,
    Place,
    with_types,
)

BLOCK_BYTES = 1024 * 1024
"""Bytes read at a time to find the encoding."""

MAX_COLUMNS = 16_384
"""Columns of the largest sheet that Excel and LibreOffice can save."""

MAX_HEADER_CHARACTERS = 64 * MAX_COLUMNS
"""Characters of a header in which semicolons are looked for."""

Rows: TypeAlias = Iterator[tuple[int, list[str] | str]]
"""Line on which a row begins, and its cells, or the reason where it is broken."""


def read_csv(file: BinaryIO, place: Place, fields: FieldNames) -> Outcomes:
    """Yield the articles of a table with commas, or with semicolons as in much of Europe."""
    return read_table(file, place, fields, ",")


def read_tsv(file: BinaryIO, place: Place, fields: FieldNames) -> Outcomes:
    """Yield the articles of a table with tabs."""
    return read_table(file, place, fields, "\t")


def read_table(file: BinaryIO, place: Place, fields: FieldNames, separator: str) -> Outcomes:
    """Yield the articles of a table.

    The file is read twice: for its encoding, and for its rows.
    """
    # The limit of Python's csv is 128 KiB a cell.
    csv.field_size_limit(MAX_ARTICLE_BYTES)
    encoding = stream_encoding(iter(partial(file.read, BLOCK_BYTES), b""))
    file.seek(0)
    spelled = "utf-8-sig" if encoding == "utf-8" else encoding
    # Bytes that fit no encoding are replaced; see `decoding`.
    with io.TextIOWrapper(file, spelled, "replace", newline="") as text:
        if separator == "," and has_semicolons(text, fields):
            separator = ";"
        text.seek(0)
        yield from table_outcomes(numbered_rows(text, separator), place, fields)


def has_semicolons(text: io.TextIOWrapper, fields: FieldNames) -> bool:
    """Return whether the first line has semicolons, no comma, and a column of title or text."""
    line = text.readline(MAX_HEADER_CHARACTERS)
    if ";" not in line or "," in line:
        return False
    names = {name.strip().strip('"').strip() for name in line.split(";")}
    spelled = fields.spelled(names)
    return spelled.title in names or spelled.text in names


def table_outcomes(rows: Rows, place: Place, fields: FieldNames) -> Outcomes:
    """Yield the articles of rows, the first of which is the header."""
    header = next(rows, None)
    if header is None or isinstance(header[1], str):
        reason = f"its header cannot be read: {header[1]}" if header else "empty: no header row"
        yield Failure(place.source, reason)
        return
    names = [name.strip() for name in header[1]]
    fields = fields.spelled(names)
    check_header(names, fields)
    last = 1
    for line, cells in rows:
        if cells:
            last = line
        elif line - last > MAX_BLANK_LINES:
            yield Failure(place.source, TOO_MANY_BLANK_LINES)
            return
        yield from row_outcome(names, cells, (line, place), fields)


def check_header(names: list[str], fields: FieldNames) -> None:
    """Raise ReadingError where no column can be the title or the text, or there are too many."""
    if len(names) > MAX_COLUMNS:
        message = f"{len(names):,} columns, at most {MAX_COLUMNS:,} are read"
        raise ReadingError(f"{message}: leave out those that are no text")
    if fields.title not in names and fields.text not in names:
        wanted = f"no column {fields.title!r} or {fields.text!r} in its header row"
        found = listed(names)
        raise ReadingError(f"{wanted}, which has {found}: say which column holds the text")


def row_outcome(
    names: list[str], cells: list[str] | str, at: tuple[int, Place], fields: FieldNames
) -> Outcomes:
    """Yield the article of a row; nothing for a row without cells."""
    line, place = at
    if isinstance(cells, str):
        yield place.failure(line, cells)
    elif len(cells) > len(names):
        reason = f"{len(cells)} cells in {len(names)} columns: put quotes around its separators"
        yield place.failure(line, reason)
    elif cells:
        # A short row has left out its last cells.
        record = with_types(dict(zip(names, cells, strict=False)), fields)
        yield place.outcome(record, line, fields)


class RowLines:
    """Lines of a table, for a reader of rows, which may have several lines each."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._taken = 0

    def begin_row(self) -> None:
        """Count the characters of the next row from 0."""
        self._taken = 0

    def __iter__(self) -> Iterator[str]:
        """Yield the lines.

        Raises ReadingError for a row that is larger than an article, in one line or in many:
        where the next one begins is unknown.
        """
        while line := self._text.readline(MAX_ARTICLE_BYTES + 1 - self._taken):
            self._taken += len(line)
            if self._taken > MAX_ARTICLE_BYTES:
                limit = f"longer than {MAX_ARTICLE_BYTES >> 20} MiB, the most for one article"
                raise ReadingError(f"a row is {limit}: only those above it were read")
            yield line


def numbered_rows(text: io.TextIOWrapper, separator: str) -> Rows:
    """Yield each row with the line it begins on; a reason in place of a broken row."""
    lines = RowLines(text)
    rows = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        line = rows.line_num + 1
        lines.begin_row()
        try:
            yield line, next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"broken row ({error}): double the quotes inside quotes, or use JSON lines"
