"""What is asked for by options: a filter with its short forms, and days."""

import datetime as dt

from plait.index.errors import QueryError
from plait.search.query.known import Known
from plait.search.query.parser import today


def where_of(where: str, since: str = "", until: str = "") -> str | None:
    """Return the text of the filter that three options make together; None for none of them.

    >>> where_of("section = sport", since="2018-11")
    '(section = sport) and (date >= 2018-11)'
    """
    parts = [where, since and f"date >= {since}", until and f"date <= {until}"]
    found = [part for part in parts if part.strip()]
    return found[0] if len(found) == 1 else " and ".join(f"({part})" for part in found) or None


def day_of(option: str, text: str) -> dt.date | None:
    """Return the day that an option names; None where it is left out. Raises `QueryError`."""
    if not text:
        return None
    span = Known({}, today()).date(text)
    if span is None or span.precision != "day":
        raise QueryError(f"{option} is {text!r}; wanted a day, such as 2018-11-14 or yesterday.")
    return dt.date.fromisoformat(span.text)
