"""Moves of an index, with its files or alone: where these lay, and where they lie now."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from plait.index.files.home import home_of
from plait.index.local.manifest import MANIFEST, RELATIVE_SINCE, Manifest
from plait.index.local.place import BELOW, Place
from plait.index.local.sources import read_sources


def place_of(manifest: Manifest, root: Path) -> Place:
    """Return the place by which the sources of an index are understood.

    Its files moved with it, unless there are none of them, and some where they were.
    """
    if manifest.format < RELATIVE_SINCE:
        return Place()
    here, before = Place.of(root), Place(manifest.home)
    if not before.base or before == here:
        return here
    kept = [own for own in read_sources(root, manifest.sources, Place()) if own.startswith(BELOW)]
    if _any_file(here, kept) or not _any_file(before, kept):
        return here
    return before


def _any_file(place: Place, kept: Iterable[str]) -> bool:
    """Return whether any of some sources is there, at a place."""
    return any(os.path.lexists(place.opened(source)) for source in kept)


@dataclass(frozen=True, slots=True)
class Move:
    """Move of a project; none where both folders are empty texts."""

    before: str = ""
    """Folder that the project lay in."""
    after: str = ""

    def now(self, source: str) -> str:
        """Return the present path of a source."""
        head = f"{self.before.rstrip('/')}/"
        is_below = self.before and source.startswith(head)
        return f"{self.after.rstrip('/')}/{source.removeprefix(head)}" if is_below else source

    def __str__(self) -> str:
        """Return a sentence that says so; empty for no move."""
        moved = f"Its files, which lay below {self.before}, are those below {self.after}."
        return moved if self.before else ""


def move_of(manifest: Manifest, root: Path) -> Move:
    """Return how an index moved that is of a format with absolute sources, with its files.

    It did where none of its files lies below its home and most do by the rest of their paths,
    while there are none at their old paths, or an index beside them of which this is a copy.
    """
    states = read_sources(root, manifest.sources, Place())
    paths = [path for path in map(Path, states) if path.is_absolute()]
    home = home_of(root)
    if (
        manifest.format >= RELATIVE_SINCE
        or not paths
        or any(path.is_relative_to(home) for path in paths)
    ):
        return Move()
    found = _most_found(paths, home)
    if found and (_is_copy(found, root) or not any(map(os.path.exists, paths))):
        return Move(str(found), str(home))
    return Move()


def _most_found(paths: Sequence[Path], home: Path) -> Path | None:
    """Return the folder whose files most likely lie below another now; None where few do."""
    common = Path(os.path.commonpath([path.parent for path in paths]))
    counts = {
        folder: sum((home / path.relative_to(folder)).exists() for path in paths)
        for folder in (*reversed(common.parents), common)  # of equals the one with longer rests
    }
    best = max(counts, key=counts.__getitem__)
    return best if 2 * counts[best] > len(paths) else None


def _is_copy(before: Path, root: Path) -> bool:
    """Return whether an index lies below a folder as this one lies in its home."""
    return (before / Path(os.path.abspath(root)).name / MANIFEST).exists()  # noqa: PTH100 - as `home_of`
