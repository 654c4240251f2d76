"""Files and folders that appear whole or not at all, and that are read only if regular.

To write: under a temporary name, flush file and folder, rename, flush the parent. To read:
regular files only, no links, and nothing that a process would wait for.
"""

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path

from plait.index.errors import CorruptIndexError, LockedError, damaged

TEMPORARY = ".tmp-"
"""Prefix of the name of whatever is not committed yet; a writer removes leftovers."""

FILES_FLUSHED_AT_ONCE = 8
"""Number of files flushed at once; more were no faster."""


def checksum(path: Path) -> str:
    """Return the checksum of a file's content: BLAKE2b, 16 bytes, in hexadecimal.

    Raises as `open_regular`.
    """
    state = blake2b(digest_size=16)
    with open_regular(path) as (descriptor, _):
        while block := os.read(descriptor, 1 << 20):
            state.update(block)
    return state.hexdigest()


@contextlib.contextmanager
def open_regular(path: Path) -> Iterator[tuple[int, int]]:
    """Open a file of an index for reading; yield its descriptor, and its size in bytes.

    Raises `CorruptIndexError` for a link, and for whatever else is no regular file: plait
    wrote every file of an index, and a pipe would be waited for. Raises `OSError`.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno not in {errno.ELOOP, errno.ENXIO}:  # a link, a socket
            raise
        raise _irregular(path) from error
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise _irregular(path)
        yield descriptor, state.st_size
    finally:
        os.close(descriptor)


def read_bounded(path: Path, most: int) -> bytes:
    """Return a whole file of an index.

    Raises as `open_regular`, and `CorruptIndexError` for more than `most` bytes.
    """
    with open_regular(path) as (descriptor, size):
        if size > most:
            raise damaged(path, f"{size} bytes, where plait writes {most} at most")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read()


def _irregular(path: Path) -> CorruptIndexError:
    return damaged(path, "a link, or no regular file")


def publish(target: Path, write: Callable[[Path], object], *, replace: bool = False) -> None:
    """Call `write` to make a file or folder, flush it, and rename it to `target` in one step.

    Raises `LockedError` where the name is taken, unless it is to `replace` a file. An
    `OSError` names the file. Where flushing the parent fails, `target` is there already.
    """
    # A name of its own: another process may publish the same target.
    temporary = target.with_name(f"{TEMPORARY}{os.urandom(8).hex()}-{target.name}")
    try:
        with naming(temporary):
            write(temporary)
            # At once: a disk that has to flush 32 files takes the time of two.
            with ThreadPoolExecutor(FILES_FLUSHED_AT_ONCE) as pool:
                list(pool.map(flush, [temporary, *temporary.glob("*")]))
            if not replace:
                _refuse_taken(target)
            temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            discard(temporary)  # it may have filled the disk
        raise
    flush(target.parent)


def _refuse_taken(target: Path) -> None:
    if os.path.lexists(target):
        raise LockedError(f"{target} was made by another process. Open the index again.")


def make_folders(folder: Path) -> None:
    """Make a folder and those above it that are missing, and wait until they are on disk."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in missing:
        flush(path.parent)


def discard(path: Path) -> None:
    """Remove a file, a folder or a link, but not what the link leads to; it may be missing."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Wait until a file or folder is on disk."""
    with naming(path):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Name this file in an `OSError` that names none, such as one of a full disk."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
