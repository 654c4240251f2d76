"""Here is what a format found in a file or record: make an article of it.

The last step, shared by all formats: clean, cut the teasers, check the id.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from plait.index.article import Article
from plait.index.errors import ReadingError
from plait.index.reading.cleaning import clean, clean_line, without_surrogates
from plait.index.reading.teasers import split_teasers

LARGEST_ARTICLE = 64 << 20
"""Bytes of a file, a line or a cell that holds one article: ten times the longest novel."""

LONGEST_ID = 512
"""Bytes of UTF-8: a longer one is a text in the wrong field, and spoils every listing."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An article on its way: its fields as a format found them, not cleaned."""

    title: str
    text: str
    as_read: str = ""
    """The text with all that the format cut from it; empty where it cut nothing."""
    date: str = ""
    author: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)

    def finish(self, article_id: str, source: str) -> Article:
        """Make the article. Raises ReadingError for an unusable id or where nothing is left."""
        as_read = without_surrogates(self.as_read or self.text)
        title = clean_line(self.title)
        text, teasers = split_teasers(clean(self.text))
        if not title and not text:
            raise ReadingError("empty: it has neither a title nor a text")
        return Article(
            id=usable_id(article_id),
            title=title,
            text=text,
            source=source,
            date=self.date,
            author=clean_line(self.author),
            teasers=teasers,
            raw="" if as_read.strip() == text else as_read,
            metadata={
                without_surrogates(name): without_surrogates(value)
                for name, value in self.metadata.items()
            },
        )


def usable_id(text: str) -> str:
    """Check an id and give it without blanks around it.

    Raises ReadingError where it is empty, too long, or holds what cannot be
    printed on one line or stored as UTF-8.
    """
    found = text.strip()
    if not found:
        raise ReadingError("its id is empty: give it one, or leave the field out")
    # Cc controls, Cs halves of surrogate pairs, Zl and Zp line and paragraph ends.
    if any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in found):
        message = f"its id {found!a} has control characters or is no UTF-8: rename it"
        raise ReadingError(message)
    if (size := len(found.encode())) > LONGEST_ID:
        message = f"its id takes {size} bytes, at most {LONGEST_ID} are allowed: shorten it"
        raise ReadingError(message)
    return found
