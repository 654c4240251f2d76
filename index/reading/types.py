"""Types of metadata: those that a record has, and those that a user declares for its fields."""

import json
from collections.abc import Callable, Mapping
from functools import cache

from plait.index.article import FieldValue, Scalar, scalar_of
from plait.index.errors import ReadingError
from plait.index.reading.dates import iso_date_or_part


def json_of(value: object) -> str:
    """Return a value as JSON."""
    return json.dumps(value, ensure_ascii=False)


def _text(value: Scalar) -> Scalar:
    return value if isinstance(value, str) else json_of(value)


def _number(value: Scalar) -> Scalar:
    found = scalar_of(value.strip().replace(",", "")) if isinstance(value, str) else value
    return value if isinstance(found, str | bool) else found


def _date(value: Scalar) -> Scalar:
    return iso_date_or_part(str(value)) or value


def _flag(value: Scalar) -> Scalar:
    flags = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    return flags.get(str(value).strip().lower(), value)


TYPES: dict[str, Callable[[Scalar], Scalar]] = {
    "text": _text,
    "number": _number,
    "date": _date,
    "flag": _flag,
}
"""Types that can be declared, each with a function that converts a value to it, where it fits."""


@cache
def declared(text: str) -> Mapping[str, str]:
    """Return the types of `NAME=TYPE, …` by name.

    Raises ReadingError for an unknown type, and where a name or a type is missing.
    """
    found = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, own_type = map(str.strip, part.rpartition("="))
        if not name or own_type not in TYPES:
            wanted = f"wanted NAME=TYPE, with one of {', '.join(TYPES)}"
            raise ReadingError(f"cannot read the type of a field in {part!r}: {wanted}")
        found[name] = own_type
    return found


def converted(value: FieldValue, declared_type: str) -> FieldValue:
    """Return a value with a declared type; as it is where it does not fit."""
    convert = TYPES[declared_type]
    return tuple(map(convert, value)) if isinstance(value, tuple) else convert(value)
