"""Articles, which a person reads, and their passages, which are retrieved.

Does not read files (`plait.index.reading`) or cut passages (`plait.index.language.cutting`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool
FieldValue: TypeAlias = Scalar | tuple[Scalar, ...]
"""Value of a field of metadata: a text, a number or a flag, or several of them. A text in ISO 8601
is compared as a date."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")
"""Pattern of a number as it is written where nothing else is meant: `007` is a code, and `1e5` may
be one; with more digits it is an identifier."""


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


def scalar_of(text: str) -> Scalar:
    """Return the number or flag that a text stands for, as a cell of a table has it; or the text.

    >>> list(map(scalar_of, ("12", "-0.5", "True", "007", "1,000")))
    [12, -0.5, True, '007', '1,000']
    """
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return {"true": True, "false": False}.get(text.lower(), text)
