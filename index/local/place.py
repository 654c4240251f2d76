"""Place of an index: sources of files below the folder that it lies in are kept relative to that.

So a project that is copied, moved or mounted elsewhere goes on with its index. In memory, and
to whoever asks, a source is the path of the file in its present place.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from plait.index.files.home import home_of

BELOW = "./"
"""Beginning of a source that is kept relative. One of a program that begins so gets another, by
which it is told apart: what is kept relative never has it twice."""


@dataclass(frozen=True, slots=True)
class Place:
    """Folder that an index lies in."""

    base: str = ""
    """Path of the folder, as text; empty where sources are kept as they are, as up to format 7."""

    @classmethod
    def of(cls, root: Path) -> Self:
        """Return the place of an index; bytes that are no UTF-8 are escapes, as in sources."""
        return cls(os.fsencode(home_of(root)).decode("utf-8", "backslashreplace"))

    def kept(self, source: str) -> str:
        """Return a source as the index keeps it.

        >>> Place("/home/p").kept("/home/p/a/1.txt"), Place("/home/p").kept("/mnt/1.txt")
        ('./a/1.txt', '/mnt/1.txt')
        """
        if not self.base:
            return source
        if source.startswith(BELOW):
            return BELOW + source
        below = source.removeprefix(self._prefix)
        return BELOW + below if below != source and not below.startswith(BELOW) else source

    def opened(self, kept: str) -> str:
        """Return the source that was kept so, a relative one in its present place.

        >>> Place("/mnt/p").opened("./a/1.txt"), Place("/mnt/p").opened("stdin")
        ('/mnt/p/a/1.txt', 'stdin')
        """
        if not (self.base and kept.startswith(BELOW)):
            return kept
        rest = kept.removeprefix(BELOW)
        return rest if rest.startswith(BELOW) else self._prefix + rest

    @property
    def _prefix(self) -> str:
        return f"{self.base.rstrip('/')}/"
