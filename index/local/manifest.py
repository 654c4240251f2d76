"""Manifest of an index folder: the files that it consists of, and its recipe.

`manifest.json` is the commit point: all that it names is complete, and what it does not
name is not part of the index. It may be damaged or forged, so types, ranges, paths, counts
and the checksum are checked before it is used.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from plait.index.errors import FingerprintError, IndexDirectoryError, NoIndexError, damaged
from plait.index.files.atomic import publish, read_bounded
from plait.index.language.english import ENGLISH
from plait.index.language.language import Language
from plait.index.language.languages import LANGUAGES, language_named
from plait.index.local.entries import FileEntry, SegmentEntry
from plait.index.local.facts import dense_fact, illegible_fact, undated_fact
from plait.index.recipe import Recipe

FORMAT = 8
"""Format of the folder, as it is written. 3 added signs of vectors; 4 a checksum of the manifest; 5
the passages that are illegible to the model; 6 the name of the language, where that is not English;
7 columns of the articles' fields; 8 sources relative to the folder that the index lies in."""

MANIFEST = "manifest.json"
"""Name of the manifest's file."""

MANIFEST_BYTES = 8 << 20
"""Greatest size of a manifest: 1,500 segments, and merging leaves eight."""

READABLE_FORMATS = (3, 4, 5, 6, 7, FORMAT)
"""Formats that are read: the older ones lack nothing that a search needs, except its filters. A
writer makes them anew (`plait.index.local.remaking`)."""

RELATIVE_SINCE = 8
"""First format whose sources are relative (`plait.index.local.place`)."""

FORMAT_WITHOUT_CHECKSUM = 3
"""The one format that is read and has no checksum of the manifest."""

LONGEST_TEXT = 5000
"""Greatest number of characters of a text in a manifest. The longest that plait writes is a system
with a path, which has 4,096 at most."""

WIDEST_VECTOR = 1 << 16
"""Greatest number of components of a vector: sixteen times that of the widest models."""

TOKENS_SUFFIX = "/token_signs.npy"
"""End of the path of a segment's largest file (`plait.index.dense.late_interaction`)."""

LAST_GENERATION = 10**15 - 1
"""Greatest number of a generation; a name with a longer one is none of plait's."""

OWN_NAME = r"segment-\d{1,15}(?:\.deleted-\d{1,15}\.npy)?|sources-\d{1,15}\.json"
"""Pattern of the names that plait writes beside the manifest and the lock, and of no others."""

OWN_PATHS = re.compile(rf"segment-\d{{1,15}}/[a-z_.]+\.npy|{OWN_NAME}")
"""Pattern of the paths that a manifest may list; none is outside the index folder."""

_OWN = re.compile(rf"({OWN_NAME})|\.tmp-(?:[0-9a-f]+-)?({OWN_NAME}|manifest\.json)")


def is_plait_name(name: str) -> bool:
    """Return whether plait gave this name to something that it may remove."""
    return _OWN.fullmatch(name) is not None


def highest_number(names: Iterable[str]) -> int:
    """Return the highest generation in some names that plait gave; -1 where there is none."""
    own = (found[1] or found[2] for name in names if (found := _OWN.fullmatch(name)))
    return max((int(digits) for name in own for digits in re.findall(r"\d+", name)), default=-1)


@dataclass(frozen=True, slots=True)
class Manifest:
    """Generation of an index: recipe, segments, sources and system."""

    recipe: Recipe
    generation: int = 0
    segments: tuple[SegmentEntry, ...] = ()
    sources: FileEntry | None = None
    """File with the sources of the index (`plait.index.local.sources`); None without any."""
    system: str = ""
    """Text of the index's own way of searching (`plait.index.local.generations.record_system`);
    empty for plait's."""
    format: int = FORMAT
    """Format of the folder as it was read: an older one is searched as it is."""
    home: str = ""
    """Folder that the index lay in when it was written (`plait.index.local.place`)."""

    def files(self) -> list[FileEntry]:
        """Return every file that belongs to this generation."""
        files = [file for segment in self.segments for file in segment.files]
        files += [segment.deletions for segment in self.segments if segment.deletions]
        return files + ([self.sources] if self.sources else [])

    def facts(self) -> dict[str, str | int]:
        """Return facts of the index for a person, by name."""
        return {
            "generation": self.generation,
            "articles": sum(segment.articles for segment in self.segments),
            "passages": sum(segment.passages for segment in self.segments),
            "segments": len(self.segments),
            "bytes": sum(file.size for file in self.files()),
            "token_bytes": sum(f.size for f in self.files() if f.path.endswith(TOKENS_SUFFIX)),
            "encoder": self.recipe.encoder,
            "analyzer": self.recipe.analyzer,
            "cutting": self.recipe.cutting,
            "dense": dense_fact(self.segments),
            "illegible": illegible_fact(self.segments),
            "undated": undated_fact(self.segments),
            "system": self.system or "hybrid",
        }

    def _record(self) -> dict[str, Any]:
        """Return the content of the file, except the checksum."""
        return asdict(self)

    def damage(self, root: Path, *, sizes_only: bool = False) -> list[str]:
        """Compare every file with its size, and its checksum; return what differs."""
        found = (file.damage(root, sizes_only=sizes_only) for file in self.files())
        return [line for line in found if line]

    def publish(self, root: Path) -> None:
        """Make this generation the index's state, atomically."""
        record = self._record()
        text = json.dumps(record | {"checksum": record_checksum(record)}, indent=1)
        if len(text) > MANIFEST_BYTES:
            raise IndexDirectoryError(
                f"{root} would have {len(self.segments)} segments, more than a manifest lists. "
                "Merges failed: the disk is full, or the process may open too few files. Change "
                "that, and index again."
            )
        publish(root / MANIFEST, lambda path: path.write_text(text), replace=True)


def record_checksum(record: Mapping[str, Any]) -> str:
    """Return a checksum of a manifest's content, whatever its spaces: BLAKE2b, 16 bytes."""
    text = json.dumps(record, sort_keys=True)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def read_manifest(root: Path) -> Manifest:
    """Read the manifest of an index.

    Raises `NoIndexError`, `CorruptIndexError`, also where the checksum differs, and
    `FingerprintError` for another format, or a language that is not known.
    """
    try:
        record = json.loads(read_bounded(root / MANIFEST, MANIFEST_BYTES))
    except (FileNotFoundError, NotADirectoryError):
        raise NoIndexError(
            f"no index at {root}. Make one with `plait index PATH -i {root}`, "
            "or name another with -i or PLAIT_INDEX."
        ) from None
    except (ValueError, RecursionError) as error:
        raise damaged(root / MANIFEST, str(error)) from error
    found = record.get("format") if isinstance(record, dict) else None
    if isinstance(record, dict) and found not in READABLE_FORMATS:
        first, *_, last = READABLE_FORMATS
        raise _foreign(f"{root} has format {found!r}, this plait reads {first} to {last}")
    try:
        manifest = _manifest(record)
    except (LookupError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise damaged(root / MANIFEST, f"{type(error).__name__}: {error}") from error
    if manifest.recipe.language not in LANGUAGES:
        found, known = manifest.recipe.language, ", ".join(LANGUAGES)
        raise _foreign(f"{root} is in {found!r}, this plait knows {known}")
    return manifest


def _foreign(found: str) -> FingerprintError:
    remedy = "Index again into a new folder, or use the plait that wrote it."
    return FingerprintError(f"{found}. {remedy}")


def _manifest(record: Any) -> Manifest:
    """Build a manifest from the JSON of its file.

    Raises Python's own errors for JSON that plait never writes.
    """
    if not isinstance(record, dict):
        raise TypeError(f"a JSON {type(record).__name__}")
    written = record.pop("checksum", None)
    wanted = None if record["format"] == FORMAT_WITHOUT_CHECKSUM else record_checksum(record)
    if written != wanted:
        raise ValueError(f"its checksum is {written!r}; wanted {wanted!r}")
    manifest = Manifest(
        recipe=_recipe(record["recipe"]),
        generation=_count(record["generation"], LAST_GENERATION),
        segments=tuple(map(_segment, record["segments"])),
        sources=_file(record["sources"]) if record["sources"] else None,
        system=_text(record.get("system", "")),  # earlier versions wrote none
        home=_text(record.get("home", "")),  # likewise
        format=max(record["format"], FORMAT_WITHOUT_CHECKSUM + 1),  # written again, it has one
    )
    if manifest.sources and not manifest.sources.path.startswith("sources-"):
        raise ValueError(f"{manifest.sources.path} holds no sources")
    names = [segment.name for segment in manifest.segments]
    paths = [file.path for file in manifest.files()]
    if len(set(names)) < len(names) or len(set(paths)) < len(paths):
        raise ValueError("a segment or a file is listed twice")
    if (highest := highest_number([*names, *_tops(paths)])) > manifest.generation:
        raise ValueError(f"generation {manifest.generation} lists files of generation {highest}")
    return manifest


def _tops(paths: Iterable[str]) -> Iterator[str]:
    """Yield the first part of each path: a file of the index folder, or a folder in it."""
    return (path.partition("/")[0] for path in paths)


def _recipe(record: Any) -> Recipe:
    recipe = _checked(Recipe, {"language": ENGLISH.name} | record)
    if not 0 <= recipe.dimension <= WIDEST_VECTOR:
        raise ValueError(
            f"{recipe.dimension} components of a vector; wanted {WIDEST_VECTOR} at most"
        )
    return recipe


def _segment(record: Any) -> SegmentEntry:
    files = tuple(map(_file, record["files"]))
    deletions = _file(record["deletions"]) if record["deletions"] else None
    name = _text(record["name"])
    if not re.fullmatch(r"segment-\d{1,15}", name):
        raise ValueError(f"{name!r} is no name of a segment; wanted segment-NUMBER")
    outside = [file.path for file in files if not file.path.startswith(f"{name}/")]
    if outside or (deletions and not deletions.path.startswith(f"{name}.deleted-")):
        raise ValueError(f"{name} lists files of others")
    articles, passages = _count(record["articles"]), _count(record["passages"])
    illegible = record.get("illegible")  # earlier versions wrote none
    if illegible is not None:
        _count(illegible, passages)
    recall, undated = _share(record["recall"]), record.get("undated")
    if undated is not None:
        _count(undated, articles)
    return SegmentEntry(name, articles, passages, files, recall, deletions, illegible, undated)


def _file(record: Any) -> FileEntry:
    file = _checked(FileEntry, record)
    if not OWN_PATHS.fullmatch(file.path):
        raise ValueError(f"{file.path!r} is no path of a file that plait writes")
    _count(file.size)
    return file


def _count(record: Any, most: int = (1 << 63) - 1) -> int:
    """Return a record that is a count of at most `most`; raises `ValueError`."""
    if type(record) is not int or not 0 <= record <= most:
        raise ValueError(f"{record!r} is no count; wanted 0 to {most}")
    return record


def _share(record: Any) -> float | None:
    if record is not None and not 0 <= record <= 1:
        raise ValueError(f"a recall is {record!r}; wanted 0 to 1")
    return record if record is None else float(record)


def _text(record: Any) -> str:
    if not isinstance(record, str):
        raise TypeError(f"{record!r} is no text")
    if len(record) > LONGEST_TEXT:
        raise ValueError(f"a text of {len(record)} characters; wanted {LONGEST_TEXT} at most")
    return record


T = TypeVar("T", FileEntry, Recipe)


def _checked(kind: type[T], record: Any) -> T:
    """Build an entry whose fields all have their declared type; raises `TypeError`."""
    for entry in fields(kind):
        wanted = getattr(entry.type, "__name__", entry.type)  # a text where annotations are texts
        if type(record[entry.name]).__name__ != wanted:
            raise TypeError(f"{entry.name} is {record[entry.name]!r}")
    return kind(**record)


def language_of(manifest: Manifest | None) -> Language:
    """Return the language of an index; English where there is none yet."""
    return language_named(manifest.recipe.language) if manifest else ENGLISH
