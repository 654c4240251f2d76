"""What a manifest lists: files with their checksums, and the segments that they make up."""

import os
import stat
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from plait.index.errors import damaged
from plait.index.files.atomic import checksum

Counts: TypeAlias = tuple[int, int, int | None]
"""Live articles, live passages, and those of them that are illegible, where that is known."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file: path relative to the index folder, size in bytes, checksum."""

    path: str
    size: int
    checksum: str

    @classmethod
    def of(cls, root: Path, path: Path) -> "FileEntry":
        """Measure a file that is on disk."""
        return cls(path.relative_to(root).as_posix(), path.stat().st_size, checksum(path))

    def damage(self, root: Path, *, sizes_only: bool = False) -> str | None:
        """Say how the file differs from what was written, if it does."""
        path = root / self.path
        try:
            state = os.lstat(path)
            if not stat.S_ISREG(state.st_mode):
                return f"{self.path}: a link or no regular file"
            if state.st_size != self.size:
                return f"{self.path}: {state.st_size} bytes, should be {self.size}"
            same = sizes_only or checksum(path) == self.checksum
        except (FileNotFoundError, NotADirectoryError):
            return f"{self.path}: missing"
        return None if same else f"{self.path}: content altered"


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """One segment: its folder's name, its files, and its deletions if any."""

    name: str
    articles: int
    """Live ones."""
    passages: int
    """Live ones."""
    files: tuple[FileEntry, ...]
    recall: float | None
    """Recall@10 of the dense leg (`plait.index.local.recall`); None where every vector is read."""
    deletions: FileEntry | None = None
    illegible: int | None = None
    """Live passages in a language that the model hardly knows
    (`plait.index.models.legibility`); None where an earlier version, which did not ask, wrote
    some of them."""

    def check(self, root: Path, names: Collection[str] = ()) -> None:
        """Compare the deletions, and the files of some arrays or of all, with their checksums.

        Raises `CorruptIndexError`. What is read to be written again must be as it was
        written, or its damage would be given new checksums.
        """
        chosen = [f for f in self.files if not names or PurePosixPath(f.path).stem in names]
        for file in (*chosen, self.deletions) if self.deletions else chosen:
            if damage := file.damage(root):
                raise damaged(root, damage)


def totals(segments: Sequence[SegmentEntry]) -> Counts:
    """Return what some segments count together."""
    told = [s.illegible for s in segments if s.illegible is not None]
    return (
        sum(segment.articles for segment in segments),
        sum(segment.passages for segment in segments),
        sum(told) if len(told) == len(segments) else None,
    )
