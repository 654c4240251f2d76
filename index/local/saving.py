"""Saving of segments in an index folder; none is part of the index until a manifest names it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from plait.index.files.arrays import Array
from plait.index.files.atomic import publish
from plait.index.local.deletions import OpenSegment
from plait.index.local.entries import Counts, FileEntry, SegmentEntry, totals
from plait.index.local.merging import merge_segments
from plait.index.local.place import Place
from plait.index.local.recall import recall
from plait.index.local.segment import write_segment
from plait.index.local.snapshot import open_segment
from plait.index.models.encoder import Encoder
from plait.index.store import StoreSettings


@dataclass(frozen=True, slots=True)
class Saver:
    """Saver of segments of one index."""

    root: Path
    place: Place
    number: Callable[[], int]
    """Function that returns a number that no segment had."""
    encoder: Encoder
    settings: StoreSettings
    """Settings with which the recall of a segment is measured."""

    def save(self, chunks: Iterable[Mapping[str, Array]], counts: Counts) -> OpenSegment:
        """Write a segment and open it; `counts` are those of its articles and passages."""
        folder = self.root / f"segment-{self.number()}"
        publish(folder, lambda path: write_segment(path, chunks))
        files = tuple(FileEntry.of(self.root, path) for path in sorted(folder.iterdir()))
        encode = self.encoder.encode_query
        found = recall(folder, lambda text: encode(text).vector, self.settings)
        entry = SegmentEntry(folder.name, *counts[:2], files, found, illegible=counts[2])
        segment = open_segment(self.root, entry, self.encoder.dimension, self.place)
        return replace(entry, undated=segment.undated), segment

    def merge(
        self, held: Sequence[OpenSegment], merged: Sequence[SegmentEntry]
    ) -> list[OpenSegment]:
        """Merge some of the segments that are held into one, and return all that there are then.

        Raises `CorruptIndexError` where one is damaged: its damage would get new checksums.
        """
        for entry in merged:
            entry.check(self.root)
        opened = dict(held)
        rest = [own for own in held if own[0] not in merged]
        if (counts := totals(merged))[0]:
            rest.append(self.save(merge_segments([opened[entry] for entry in merged]), counts))
        return rest
