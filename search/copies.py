"""Near copies of a text: the same story with other blanks, a dateline, or a changed word.

A text that has another number in place of one contradicts it, and is no copy.

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

DATELINE_WORDS = 10
"""Number of words of a text among which numbers may be those of a dateline."""

_WORD = re.compile(r"\w+")


class Copies:
    """Texts that were given, and whether another says hardly anything more."""

    def __init__(self) -> None:
        self._given: list[tuple[set[tuple[str, ...]], set[str]]] = []

    def hold(self, text: str) -> bool:
        """Return whether a text is a near copy of what was added."""
        stretches, numbers = _stretches(text), _numbers(text)
        before = set().union(*(own for own, _ in self._given))
        if len(stretches & before) < COPIED_SHARE * len(stretches):
            return False
        _, others = max(self._given, key=lambda own: len(own[0] & stretches))
        return not (numbers - others and others - numbers)

    def add(self, text: str) -> None:
        """Add a text that is given."""
        self._given.append((_stretches(text), _numbers(text)))


def _stretches(text: str) -> set[tuple[str, ...]]:
    """Return the stretches of a text; one of all its words where these are fewer."""
    words = _WORD.findall(text.casefold())
    count = max(len(words) - STRETCH_WORDS + 1, 1)
    return {tuple(words[start : start + STRETCH_WORDS]) for start in range(count)}


def _numbers(text: str) -> set[str]:
    """Return the numbers of a text, without those of a dateline."""
    words = _WORD.findall(text)
    return {word for word in words[DATELINE_WORDS:] if word.isdecimal()}
