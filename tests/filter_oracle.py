"""Filters by brute force: one article, one condition, plain Python, no columns."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatchcase

from plait.index.article import Article, FieldValue, Scalar
from plait.index.filter import All, Compare, Either, Exists, Filter, Not, OneOf, Value
from plait.index.span import Span, span_of

RANGES = {
    ">": lambda own, wanted: own.first > wanted.last,
    ">=": lambda own, wanted: own.first >= wanted.first,
    "<": lambda own, wanted: own.last < wanted.first,
    "<=": lambda own, wanted: own.last <= wanted.last,
}
"""Orders of two spans: of all that one stands for, against all that the other does."""
RESERVED = {"id", "title", "text"}
"""Fields that no metadata can have."""


def values_of(article: Article, field: str) -> list[Scalar | Span]:
    """Read the values of a field, dates as spans."""
    if field in {"id", "source", "author"}:
        found: list[Scalar | Span] = [getattr(article, field)]
    elif field == "date":
        found = [span] if (span := span_of(article.date)) else []
    elif field == "language" and "language" not in article.metadata:
        found = ["english"]
    else:
        found = []
    name = field.removeprefix("metadata.")
    if name in article.metadata and field not in RESERVED:
        own = article.metadata[name]
        values = [one_value(value) for value in _each(own)]
        if name == "date":
            spans = [span_of(v) if isinstance(v, str) else None for v in _each(own)]
            is_date = field == "date"
            values = [s or v for s, v in zip(spans, values, strict=True) if bool(s) == is_date]
        found += values
    return [value for value in found if value != ""]


def _each(value: FieldValue) -> tuple[Scalar, ...]:
    """Return the elements of a list, or the value alone."""
    return value if isinstance(value, tuple) else (value,)


def one_value(value: Scalar) -> Scalar | Span:
    """Return a value of metadata: a text may be a date, a number without end is a text."""
    if isinstance(value, str):
        span = span_of(value)
        return span if span and len(span.text) >= 10 else value
    text = json.dumps(value)
    return text if len(text) > 64 or text in {"NaN", "Infinity", "-Infinity"} else value


def passes(article: Article, tree: Filter) -> bool:
    """Decide whether an article passes."""
    match tree:
        case All():
            return all(passes(article, part) for part in tree.parts)
        case Either():
            return any(passes(article, part) for part in tree.parts)
        case Not():
            return not passes(article, tree.part)
        case Exists():
            return bool(values_of(article, tree.field))
        case OneOf():
            each = (Compare(tree.field, "=", value) for value in tree.values)
            return any(passes(article, one) for one in each)
        case Compare():
            own = values_of(article, tree.field)
            return any(compares(value, tree) for value in own)
    raise TypeError(tree)


def compares(own: Scalar | Span, tree: Compare) -> bool:
    """Compare one value."""
    wanted: Value = tree.value
    if isinstance(own, Span):
        span = span_of(wanted) if isinstance(wanted, str) else wanted
        if not isinstance(span, Span) or (tree.operator == "like" and isinstance(wanted, str)):
            return False
        if tree.operator in RANGES:
            return bool(RANGES[tree.operator](own, span))
        return own.first >= span.first and own.last <= span.last
    if isinstance(own, str):
        return isinstance(wanted, str) and text_passes(own.casefold(), wanted.casefold(), tree)
    if isinstance(wanted, str | Span) or isinstance(own, bool) != isinstance(wanted, bool):
        return False
    signs = {">": own > wanted, ">=": own >= wanted, "<": own < wanted, "<=": own <= wanted}
    return bool(signs.get(tree.operator, own == wanted))


def text_passes(own: str, wanted: str, tree: Compare) -> bool:  # noqa: PLR0911 - a way each
    """Compare a text."""
    if tree.operator in RANGES:
        return False
    if tree.operator == "contains":
        return wanted in own
    if tree.operator == "like":
        return fnmatchcase(own, wanted.replace("[", "[[]"))
    if tree.operator == ":" and tree.field == "source":
        wanted = wanted.strip("/")
        if set("*?") & set(wanted):
            return fnmatchcase(f"/{own}", f"*/{wanted}".replace("[", "[[]"))
        _, address, host = f"/{own}/".partition("://")
        return f"/{wanted}/" in f"/{own}/" or bool(
            address and host.split("/")[0].endswith("." + wanted)
        )
    if tree.operator == ":":
        words, sought = re.findall(r"\w+", own), re.findall(r"\w+", wanted)
        count = len(sought)
        return bool(sought) and any(
            words[at : at + count] == sought for at in range(len(words) - count + 1)
        )
    return own == wanted


def counted(articles: Iterable[Article], field: str, letters: int | None = None) -> dict[str, int]:
    """Count articles by the values of a field, in any case; by a unit, dates alone."""
    found: Counter[str] = Counter()
    spelt: Counter[str] = Counter()
    for article in articles:
        values = [v for v in values_of(article, field) if letters is None or isinstance(v, Span)]
        own = {written(value)[:letters] for value in values}
        spelt.update(own)
        found.update({value.casefold() for value in own} or {""})
    best = sorted(spelt, key=lambda own: (spelt[own], [-ord(letter) for letter in own]))
    names = {value.casefold(): value for value in best}
    return {names.get(key, ""): count for key, count in found.items()}


def written(value: Scalar | Span) -> str:
    """Return a value as a facet names it."""
    return str(value) if isinstance(value, str | Span) else json.dumps(value)
