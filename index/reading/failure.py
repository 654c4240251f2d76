"""Here is one file or record that could not be read, and why.

A value, not an exception: one bad file must not stop the reading of the others.
Inside this package a `ReadingError` is raised where the reason is found and
becomes a `Failure` where the place is known.
"""

import os
from dataclasses import dataclass


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
