"""Near copies of a text: the same story with other blanks, a dateline, or a changed word.

Two texts are compared by their stretches of three words, which Broder calls shingles ("On the
resemblance and containment of documents", 1997). A text is a near copy where most of its stretches
were there before. Does not know what a passage is.
"""

import re

STRETCH_WORDS = 3
"""Number of words of a stretch."""
COPIED_SHARE = 0.8
"""Share of a text's stretches that were there before, from which it is a near copy. A changed word
changes three of them, a dateline adds a few."""

_WORD = re.compile(r"\w+")


class Copies:
    """Texts that were given, and whether another says hardly anything more."""

    def __init__(self) -> None:
        self._given: set[tuple[str, ...]] = set()

    def hold(self, text: str) -> bool:
        """Return whether a text is a near copy of what was added."""
        stretches = _stretches(text)
        return len(stretches & self._given) >= COPIED_SHARE * len(stretches)

    def add(self, text: str) -> None:
        """Add a text that is given."""
        self._given |= _stretches(text)


def _stretches(text: str) -> set[tuple[str, ...]]:
    """Return the stretches of a text; one of all its words where these are fewer."""
    words = _WORD.findall(text.casefold())
    count = max(len(words) - STRETCH_WORDS + 1, 1)
    return {tuple(words[start : start + STRETCH_WORDS]) for start in range(count)}
