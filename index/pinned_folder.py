"""Here is a folder of files known by hash: are they still those, and whose are they?

Files are hashed when the disk says that they are not as they were when last hashed: by
size, times and inode, kept beside them in `made.json`. That record says which hashes were
found, but vouches for none: whoever opens the folder brings the hashes along.
"""

import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from plait.index.durable import TEMPORARY, discard
from plait.index.errors import ModelError
from plait.index.model import hash_file

RECORD = "made.json"


@dataclass(frozen=True, slots=True)
class PinnedFolder:
    """A folder, and what its files must be."""

    path: Path
    files: Mapping[str, str]
    """File name to SHA-256, in hexadecimal."""

    def is_ready(self) -> bool:
        """Tell whether the folder is to be trusted, looking at no more of it than is needed."""
        return self._is_safe() and (self._is_as_recorded() or self.is_as_pinned())

    def is_as_pinned(self) -> bool:
        """Tell whether the files are what they must be; record it, where that is allowed."""
        with suppress(OSError, ModelError):
            found = self._stamps()  # before they are read: a change meanwhile must show later
            if self._is_safe() and not self.mistake():
                with suppress(OSError):
                    self._keep(found)
                return True
        return False

    def mistake(self) -> str:
        """Say which file is not what it must be; empty if all are. Raises `ModelError`."""
        for name, wanted in self.files.items():
            found = hash_file(self.path / name)
            if found != wanted:
                return f"the SHA-256 of {name} is {found}, not {wanted}"
        return ""

    def _is_safe(self) -> bool:
        """Tell whether nobody else can change the files, or put others in their place."""
        with suppress(OSError):
            paths = (self.path, *(self.path / name for name in self.files))
            return is_own(self.path.parent.resolve()) and all(map(is_own, paths))
        return False

    def _is_as_recorded(self) -> bool:
        with suppress(OSError):
            expected = self._stamps()
            # Compared and not parsed, nor waited for: whatever lies there cannot hurt.
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
            descriptor = os.open(self.path / RECORD, flags)
            try:
                return os.read(descriptor, len(expected) + 1) == expected
            finally:
                os.close(descriptor)
        return False

    def _stamps(self) -> bytes:
        """Write down what the disk says of each file, beside the hash that it must have."""
        lines = {}
        for name, wanted in self.files.items():
            found = (self.path / name).lstat()
            times = {"modified": found.st_mtime_ns, "changed": found.st_ctime_ns}
            lines[name] = {"sha256": wanted, "bytes": found.st_size, **times, "inode": found.st_ino}
        return (json.dumps(lines, indent=2) + "\n").encode()

    def _keep(self, record: bytes) -> None:
        temporary = self.path / f"{TEMPORARY}{RECORD}"
        discard(temporary)
        temporary.write_bytes(record)
        temporary.chmod(0o644)
        temporary.replace(self.path / RECORD)


def is_own(path: Path) -> bool:
    """Tell whether only the user, or root, can change a file or a folder; no link is followed.

    A folder like /tmp is taken as well: others add files there, but cannot touch this one's.
    """
    found = path.lstat()
    kept = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
    plain = stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)
    writable = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return plain and found.st_uid in {0, os.geteuid()} and (not writable or bool(kept))


def make_own(folder: Path) -> None:
    """Make a folder that only its user can enter, or close one that is there to changes.

    Raises `PermissionError` where it is somebody else's.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = folder.resolve()
    if not is_own(folder):
        mode = stat.S_IMODE(folder.stat().st_mode)
        folder.chmod(mode & ~(stat.S_IWGRP | stat.S_IWOTH))
    if not is_own(folder):  # root may change what is another user's
        raise PermissionError(None, "it belongs to another user")
