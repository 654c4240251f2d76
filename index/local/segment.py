"""Segment of an index: an immutable folder of articles, passages, terms and vectors.

It holds the articles of one or more commits: their text, where their passages lie,
the inverted file of each field, a vector per passage with its signs, and the signs of its
token vectors. It is written once and never changed; deletions are beside it
(`plait.index.local.manifest`).
"""

import os
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.article import Article, Passage
from plait.index.dense.late_interaction import Tokens
from plait.index.dense.vectors import Vectors, is_exact, nearest, nearest_of, shortlist
from plait.index.errors import damaged
from plait.index.fields.columns import BOUNDS, Columns
from plait.index.fields.values import DATES
from plait.index.files.arrays import Array, load_array, release, save_arrays
from plait.index.files.strings import StringTable
from plait.index.keyword.postings import Postings
from plait.index.language.analyzer import FIELDS
from plait.index.local.entries import Counts
from plait.index.local.lines import DIGEST_SIZE, article_from_json, decoded, digest
from plait.index.local.place import Place
from plait.index.store import StoreSettings

Digests: TypeAlias = NDArray[np.uint8]
"""Digests of `DIGEST_SIZE` bytes, one a row."""

ROW_ARRAYS = {"article_digests": False, "spans": True, "passage_digests": True}
"""Arrays of a segment with a row an article (False), or a row a passage (True)."""

ARRAYS_SHARED = ("vectors", "vector_signs")
"""Arrays of which every query reads nearly every page."""

ARRAYS_COMPARED = ("ids.blob", "ids.offsets", "article_digests")
"""Arrays from which a writer knows whether an article is new or changed."""

ARRAYS_REUSED = ("passage_digests", "vectors", "token_starts", "token_signs")
"""Arrays from which a passage with the same text gets its vector and its tokens."""

ILLEGIBLE = "illegible"
"""Name of the array that segments of earlier versions lack."""

_PLAIN = ("first_passages", *ROW_ARRAYS)
"""Arrays of a segment that are written under their own name."""


@dataclass(frozen=True, slots=True)
class SegmentData:
    """Arrays of a segment, in memory or mapped from disk."""

    articles: StringTable
    """JSON of each article."""
    ids: StringTable
    article_digests: Digests
    """Digest of each article's JSON, by which a changed article is known."""
    first_passages: NDArray[np.int64]
    """Starts: the passages of article `a` are `first_passages[a]:first_passages[a + 1]`."""
    spans: NDArray[np.int64]
    """Start and end of each passage in its article's text, (passages, 2)."""
    passage_digests: Digests
    """Digest of each text that was encoded, by which its vector is used again."""
    postings: dict[str, Postings]
    vectors: Vectors
    tokens: Tokens
    """Token signs of each passage."""
    columns: Columns | None = None
    """Values of the articles' fields; None where an earlier version wrote the segment: a writer
    adds them."""
    illegible: NDArray[np.uint8] | None = None
    """Flags, 1 for each passage in a language that the model hardly knows
    (`plait.index.models.legibility`), 0 for others; None where an earlier version, which did not
    write them, wrote some of the passages."""

    @property
    def counts(self) -> Counts:
        """Numbers of articles, passages and illegible passages, deleted ones included."""
        return len(self.ids), len(self.spans), _count(self.illegible)

    def arrays(self) -> dict[str, Array]:
        """Return every array under its file name."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        tables = self.articles.arrays("articles") | self.ids.arrays("ids")
        found = plain | tables | self.vectors.arrays() | self.tokens.arrays()
        found |= {} if self.illegible is None else {ILLEGIBLE: self.illegible}
        found |= {} if self.columns is None else self.columns.arrays()
        for field in FIELDS:
            found |= self.postings[field].arrays(field)
        return found


def _count(flags: NDArray[np.uint8] | None) -> int | None:
    return None if flags is None else int(np.count_nonzero(flags))


def write_segment(folder: Path, chunks: Iterable[Mapping[str, Array]]) -> None:
    """Write a segment's files into a new folder (not yet flushed; the commit does that).

    Each chunk has more rows of some arrays, by name.
    """
    folder.mkdir()
    save_arrays(folder, chunks)


class Segment:
    """Open segment: its data mapped from disk, and its deleted articles."""

    def __init__(
        self, folder: Path, data: SegmentData, deleted: NDArray[np.int64], place: Place
    ) -> None:
        """Hold a segment's data; `deleted` are indexes of its deleted articles, ascending.

        `place` is that of its index.
        """
        self.folder = folder
        self.data = data
        self.deleted = deleted
        self.place = place

    @classmethod
    def open(cls, folder: Path, deleted: NDArray[np.int64], place: Place | None = None) -> Self:
        """Map a segment's files; raises `CorruptIndexError`, and `OSError`."""
        vectors = Vectors.load(folder)
        told, has_fields = (os.path.lexists(folder / f"{name}.npy") for name in (ILLEGIBLE, BOUNDS))
        data = SegmentData(
            articles=StringTable.load(folder, "articles"),
            ids=StringTable.load(folder, "ids"),
            article_digests=load_array(folder, "article_digests", np.uint8, DIGEST_SIZE),
            first_passages=load_array(folder, "first_passages", np.int64),
            spans=load_array(folder, "spans", np.int64, 2),
            passage_digests=load_array(folder, "passage_digests", np.uint8, DIGEST_SIZE),
            postings={field: Postings.load(folder, field) for field in FIELDS},
            vectors=vectors,
            tokens=Tokens.load(folder, vectors.matrix.shape[1]),
            columns=Columns.load(folder) if has_fields else None,
            illegible=load_array(folder, ILLEGIBLE, np.uint8) if told else None,
        )
        return cls(folder, data, deleted, place or Place())

    def with_deletions(self, deleted: NDArray[np.int64]) -> Self:
        """Return the same segment with other deletions; no file is opened again."""
        return type(self)(self.folder, self.data, deleted, self.place)

    @cached_property
    def _alive_rows(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.alive_passages)

    @cached_property
    def _alive_signs(self) -> NDArray[np.uint8]:
        signs = self.data.vectors.signs
        return signs[self._alive_rows] if len(self.deleted) else signs

    def nearest(
        self,
        query: NDArray[np.float32],
        k: int,
        settings: StoreSettings,
        within: NDArray[np.int64] | None = None,
    ) -> NDArray[np.int64]:
        """Return live passages among which the `k` nearest to a query are, ascending.

        `within` are live passages that may be found, ascending; None where all may be. In a
        large segment a few of the nearest may be missed (docs/adr/0009).
        """
        if within is not None:
            return nearest_of(self.data.vectors, query, k, settings, within)
        if is_exact(self.data.vectors, settings):
            dead = self.passage_count - len(self._alive_rows)
            rows = np.sort(nearest(self.data.vectors.matrix, query, k + dead))
            return rows[self.alive_passages[rows]]
        if not len(self._alive_rows):
            return self._alive_rows
        return self._alive_rows[np.sort(shortlist(self._alive_signs, query, k, settings))]

    def release(self, except_for: Sequence[str] = ()) -> None:
        """Release the memory in which arrays were read, except some."""
        for name, array in self.data.arrays().items():
            if name not in except_for:
                release(array)

    @property
    def passage_count(self) -> int:
        """Number of passages, deleted ones included."""
        return len(self.data.spans)

    @cached_property
    def alive_articles(self) -> NDArray[np.bool_]:
        """Flags of the articles, false for deleted ones."""
        alive = np.ones(len(self.data.ids), dtype=bool)
        alive[self.deleted] = False
        return alive

    @cached_property
    def alive_passages(self) -> NDArray[np.bool_]:
        """Flags of the passages, false for those of deleted articles."""
        return np.repeat(self.alive_articles, np.diff(self.data.first_passages))

    @property
    def counts(self) -> Counts:
        """Numbers of live articles, of live passages, and of illegible ones among these."""
        alive, flags = self.alive_passages, self.data.illegible
        found = _count(None if flags is None else flags[alive])
        return len(self.data.ids) - len(self.deleted), int(alive.sum()), found

    @property
    def undated(self) -> int | None:
        """Number of live articles without a date; None without columns."""
        columns = self.data.columns
        if columns is None:
            return None
        rows = (columns.rows("date", kind) for kind in DATES)
        dated = columns.flags(rows, len(self.data.ids))
        return int(np.count_nonzero(self.alive_articles & ~dated))

    def number_of(self, article_id: str) -> int | None:
        """Return the index of the live article with an id; None where there is none."""
        wanted, id_of = article_id.encode("utf-8", "replace"), self.data.ids.__getitem__
        order = self._by_id
        place = bisect_left(order, wanted, key=id_of)
        for at in range(place, len(order)):  # a slice would copy half of all ids
            number = order[at]
            if id_of(number) != wanted:
                return None
            if self.alive_articles[number]:
                return number
        return None

    @cached_property
    def _by_id(self) -> list[int]:
        """Indexes of all articles, sorted by the bytes of their ids."""
        ids = list(self.data.ids)
        return sorted(range(len(ids)), key=ids.__getitem__)

    def article(self, number: int) -> Article:
        """Read an article; raises `CorruptIndexError` where it is not as it was written."""
        line = self.data.articles[number]
        article = article_from_json(line)
        same = digest(line) == self.data.article_digests[number].tobytes()
        if not same or article.id != decoded(self.data.ids[number]):
            raise damaged(self.folder, f"article {number} is not as its digest or its id says")
        source = self.place.opened(article.source)
        return article if source == article.source else replace(article, source=source)

    def owners_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the index of the article that each passage belongs to."""
        return np.searchsorted(self.data.first_passages, numbers, side="right") - 1

    def owner_of(self, number: int) -> int:
        """Return the index of the article that a passage belongs to."""
        return int(self.data.first_passages.searchsorted(number, "right")) - 1

    def passage(self, article: Article, owner: int, number: int) -> Passage:
        """Return a passage of an article that was read; `owner` is the article's index.

        Raises `CorruptIndexError` where it does not lie in the article.
        """
        start, end = self.data.spans[number].tolist()
        if not 0 <= start <= end <= len(article.text):
            raise damaged(self.folder, f"passage {number} does not lie in its article")
        ordinal = number - int(self.data.first_passages[owner])
        return Passage(article.id, ordinal, start, end, article.text[start:end])
