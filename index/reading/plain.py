"""Here is a plain text file: its first line is the title, the rest the text."""

from plait.index.errors import ReadingError
from plait.index.reading.cleaning import clean_line, without_blank_lines
from plait.index.reading.decoding import decode
from plait.index.reading.draft import Draft
from plait.index.reading.head import take_head

LONGEST_TITLE = 300
"""Characters; headlines stay below 150. A longer first line is a paragraph."""


def read_plain(data: bytes) -> Draft:
    """Read a `.txt` file. Raises ReadingError where it is empty or not text."""
    title, body = split_title(decode(data))
    head = take_head(body)
    return Draft(title, head.body, body, head.date, head.author)


def split_title(text: str) -> tuple[str, str]:
    """Split text into its first line that is not blank, and the rest.

    The title is empty where that line is too long for one: all is text then.
    Raises ReadingError where there is nothing but blank lines.
    """
    text = without_blank_lines(text)
    line, _, rest = text.partition("\n")
    # Cleaning a few characters more than a title has is enough to judge.
    title = clean_line(line[: 4 * LONGEST_TITLE])
    if len(title) > LONGEST_TITLE or len(line) > 4 * LONGEST_TITLE:
        return "", text
    if not title:
        raise ReadingError("empty: it holds no text")
    return title, rest
