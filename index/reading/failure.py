"""Here is one file or record that could not be read, and why.

A value, not an exception: one bad file must not stop the reading of the others.
Inside this package a `ReadingError` is raised where the reason is found and
becomes a `Failure` where the place is known.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_REASON = 300
"""Characters of another library's message: some repeat the whole of what they could not read."""

MOST_NAMED, LONGEST_NAME = 12, 40
"""Fields or columns that a message lists, and characters of each: a person reads it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One file or record that could not be read."""

    source: str
    """Path of the file, or `path:line` of the record."""
    reason: str
    """What was found, and what to do where something can be done."""

    def __str__(self) -> str:
        """In a line, as the command line reports it."""
        return f"skipped {self.source}: {self.reason}"


def shown(path: str | os.PathLike[str]) -> str:
    r"""Spell a path so that it can be stored and printed as UTF-8.

    A file name is bytes; those that are no UTF-8 come out as escapes.

    >>> shown("caf\udce9.txt")
    'caf\\xe9.txt'
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def in_words(error: OSError) -> str:
    """Say what the operating system had against it, without repeating the path."""
    return error.strerror or str(error) or type(error).__name__


def unforeseen(error: Exception) -> str:
    """Return the reason for an error that nobody thought of: one file, one failure."""
    found = f"{type(error).__name__}: {error}".removesuffix(": ")
    return f"cannot be read ({shortened(found, LONGEST_REASON)}): save it anew, or leave it out"


def listed(names: Iterable[str]) -> str:
    """List names in quotes, the first dozen of many, each cut to a readable length.

    >>> listed(["title", "x" * 50]), listed([])
    ("'title', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\u2026'", 'none')
    """
    every = list(names)
    first = [repr(shortened(name, LONGEST_NAME)) for name in every[:MOST_NAMED]]
    more = len(every) - len(first)
    return ", ".join(first) + (f" and {more:,} more" if more else "") or "none"


def shortened(text: str, most: int) -> str:
    """Cut a text to so many characters, the last of which then says that it was cut."""
    return text if len(text) <= most else f"{text[: most - 1]}\u2026"
