"""Snippets of a passage: its stretches around the query's words, with the words marked."""

import re

from whoosh.highlight import (
    ContextFragmenter,
    Formatter,
    highlight,
)

from plait.index.language.analyzer import TextAnalyzer
from plait.search.show.printable import in_line

STRETCH_CHARACTERS = 200
"""Number of characters of a stretch, at most: two lines of a terminal."""
MARGIN_CHARACTERS = 60
"""Number of characters shown on each side of a matched word, where there is room."""
STRETCHES_SHOWN = 2
"""Number of stretches in a snippet, at most."""
BEGINNING_CHARACTERS = 240
"""Number of characters shown of a passage that shares no word with the query."""

_BLANKS = re.compile(r"\s+")


class _Marks(Formatter):
    """A formatter that puts marks around matched words, and an ellipsis between fragments."""

    between = " … "

    def __init__(self, before: str, after: str) -> None:
        self.before, self.after = before, after

    def _text(self, text: str) -> str:
        return _shown(text)

    def format_token(self, text: str, token: object, replace: bool = False) -> str:  # noqa: FBT001, FBT002 - Whoosh's
        """Return one matched word between marks, as it stands in the text."""
        start, end = token.startchar, token.endchar  # type: ignore[attr-defined]
        return f"{self.before}{_shown(text[start:end])}{self.after}"


def snippet(
    text: str, words: str, analyzer: TextAnalyzer, marks: tuple[str, str] = ("", "")
) -> str:
    """Return the stretches of `text` around the query's words, in one line, words marked.

    Where no word matches, as in a hit found by its meaning, it is the beginning of `text`.
    Safe to print: what a terminal would obey is escaped before the words are marked.
    """
    terms = frozenset(analyzer.terms(words))
    fragmenter = ContextFragmenter(maxchars=STRETCH_CHARACTERS, surround=MARGIN_CHARACTERS)
    marked = highlight(text, terms, analyzer.chain, fragmenter, _Marks(*marks), top=STRETCHES_SHOWN)
    if not marked:
        whole = len(text) <= BEGINNING_CHARACTERS
        marked = (
            _shown(text) if whole else _shown(text[:BEGINNING_CHARACTERS].rsplit(" ", 1)[0]) + " …"
        )
    return " ".join(marked.split())


def _shown(text: str) -> str:
    """Return the text with one space for blanks in a row, line ends too, and escaped."""
    return in_line(_BLANKS.sub(" ", text))
