"""Filters by brute force: one article, one condition, plain Python, no columns."""

import re
from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatchcase

from plait.index.article import Article, FieldValue
from plait.index.filter import All, Compare, Either, Exists, Filter, Not, OneOf, Value
from plait.index.span import Span, span_of

RANGES = {
    ">": lambda own, wanted: own.first > wanted.last,
    ">=": lambda own, wanted: own.first >= wanted.first,
    "<": lambda own, wanted: own.last < wanted.first,
    "<=": lambda own, wanted: own.last <= wanted.last,
}


def values_of(article: Article, field: str) -> list[FieldValue | Span]:
    """Read the values of a field, dates as spans."""
    if field in {"id", "source", "author"}:
        found: list[FieldValue] = [getattr(article, field)]
    elif field == "date":
        found = [span_of(article.date) or article.date] if article.date else []  # type: ignore[list-item]
    elif field == "language" and "language" not in article.metadata:
        found = ["english"]
    else:
        found = []
    if field in article.metadata and field != "id":
        own = article.metadata[field]
        for value in own if isinstance(own, tuple) else (own,):
            span = span_of(value) if isinstance(value, str) else None
            found.append(span if span and len(span.text) >= 10 else value)  # type: ignore[arg-type]
    return [value for value in found if value != ""]


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


def compares(own: FieldValue | Span, tree: Compare) -> bool:
    """Compare one value."""
    wanted: Value = tree.value
    if isinstance(own, Span):
        span = span_of(wanted) if isinstance(wanted, str) else wanted
        if not isinstance(span, Span) or tree.operator in {"contains", "like"}:
            return False
        if tree.operator in RANGES:
            return bool(RANGES[tree.operator](own, span))
        return own.first >= span.first and own.last <= span.last
    if isinstance(own, str):
        return isinstance(wanted, str) and text_passes(own.casefold(), wanted.casefold(), tree)
    if isinstance(wanted, str | Span) or isinstance(own, bool) != isinstance(wanted, bool):
        return False
    signs = {">": own > wanted, ">=": own >= wanted, "<": own < wanted, "<=": own <= wanted}  # type: ignore[operator]
    return bool(signs.get(tree.operator, own == wanted))


def text_passes(own: str, wanted: str, tree: Compare) -> bool:  # noqa: PLR0911 - a way each
    """Compare a text."""
    if tree.operator in RANGES:
        return False
    if tree.operator == "contains":
        return wanted in own
    if tree.operator == "like":
        return fnmatchcase(own, wanted)
    if tree.operator == ":" and tree.field == "source":
        wanted = wanted.strip("/")
        if set("*?") & set(wanted):
            return fnmatchcase(f"/{own}", f"*/{wanted}")
        _, address, host = f"/{own}/".partition("://")
        return f"/{wanted}/" in f"/{own}/" or bool(
            address and host.split("/")[0].endswith("." + wanted)
        )
    if tree.operator == ":":
        words, sought = re.findall(r"\w+", own), re.findall(r"\w+", wanted)
        count = len(sought)
        return any(words[at : at + count] == sought for at in range(len(words) - count + 1))
    return own == wanted


def counted(articles: Iterable[Article], field: str, letters: int | None = None) -> dict[str, int]:
    """Count articles by the values of a field."""
    found: Counter[str] = Counter()
    for article in articles:
        own = values_of(article, field)
        found.update([str(value)[:letters] for value in own] or [""])
    return dict(found)
