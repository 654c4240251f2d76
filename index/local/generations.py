"""Generations of an index folder: one process makes them, one after the other.

Holds the lock, names new files, publishes manifests, removes files that no manifest names.
Does not know what a segment holds (`plait.index.local.writer`).
"""

import os
from collections.abc import Container
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

from plait.index.errors import IndexDirectoryError, LockedError, NoIndexError
from plait.index.files.atomic import discard, flush, make_folders
from plait.index.files.lock import LOCK, WriterLock
from plait.index.local.manifest import (
    LAST_GENERATION,
    MANIFEST,
    Manifest,
    highest_number,
    is_plait_name,
    read_manifest,
)


class Generations:
    """Generations of one index folder; a context manager that holds the folder's lock.

    `manifest` is the newest generation, None in a folder without an index.
    """

    def __init__(self, root: Path) -> None:
        """Open the folder, which is made where there is none.

        Raises `LockedError`, and as `read_manifest`.
        """
        _claim(root)
        self.root = root
        self.lock = WriterLock(root)
        self.certain = True
        """Whether it is known which manifest is published."""
        try:
            flush(root)  # a manifest must be on disk before files that it replaced are removed
            self.manifest = _newest(root)
            self._highest = highest_number(os.listdir(root))  # noqa: PTH208 - names are wanted
        except BaseException:
            self.lock.close()
            raise
        if self.manifest:
            self._highest = max(self._highest, self.manifest.generation)

    def next_number(self) -> int:
        """Return a number that no generation and no file had, not even in a failed attempt.

        Raises `IndexDirectoryError` after `LAST_GENERATION`, which only a forged name comes near,
        and `LockedError` where another process may take the same number.
        """
        self.lock.check()
        if self._highest >= LAST_GENERATION:
            raise IndexDirectoryError(f"{self.root} has no number left; index into a new folder.")
        self._highest += 1
        return self._highest

    def publish(self, manifest: Manifest) -> None:
        """Make a manifest the state of the index; then `adopt` it.

        Raises `LockedError`, and changes nothing, where another process published since.
        After any other error it is not known which generation a crash would leave: the
        manifest may have its name and not be on disk. `resolve` returns the one that is.
        """
        self.lock.check()
        found = _newest(self.root)
        known = self.manifest.generation if self.manifest else None
        if (found.generation if found else None) != known:
            raise LockedError(
                f"another process wrote to {self.root} meanwhile: its lock file must have been "
                "removed. What that process committed is there; open the index again."
            )
        self.certain = False
        manifest.publish(self.root)

    def adopt(self, manifest: Manifest) -> None:
        """Make a published manifest the newest generation, and remove what it does not name."""
        self.manifest, self.certain = manifest, True
        self.sweep()

    def resolve(self) -> Manifest | None:
        """Return the manifest that is there after a failed `publish`, on disk for certain.

        It is to be adopted. Raises `OSError` where the disk still fails.
        """
        flush(self.root)
        return _newest(self.root)

    def sweep(self) -> None:
        """Remove what the newest manifest does not name: leftovers, and older generations.

        What cannot be removed stays until the next time. As long as it is not certain which
        manifest a crash would leave, nothing is removed, as either may be needed; nor where
        another process may write, whose files no manifest names yet.
        """
        with suppress(OSError, IndexDirectoryError):
            self.lock.check()
            if self.certain and self.manifest and _newest(self.root) == self.manifest:
                self._remove_all_but({Path(file.path).parts[0] for file in self.manifest.files()})

    def _remove_all_but(self, named: Container[str]) -> None:
        for path in self.root.iterdir():
            if is_plait_name(path.name) and path.name not in named:
                with suppress(OSError):
                    discard(path)

    def close(self) -> None:
        """Release the lock; once is enough."""
        self.lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _newest(root: Path) -> Manifest | None:
    try:
        return read_manifest(root)
    except NoIndexError:
        return None


def _claim(root: Path) -> None:
    """Make the folder; raise `IndexDirectoryError` where it is neither an index nor empty."""
    if root.exists() and not root.is_dir():
        raise IndexDirectoryError(f"{root} is a file; name a folder for the index.")
    make_folders(root)
    if MANIFEST not in os.listdir(root):  # noqa: PTH208 - and not that it cannot be looked at
        foreign = [path.name for path in root.iterdir() if not is_plait_name(path.name)]
        if set(foreign) - {LOCK}:
            raise IndexDirectoryError(
                f"{root} is not empty and no index (it holds {min(foreign)}). "
                "Name an empty or a new folder with -i."
            )


def record_system(root: Path, system: str) -> str:
    """Make `system` the index's own way of searching, empty for plait's; return what it was.

    Raises as `read_manifest`, and `LockedError` while another process writes.
    """
    read_manifest(root)  # where there is no index, no lock file is left behind
    with Generations(root) as generations:
        manifest = generations.manifest or read_manifest(root)
        if system != manifest.system:
            changed = replace(manifest, generation=generations.next_number(), system=system)
            generations.publish(changed)
            generations.adopt(changed)
        return manifest.system
