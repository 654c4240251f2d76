"""Failure: one file or record that could not be read, and why.

A value, not an exception: one bad file must not stop the reading of the others.
Inside this package a `ReadingError` is raised where the reason is found and
becomes a `Failure` where the place is known.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass

MAX_REASON_CHARACTERS = 300
"""Characters of another library's message: some quote all of what they could not read."""

LISTED_NAMES = 12
"""Fields or columns that a message lists at most: a person reads it."""

LISTED_NAME_CHARACTERS = 40
"""Characters of each of them."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A file or record that could not be read; `str` is the line that the command line reports."""

    source: str
    """Path of the file, `path:line` of the record, or `package NAME` of a reader."""
    reason: str
    """Reason: what was found, and what to do where something can be done."""

    def __str__(self) -> str:
        return f"skipped {self.source}: {self.reason}"


def shown(path: str | os.PathLike[str]) -> str:
    r"""Return a path as text that can be stored and printed as UTF-8.

    A file name is bytes; those that are not UTF-8 become escapes.

    >>> shown("caf\udce9.txt")
    'caf\\xe9.txt'
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def in_words(error: OSError) -> str:
    """Return the operating system's reason, without the path."""
    return error.strerror or str(error) or type(error).__name__


def unforeseen(error: Exception) -> str:
    """Return the reason of a failure for an error that no reader foresaw."""
    found = f"{type(error).__name__}: {error}".removesuffix(": ")
    short = shortened(found, MAX_REASON_CHARACTERS)
    return f"cannot be read ({short}): save it anew, or leave it out"


def listed(names: Iterable[str]) -> str:
    """Return names as a list in quotes: the first dozen of many, each cut to a readable length.

    >>> listed(["title", "x" * 50]), listed([])
    ("'title', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\u2026'", 'none')
    """
    every = list(names)
    first = [repr(shortened(name, LISTED_NAME_CHARACTERS)) for name in every[:LISTED_NAMES]]
    more = len(every) - len(first)
    return ", ".join(first) + (f" and {more:,} more" if more else "") or "none"


def shortened(text: str, most: int) -> str:
    """Return a text of `most` characters at most; one that was cut ends in an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1]}\u2026"
