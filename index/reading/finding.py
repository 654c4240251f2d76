"""Search of paths for files with a suffix that plait reads.

Reads names and the results of `stat`; opens nothing, so that a pipe cannot block it.
Folders are traversed in order of name, links are followed, and everything is visited
once, however many links lead there.
"""

import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from plait.index.reading.failure import Failure, in_words, shown
from plait.index.reading.registry import REGISTRY

SUFFIX = re.compile(r"\.(?=.*[^\W\d_])[\w+~-]{1,12}")
"""Suffix that says of which kind a file is; a number is that of a version or a day."""

Identity: TypeAlias = tuple[int, int, str]
"""Device and inode of a folder, and a file's name in it."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file found on disk, with its size and time of change then."""

    path: Path
    """Absolute path, links not resolved."""
    name: str
    """Path from the folder that was named, its own name first, with `/`; the name alone of a file
    that was itself named. The id of its one article, unless another has it
    (`plait.index.reading.naming`)."""
    size: int
    """Size in bytes."""
    mtime_ns: int
    """Time of the last change, in nanoseconds since 1970."""


def find_files(
    paths: Sequence[Path], leave_out: Callable[[Path], object] = lambda _: None
) -> Iterator[SourceFile | Failure]:
    """Yield the files at and below some paths, in the order given and by name inside.

    In a folder only names with a registered suffix count, in capitals or not; hidden names
    (`.git`, `.venv`) do not. A file that is a path itself always counts. Broken links,
    unreadable folders, and pipes, sockets and devices named like articles are failures; so
    are, before all files, packages whose format cannot be used. `leave_out` is called with each
    file of another suffix.
    """
    yield from REGISTRY.failures()
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
            elif isinstance(found, Path):
                leave_out(found)
            elif found:
                yield SourceFile(found[0], name_of(found[0], named), *found[1])


def visit(
    path: Path, visited: set[Identity], named: Path
) -> list[Path] | tuple[Path, tuple[int, int]] | Path | Failure | None:
    """Return a folder's entries, a file with size and time, or a failure.

    Or else the path of a file that is not wanted, or None: nothing to read.
    """
    wanted = path == named or REGISTRY.format_of(path.name) is not None
    try:
        state = path.stat()
        is_folder = stat.S_ISDIR(state.st_mode)
        if not (is_folder or wanted or stat.S_ISREG(state.st_mode)):
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
    return (path, (state.st_size, state.st_mtime_ns)) if wanted else path


def folder_identity(state: os.stat_result) -> Identity:
    """Return what identifies a folder, whatever path led to it."""
    return state.st_dev, state.st_ino, ""


def file_identity(path: Path) -> Identity:
    """Return what identifies a file: its folder, and its name there.

    Not its own inode: hard links are files of their own, with ids of their own.
    """
    real = Path(os.path.realpath(path)) if path.is_symlink() else path
    return *folder_identity(real.parent.stat())[:2], real.name


def broken(path: Path, error: OSError) -> str:
    """Return why a path leads to nothing that can be read."""
    return f"broken link ({in_words(error)})" if path.is_symlink() else in_words(error)


def kind_of(path: Path) -> str:
    """Return the suffix of a file in lower case, empty where what is after its dot is no suffix.

    >>> kind_of(Path("a.tar.GZ")), kind_of(Path("Mr. Smith's letter"))
    ('.gz', '')
    """
    suffix = path.suffix.lower()
    return suffix if SUFFIX.fullmatch(suffix) else ""


def absolute(path: Path) -> Path:
    """Return a path made absolute, `..` folded, links not followed."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links


def name_of(path: Path, named: Path) -> str:
    """Return the path of a file from the path that was named, whose last part comes first.

    A folder whose name cannot be printed is left out.

    >>> name_of(Path("/p/a/b/1.txt"), Path("/p/a")), name_of(Path("/p/a/1.txt"), Path("/p/a/1.txt"))
    ('a/b/1.txt', '1.txt')
    """
    is_left_out = path != named and not named.name.isprintable()
    return path.relative_to(named if is_left_out else named.parent).as_posix()
