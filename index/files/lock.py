"""The writer's lock of an index folder, which one process holds at a time.

The kernel releases it when the process ends, however it ends, so there are no stale locks
to clear by hand. It belongs to the process that took it: a forked child does not hold it.
"""

import fcntl
import os
import socket
import stat
from errno import EISDIR, ENXIO
from pathlib import Path
from weakref import WeakSet

from plait.index.errors import IndexDirectoryError, LockedError

LOCK = "lock"
"""Name of the lock's file in an index folder."""

_REMEDY = "Nothing that was committed is lost; open the index again."


class WriterLock:
    """A lock that this process holds. Does not wait for another process."""

    def __init__(self, folder: Path) -> None:
        """Take the folder's lock; raises `LockedError` naming the holder."""
        self._path = folder / LOCK
        self._descriptor = _opened(self._path)
        try:
            self._take(folder)
        except BaseException:
            self.close()
            raise
        _HELD.add(self)

    def _take(self, folder: Path) -> None:
        state = os.fstat(self._descriptor)
        # A file with another name elsewhere is not ours to write to.
        if not stat.S_ISREG(state.st_mode) or state.st_nlink > 1:
            raise _foreign(self._path)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._descriptor, 200).decode(errors="replace").strip()
            raise LockedError(
                f"another process is writing to {folder} ({holder or 'it does not say which'}). "
                "Wait until it ends; readers are not affected."
            ) from None
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, f"process {os.getpid()} on {socket.gethostname()}\n".encode())

    @property
    def closed(self) -> bool:
        """Whether it was released, or this is a child of the process that holds it."""
        return self._descriptor < 0

    def check_open(self) -> None:
        """Raise `LockedError` where the lock was released, or is a parent process's."""
        if self.closed:
            raise LockedError(f"{self._path} is not held by this process any more. {_REMEDY}")

    def check(self) -> None:
        """Raise `LockedError` where the lock is no longer held, or its file was removed.

        In either case another process may write, and this one may publish nothing more.
        """
        self.check_open()
        try:
            held = os.path.samestat(os.fstat(self._descriptor), os.lstat(self._path))
        except FileNotFoundError:
            held = False
        if not held:
            raise LockedError(f"{self._path} was removed while it was held. {_REMEDY}")

    def close(self) -> None:
        """Release the lock; a second call does nothing."""
        if not self.closed:
            os.close(self._descriptor)
            self._descriptor = -1


def _opened(path: Path) -> int:
    """Open the file, never what a link leads to: nobody but a writer uses this name."""
    if path.is_symlink():
        path.unlink()
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o644)
    except OSError as error:
        if error.errno not in {EISDIR, ENXIO}:
            raise
        raise _foreign(path) from error


def _foreign(path: Path) -> IndexDirectoryError:
    return IndexDirectoryError(f"{path} is no file of plait's; remove it.")


_HELD: "WeakSet[WriterLock]" = WeakSet()
"""Locks that this process holds, for a child to close."""


def _close_in_child() -> None:
    """Close the locks that a fork copied: the child would hold them until it ends."""
    for lock in list(_HELD):
        lock.close()


os.register_at_fork(after_in_child=_close_in_child)
