"""Words and numbers of a web page that lose what holds them together, where all blanks are alike.

trafilatura makes one plain blank of every line end and no-break blank, and drops soft hyphens. A
word that is divided at the end of a line of the source is put together before it reads the page;
thousands get their no-break blanks back afterwards.
"""

import re
from collections.abc import Iterator
from typing import Any

from plait.index.reading.cleaning import SOFT_BREAK

DIVIDED = re.compile(r"(?<=[^\W\d_])(?<![A-Z])([-\u2010])[ \t]*+\r?\n\s*+(?=[a-z\u00df-\u00ff])")
"""Pattern of a hyphen and a line end between small letters. The hyphen stays, for it may be
one of `well-known`: both are found with it and without."""

LINE_END = re.compile(r"\r\n?")
NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:[\xa0\u202f\u2009]\d{3})+(?!\w)")
PLAIN_NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?: \d{3})+(?!\w)")

AS_WRITTEN = frozenset(["pre", "code", "script", "style", "textarea"])
"""Elements whose lines are as they were written."""


def join_words(tree: Any) -> dict[str, str]:
    """Put the divided words of a page together; return its numbers by their plain spelling.

    `tree` is lxml's root element.
    """
    numbers: dict[str, str] = {}
    for element, name in texts_of(tree):
        text = getattr(element, name)
        if "\n" in text or "\r" in text or "\xad" in text:
            text = SOFT_BREAK.sub("", LINE_END.sub("\n", text))
            setattr(element, name, DIVIDED.sub(r"\1", text))
        for number in NUMBER.findall(text):
            numbers[" ".join(number.split())] = number
    return numbers


def texts_of(tree: Any) -> Iterator[tuple[Any, str]]:
    """Yield each text of a page as its element and `text` or `tail`."""
    for element in tree.iter():
        if element.text and isinstance(element.tag, str) and element.tag not in AS_WRITTEN:
            yield element, "text"
        if element.tail:
            yield element, "tail"


def with_numbers(text: str, numbers: dict[str, str]) -> str:
    """Return a text whose numbers have the blanks again that they have in its page."""
    return (
        PLAIN_NUMBER.sub(lambda found: numbers.get(found[0], found[0]), text) if numbers else text
    )
