"""Reader of JSON lines: one record a line, one at a time.

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
from plait.index.reading.binary import is_binary, unmarked_utf16
from plait.index.reading.decoding import marked
from plait.index.reading.draft import MAX_ARTICLE_BYTES
from plait.index.reading.failure import LISTED_NAME_CHARACTERS, Failure, shortened
from plait.index.reading.gathering import Gathering
from plait.index.reading.records import (
    MAX_BLANK_LINES,
    TOO_MANY_BLANK_LINES,
    FieldNames,
    Outcomes,
    Place,
    until_too_many_failures,
)
from plait.index.reading.values import Record

GZIP_ERRORS = (EOFError, zlib.error, gzip.BadGzipFile)

MAX_EXPANSION = 100
"""Bytes unpacked from each byte of a gzip file, beyond those of one article. Articles have 3, one
record over and over 50, one letter over and over 1,000: that would take hours."""

MAX_VALUES = 100_000
"""Values of a record: each takes a hundred bytes once read, and as few as two of the file."""

SEPARATOR_OR_STRING = re.compile(rb'[,\[{]|"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
"""A separator, which every value except the first has before it; or a string, which may hold
the same letters."""

# The first letter shows that a line is not JSON, ten times as fast as parsing it.
NOT_JSON = re.compile(rb"\s*[^\s{\[\"\-0-9tfnNI\xef]")


def read_records(lines: Iterable[bytes], source: str, fields: FieldNames) -> Outcomes:
    """Yield the articles of JSON lines, as of standard input; blank lines are skipped.

    `source` becomes `Article.source`; the id of a record without one is `source:DIGEST`.
    """
    return until_too_many_failures(read_lines(lines, Place(source, source), fields), source)


def read_lines(lines: Iterable[bytes], place: Place, fields: FieldNames) -> Outcomes:
    """Yield the articles of JSON lines, however many of them fail."""
    last, gathering = 0, Gathering(place, fields)
    for number, line in enumerate(lines, start=1):
        encoding = marked(line) or unmarked_utf16(line) if number == 1 else ""
        if encoding not in {"", "utf-8-sig"}:
            yield place.failure(1, f"is {encoding.upper()}: convert the file to UTF-8")
            return
        if line.isspace() and len(line) <= MAX_ARTICLE_BYTES:
            if number - last > MAX_BLANK_LINES:
                yield Failure(place.source, TOO_MANY_BLANK_LINES)
                return
            continue
        last = number
        found = record_on(line)
        if isinstance(found, str):
            yield place.failure(number, found)
        else:
            yield gathering.outcome(found, number)
    yield from gathering.ending()


def read_jsonl(file: BinaryIO, place: Place, fields: FieldNames) -> Outcomes:
    """Yield the articles of a file of JSON lines."""
    return read_lines(bounded_lines(file), place, fields)


def read_jsonl_gz(file: BinaryIO, place: Place, fields: FieldNames) -> Outcomes:
    """Yield the articles of JSON lines in gzip; of a damaged file, those before the damage."""
    with io.BufferedReader(cast("io.RawIOBase", Unpacked(file))) as unpacked:
        try:
            yield from read_lines(bounded_lines(unpacked), place, fields)
        except GZIP_ERRORS as error:
            reason = f"is damaged or no gzip file ({error}): only what came before it was read"
            yield Failure(place.source, reason)


class Unpacked(io.RawIOBase):
    """Unpacked bytes of a gzip file.

    `readinto` raises ReadingError where they are more than `MAX_EXPANSION` times its size.
    """

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._stream = gzip.GzipFile(fileobj=packed)
        self._count = 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Unpack bytes into a buffer; return how many, 0 at the end."""
        size = self._stream.readinto(buffer)
        self._count += size
        if self._count > MAX_ARTICLE_BYTES + MAX_EXPANSION * self._packed.tell():
            message = f"unpacks to more than {MAX_EXPANSION} times its size: only what came before"
            raise ReadingError(f"{message} that was read; unpack it if it is worth reading")
        return size


def bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file or stream; of one that is too long, only its beginning."""
    while line := file.readline(MAX_ARTICLE_BYTES + 1):
        yield line
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_ARTICLE_BYTES)


def record_on(line: bytes) -> Record | str:
    """Return the record on a line, or the reason where it is not a JSON object in UTF-8.

    No exception, which would take longer: a file may be a million such lines.
    """
    if reason := no_record(line):
        return reason
    try:
        text = line.removeprefix(codecs.BOM_UTF8).replace(b"\0", b"").decode()
        record = json.loads(text, object_pairs_hook=with_single_names)
    except UnicodeDecodeError as error:
        return f"not UTF-8 (byte {error.start + 1} of the line): convert the file to UTF-8"
    except json.JSONDecodeError as error:
        return f"not valid JSON: {error.msg}, at character {error.pos + 1} of the line"
    except (ValueError, RecursionError) as error:
        return f"not readable as JSON: {error}"
    if isinstance(record, dict):
        return record
    return f"a JSON {type(record).__name__}, not an object: write one a line"


def with_single_names(pairs: list[tuple[str, object]]) -> Record:
    """Return an object of JSON; raises ValueError where two of its fields differ under one name."""
    found = dict(pairs)
    if len(found) < len(pairs):
        lost = (name for name, value in pairs if found[name] != value)
        if (twice := next(lost, None)) is not None:
            raise ValueError(f"two fields are named {shortened(twice, LISTED_NAME_CHARACTERS)!r}")
    return found


def no_record(line: bytes) -> str:
    """Return why a line need not be parsed; an empty string where it must be."""
    if len(line) > MAX_ARTICLE_BYTES:
        return f"longer than {MAX_ARTICLE_BYTES >> 20} MiB, the most for one article"
    if is_binary(line):
        return "holds too many NUL bytes for text: convert the file to UTF-8"
    if NOT_JSON.match(line):
        return "not valid JSON: Expecting value, at its first character"
    if too_many_values(line):
        message = f"holds more than {MAX_VALUES:,} values, the most for one article"
        return f"{message}: leave out the fields that are no text"
    return ""


def too_many_values(line: bytes) -> bool:
    """Return whether a record has more values than any article."""
    # Separators inside strings counted as well: that is faster, and enough for nearly all lines.
    if sum(map(line.count, (b",", b"[", b"{"))) <= MAX_VALUES:
        return False
    found = (1 for part in SEPARATOR_OR_STRING.finditer(line) if not part.group().startswith(b'"'))
    return next(islice(found, MAX_VALUES, None), 0) > 0
