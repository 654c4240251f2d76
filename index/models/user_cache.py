"""Folder of the user's cache: where it is, and whether only its user can change it."""

import os
import stat
from pathlib import Path


def cache_home() -> Path:
    """Return PLAIT_CACHE, else XDG_CACHE_HOME/plait, else ~/.cache/plait."""
    if chosen := os.environ.get("PLAIT_CACHE"):
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "plait"


def is_protected(path: Path) -> bool:
    """Return whether only the user, or root, can change a file or folder; follows no link.

    A folder like /tmp is taken as well: others add files there, but cannot touch this one's.
    """
    found = path.lstat()
    kept = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
    plain = stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)
    writable = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return plain and found.st_uid in {0, os.geteuid()} and (not writable or bool(kept))


def make_own(folder: Path) -> None:
    """Make a folder that only its user can enter, or close one that is there to others' changes.

    Raises `PermissionError` where it is somebody else's.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = folder.resolve()
    if not is_protected(folder):
        mode = stat.S_IMODE(folder.stat().st_mode)
        folder.chmod(mode & ~(stat.S_IWGRP | stat.S_IWOTH))
    if not is_protected(folder):  # root may change what is another user's
        raise PermissionError(None, "it belongs to another user")
