"""Here is an index folder: which files belong to it, and were they made with what?

`manifest.json` is the commit point: whatever it names is complete, and whatever
it does not name does not exist.
"""

import json
import re
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from plait.index.durable import TEMPORARY, checksum, publish
from plait.index.errors import CorruptIndexError, FingerprintError, NoIndexError

FORMAT = 3
"""Layout of the folder; a reader refuses any other. 3: the signs of vectors."""

NAME = "manifest.json"

TOKENS = "/token_signs.npy"
"""How the path of a segment's largest file ends (`plait.index.tokens`)."""

OWN_NAMES = re.compile(r"segment-\d+(\.deleted-\d+\.npy)?|sources-\d+\.json")
"""Names of what plait keeps beside the manifest and the lock, and no others."""


def is_own(name: str) -> bool:
    """Say whether plait gave this name to something that it may remove."""
    plain = name.removeprefix(TEMPORARY)
    return OWN_NAMES.fullmatch(plain) is not None or name == TEMPORARY + NAME


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
        if not path.is_file():
            return f"{self.path}: missing"
        if path.stat().st_size != self.size:
            return f"{self.path}: {path.stat().st_size} bytes, should be {self.size}"
        same = sizes_only or checksum(path) == self.checksum
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
    format: int = field(default=FORMAT)

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
        text = json.dumps(asdict(self), indent=1)
        publish(root / NAME, lambda path: path.write_text(text))


def read_manifest(root: Path) -> Manifest:
    """Read an index's state; raises `NoIndexError`, `CorruptIndexError`, `FingerprintError`."""
    try:
        record = json.loads((root / NAME).read_text())
    except (FileNotFoundError, NotADirectoryError):
        raise NoIndexError(
            f"no index at {root}. Make one with `plait index PATH -i {root}`, "
            "or name another with -i or PLAIT_INDEX."
        ) from None
    except ValueError as error:
        raise CorruptIndexError(
            f"{root / NAME} is damaged: {error}. Index again into a new folder."
        ) from error
    found = record.get("format") if isinstance(record, dict) else None
    if isinstance(record, dict) and found != FORMAT:
        raise FingerprintError(
            f"{root} has format {found!r}, this plait reads format {FORMAT}. Index again "
            "into a new folder, or use the plait that wrote it."
        )
    try:
        return _manifest(record)
    except (KeyError, TypeError, ValueError) as error:
        raise CorruptIndexError(
            f"{root / NAME} is damaged: {error!r}. Index again into a new folder."
        ) from error


def _manifest(record: Any) -> Manifest:
    """Build a manifest of what JSON gave; raises KeyError, TypeError or ValueError."""
    return Manifest(
        recipe=_checked(Recipe, record["recipe"]),
        generation=int(record["generation"]),
        segments=tuple(map(_segment, record["segments"])),
        sources=_file(record["sources"]) if record["sources"] else None,
        system=_text(record.get("system", "")),  # earlier versions wrote none
    )


def _segment(record: Any) -> SegmentEntry:
    files = tuple(map(_file, record["files"]))
    deletions = _file(record["deletions"]) if record["deletions"] else None
    if not OWN_NAMES.fullmatch(record["name"]):
        raise ValueError(record["name"])
    plain = {name: record[name] for name in ("name", "articles", "passages")}
    if not all(type(plain[name]) is int for name in ("articles", "passages")):
        raise TypeError(f"{plain} counts nothing")
    return SegmentEntry(**plain, files=files, recall=_share(record["recall"]), deletions=deletions)


def _file(record: Any) -> FileEntry:
    file = _checked(FileEntry, record)
    # Never outside the index folder, whoever wrote the manifest.
    folder, _, name = file.path.rpartition("/")
    if "/" in folder or not OWN_NAMES.fullmatch(folder or name) or name in {"", "..", "."}:
        raise ValueError(file.path)
    return file


def _share(record: Any) -> float | None:
    if record is not None and not 0 <= record <= 1:
        raise ValueError(record)
    return record if record is None else float(record)


def _text(record: Any) -> str:
    if not isinstance(record, str):
        raise TypeError(f"{record!r} is no text")
    return record


T = TypeVar("T", FileEntry, Recipe)


def _checked(kind: type[T], record: Any) -> T:
    """Build a flat record whose fields all have the type they are declared with."""
    for entry in fields(kind):
        if type(record[entry.name]).__name__ != entry.type.__name__:  # type: ignore[union-attr]
            raise TypeError(f"{entry.name} is {record[entry.name]!r}")
    return kind(**record)


def recorded_model(root: Path) -> str:
    """Name the model an index was built with, as `--model` was given; empty if there is none."""
    try:
        return read_manifest(root).recipe.model
    except NoIndexError:
        return ""


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
