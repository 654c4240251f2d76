"""Here are new files: how do they get to disk so that a crash never shows half of them?

Write under a temporary name, flush file and folder, rename, flush the parent.
"""

import contextlib
import fcntl
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path

from plait.index.errors import LockedError

LOCK = "lock"

TEMPORARY = ".tmp-"
"""Prefix of whatever is not committed yet; a writer removes leftovers."""


FLUSHED_AT_ONCE = 8
"""Files; more were no faster."""


def checksum(path: Path) -> str:
    """Fingerprint a file's content: BLAKE2b, 16 bytes, in hexadecimal."""
    state = blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            state.update(block)
    return state.hexdigest()


def publish(target: Path, write: Callable[[Path], object]) -> None:
    """Let `write` make a file or folder, flush it, and give it its name in one step."""
    temporary = target.with_name(TEMPORARY + target.name)
    discard(temporary)
    try:
        write(temporary)
    except BaseException:
        discard(temporary)  # it may have filled the disk
        raise
    # All at once: a disk that is told to keep forty files does it for the price of two.
    with ThreadPoolExecutor(FLUSHED_AT_ONCE) as pool:
        list(pool.map(flush, [temporary, *temporary.glob("*")]))
    if temporary.is_dir():
        # Left by a commit that failed later: no manifest names it, and it is in the way.
        discard(target)
    temporary.replace(target)
    flush(target.parent)


def discard(path: Path) -> None:
    """Remove a file or folder if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Wait until a file or folder is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the folder's lock file while writing; raises `LockedError` naming the holder.

    The kernel releases the lock when the process ends, however it ends, so there
    are no stale locks to clear by hand.
    """
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(descriptor, 200).decode(errors="replace").strip()
            raise LockedError(
                f"another process is writing to {folder} ({holder or 'it does not say which'}). "
                "Wait until it ends; readers are not affected."
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
        yield
    finally:
        os.close(descriptor)
