"""Articles, which a person reads, and their passages, which are retrieved.

Does not read files (`plait.index.reading`) or cut passages (`plait.index.language.cutting`).
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias, cast

from plait.index.errors import ReadingError

Scalar: TypeAlias = str | int | float | bool
FieldValue: TypeAlias = Scalar | tuple[Scalar, ...]
"""Value of a field of metadata: a text, a number or a flag, or several of them. A text in ISO 8601
is compared as a date."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")
"""Pattern of a number as it is written where nothing else is meant: `007` is a code, and `1e5` may
be one; with more digits it is an identifier."""

LARGEST_WHOLE_BITS = 4096
"""Greatest number of bits of a whole number: 1,234 digits; Python writes 4,300 at most."""

PASSAGE_DIGITS = 9
"""Greatest number of digits of a passage's number in `ID#3`; a longer one belongs to an article's
id."""

_TEXTS = ("id", "title", "text", "source", "author", "raw")
"""Names of the fields of an article that are texts."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it is stored, shown and searched.

    `text` is what is indexed: the cleaned body without the title and without
    the teaser list of a news page. Every passage offset counts characters of
    `text`. `raw` is the text as it was read, where cleaning changed it, and
    empty where it did not.
    """

    id: str
    title: str
    text: str
    source: str = ""
    """Path of the file it came from, a URL, or `stdin`; empty when a program handed it in."""
    date: str = ""
    """ISO 8601 (`2019-01-11`), or empty when unknown."""
    author: str = ""
    teasers: tuple[str, ...] = ()
    """Headlines of other stories that trailed the text, cut off by the reader."""
    raw: str = ""
    metadata: Mapping[str, FieldValue] = field(default_factory=dict)
    """Further fields of the record, each with the type that it has there."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one article: `article.text[start:end] == text`, always.

    `start` and `end` count characters (Unicode code points) of `Article.text`.
    """

    article_id: str
    number: int
    """Index of the passage in its article, 0 for the first."""
    start: int
    end: int
    text: str

    @property
    def id(self) -> str:
        """`ARTICLE#3`: unique in an index, stable while the article's text is."""
        return f"{self.article_id}#{self.number}"


def owner_of(passage_id: str) -> str:
    """Return the id of a passage's article; an empty text for what is no id of a passage.

    >>> owner_of("talks#2019.txt#3"), owner_of("talks.txt")
    ('talks#2019.txt', '')
    """
    return passage_id.rpartition("#")[0]


def passage_named(name: str) -> tuple[str, int] | None:
    """Return the article's id and the number that a passage's id is made of; None for another id.

    >>> passage_named("talks.txt#3"), passage_named("talks.txt"), passage_named("talks#2019.txt")
    (('talks.txt', 3), None, None)
    """
    owner, _, number = name.rpartition("#")
    is_number = number.isdecimal() and len(number) <= PASSAGE_DIGITS
    return (owner, int(number)) if owner and is_number else None


def scalar_of(text: str) -> Scalar:
    """Return the number or flag that a text stands for, as a cell of a table has it; or the text.

    >>> list(map(scalar_of, ("12", "-0.5", "True", "007", "1,000")))
    [12, -0.5, True, '007', '1,000']
    """
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return {"true": True, "false": False}.get(text.lower(), text)


def sound(article: Article) -> Article:
    """Return an article as it can be stored: dates as texts, metadata as scalars or lists of them.

    A null is left out, and what is nested deeper becomes the text of its JSON. Raises
    `ReadingError` for a field of another type.
    """
    date: object = article.date
    texts: Iterable[object] = (*article.teasers, *article.metadata)
    wrong = [name for name in _TEXTS if not isinstance(getattr(article, name), str)]
    wrong += [] if isinstance(date, str | dt.date) else ["date"]
    wrong += [] if all(isinstance(one, str) for one in texts) else ["teasers", "metadata"]
    if wrong:
        found = getattr(article, wrong[0])
        raise ReadingError(f"article {article.id!r}: its {wrong[0]} is {found!r}; wanted text.")
    given: Iterable[tuple[str, object]] = article.metadata.items()
    metadata = {name: stored(value) for name, value in given if value is not None}
    return replace(article, date=str(_plain(article.date)), metadata=metadata)


def stored(value: object) -> FieldValue:
    """Return a value of metadata as it is stored: a scalar, or several; else the text of its JSON.

    Raises `ReadingError` for what JSON cannot have.
    """
    value = _plain(value)
    if is_huge(value):
        raise ReadingError("a number of more than 1,234 digits cannot be stored; write it as text.")
    if isinstance(value, Scalar):
        return value
    parts = tuple(map(_plain, value)) if isinstance(value, list | tuple) else ()
    if isinstance(value, list | tuple) and all(isinstance(one, Scalar) for one in parts):
        return cast("tuple[Scalar, ...]", parts)
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ReadingError(f"metadata {value!r} cannot be stored: {error}.") from error


def is_huge(value: object) -> bool:
    """Return whether a whole number has more digits than Python writes."""
    return isinstance(value, int) and value.bit_length() > LARGEST_WHOLE_BITS


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value
