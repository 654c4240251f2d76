"""Deleted articles of a segment: numbers in a file beside it, written anew when there are more."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.files.arrays import save_array
from plait.index.files.atomic import publish
from plait.index.local.entries import FileEntry, SegmentEntry
from plait.index.local.segment import Segment, decoded

Address: TypeAlias = tuple[str, int]
"""Name of a segment, and number of an article in it."""
OpenSegment: TypeAlias = tuple[SegmentEntry, Segment]
"""A segment as a manifest lists it, and open."""


def addresses(segments: Iterable[OpenSegment]) -> dict[str, Address]:
    """Return where each live article of some segments is, by its id."""
    return {
        decoded(segment.data.ids[number]): (entry.name, number)
        for entry, segment in segments
        for number in np.flatnonzero(segment.alive_articles).tolist()
    }


def without(
    held: Sequence[OpenSegment], gone: Iterable[Address], root: Path, number: Callable[[], int]
) -> list[OpenSegment]:
    """Return segments without some articles: those that are all deleted are left out.

    Where a segment loses articles, its deletions are written below `root`, to a file with
    the next `number`.
    """
    lost: defaultdict[str, list[int]] = defaultdict(list)
    for name, article in gone:
        lost[name].append(article)
    kept = []
    for entry, segment in held:
        deleted = np.union1d(segment.deleted, lost[entry.name]).astype(np.int64)
        if len(deleted) == len(segment.deleted):
            kept.append((entry, segment))
        elif len(deleted) < len(segment.data.ids):
            path = root / f"{entry.name}.deleted-{number()}.npy"
            kept.append(_written(path, entry, segment, deleted))
    return kept


def _written(
    path: Path, entry: SegmentEntry, segment: Segment, deleted: NDArray[np.int64]
) -> OpenSegment:
    """Write the deletions of a segment; return it with them."""
    publish(path, lambda temporary: save_array(temporary, deleted))
    changed = segment.with_deletions(deleted)
    articles, passages, illegible = changed.counts
    listed = FileEntry.of(path.parent, path)
    entry = replace(
        entry, articles=articles, passages=passages, deletions=listed, illegible=illegible
    )
    return entry, changed
