"""An article: the text that a person reads, and where it came from.

Does not read files (`plait.index.reading`) or cut passages (`plait.index.language.cutting`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


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
    """Source: the path of a file, a URL, or `stdin`; empty where a program added the article."""
    date: str = ""
    """Date in ISO 8601 (`2019-01-11`); empty where it is unknown."""
    author: str = ""
    teasers: tuple[str, ...] = ()
    """Headlines of other stories that stood below the text and were cut off."""
    raw: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Further fields of the record, as text."""
