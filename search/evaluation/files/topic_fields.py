"""Fields of a topic: which of them hold its text, and which are asked.

A topic of TREC has a title, a description and a narrative; JSON lines name theirs otherwise.
"""

import math
from collections.abc import Mapping, Sequence

from plait.index.errors import QueryError

TEXT_FIELDS = ("text", "title", "query", "question")
"""Names of the fields that are asked if none is named: the first that a topic has. The short form
comes before the long."""
ALIKE = (("title", "query"), ("desc", "description", "question"), ("narr", "narrative"))
"""Names that stand for each other."""


def parse_fields(text: str) -> tuple[str, ...]:
    """Read names of fields, separated by `+`, commas or blanks; raises `QueryError` for none.

    >>> parse_fields("title+desc"), parse_fields("")
    (('title', 'desc'), ())
    """
    names = tuple(text.replace("+", " ").replace(",", " ").split())
    if text and not names:
        raise QueryError(f"no field of a topic in {text!r}; write title, desc, narr or title+desc.")
    return names


def asked_text(record: Mapping[str, object], names: Sequence[str]) -> str:
    """Return the text of the named fields, one after the other, or of the first usual one.

    Raises `ValueError` that says what is missing.
    """
    found = " ".join(_named(record, name) for name in names) if names else _usual(record)
    if not any(map(str.isalnum, found)):
        raise ValueError(f"no word in {found!r}")
    return found


def _usual(record: Mapping[str, object]) -> str:
    """Return the text of the first usual field that a topic has."""
    known = [name for name in TEXT_FIELDS if record.get(name) is not None]
    texts = (plain(record[name]) for name in known)
    found = next(filter(None, texts), "")
    if not found:
        empty = f"nothing in {', '.join(name for name in TEXT_FIELDS if name in record)}"
        lacking = f"{_listed(record)}, and none of {', '.join(TEXT_FIELDS)}"
        raise ValueError(f"no text: {empty if record.keys() & {*TEXT_FIELDS} else lacking}")
    return found


def plain(value: object) -> str:
    """Return a text in one line, or a number as it is typed; empty for a missing value.

    Raises `ValueError` for anything else, such as a list.

    >>> plain(12.0), plain(" peace  treaty "), plain(float("nan"))
    ('12', 'peace treaty', '')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        wrong = f"{value!r} where a text is wanted"
        raise ValueError(wrong)  # noqa: TRY004 - of the file, not of a program
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def _named(record: Mapping[str, object], name: str) -> str:
    alike = next((names for names in ALIKE if name in names), ())
    below = record.get("metadata")  # where BEIR keeps what it does not ask
    places = [record, below] if isinstance(below, Mapping) else [record]
    for place in places:
        for key in dict.fromkeys((name, *alike)):
            if found := plain(place.get(key)):
                return found
    raise ValueError(f"no field {name!r}: {_listed(record)}; name another with --topic-field")


def _listed(record: Mapping[str, object]) -> str:
    return f"it has {', '.join(map(str, record))}" if record else "it has no field"
