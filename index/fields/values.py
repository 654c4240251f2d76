"""Values of an article's fields: what kind each is of, and how values of a kind sort.

A value is kept as text: a number as JSON, a date in ISO 8601, so that no digit is lost. Of a
list each element is a value. An empty text is none.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from enum import IntEnum
from typing import TypeAlias

from plait.index.article import Article, FieldValue, scalar_of
from plait.index.span import Precision, Span, span_of


class Kind(IntEnum):
    """Kind of a value; the number is its place in a column, and is written to disk."""

    FLAG = 0
    NUMBER = 1
    YEAR = 2
    MONTH = 3
    DAY = 4
    TIME = 5
    TEXT = 6
    FOLDER = 7
    """Beginning of a source, which the article's id completes."""
    LONG = 8
    """Text that is too long for a column, which keeps only that there is one."""


DATES = (Kind.YEAR, Kind.MONTH, Kind.DAY, Kind.TIME)
TEXTS = (Kind.TEXT, Kind.FOLDER, Kind.LONG)

KIND_NAMES = {
    Kind.FLAG: "flag",
    Kind.NUMBER: "number",
    **dict.fromkeys(DATES, "date"),
    **dict.fromkeys(TEXTS, "text"),
}
"""Name of each kind, for people: precisions of a date are one kind to them, and so are texts."""

LONGEST_TEXT = 255
"""Greatest number of bytes of a text in a column: a category, a name or an address has fewer. A
longer one is read from its article."""

LONGEST_NUMBER_KEPT = 64
"""Greatest number of characters of a number in a column: a longer one, which JSON may have, is a
text."""

RESERVED = ("id", "title", "text")
"""Names of fields that metadata cannot have: there they are `metadata.NAME`."""

Entry: TypeAlias = tuple[str, Kind, str]
"""Field, kind and text of one value."""

_PRECISIONS: dict[Precision, Kind] = {
    "year": Kind.YEAR,
    "month": Kind.MONTH,
    "day": Kind.DAY,
    "time": Kind.TIME,
}


def entries_of(article: Article, language: str) -> Iterator[Entry]:
    """Yield the values of an article's fields; `language` is that of the index.

    An article whose metadata name a language has that one.
    """
    if span := span_of(article.date):
        yield "date", _kind_of(span), span.text
    if article.source:
        yield "source", *_source(article)
    if article.author:
        yield "author", *_text(article.author)
    for name, value in article.metadata.items():
        field = f"metadata.{name}" if name in RESERVED else name
        for element in value if isinstance(value, tuple | list) else (value,):
            if element == "":
                continue
            yield _date_or_other(element) if name == "date" else (field, *kind_and_text(element))
    if "language" not in article.metadata:
        yield "language", Kind.TEXT, language


def long_texts(article: Article, field: str) -> set[str]:
    """Return the texts of an article in a field that are too long for a column."""
    entries = entries_of(article, "")
    return {text for name, kind, text in entries if name == field and kind == Kind.LONG}


def _date_or_other(value: object) -> Entry:
    """Return a `date` of metadata as a date of the article; what is none has another name."""
    span = span_of(value) if isinstance(value, str) else None
    return ("date", _kind_of(span), span.text) if span else ("metadata.date", *kind_and_text(value))


def kind_and_text(value: object) -> tuple[Kind, str]:
    """Return kind and text of one value of metadata; a text that is a day or a moment is a date."""
    if isinstance(value, bool):
        return Kind.FLAG, "true" if value else "false"
    if isinstance(value, int | float):
        text = json.dumps(value)
        sound = value == value and abs(value) != float("inf")  # noqa: PLR0124 - NaN differs from itself
        return (Kind.NUMBER if sound and len(text) <= LONGEST_NUMBER_KEPT else Kind.TEXT), text
    text = str(value)
    span = span_of(text)
    return (_kind_of(span), span.text) if span and _kind_of(span) >= Kind.DAY else _text(text)


def _kind_of(span: Span) -> Kind:
    return _PRECISIONS[span.precision]


def _text(text: str) -> tuple[Kind, str]:
    return (Kind.TEXT if len(text.encode()) <= LONGEST_TEXT else Kind.LONG), text


def host_of(source: str) -> str:
    """Return the host of an address; an empty text for a path.

    >>> host_of("https://news.example.org/2019/talks"), host_of("/data/talks.txt")
    ('news.example.org', '')
    """
    return source.partition("://")[2].partition("/")[0]


def _source(article: Article) -> tuple[Kind, str]:
    """Return the folder of a source that ends with the article's id; else the whole source."""
    folder = article.source.removesuffix(article.id)
    return (Kind.FOLDER, folder) if folder != article.source else _text(article.source)


def sort_key(kind: Kind, text: str) -> tuple[object, str]:
    """Return by what the values of a kind sort: numbers by size, texts in any case, others as is.

    >>> sorted(["10", "9", "1e1"], key=lambda text: sort_key(Kind.NUMBER, text))
    ['9', '10', '1e1']
    """
    if kind == Kind.NUMBER:
        return json.loads(text), text
    return (text.casefold() if kind == Kind.TEXT else text), text


def with_types(article: Article) -> Article:
    """Return an article whose metadata are texts with the values that these stand for.

    Earlier versions wrote a list as JSON, and everything else as `scalar_of` reads it.
    """
    metadata = {name: _typed_or_list(str(value)) for name, value in article.metadata.items()}
    return replace(article, metadata=metadata)


def _typed_or_list(text: str) -> FieldValue:
    if not text.startswith("["):
        return scalar_of(text)
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return text
    simple = all(isinstance(value, str | int | float) for value in values)
    return tuple(values) if simple else text
