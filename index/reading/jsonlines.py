"""Here are lines of JSON: one record each, one at a time.

A bad line is a failure with its number, and the next line is read.
"""

import codecs
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO, cast

from plait.index.errors import ReadingError
from plait.index.reading.decoding import marked
from plait.index.reading.draft import LARGEST_ARTICLE
from plait.index.reading.failure import Failure
from plait.index.reading.records import (
    MOST_BLANK,
    TOO_BLANK,
    FieldNames,
    Outcomes,
    Place,
    Record,
    until_too_many_failures,
)

DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile)

MOST_TIMES = 100
"""Bytes that come out of one of gzip's, beyond those of one article. Articles give 3, the
same record over and over 50, one letter repeated 1,000: that would go on for hours."""

MOST_VALUES = 100_000
"""Values of a record: each takes a hundred bytes of memory, and as few as two of the file."""

SEPARATOR_OR_STRING = re.compile(rb'[,\[{]|"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
"""What every value but the first has before it, and where the same letters are text."""

# Lines of something else are told by their first letter, ten times as fast as by parsing them.
NO_JSON = re.compile(rb"\s*[^\s{\[\"\-0-9tfnNI\xef]")


def read_records(lines: Iterable[bytes], source: str, fields: FieldNames) -> Outcomes:
    """Read JSON lines, as of standard input. Blank lines are passed over.

    `source` becomes `Article.source`; a record without an id is called `source:LINE`.
    """
    return until_too_many_failures(read_lines(lines, Place(source, source), fields), source)


def read_lines(lines: Iterable[bytes], place: Place, fields: FieldNames) -> Outcomes:
    """Read JSON lines from a known place."""
    last = 0
    for number, line in enumerate(lines, start=1):
        if number == 1 and (encoding := marked(line)) not in {"", "utf-8-sig"}:
            yield place.failure(1, f"is {encoding.upper()}: convert the file to UTF-8")
            return
        if line.isspace() and len(line) <= LARGEST_ARTICLE:
            if number - last > MOST_BLANK:
                yield Failure(place.source, TOO_BLANK)
                return
            continue
        last = number
        found = record_on(line)
        if isinstance(found, str):
            yield place.failure(number, found)
        else:
            yield place.outcome(found, number, fields)


def read_jsonl(file: BinaryIO, place: Place, fields: FieldNames) -> Outcomes:
    """Read a `.jsonl` file."""
    return read_lines(bounded_lines(file), place, fields)


def read_jsonl_gz(file: BinaryIO, place: Place, fields: FieldNames) -> Outcomes:
    """Read a `.jsonl.gz` file; where it is damaged, what comes before the damage."""
    with io.BufferedReader(cast("io.RawIOBase", Unpacked(file))) as unpacked:
        try:
            yield from read_lines(bounded_lines(unpacked), place, fields)
        except DAMAGED as error:
            reason = f"is damaged or no gzip file ({error}): only what came before it was read"
            yield Failure(place.source, reason)


class Unpacked(io.RawIOBase):
    """What a gzip file holds, unless that is absurdly more than its size.

    `readinto` raises ReadingError then.
    """

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._stream = gzip.GzipFile(fileobj=packed)
        self._count = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Unpack as many bytes as there is room for, none at the end; say how many."""
        size = self._stream.readinto(buffer)
        self._count += size
        if self._count > LARGEST_ARTICLE + MOST_TIMES * self._packed.tell():
            message = f"unpacks to more than {MOST_TIMES} times its size: only what came before"
            raise ReadingError(f"{message} that was read; unpack it if it is worth reading")
        return size


def bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    """Give the lines of a file or stream, of one that is too long only its beginning."""
    while line := file.readline(LARGEST_ARTICLE + 1):
        yield line
        while line and not line.endswith(b"\n"):
            line = file.readline(LARGEST_ARTICLE)


def record_on(line: bytes) -> Record | str:
    """Read one line; the reason where it is not a JSON object in UTF-8.

    Not an error, which would take longer: a file may be a million such lines.
    """
    if reason := no_record(line):
        return reason
    try:
        record = json.loads(line.removeprefix(codecs.BOM_UTF8).decode())
    except UnicodeDecodeError as error:
        return f"not UTF-8 (byte {error.start + 1} of the line): convert the file to UTF-8"
    except json.JSONDecodeError as error:
        return f"not valid JSON: {error.msg}, at character {error.pos + 1} of the line"
    except (ValueError, RecursionError) as error:
        return f"not readable as JSON: {error}"
    if isinstance(record, dict):
        return record
    return f"a JSON {type(record).__name__}, not an object: write one a line"


def no_record(line: bytes) -> str:
    """Say why a line is not worth parsing; nothing where it is."""
    if len(line) > LARGEST_ARTICLE:
        return f"longer than {LARGEST_ARTICLE >> 20} MiB, the most for one article"
    if NO_JSON.match(line):
        return "not valid JSON: Expecting value, at its first character"
    if too_many_values(line):
        message = f"holds more than {MOST_VALUES:,} values, the most for one article"
        return f"{message}: leave out the fields that are no text"
    return ""


def too_many_values(line: bytes) -> bool:
    """Say whether a record has so many values that it is no article."""
    # Of those in strings, too, which are counted faster; few lines have so many.
    if sum(map(line.count, (b",", b"[", b"{"))) <= MOST_VALUES:
        return False
    found = (1 for part in SEPARATOR_OR_STRING.finditer(line) if not part.group().startswith(b'"'))
    return next(islice(found, MOST_VALUES, None), 0) > 0
