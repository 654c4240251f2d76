"""Days by which a search is asked: today, a date, or its text."""

import datetime as dt

from plait.index.errors import QueryError
from plait.index.span import span_of


def today() -> dt.date:
    """Return the day that it is here."""
    return dt.datetime.now().astimezone().date()


def day_of(name: str, given: object) -> dt.date | None:
    """Return the day that a date, or a text such as `2018-11-14` or `yesterday`, stands for.

    None stays None. Raises `QueryError` for anything else; `name` is that of the option.
    """
    if isinstance(given, dt.datetime):
        return given.date()
    if given is None or isinstance(given, dt.date):
        return given
    if given in {"today", "yesterday"}:
        return today() - dt.timedelta(days=given == "yesterday")
    span = span_of(given) if isinstance(given, str) else None
    if span is None or span.precision != "day":
        raise QueryError(f"{name} is {given!r}; wanted a day, such as 2018-11-14 or yesterday.")
    return dt.date.fromisoformat(span.text)
