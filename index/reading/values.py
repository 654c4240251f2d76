"""Values of a record's fields: texts, names, dates, and what stands for none."""

import math
from collections.abc import Mapping
from typing import TypeAlias

from plait.index.errors import ReadingError
from plait.index.reading.dates import iso_date_or_part
from plait.index.reading.types import json_of

Record: TypeAlias = Mapping[str, object]
"""Fields of a record by name."""


def string_in(record: Record, name: str, between: str) -> str:
    """Return a field's text, its texts joined where it has a list of them; empty where it has none.

    A number or flag is the text that JSON has for it. Raises ReadingError for an object.
    """
    value = record.get(name)
    values = value if isinstance(value, list) else [value]
    for one in values:
        if isinstance(one, list | dict):
            has, kind = "is" if one is value else "holds", json_type(one)
            raise ReadingError(f"its field {name!r} {has} {kind}, not text")
    return between.join(as_text(one) for one in values if not is_missing(one))


def is_missing(value: object) -> bool:
    """Return whether a value stands for none: null, or NaN as programs for tables write it."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def author_in(value: object) -> str:
    """Return the author, or the authors of a list of names joined by commas."""
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return ", ".join(value)
    return value if isinstance(value, str) else ""


def date_in(value: object) -> str:
    """Return the date that a value is, or the first of a list that is one; else an empty string."""
    values = value if isinstance(value, list) else [value]
    return next(filter(None, (iso_date_or_part(as_text(one)) for one in values)), "")


def is_several(value: object) -> bool:
    """Return whether a value is a list of more than one."""
    return isinstance(value, list) and len(value) > 1


def as_text(value: object) -> str:
    """Return a string as it is, an empty one for null, and any other value as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json_of(value)


def json_type(value: object) -> str:
    """Return the type of a value in JSON's words."""
    if isinstance(value, bool):
        return "true or false"
    names = {dict: "an object", list: "an array", int: "a number", float: "a number"}
    return names.get(type(value), type(value).__name__)
