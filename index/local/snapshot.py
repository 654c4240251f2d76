"""Here is an index folder: what does it hold at this moment?

A snapshot is one generation, opened by memory map. It stays valid and unchanged
while writers go on; open another to see what they did.
"""

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.article import Article
from plait.index.dense.late_interaction import Tokens
from plait.index.dense.moments import Moments, are_unit
from plait.index.dense.vectors import inner_products
from plait.index.errors import CorruptIndexError, NotFoundError, damaged
from plait.index.files.arrays import load_array
from plait.index.files.topk import best_places
from plait.index.keyword.reader import KeywordReader
from plait.index.local.entries import SegmentEntry
from plait.index.local.invariants import broken
from plait.index.local.manifest import Manifest, read_manifest
from plait.index.local.segment import SHARED, Segment, decoded
from plait.index.passage import Passage

Places: TypeAlias = NDArray[np.int64]


class Snapshot:
    """One generation of an index, read-only. Passages are numbered through all segments."""

    def __init__(self, root: Path) -> None:
        """Open the newest generation; raises as `read_manifest`, or `CorruptIndexError`."""
        self.root = root
        self.manifest = read_manifest(root)
        self.segments = self._open()
        sizes = [segment.passage_count for segment in self.segments]
        self._offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self._bounds: list[int] = self._offsets.tolist()
        articles = [len(segment.data.ids) for segment in self.segments]
        self._first_articles = np.concatenate([[0], np.cumsum(articles)]).astype(np.int64)
        self.keyword = KeywordReader([(s.data.postings, s.alive_passages) for s in self.segments])

    def _open(self) -> list[Segment]:
        # A writer may sweep a generation away between reading its manifest and its files.
        while True:
            try:
                self._check_sizes()
                width = self.manifest.recipe.dimension
                entries = self.manifest.segments
                return [open_segment(self.root, entry, width) for entry in entries]
            except CorruptIndexError:
                newest = read_manifest(self.root)
                if newest.generation == self.manifest.generation:
                    raise
                self.manifest = newest

    def _check_sizes(self) -> None:
        if damage := self.manifest.damage(self.root, sizes_only=True):
            raise damaged(self.root, damage[0])

    def let_go(self) -> None:
        """Give back the memory of what queries do not share; it would grow with their number."""
        self.keyword.let_go()
        for segment in self.segments:
            segment.let_go(SHARED)

    def article_ids(self) -> Iterator[str]:
        """Walk the ids of all live articles; raises `CorruptIndexError`."""
        for segment in self.segments:
            for raw, alive in zip(segment.data.ids, segment.alive_articles, strict=True):
                if alive:
                    yield decoded(raw)

    def _find(self, article_id: str) -> tuple[Segment, int]:
        wanted = article_id.encode("utf-8", "replace")
        for segment in self.segments:
            for number, raw in enumerate(segment.data.ids):
                if raw == wanted and segment.alive_articles[number]:
                    return segment, number
        raise NotFoundError(f"no article {article_id!r} in {self.root}.")

    def article(self, article_id: str) -> Article:
        """Read an article; raises `NotFoundError`."""
        segment, number = self._find(article_id)
        return segment.article(number)

    def passages_of(self, article_id: str) -> list[Passage]:
        """Give an article's passages in order; raises `NotFoundError`."""
        segment, number = self._find(article_id)
        article = segment.article(number)
        first, last = segment.data.first_passages[number : number + 2].tolist()
        return [segment.passage(article, number, place) for place in range(first, last)]

    def _locate(self, passage: int) -> tuple[Segment, int]:
        place = bisect_right(self._bounds, passage) - 1  # a tenth of what NumPy takes for one
        return self.segments[place], passage - self._bounds[place]

    def _by_segment(self, passages: NDArray[np.int64]) -> Iterator[tuple[int, Places, Places]]:
        """Part passages by segment: its place, where they are among `passages`, their rows."""
        at = np.searchsorted(self._offsets, passages, side="right") - 1
        for place in np.unique(at).tolist():
            mine = np.flatnonzero(at == place)
            yield place, mine, passages[mine] - self._offsets[place]

    def owners(self, passages: NDArray[np.int64]) -> NDArray[np.int64]:
        """Number the article of each passage, (passages,), counted through all segments."""
        if len(self.segments) == 1:
            return self.segments[0].owners_of(passages)
        found = np.empty(len(passages), np.int64)
        for place, mine, rows in self._by_segment(passages):
            found[mine] = self._first_articles[place] + self.segments[place].owners_of(rows)
        return found

    def article_id(self, passage: int) -> str:
        """Name the article of a passage, without reading its text."""
        segment, local = self._locate(passage)
        return decoded(segment.data.ids[segment.owner_of(local)])

    def passage_id(self, passage: int) -> str:
        """Name a passage, without reading its article's text."""
        segment, local = self._locate(passage)
        owner = segment.owner_of(local)
        ordinal = local - int(segment.data.first_passages[owner])
        return f"{decoded(segment.data.ids[owner])}#{ordinal}"

    def read(self, passage: int) -> tuple[Article, Passage]:
        """Read a passage and its article."""
        segment, local = self._locate(passage)
        owner = segment.owner_of(local)
        article = segment.article(owner)
        return article, segment.passage(article, owner, local)

    @cached_property
    def moments(self) -> Moments:
        """Sum up the vectors of all live passages; raises `CorruptIndexError`."""
        dimension = self.manifest.recipe.dimension
        total = Moments.of(np.zeros((0, dimension), np.float32))
        for segment in self.segments:
            vectors = segment.data.vectors
            if not vectors.moments.fit_unit_vectors():
                raise damaged(segment.folder, "its vectors' sums are not those of unit vectors")
            total += vectors.moments
            if len(segment.deleted):
                total -= Moments.of(vectors.matrix[~segment.alive_passages])
        return total

    def nearest(self, query: NDArray[np.float32], k: int) -> NDArray[np.int64]:
        """Number the `k` live passages nearest to a query, ascending.

        Those that tie with the last of what was found are among them. In large segments
        nearly the nearest (docs/adr/0009).
        """
        rows = [segment.nearest(query, k) for segment in self.segments]
        numbers = (own + offset for own, offset in zip(rows, self._offsets, strict=False))
        found = np.concatenate([np.zeros(0, np.int64), *numbers])
        if len(found) <= k:
            return found  # nothing to choose from, and small indexes need no FAISS for it
        parts = zip(self.segments, rows, strict=True)
        products = [inner_products(part.data.vectors.matrix, query, own) for part, own in parts]
        return found[best_places(np.concatenate(products), k)]

    def cosines(
        self, query: NDArray[np.float32], passages: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Give the cosine of each passage with a query.

        Raises `CorruptIndexError` for a passage whose vector has no unit length.
        """
        # Row by row, so that a passage's score never depends on its neighbours.
        vectors = self.vectors(passages)
        if not are_unit(vectors):
            raise damaged(self.root, "a vector has no unit length")
        found: NDArray[np.float64] = np.einsum("ij,j->i", vectors, query, dtype=np.float64)
        return found

    def vectors(self, passages: NDArray[np.int64]) -> NDArray[np.float32]:
        """Give the vectors of passages, (passages, dimension)."""
        if len(self.segments) == 1:
            return self.segments[0].data.vectors.matrix[passages]
        found = np.empty((len(passages), self.manifest.recipe.dimension), dtype=np.float32)
        for place, mine, rows in self._by_segment(passages):
            found[mine] = self.segments[place].data.vectors.matrix[rows]
        return found

    def tokens(self, passages: NDArray[np.int64]) -> Tokens:
        """Give the tokens of passages, in the order given."""
        if len(self.segments) == 1:
            return self.segments[0].data.tokens.take(passages)
        order = [np.zeros(0, np.int64)]
        parts = [Tokens.empty(0, self.manifest.recipe.dimension)]
        for place, mine, rows in self._by_segment(passages):
            order.append(mine)
            parts.append(self.segments[place].data.tokens.take(rows))
        # The parts come by segment; put each text back where it was asked for.
        return Tokens.joined(parts).take(np.argsort(np.concatenate(order)))


def open_segment(root: Path, entry: SegmentEntry, dimension: int) -> Segment:
    """Open a segment with its deletions.

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
    segment = Segment.open(folder, deleted)
    if fault := next(_faults(segment, entry, dimension), None):
        raise damaged(folder, fault)
    return segment


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
        manifest = newest  # a writer has swept the other away meanwhile
    return len(manifest.files())


def _structural_damage(root: Path, manifest: Manifest) -> Iterator[str]:
    """Yield what no segment of plait's can be, whatever its checksums."""
    for entry in manifest.segments:
        try:
            open_segment(root, entry, manifest.recipe.dimension)
        except CorruptIndexError as error:
            yield str(error).partition(". `plait check`")[0]
