"""Origins of articles: which file a source is, by which of its paths an index knows it.

A file has one path in an index, whatever links lead to it in the next run.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from plait.index.reading.failure import shown
from plait.index.reading.finding import SourceFile
from plait.index.reading.naming import path_ends

_ESCAPED = re.compile(rb"\\x([89a-f][0-9a-f])")
"""Pattern of a byte that `shown` wrote as an escape: those of names that are not UTF-8."""


def path_of(source: str) -> Path:
    r"""Return the path that was `shown` as a source: escapes are bytes where no file has them."""
    path = Path(source)
    if "\\x" not in source or os.path.lexists(path):
        return path
    name = _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), os.fsencode(source))
    restored = Path(os.fsdecode(name))
    return restored if os.path.lexists(restored) else path


def is_deleted(source: str) -> bool:
    """Return whether a source is gone from a folder that is there: it is not only unmounted."""
    return is_gone(source) and path_of(source).parent.is_dir()


def is_gone(source: str) -> bool:
    """Return whether a source was a file and is none now: moved, renamed or deleted."""
    try:
        return Path(source).is_absolute() and not path_of(source).is_file()
    except OSError:  # its folder cannot be opened: unknown
        return False


def is_below(path: Path, folder: Path) -> bool:
    """Return whether a path is at or below a folder, also by links."""
    return path.is_relative_to(folder) or real_path(path).is_relative_to(real_path(folder))


def real_path(path: Path) -> Path:
    """Return a path without links."""
    return Path(os.path.realpath(path))


class Origins:
    """Files of one index, each by the path that the index has for it."""

    def __init__(self, home: Path, sources: Iterable[str]) -> None:
        """Take the folder that the index lies in, and the sources that it has."""
        self.home = home
        self._sources = frozenset(sources)
        self._real_folders: dict[Path, Path] = {}

    def known(self, file: SourceFile) -> SourceFile:
        """Return a file by its path in the index.

        That is the one by which it was read before, or one below the index's own place, or the
        one by which it was found.
        """
        if shown(file.path) in self._sources:
            return file
        real = self._real(file.path)
        path = self._twins.get(real) or self._below_home(file.path, real)
        return file if path == file.path else replace(file, path=path, name=_name(path, file.name))

    def _below_home(self, path: Path, real: Path) -> Path:
        home = self._real(self.home)
        if path.is_relative_to(self.home) or not real.is_relative_to(home):
            return path
        return self.home / real.relative_to(home)

    @cached_property
    def _twins(self) -> Mapping[Path, Path]:
        """Paths of files in the index, by their paths without links."""
        paths = map(path_of, self._sources)
        return {self._real(path): path for path in paths if path.is_absolute()}

    def _real(self, path: Path) -> Path:
        """Return a path without links; each folder is looked up once."""
        if path.is_symlink():
            return real_path(path)
        folder = self._real_folders.get(path.parent)
        if folder is None:
            folder = self._real_folders[path.parent] = real_path(path.parent)
        return folder / path.name


def _name(path: Path, name: str) -> str:
    """Return the longest end of a path that ends a name too; else the last part of the path."""
    ends = (end for end in path_ends(path) if f"/{name}".endswith(f"/{end}"))
    return max(ends, key=len, default=path.name)
