"""Conditions in a query line: `peace treaty date:[2018 TO 2019] -section:sport`.

A condition holds for all of the query, so it stands beside the words and not inside parentheses
or quotes. Only a field that the articles have makes one: in `12:30` and `http://` there is none.
Conditions with `OR` between them are alternatives.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plait.index.errors import QueryError
from plait.index.filter import All, Either, Filter, Not, joined, written_name
from plait.search.query.known import SEARCHED, Known
from plait.search.query.where import parse_where

_VALUE = r'"[^"]*"|[\[{][^\]}]*[\]}]|\([^()]*\)|(?:[<>]=?)?[^\s(),"]+'
_CONDITION = re.compile(
    rf"(?<![^\s(])(\+|-|NOT\s+)?((`(?:[^`]|``)+`|[^\s:\"()\[\]{{}}`]+):(?:{_VALUE}))", re.IGNORECASE
)
_QUOTED = re.compile(r'"[^"]*"')

_HERE = "\0"
"""Letter that stands for a condition in the words around it."""
_GROUP = re.compile(rf"{_HERE}(?:\s+OR\s+{_HERE})*")
_STRAY = re.compile(rf"\bOR\s+{_HERE}|{_HERE}\s+OR\b")
_JOINED = re.compile(rf"(?:\bAND\s+)?{_HERE}(?:\s+AND\b)?")


@dataclass(frozen=True, slots=True)
class Line:
    """Query line, split."""

    words: str
    """Text without the conditions."""
    conditions: str = ""
    """Conditions as they were typed."""
    filter: Filter | None = None
    """Filter of the conditions; None without any."""


def split_clauses(text: str, known: Known) -> Line:
    """Split a query line into its words and its conditions.

    Raises `QueryError` for a condition that cannot be read, or is an alternative to words.
    """
    found: list[Filter] = []
    typed: list[str] = []
    marked, end = "", 0
    for start, stop, condition in _conditions(text, known):
        marked += text[end:start].replace(_HERE, " ") + _HERE
        typed.append(text[start:stop])
        found.append(condition)
        end = stop
    if not found:
        return Line(text)
    marked += text[end:].replace(_HERE, " ")
    filters = iter(found)
    groups = [[next(filters) for _ in range(g[0].count(_HERE))] for g in _GROUP.finditer(marked)]
    words = _GROUP.sub(_HERE, marked)
    if _STRAY.search(words):
        raise QueryError(
            f"a condition holds for all of the query {text!r}; leave out OR between it and words."
        )
    tree = joined(All, [joined(Either, own) for own in groups])
    return Line(_JOINED.sub(" ", words).strip(), " ".join(typed), tree)


def _conditions(text: str, known: Known) -> Iterator[tuple[int, int, Filter]]:
    """Yield each condition of a query line, and where it begins and ends."""
    names = {written_name(n).casefold() for n in known.fields if n not in SEARCHED}
    quoted = [found.span() for found in _QUOTED.finditer(text)]
    for found in _CONDITION.finditer(text):
        is_quoted = any(start < found.start() < end for start, end in quoted)
        if is_quoted or found[3].casefold() not in names:
            continue
        before = _QUOTED.sub("", text[: found.start()])
        if before.count("(") > before.count(")"):
            raise QueryError(
                f"{found[2]} holds for all of the query; write it outside the parentheses."
            )
        condition = parse_where(found[2], known)
        yield *found.span(), Not(condition) if (found[1] or "+")[0] in "-Nn" else condition
