"""Entries of a manifest: files with their checksums, and the segments that they make up."""

import os
import stat
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from plait.index.errors import damaged
from plait.index.files.atomic import checksum

Counts: TypeAlias = tuple[int, int, int | None]
"""Numbers of live articles, live passages, and illegible ones of these, where that is known."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """File of an index: path relative to the index folder, size in bytes, checksum."""

    path: str
    size: int
    checksum: str

    @classmethod
    def of(cls, root: Path, path: Path) -> "FileEntry":
        """Return the entry of a file on disk."""
        return cls(path.relative_to(root).as_posix(), path.stat().st_size, checksum(path))

    def damage(self, root: Path, *, sizes_only: bool = False) -> str | None:
        """Return how the file differs from what was written; None where it does not."""
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
    """Segment of an index: its folder's name, its files, and its deletions if any."""

    name: str
    articles: int
    """Number of live articles."""
    passages: int
    """Number of live passages."""
    files: tuple[FileEntry, ...]
    recall: float | None
    """Recall@10 of the dense leg (`plait.index.local.recall`); None where every vector is read."""
    deletions: FileEntry | None = None
    illegible: int | None = None
    """Number of live passages in a language that the model hardly knows
    (`plait.index.models.legibility`); None where an earlier version, which did not count them,
    wrote some of the passages."""

    undated: int | None = None
    """Number of live articles without a date; None where an earlier version, which kept no columns,
    wrote the segment."""

    def check(self, root: Path, names: Collection[str] = ()) -> None:
        """Compare the deletions, and the files of some arrays or of all, with their checksums.

        Raises `CorruptIndexError`. Files that are read to be written again must be as they were
        written, or their damage would get new checksums.
        """
        chosen = [f for f in self.files if not names or PurePosixPath(f.path).stem in names]
        for file in (*chosen, self.deletions) if self.deletions else chosen:
            if damage := file.damage(root):
                raise damaged(root, damage)


def totals(segments: Sequence[SegmentEntry]) -> Counts:
    """Return the sums of the counts of some segments."""
    told = [s.illegible for s in segments if s.illegible is not None]
    return (
        sum(segment.articles for segment in segments),
        sum(segment.passages for segment in segments),
        sum(told) if len(told) == len(segments) else None,
    )
