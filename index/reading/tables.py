"""Reader of tables with a header row: one record a row, one at a time.

CSV as in RFC 4180, and the same with tabs or other separators, as spreadsheets write it: quotes
around a cell that holds separators, quotes or line ends. A row whose quotes do not pair up is a
failure, for anything else would be a guess.
"""

import csv
import io
import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, TypeAlias

from plait.index.article import Article
from plait.index.errors import ReadingError
from plait.index.reading.decoding import stream_encoding
from plait.index.reading.draft import MAX_ARTICLE_BYTES
from plait.index.reading.failure import Failure, listed
from plait.index.reading.gathering import Gathering
from plait.index.reading.records import (
    MAX_BLANK_LINES,
    TOO_MANY_BLANK_LINES,
    FieldNames,
    Outcomes,
    Place,
    bodies_of,
    with_types,
)
from plait.index.reading.values import Record

BLOCK_BYTES = 1024 * 1024
"""Bytes read at a time to find the encoding."""

MAX_COLUMNS = 16_384
"""Columns of the largest sheet that Excel and LibreOffice can save."""

MAX_HEADER_CHARACTERS = 64 * MAX_COLUMNS
"""Characters of a header in which separators are looked for."""

OTHER_SEPARATORS = (";", "\t", "|", ",")
"""Separators that spreadsheets and databases write, whatever the suffix says."""

QUOTED = re.compile(r'"[^"]*"')
"""Name of a column that may hold any separator."""

SEPARATOR_LINE = re.compile(r"\s*\"?sep=(\\t|[^\s\"]|\t)\"?\s*", re.IGNORECASE)
"""First line that names the separator, as Excel writes and reads it."""

Rows: TypeAlias = Iterator[tuple[int, list[str] | str]]
"""Line on which a row begins, and its cells, or the reason where it is broken."""


def read_csv(file: BinaryIO, place: Place, fields: FieldNames) -> Outcomes:
    """Yield the articles of a table with commas, or what its header has in their place."""
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
        blank, line = first_line(text)
        found = SEPARATOR_LINE.fullmatch(line)
        if found:
            separator = "\t" if found[1] == r"\t" else found[1]
        else:
            separator = separator_of(line, fields, separator)
        text.seek(0)
        above = blank + bool(found)
        for _ in range(above):
            text.readline()
        yield from table_outcomes(numbered_rows(text, separator, above), place, fields)


def first_line(text: io.TextIOWrapper) -> tuple[int, str]:
    """Return how many lines of separators alone a text begins with, and the line below them."""
    for blank in range(MAX_BLANK_LINES):
        line = text.readline(MAX_HEADER_CHARACTERS)
        if not line or line.strip(f"{''.join(OTHER_SEPARATORS)} \r\n"):
            return blank, line
    raise ReadingError(TOO_MANY_BLANK_LINES)


def separator_of(line: str, fields: FieldNames, usual: str) -> str:
    """Return what separates the cells of a table: the usual separator, or another of its header.

    Another, where the header does not have the usual one, and has a column that is wanted by it.
    """
    if usual not in QUOTED.sub("", line):
        for other in OTHER_SEPARATORS:
            names = [name.strip() for name in next(csv.reader([line], delimiter=other), [])]
            if len(names) > 1 and is_header(names, fields.spelled(names)):
                return other
    return usual


def is_header(names: list[str], fields: FieldNames) -> bool:
    """Return whether a column can be the title or the text."""
    bodies = bodies_of(names) if fields.has_usual_text else []
    return bool(bodies) or fields.title in names or fields.text in names


def table_outcomes(rows: Rows, place: Place, fields: FieldNames) -> Outcomes:
    """Yield the articles of rows, the first of which that is not blank is the header."""
    header = next((row for row in rows if any(map(str.strip, row[1]))), None)
    if header is None or isinstance(header[1], str):
        reason = f"its header cannot be read: {header[1]}" if header else "empty: no header row"
        yield Failure(place.source, reason)
        return
    names = [name.strip() for name in header[1]]
    fields = fields.spelled(names)
    check_header(names, fields)
    gathering = Gathering(place, fields)
    last = header[0]
    for line, cells in rows:
        if isinstance(cells, str):
            yield place.failure(line, cells)
        elif any(map(str.strip, cells)):
            yield gathered(gathering, (line, place), names, cells)
        elif line - last > MAX_BLANK_LINES:
            yield Failure(place.source, TOO_MANY_BLANK_LINES)
            return
        else:
            continue
        last = line
    yield from gathering.ending()


def check_header(names: list[str], fields: FieldNames) -> None:
    """Raise ReadingError where no column can be the title or the text, or there are too many."""
    if len(names) > MAX_COLUMNS:
        message = f"{len(names):,} columns, at most {MAX_COLUMNS:,} are read"
        raise ReadingError(f"{message}: leave out those that are no text")
    if not is_header(names, fields):
        wanted = f"no column {fields.title!r} or {fields.text!r} in its header row"
        found = listed(names)
        raise ReadingError(f"{wanted}, which has {found}: say which column holds the text")
    if names.count(fields.id) > 1:
        raise ReadingError(f"several columns are named {fields.id!r}: rename those that are no id")


def gathered(
    gathering: Gathering, at: tuple[int, Place], names: list[str], cells: list[str]
) -> Article | Failure:
    """Return the article of a row, or its failure; blank cells beyond the last column are none."""
    line, place = at
    while len(cells) > len(names) and not cells[-1].strip():
        cells.pop()
    if len(cells) > len(names):
        reason = f"{len(cells)} cells in {len(names)} columns: put quotes around its separators"
        return place.failure(line, reason)
    return gathering.outcome(record_of(names, cells, gathering.fields), line)


def record_of(names: list[str], cells: list[str], fields: FieldNames) -> Record:
    """Return the cells of a row by the names of their columns; those of one name as a list.

    A short row has left out its last cells.
    """
    record = with_types(dict(zip(names, cells, strict=False)), fields)
    if len(record) == len(cells):
        return record
    own: dict[str, list[object]] = {}
    for name, cell in zip(names, cells, strict=False):
        if cell.strip():
            own.setdefault(name, []).append(with_types({name: cell}, fields)[name])
    several = {name: found for name, found in own.items() if len(found) > 1}
    return {**record, **{name: found[0] for name, found in own.items()}, **several}


class RowLines:
    """Lines of a table without NULs, for a reader of rows, which may have several lines each."""

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
            yield line.replace("\0", "")


def numbered_rows(text: io.TextIOWrapper, separator: str, above: int = 0) -> Rows:
    """Yield each row with the line it begins on; a reason in place of a broken row.

    `above` is the number of lines that were read already.
    """
    lines = RowLines(text)
    rows = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        line = above + rows.line_num + 1
        lines.begin_row()
        try:
            yield line, next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"broken row ({error}): double the quotes inside quotes, or use JSON lines"
