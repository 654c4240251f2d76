"""Draft of an article: what a reader found in a file or record.

`Draft.finish` is the last step of every format: clean, cut the teasers, check the id.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from plait.index.article import Article, FieldValue
from plait.index.errors import ReadingError
from plait.index.reading.cleaning import clean, clean_line, without_surrogates
from plait.index.reading.dateline import date_of_report
from plait.index.reading.teasers import split_teasers

MAX_ARTICLE_BYTES = 10 << 20
"""Bytes of a file, a line or a row that holds one article: the longest novels have so many, and
a process that indexes one takes 350 MB, the model included."""

MAX_TITLE_TIMES_TEXT = 10**10
"""Characters of a title times those of its text. The title is analysed again with each passage:
at this limit, a title of 10,000 characters and a text of a million."""

MAX_LETTERS_PER_CHARACTER = 4
"""Letters that a character stands for (NFKD), on average over a text. In Korean they are 3, in
squared Japanese words 4; U+FDFA stands for 18, and 9 MB of it would make 100 MB of terms."""

UNCHECKED_CHARACTERS = 1000
"""Characters of a text that may stand for any number of letters: U+FDFA stands after a name."""

BLOCK_CHARACTERS = 1 << 16
"""Characters decomposed at a time."""

EMPTY = "empty: it has neither a title nor a text"

MAX_ID_BYTES = 512
"""Bytes of an id in UTF-8: a longer one is a text in the wrong field, and spoils every listing."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Fields of an article as a reader found them, not cleaned."""

    title: str
    text: str
    as_read: str = ""
    """Text with all that the reader cut from it; empty where it cut nothing."""
    date: str = ""
    """Date in ISO 8601, or empty."""
    author: str = ""
    metadata: Mapping[str, FieldValue] = field(default_factory=dict)

    def finish(self, article_id: str, source: str) -> Article:
        """Return the article.

        Raises ReadingError for an unusable id, a text too costly to index, or where title and
        text are empty.
        """
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
            date=self.date or date_of_report(text),
            author=clean_line(self.author),
            teasers=teasers,
            raw="" if as_read.strip() == text else as_read,
            metadata={
                without_surrogates(name): sound(value) for name, value in self.metadata.items()
            },
        )


def sound(value: FieldValue) -> FieldValue:
    """Return a value whose texts UTF-8 can encode."""
    if isinstance(value, tuple):
        return tuple(without_surrogates(v) if isinstance(v, str) else v for v in value)
    return without_surrogates(value) if isinstance(value, str) else value


def usable_id(text: str) -> str:
    """Return an id without blanks around it.

    Raises ReadingError where it is empty, too long, or holds what cannot be
    printed on one line or stored as UTF-8.
    """
    found = text.strip()
    if not found:
        raise ReadingError("its id is empty: give it one, or leave the field out")
    if (size := len(found.encode("utf-8", "replace"))) > MAX_ID_BYTES:
        message = f"its id takes {size} bytes, at most {MAX_ID_BYTES} are allowed: shorten it"
        raise ReadingError(message)
    # Cc controls, Cs halves of surrogate pairs, Zl and Zp line and paragraph ends.
    if any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in found):
        message = f"its id {found!a} has control characters or is no UTF-8: rename it"
        raise ReadingError(message)
    return found


def refuse_costly(title: str, text: str) -> None:
    """Raise ReadingError where a few bytes of an article would take gigabytes to index."""
    if len(title) * len(text) > MAX_TITLE_TIMES_TEXT:
        message = f"its title has {len(title):,} characters, and every passage is given it"
        raise ReadingError(f"{message}: shorten it")
    for part in (title, text):
        if len(part) > UNCHECKED_CHARACTERS and not part.isascii() and expands_too_far(part):
            others = f"more than {MAX_LETTERS_PER_CHARACTER} others each, as U+FDFA does"
            raise ReadingError(f"its letters stand for {others}: write them out, or leave them out")


def expands_too_far(text: str) -> bool:
    """Return whether decomposition (NFKD) makes a text many times as long."""
    left = MAX_LETTERS_PER_CHARACTER * len(text)
    for start in range(0, len(text), BLOCK_CHARACTERS):
        left -= len(unicodedata.normalize("NFKD", text[start : start + BLOCK_CHARACTERS]))
        if left < 0:
            return True
    return False
