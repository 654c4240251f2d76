"""A manifest as it lies on disk: read, and believed only as far as plait would have written it.

Whoever made the index: types, ranges, paths and counts are checked before anything is made
of them, and the checksum before any of it is used.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from plait.index.durable import read_bounded
from plait.index.errors import FingerprintError, NoIndexError, damaged
from plait.index.manifest import (
    FORMAT,
    LARGEST,
    LAST,
    NAME,
    OWN_NAME,
    FileEntry,
    Manifest,
    Recipe,
    SegmentEntry,
    highest_number,
    record_checksum,
)

WITHOUT_CHECKSUM = 3
"""The one older format that is read: it lacks nothing but the manifest's checksum."""

LONGEST_TEXT = 5000
"""Characters of a text in a manifest. The longest that plait writes is a system with a path, which
has 4,096 at most."""

WIDEST = 1 << 16
"""Components of a vector at most: sixteen times those of the widest models."""

OWN_PATHS = re.compile(rf"segment-\d{{1,15}}/[a-z_.]+\.npy|{OWN_NAME}")
"""Paths of what a manifest lists, never outside the index folder, whoever wrote it."""


def read_manifest(root: Path) -> Manifest:
    """Read an index's state.

    Raises `NoIndexError`, `CorruptIndexError`, also where the checksum differs, and
    `FingerprintError` for another format.
    """
    try:
        record = json.loads(read_bounded(root / NAME, LARGEST))
    except (FileNotFoundError, NotADirectoryError):
        raise NoIndexError(
            f"no index at {root}. Make one with `plait index PATH -i {root}`, "
            "or name another with -i or PLAIT_INDEX."
        ) from None
    except (ValueError, RecursionError) as error:
        raise damaged(root / NAME, str(error)) from error
    found = record.get("format") if isinstance(record, dict) else None
    if isinstance(record, dict) and found not in (FORMAT, WITHOUT_CHECKSUM):
        raise FingerprintError(
            f"{root} has format {found!r}, this plait reads {WITHOUT_CHECKSUM} and {FORMAT}. "
            "Index again into a new folder, or use the plait that wrote it."
        )
    try:
        return _manifest(record)
    except (LookupError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise damaged(root / NAME, f"{type(error).__name__}: {error}") from error


def _manifest(record: Any) -> Manifest:
    """Build a manifest of what JSON gave.

    Raises Python's own errors for what plait never writes.
    """
    if not isinstance(record, dict):
        raise TypeError(f"a JSON {type(record).__name__}")
    written = record.pop("checksum", None)
    wanted = None if record["format"] == WITHOUT_CHECKSUM else record_checksum(record)
    if written != wanted:
        raise ValueError(f"its checksum is {written!r}; wanted {wanted!r}")
    manifest = Manifest(
        recipe=_recipe(record["recipe"]),
        generation=_count(record["generation"], LAST),
        segments=tuple(map(_segment, record["segments"])),
        sources=_file(record["sources"]) if record["sources"] else None,
        system=_text(record.get("system", "")),  # earlier versions wrote none
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
    """Yield what lies in the index folder itself: a file, or the folder of one."""
    return (path.partition("/")[0] for path in paths)


def _recipe(record: Any) -> Recipe:
    recipe = _checked(Recipe, record)
    if not 0 <= recipe.dimension <= WIDEST:
        raise ValueError(f"{recipe.dimension} components of a vector; wanted {WIDEST} at most")
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
    return SegmentEntry(name, articles, passages, files, _share(record["recall"]), deletions)


def _file(record: Any) -> FileEntry:
    file = _checked(FileEntry, record)
    if not OWN_PATHS.fullmatch(file.path):
        raise ValueError(f"{file.path!r} is no path of a file that plait writes")
    _count(file.size)
    return file


def _count(record: Any, most: int = (1 << 63) - 1) -> int:
    """Check a number of things, or of bytes."""
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
