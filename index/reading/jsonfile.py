"""Reader of a file of JSON that is no JSON lines: an array of records, or an object around one.

`[{…}, {…}]`, `{"articles": [{…}]}`, `{"data": {"items": [{…}]}}`, `{"ID": {…}, "ID": {…}}`, or
one record. A file of JSON lines is left to their reader. Parses an object as a whole.
"""

import json
from collections.abc import Iterator
from typing import BinaryIO, TypeAlias

from plait.index.errors import ReadingError
from plait.index.reading.decoding import decode
from plait.index.reading.failure import Failure
from plait.index.reading.gathering import Gathering
from plait.index.reading.jsonlines import read_jsonl
from plait.index.reading.jsonscan import Scanner, Unusable
from plait.index.reading.records import BEIR_ID_FIELD, FieldNames, Outcomes, Place, bodies_of
from plait.index.reading.values import json_type

MAX_JSON_BYTES = 64 << 20
"""Bytes of a file that is parsed as a whole: values take ten times as many in memory."""

MAX_DEPTH = 3
"""Objects around an array of records: `{"response": {"result": {"docs": […]}}}`."""

SHORT_TEXTS = frozenset(["abstract", "description", "summary"])
"""Texts that feeds and lists have, too, beside those of their articles."""

Found: TypeAlias = Iterator[tuple[int, object]]
"""Positions and values of records, or what is in their place."""


def read_json(file: BinaryIO, place: Place, fields: FieldNames) -> Outcomes:
    """Yield the articles of a file of JSON; of a broken array, those before the damage.

    Raises ReadingError where it is too large, or no JSON from the beginning.
    """
    data = file.read(MAX_JSON_BYTES + 1)
    if len(data) > MAX_JSON_BYTES:
        limit = f"larger than {MAX_JSON_BYTES >> 20} MiB, the most for a whole of JSON"
        raise ReadingError(f"{limit}: write its records as JSON lines (.jsonl)")
    text = decode(data).removeprefix("\ufeff")
    if are_lines(text):
        file.seek(0)
        yield from read_jsonl(file, place, fields)
        return
    gathering, line, before = Gathering(place, fields), 1, 0
    try:
        for at, found in records_in(text, fields):
            line, before = line + text.count("\n", before, at), at
            if isinstance(found, dict):
                yield gathering.outcome(found, line)
            elif isinstance(found, Unusable):
                yield place.failure(line, f"not readable as JSON: {found}")
            else:
                yield place.failure(line, f"{json_type(found)} of JSON, where an object is wanted")
    except json.JSONDecodeError as error:
        reason = f"not valid JSON: {error.msg}, at character {error.colno} of the line"
        yield place.failure(error.lineno, f"{reason}; what comes after it is not read")
    except (ValueError, RecursionError) as error:
        yield Failure(place.source, f"not readable as JSON: {error}")
    yield from gathering.ending()


def are_lines(text: str) -> bool:
    """Return whether the first line is an object by itself, and others follow."""
    first, _, rest = text.strip().partition("\n")
    try:
        return bool(rest) and isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def records_in(text: str, fields: FieldNames) -> Found:
    """Yield what may be a record among the values of a text."""
    scanner = Scanner(text)
    if not scanner.peek():
        raise ReadingError("empty: it holds no text")
    while scanner.peek():
        if scanner.peek() == "[":
            yield from scanner.items()
        else:
            at, value = scanner.at, scanner.value()
            is_object = isinstance(value, dict)
            yield from in_object(text, (at, value), fields) if is_object else [(at, value)]


def in_object(text: str, whole: tuple[int, object], fields: FieldNames, depth: int = 1) -> Found:
    """Yield the records of an object's arrays, or those that are its values; else the object."""
    at, value = whole
    own = value if isinstance(value, dict) else {}
    inner = [one for one in own.values() if isinstance(one, dict)]
    lists = {name for name, one in own.items() if are_records(one, fields)}
    if has_text(own, fields) or not (lists or inner) or depth > MAX_DEPTH:
        yield at, value
    elif lists:
        for start in [start for name, start in Scanner(text, at).members() if name in lists]:
            yield from Scanner(text, start).items()
    elif len(inner) == len(own) and all(is_record(one, fields) for one in inner):
        for name, start in Scanner(text, at).members():
            yield start, {BEIR_ID_FIELD: name, **own[name]}
    elif len(inner) == 1:
        starts = dict(Scanner(text, at).members())
        (name,) = (name for name, one in own.items() if one is inner[0])
        yield from in_object(text, (starts[name], inner[0]), fields, depth + 1)
    else:
        yield at, value


def are_records(value: object, fields: FieldNames) -> bool:
    """Return whether a value is an array of objects, one of which can be an article at least."""
    return (
        isinstance(value, list)
        and all(isinstance(one, dict) for one in value)
        and any(is_record(one, fields) for one in value)
    )


def is_record(value: dict[str, object], fields: FieldNames) -> bool:
    """Return whether an object has a title or a text."""
    names = fields.spelled(value)
    return names.title in value or has_text(value, fields) or bool(bodies_of(value))


def has_text(value: dict[str, object], fields: FieldNames) -> bool:
    """Return whether an object has a text that no list of articles has."""
    names = fields.spelled(value)
    own = {name for name in bodies_of(value) if name.casefold() not in SHORT_TEXTS}
    texts = {names.text, *(own if fields.has_usual_text else ())}
    return any(isinstance(value.get(name), str) for name in texts)
