"""Here is a hit: which lines of it show why it was found?"""

import re

from whoosh.highlight import (
    ContextFragmenter,
    Formatter,
    highlight,
)

from plait.index.language.analyzer import TextAnalyzer
from plait.search.show.printable import in_line

STRETCH_CHARACTERS = 200
"""Characters of a stretch at most: two lines of a terminal."""
MARGIN_CHARACTERS = 60
"""Characters shown on each side of a matched word, where there is room."""
STRETCHES_SHOWN = 2

_BLANKS = re.compile(r"\s+")

BEGINNING_CHARACTERS = 240
"""Characters shown of a passage that shares no word with the query."""


class _Marks(Formatter):
    """Puts marks around matched words and an ellipsis between fragments."""

    between = " … "

    def __init__(self, before: str, after: str) -> None:
        self.before, self.after = before, after

    def _text(self, text: str) -> str:
        return _shown(text)

    def format_token(self, text: str, token: object, replace: bool = False) -> str:  # noqa: FBT001, FBT002 - Whoosh's
        """Mark one matched word, as it stands in the text."""
        start, end = token.startchar, token.endchar  # type: ignore[attr-defined]
        return f"{self.before}{_shown(text[start:end])}{self.after}"


def snippet(
    text: str, words: str, analyzer: TextAnalyzer, marks: tuple[str, str] = ("", "")
) -> str:
    """Give the stretches of `text` around the query's words, in one line, words marked.

    Safe to print: what a terminal would obey is escaped, before marks are put around words.
    Where no word matches, as for a hit found by its meaning, the beginning.
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
    """Make every run of blanks, line ends among them, one space; escape what is unsafe."""
    return in_line(_BLANKS.sub(" ", text))
