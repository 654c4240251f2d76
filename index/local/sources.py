"""Sources of an index: the files it was made of, and their state when they were read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from plait.index.errors import damaged
from plait.index.files.atomic import publish, read_bounded
from plait.index.local.entries import FileEntry
from plait.index.local.place import Place

SourceState: TypeAlias = tuple[int, int, str]
"""Size in bytes and modification time in nanoseconds of a file when it was read, and how it was
read."""


def read_sources(root: Path, entry: FileEntry | None, place: Place) -> dict[str, SourceState]:
    """Read what `write_sources` wrote, with sources as they are at a place.

    Raises `CorruptIndexError` where it was altered.
    """
    if entry is None:
        return {}
    path = root / entry.path
    if damage := entry.damage(root):
        raise damaged(root, damage)
    try:
        states = json.loads(read_bounded(path, entry.size))
        "".join(states).encode()  # no halves of surrogate pairs, which could not be written
        return {place.opened(name): (int(s[0]), int(s[1]), str(s[2])) for name, s in states.items()}
    # All that other JSON than plait's can raise.
    except (ValueError, ArithmeticError, AttributeError, TypeError, LookupError) as error:
        raise damaged(path, repr(error)) from error
    except RecursionError as error:
        raise damaged(path, "it is nested too deeply") from error


def write_sources(
    root: Path, generation: int, states: Mapping[str, SourceState], place: Place
) -> FileEntry:
    """Write the states of all files, on disk when this returns."""
    path = root / f"sources-{generation}.json"
    kept = {place.kept(source): state for source, state in states.items()}
    text = json.dumps(kept, ensure_ascii=False)
    publish(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))
    return FileEntry.of(root, path)
