"""What an index folder consists of, and what it was made with.

`manifest.json` is the commit point: whatever it names is complete, and whatever it does
not name does not exist. Reading it is `plait.index.manifest_record`.
"""

import json
import os
import re
import stat
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import Any

from plait.index.durable import checksum, publish
from plait.index.errors import FingerprintError, IndexDirectoryError, damaged

FORMAT = 4
"""Layout of the folder, as it is written. 3: signs of vectors; 4: a checksum of the manifest."""

NAME = "manifest.json"

LARGEST = 8 << 20
"""Bytes of a manifest: 1,500 segments, and merging keeps eight."""

TOKENS = "/token_signs.npy"
"""How the path of a segment's largest file ends (`plait.index.tokens`)."""

LAST = 10**15 - 1
"""The last number of a generation; a name with a longer one is none of plait's."""

OWN_NAME = r"segment-\d{1,15}(?:\.deleted-\d{1,15}\.npy)?|sources-\d{1,15}\.json"
"""Pattern of the names that plait keeps beside the manifest and the lock, and no others."""

_OWN = re.compile(rf"({OWN_NAME})|\.tmp-(?:[0-9a-f]+-)?({OWN_NAME}|manifest\.json)")


def is_plait_name(name: str) -> bool:
    """Return whether plait gave this name to something that it may remove."""
    return _OWN.fullmatch(name) is not None


def highest_number(names: Iterable[str]) -> int:
    """Return the highest generation in some names that plait gave; -1 where there is none."""
    own = (found[1] or found[2] for name in names if (found := _OWN.fullmatch(name)))
    return max((int(digits) for name in own for digits in re.findall(r"\d+", name)), default=-1)


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
    """Recall@10 of the dense leg (`plait.index.recall`); None where every vector is read."""
    deletions: FileEntry | None = None

    def check(self, root: Path, names: Collection[str] = ()) -> None:
        """Compare the deletions, and the files of some arrays or of all, with their checksums.

        Raises `CorruptIndexError`. What is read to be written again must be as it was
        written, or its damage would be given new checksums.
        """
        chosen = [f for f in self.files if not names or PurePosixPath(f.path).stem in names]
        for file in (*chosen, self.deletions) if self.deletions else chosen:
            if damage := file.damage(root):
                raise damaged(root, damage)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an index was built with; two recipes never mix in one index."""

    analyzer: str
    encoder: str
    cutting: str
    model: str = ""
    """As `--model` was given; empty for the default."""
    window: int = 0
    dimension: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation of an index."""

    recipe: Recipe
    generation: int = 0
    segments: tuple[SegmentEntry, ...] = ()
    sources: FileEntry | None = None
    """Which files on disk were read, and their state then."""
    system: str = ""
    """The index's own way of searching, as `plait.index.default` records it; empty for plait's."""

    def files(self) -> list[FileEntry]:
        """List every file that belongs to this generation."""
        files = [file for segment in self.segments for file in segment.files]
        files += [segment.deletions for segment in self.segments if segment.deletions]
        return files + ([self.sources] if self.sources else [])

    def facts(self) -> dict[str, str | int]:
        """Say what a person wants to know of it."""
        return {
            "generation": self.generation,
            "articles": sum(segment.articles for segment in self.segments),
            "passages": sum(segment.passages for segment in self.segments),
            "segments": len(self.segments),
            "bytes": sum(file.size for file in self.files()),
            "token_bytes": sum(f.size for f in self.files() if f.path.endswith(TOKENS)),
            "encoder": self.recipe.encoder,
            "analyzer": self.recipe.analyzer,
            "cutting": self.recipe.cutting,
            "dense": self._dense(),
            "system": self.system or "hybrid",
        }

    def _dense(self) -> str:
        """Say how the dense leg is searched."""
        measured = [s for s in self.segments if s.recall is not None]
        passages = sum(segment.passages for segment in self.segments)
        if not measured or not passages:
            return "exact"
        missed = sum(s.passages * (1.0 - (s.recall or 0.0)) for s in measured)
        return f"by signs; recall@10 against exact {1 - missed / passages:.4f}"

    def damage(self, root: Path, *, sizes_only: bool = False) -> list[str]:
        """Compare every file with its size, and its checksum; say what differs."""
        found = (file.damage(root, sizes_only=sizes_only) for file in self.files())
        return [line for line in found if line]

    def publish(self, root: Path) -> None:
        """Make this generation the index's state, atomically."""
        record = asdict(self) | {"format": FORMAT}
        text = json.dumps(record | {"checksum": record_checksum(record)}, indent=1)
        if len(text) > LARGEST:
            raise IndexDirectoryError(
                f"{root} would have {len(self.segments)} segments, more than a manifest lists. "
                "Merges failed: the disk is full, or the process may open too few files. Change "
                "that, and index again."
            )
        publish(root / NAME, lambda path: path.write_text(text), replace=True)


def record_checksum(record: Mapping[str, Any]) -> str:
    """Fingerprint a manifest's content, however it is laid out: BLAKE2b, 16 bytes."""
    text = json.dumps(record, sort_keys=True)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def check_recipe(found: Recipe, wanted: Recipe, root: Path) -> None:
    """Refuse to mix what would not match; raises `FingerprintError` with the remedy."""
    for part in ("analyzer", "encoder", "cutting"):
        if getattr(found, part) != getattr(wanted, part):
            named = f"index with --model {found.model or 'all-MiniLM-L6-v2'}"
            remedy = named if part == "encoder" else "use the plait that wrote it"
            raise FingerprintError(
                f"{root} was built with {part} {getattr(found, part)!r}, this plait would use "
                f"{getattr(wanted, part)!r}. Index into a new folder, or {remedy}."
            )
    if found.dimension != wanted.dimension:
        raise damaged(root, f"vectors of {found.dimension} components, not {wanted.dimension}")
