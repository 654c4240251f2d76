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

LARGEST_ARTICLE = 10 << 20
"""Bytes of a file, a line or a row that holds one article: the longest novels have so many, and
a process that indexes one takes 350 MB, the model included."""

MOST_REPEATED = 10**10
"""Characters of a title times those of its text. Each passage is found by the title too: with a
megabyte of text it may have 10,000, and ten million letters of both are analysed."""

SPELLED_OUT = 4
"""Letters that one stands for, on average. Of Korean it is 3, of squared Japanese words 4, and
U+FDFA alone stands for 18, of which nine megabytes make terms of a hundred."""

ALWAYS_ALLOWED = 1000
"""Characters that may stand for any number: U+FDFA stands after a name."""

DECOMPOSED_AT_ONCE = 1 << 16
"""Characters spelled out at a time."""

EMPTY = "empty: it has neither a title nor a text"

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
            raise ReadingError(EMPTY)
        refuse_costly(title, text)
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
    if (size := len(found.encode("utf-8", "replace"))) > LONGEST_ID:
        message = f"its id takes {size} bytes, at most {LONGEST_ID} are allowed: shorten it"
        raise ReadingError(message)
    # Cc controls, Cs halves of surrogate pairs, Zl and Zp line and paragraph ends.
    if any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in found):
        message = f"its id {found!a} has control characters or is no UTF-8: rename it"
        raise ReadingError(message)
    return found


def refuse_costly(title: str, text: str) -> None:
    """Raise ReadingError where few bytes of an article would take gigabytes to index."""
    if len(title) * len(text) > MOST_REPEATED:
        message = f"its title has {len(title):,} characters, and every passage is given it"
        raise ReadingError(f"{message}: shorten it")
    for part in (title, text):
        if len(part) > ALWAYS_ALLOWED and not part.isascii() and expands_too_far(part):
            message = f"its letters stand for more than {SPELLED_OUT} others each, as U+FDFA does"
            raise ReadingError(f"{message}: write them out, or leave them out")


def expands_too_far(text: str) -> bool:
    """Return whether compatible letters (NFKD) make a text many times as long."""
    left = SPELLED_OUT * len(text)
    for start in range(0, len(text), DECOMPOSED_AT_ONCE):
        left -= len(unicodedata.normalize("NFKD", text[start : start + DECOMPOSED_AT_ONCE]))
        if left < 0:
            return True
    return False
