"""Here are lines of JSON: one record each, one at a time.

A bad line is a failure with its number, and the next line is read.
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO, cast

from plait.index.errors import ReadingError
from plait.index.reading.decoding import marked
from plait.index.reading.draft import LARGEST_ARTICLE
from plait.index.reading.failure import Failure
from plait.index.reading.records import FieldNames, Outcomes, Place, Record

DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile)


def read_records(lines: Iterable[bytes], source: str, fields: FieldNames) -> Outcomes:
    """Read JSON lines, as of standard input. Blank lines are passed over.

    `source` becomes `Article.source`; a record without an id is called `source:LINE`.
    """
    return read_lines(lines, Place(source, source), fields)


def read_lines(lines: Iterable[bytes], place: Place, fields: FieldNames) -> Outcomes:
    """Read JSON lines from a known place."""
    for number, line in enumerate(lines, start=1):
        if number == 1 and (encoding := marked(line)) not in {"", "utf-8-sig"}:
            yield place.failure(1, f"is {encoding.upper()}: convert the file to UTF-8")
            return
        if line.isspace():
            continue
        try:
            record = record_on(line)
        except ReadingError as error:
            yield place.failure(number, str(error))
        else:
            yield place.outcome(record, number, fields)


def read_jsonl(file: BinaryIO, place: Place, fields: FieldNames) -> Outcomes:
    """Read a `.jsonl` file."""
    return read_lines(bounded_lines(file), place, fields)


def read_jsonl_gz(file: BinaryIO, place: Place, fields: FieldNames) -> Outcomes:
    """Read a `.jsonl.gz` file; where it is damaged, what comes before the damage."""
    with gzip.open(file) as unpacked:
        try:
            yield from read_jsonl(cast("BinaryIO", unpacked), place, fields)
        except DAMAGED as error:
            reason = f"is damaged or no gzip file ({error}): only what came before it was read"
            yield Failure(place.source, reason)


def bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    """Give the lines of a file, of one that is too long only its beginning."""
    while line := file.readline(LARGEST_ARTICLE + 1):
        yield line
        while line and not line.endswith(b"\n"):
            line = file.readline(LARGEST_ARTICLE)


def record_on(line: bytes) -> Record:
    """Read one line. Raises ReadingError where it is not a JSON object in UTF-8."""
    if len(line) > LARGEST_ARTICLE:
        raise ReadingError(f"longer than {LARGEST_ARTICLE >> 20} MiB, the most for one article")
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        message = f"not UTF-8 (byte {error.start + 1} of the line): convert the file to UTF-8"
        raise ReadingError(message) from error
    except json.JSONDecodeError as error:
        message = f"not valid JSON: {error.msg}, at character {error.pos + 1} of the line"
        raise ReadingError(message) from error
    except (ValueError, RecursionError) as error:
        raise ReadingError(f"not readable as JSON: {error}") from error
    if not isinstance(record, dict):
        raise ReadingError(f"a JSON {type(record).__name__}, not an object: write one a line")
    return record
