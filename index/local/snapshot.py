"""Snapshot: one generation of an index folder, open for reading.

Its files are memory maps. It stays valid and unchanged while writers go on; open
another snapshot to see what they wrote. Passages are numbered from 0 through all segments.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import Path

import numpy as np

from plait.index.article import Article, Passage
from plait.index.errors import CorruptIndexError, NotFoundError, damaged
from plait.index.files.arrays import load_array
from plait.index.keyword.reader import KeywordReader
from plait.index.leg import Passages
from plait.index.local.deletions import OpenSegment
from plait.index.local.entries import SegmentEntry
from plait.index.local.invariants import broken
from plait.index.local.lines import decoded
from plait.index.local.manifest import FORMAT, Manifest, read_manifest
from plait.index.local.moving import place_of
from plait.index.local.place import Place
from plait.index.local.segment import ARRAYS_COMPARED, ARRAYS_SHARED, Segment


class Snapshot:
    """Generation of an index, read-only."""

    def __init__(self, root: Path, known: "Snapshot | None" = None) -> None:
        """Open the newest generation; segments that `known` holds are not opened again.

        Raises as `read_manifest`, and `CorruptIndexError`.
        """
        self.root = root
        self.manifest = read_manifest(root)
        held = dict(zip(known.manifest.segments, known.segments, strict=True)) if known else {}
        self.segments: list[Segment] = self._open(held)
        sizes = [segment.passage_count for segment in self.segments]
        self._bounds = list(accumulate(sizes, initial=0))
        self.offsets = np.array(self._bounds, np.int64)
        articles = [len(segment.data.ids) for segment in self.segments]
        self.first_articles = np.array([0, *accumulate(articles)], np.int64)
        self.keyword = KeywordReader([(s.data.postings, s.alive_passages) for s in self.segments])

    def _open(self, held: Mapping[SegmentEntry, Segment]) -> list[Segment]:
        # A writer may remove a generation after its manifest was read, before its files are.
        while True:
            try:
                self.check_sizes()
                width, place = self.manifest.recipe.dimension, place_of(self.manifest, self.root)
                return [
                    held.get(entry) or open_segment(self.root, entry, width, place)
                    for entry in self.manifest.segments
                ]
            except CorruptIndexError:
                newest = read_manifest(self.root)
                if newest.generation == self.manifest.generation:
                    raise
                self.manifest = newest

    def check_sizes(self) -> None:
        """Compare the size of every file; raises `CorruptIndexError` where one differs."""
        if damage := self.manifest.damage(self.root, sizes_only=True):
            raise damaged(self.root, damage[0])

    def release(self) -> None:
        """Release the memory of pages that few queries share; it would grow with each query."""
        self.keyword.release()
        for segment in self.segments:
            segment.release(ARRAYS_SHARED)

    def article_ids(self) -> Iterator[str]:
        """Yield the ids of all live articles; raises `CorruptIndexError`."""
        for segment in self.segments:
            for raw, alive in zip(segment.data.ids, segment.alive_articles, strict=True):
                if alive:
                    yield decoded(raw)

    def __contains__(self, article_id: str) -> bool:
        return any(segment.number_of(article_id) is not None for segment in self.segments)

    def _find(self, article_id: str) -> tuple[Segment, int]:
        for segment in self.segments:
            if (number := segment.number_of(article_id)) is not None:
                return segment, number
        raise NotFoundError(f"no article {article_id!r} in {self.root}.")

    def article(self, article_id: str) -> Article:
        """Return an article; raises `NotFoundError`."""
        segment, number = self._find(article_id)
        return segment.article(number)

    def passages_of(self, article_id: str) -> list[Passage]:
        """Return the passages of an article in order; raises `NotFoundError`."""
        segment, number = self._find(article_id)
        article = segment.article(number)
        first, last = segment.data.first_passages[number : number + 2].tolist()
        return [segment.passage(article, number, place) for place in range(first, last)]

    def _locate(self, passage: int) -> tuple[Segment, int]:
        place = bisect_right(self._bounds, passage) - 1  # a tenth of NumPy's time for one number
        return self.segments[place], passage - self._bounds[place]

    def by_segment(self, passages: Passages) -> Iterator[tuple[int, Passages, Passages]]:
        """Yield the index of each segment, the indexes of its passages, and their rows in it."""
        return _parted(passages, self.offsets)

    def articles_by_segment(self, articles: Passages) -> Iterator[tuple[int, Passages, Passages]]:
        """Yield the same of articles, by their numbers through all segments."""
        return _parted(articles, self.first_articles)

    def owners(self, passages: Passages) -> Passages:
        """Return the number of each passage's article, (passages,), through all segments."""
        if len(self.segments) == 1:
            return self.segments[0].owners_of(passages)
        found = np.empty(len(passages), np.int64)
        for place, mine, rows in self.by_segment(passages):
            found[mine] = self.first_articles[place] + self.segments[place].owners_of(rows)
        return found

    def passage_id(self, passage: int) -> str:
        """Return the id of a passage, without reading its article's text."""
        segment, local = self._locate(passage)
        owner = segment.owner_of(local)
        ordinal = local - int(segment.data.first_passages[owner])
        return f"{decoded(segment.data.ids[owner])}#{ordinal}"

    def read(self, passage: int) -> tuple[Article, Passage]:
        """Return a passage and its article."""
        segment, local = self._locate(passage)
        owner = segment.owner_of(local)
        article = segment.article(owner)
        return article, segment.passage(article, owner, local)


def _parted(numbers: Passages, firsts: Passages) -> Iterator[tuple[int, Passages, Passages]]:
    """Yield the place of each stretch that numbers lie in, their indexes, and their rows in it.

    `firsts` are the first numbers of the stretches.
    """
    at = np.searchsorted(firsts, numbers, side="right") - 1
    for place in np.unique(at).tolist():
        mine = np.flatnonzero(at == place)
        yield place, mine, numbers[mine] - firsts[place]


def open_segment(root: Path, entry: SegmentEntry, dimension: int, place: Place) -> Segment:
    """Open a segment of the index at a place, with its deletions.

    Raises `CorruptIndexError` where its arrays are not what a manifest with this entry and
    vectors of this dimension describes, and `OSError`.
    """
    folder = root / entry.name
    if folder.is_symlink():
        raise damaged(folder, "a link, which plait never writes")
    deleted = np.zeros(0, dtype=np.int64)
    if entry.deletions:
        path = root / entry.deletions.path
        deleted = load_array(path.parent, path.stem, np.int64)
    segment = Segment.open(folder, deleted, place)
    if fault := next(_faults(segment, entry, dimension), None):
        raise damaged(folder, fault)
    return segment


def open_to_write(root: Path, manifest: Manifest) -> list[OpenSegment]:
    """Open all segments of a manifest, with what tells whether an article is new or changed.

    Raises as `open_segment`, and `CorruptIndexError` where that is not as it was written.
    """
    for entry in manifest.segments:
        entry.check(root, ARRAYS_COMPARED)
    width, place = manifest.recipe.dimension, place_of(manifest, root)
    return [(entry, open_segment(root, entry, width, place)) for entry in manifest.segments]


def _faults(segment: Segment, entry: SegmentEntry, dimension: int) -> Iterator[str]:
    """Yield what is wrong with an open segment."""
    yield from broken(segment)
    if (width := segment.data.vectors.matrix.shape[1]) != dimension:
        yield f"its vectors have {width} components, not {dimension}"
    listed = {Path(file.path).name for file in entry.files}
    if listed != {f"{name}.npy" for name in segment.data.arrays()}:
        yield "the manifest lists other files than it has"
    if segment.counts != (entry.articles, entry.passages, entry.illegible):
        yield "the manifest counts other articles and passages than it has"
    try:
        undated = segment.undated
    except (ValueError, IndexError) as error:  # of values only `check` compares the checksums
        yield f"its dates cannot be read: {error!r}"
        return
    if entry.undated not in {None, undated}:
        yield "the manifest counts other articles without a date than it has"


def check_files(root: Path) -> int:
    """Compare every file of an index with its checksum, and open it; return how many there are.

    Raises `CorruptIndexError` that lists what differs, or as `read_manifest`.
    """
    manifest = read_manifest(root)
    while damage := manifest.damage(root) or list(_structural_damage(root, manifest)):
        newest = read_manifest(root)
        if newest.generation == manifest.generation:
            remedy = "Index again into a new folder."
            raise CorruptIndexError("\n".join([f"{root} is damaged.", *damage, remedy]))
        manifest = newest  # a writer has removed the other meanwhile
    return len(manifest.files())


def _structural_damage(root: Path, manifest: Manifest) -> Iterator[str]:
    """Yield why segments cannot be plait's, even if their checksums fit.

    Those of an earlier format may have other arrays, and are made anew before they are used.
    """
    for entry in manifest.segments if manifest.format == FORMAT else ():
        try:
            open_segment(root, entry, manifest.recipe.dimension, Place())
        except CorruptIndexError as error:
            yield str(error).partition(". `plait check`")[0]
