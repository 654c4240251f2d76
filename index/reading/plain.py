"""Reader of plain text: the first line is the title, the rest the text."""

from plait.index.errors import ReadingError
from plait.index.reading.cleaning import clean_line, without_blank_lines
from plait.index.reading.decoding import decode
from plait.index.reading.draft import Draft
from plait.index.reading.head import take_head

MAX_TITLE_CHARACTERS = 300
"""Characters of a title; headlines stay below 150. A longer first line is a paragraph."""


def read_plain(data: bytes) -> Draft:
    """Return the article of a text file. Raises ReadingError where it is empty or not text."""
    title, body = split_title(decode(data))
    head = take_head(body)
    return Draft(title, head.body, body, head.date, head.author)


def split_title(text: str) -> tuple[str, str]:
    """Split text into its first line that is not blank, and the rest.

    The title is empty where that line is longer than a title: all is text then.
    Raises ReadingError where all lines are blank.
    """
    text = without_blank_lines(text)
    line, _, rest = text.partition("\n")
    # A line of megabytes need not be cleaned to find out that it is too long.
    title = clean_line(line[: 4 * MAX_TITLE_CHARACTERS])
    if len(title) > MAX_TITLE_CHARACTERS or len(line) > 4 * MAX_TITLE_CHARACTERS:
        return "", text
    if not title:
        raise ReadingError("empty: it holds no text")
    return title, rest
