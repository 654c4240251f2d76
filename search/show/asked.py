"""What is asked for by options: a filter with its short forms, a second stage, and days."""

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


def with_rerank(text: str, model: str, budget_ms: int | None) -> str:
    """Return the text of a system with a second stage, where a model is named.

    Raises `QueryError` for a budget without a model.

    >>> with_rerank("dense", "a/b", 500)
    'dense >> rerank(model=a/b, budget_ms=500)'
    """
    if not model and budget_ms is not None:
        raise QueryError("--budget-ms is of no use without --rerank MODEL; name one.")
    budget = f", budget_ms={budget_ms}" if budget_ms is not None else ""
    return f"{text} >> rerank(model={model}{budget})" if model else text
