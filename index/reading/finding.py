"""Here are paths: which files lie there?

Looks at names and at what `stat` says; opens nothing, so that a pipe cannot
block it. Folders are walked in order of name, links are followed, and everything
is visited once, however many links lead there.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from plait.index.reading.failure import Failure, in_words, shown
from plait.index.reading.registry import REGISTRY

Identity: TypeAlias = tuple[int, int, str]
"""Device and number of a folder, and a file's name in it."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file found on disk, and its state then."""

    path: Path
    """Absolute, links as they were found."""
    name: str
    """Path below the base folder, or absolute outside it, with `/`: the id of a file that
    is one article."""
    size: int
    """Bytes."""
    mtime_ns: int


def find_files(paths: Sequence[Path], base: Path) -> Iterator[SourceFile | Failure]:
    """Yield the files at and below some paths, in the order given and by name inside.

    In a folder only names with a registered suffix count, in capitals or not; hidden names
    (`.git`, `.venv`) do not. A file that is a path itself always counts. Broken links,
    unreadable folders, and pipes, sockets and devices named like articles are failures; so
    are, before all files, packages whose format cannot be used.
    """
    yield from REGISTRY.failures()
    root = absolute(base)
    visited: set[Identity] = set()
    for path in paths:
        named = absolute(path)
        waiting = [named]
        while waiting:
            found = visit(waiting.pop(), visited, named)
            if isinstance(found, list):
                waiting += reversed(found)
            elif isinstance(found, Failure):
                yield found
            elif found:
                yield SourceFile(found[0], name_of(found[0], root), *found[1])


def visit(
    path: Path, visited: set[Identity], named: Path
) -> list[Path] | tuple[Path, tuple[int, int]] | Failure | None:
    """Look at one path: a folder's entries, a file with size and time, or nothing to read."""
    wanted = path == named or REGISTRY.format_of(path.name) is not None
    try:
        state = path.stat()
        is_folder = stat.S_ISDIR(state.st_mode)
        if not (is_folder or wanted):
            return None
        itself = folder_identity(state) if is_folder else file_identity(path)
        if itself in visited:
            return None
        visited.add(itself)
        if is_folder:
            return [child for child in sorted(path.iterdir()) if child.name[0] != "."]
    except OSError as error:
        return Failure(shown(path), broken(path, error))
    if not stat.S_ISREG(state.st_mode):
        return Failure(shown(path), "not a regular file (a pipe, socket or device): leave it out")
    return path, (state.st_size, state.st_mtime_ns)


def folder_identity(state: os.stat_result) -> Identity:
    """Tell a folder from every other, whatever path led to it."""
    return state.st_dev, state.st_ino, ""


def file_identity(path: Path) -> Identity:
    """Tell a file from every other by its folder and its name there.

    Not by its own number: hard links are files of their own, with ids of their own.
    """
    real = Path(os.path.realpath(path)) if path.is_symlink() else path
    return *folder_identity(real.parent.stat())[:2], real.name


def broken(path: Path, error: OSError) -> str:
    """Say why a path leads nowhere."""
    return f"broken link ({in_words(error)})" if path.is_symlink() else in_words(error)


def absolute(path: Path) -> Path:
    """Make a path absolute without following links, `..` folded."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links


def name_of(path: Path, base: Path) -> str:
    """Give the path below the base folder, or the whole path outside it."""
    return (path.relative_to(base) if path.is_relative_to(base) else path).as_posix()
