"""Deleted articles of a segment: numbers in a file beside it, replaced when there are more."""

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
from plait.index.local.lines import decoded
from plait.index.local.segment import Segment

Address: TypeAlias = tuple[str, int]
"""Name of a segment, and index of an article in it."""
OpenSegment: TypeAlias = tuple[SegmentEntry, Segment]
"""Segment as a manifest lists it, and as it is opened."""


def addresses(segments: Iterable[OpenSegment]) -> dict[str, Address]:
    """Return the address of each live article of some segments, by its id."""
    return {
        decoded(segment.data.ids[number]): (entry.name, number)
        for entry, segment in segments
        for number in np.flatnonzero(segment.alive_articles).tolist()
    }


def without(
    held: Sequence[OpenSegment], gone: Iterable[Address], root: Path, number: Callable[[], int]
) -> list[OpenSegment]:
    """Return segments without some articles, and without segments that are then empty.

    Where a segment loses articles, its deletions are written below `root`, to a file with
    the next number, which `number` returns.
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
    """Write the deletions of a segment; return the segment with them."""
    publish(path, lambda temporary: save_array(temporary, deleted))
    changed = segment.with_deletions(deleted)
    articles, passages, illegible = changed.counts
    listed = FileEntry.of(path.parent, path)
    counted = replace(entry, articles=articles, passages=passages, illegible=illegible)
    return replace(counted, deletions=listed, undated=changed.undated), changed
