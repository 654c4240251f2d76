"""Files pinned by hash, and whether only their owner can change them.

Files are hashed when the disk says that they are not as they were when last hashed: by
size, times and inode, kept beside them in `made.json`. That record says which hashes were
found, but proves none: whoever opens the folder brings the hashes along.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from plait.index.errors import ModelError
from plait.index.files.atomic import TEMPORARY, discard
from plait.index.models.hub import hash_file
from plait.index.models.user_cache import is_protected

RECORD = "made.json"


@dataclass(frozen=True, slots=True)
class PinnedFolder:
    """A folder, and what its files must hash to."""

    path: Path
    files: Mapping[str, str]
    """File name to SHA-256, in hexadecimal."""

    def is_ready(self) -> bool:
        """Return whether the folder can be trusted, reading as little as is needed."""
        return self._is_safe() and (self._is_as_recorded() or self.verify())

    def verify(self) -> bool:
        """Return whether the files have their hashes; record it where possible."""
        with suppress(OSError, ModelError):
            found = self._stamps()  # before they are read: a change meanwhile must show later
            if self._is_safe() and not self.difference():
                with suppress(OSError):
                    self._keep(found)
                return True
        return False

    def difference(self) -> str:
        """Return how the first wrong file differs; empty if none does. Raises `ModelError`."""
        for name, wanted in self.files.items():
            found = hash_file(self.path / name)
            if found != wanted:
                return f"the SHA-256 of {name} is {found}, not {wanted}"
        return ""

    def _is_safe(self) -> bool:
        """Return whether nobody else can change the files, or put others in their place."""
        with suppress(OSError):
            paths = (self.path, *(self.path / name for name in self.files))
            return is_protected(self.path.parent.resolve()) and all(map(is_protected, paths))
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
        """Return what the disk says of each file, beside the hash that it must have, as JSON."""
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
