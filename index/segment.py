"""Here is one immutable folder of the index: which articles, passages, terms, vectors?

A segment holds the articles of one or more commits: their text, where their passages lie,
the inverted file of each field, a vector per passage with its signs, and the signs of its
token vectors. Written once, never changed; deletions live beside it
(`plait.index.manifest`).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.analyzer import FIELDS
from plait.index.arrays import Array, StringTable, let_go, load_array, save_arrays
from plait.index.article import Article
from plait.index.errors import CorruptIndexError
from plait.index.keyword.postings import Postings
from plait.index.passage import Passage
from plait.index.tokens import Tokens
from plait.index.vectors import Vectors, is_exact, nearest, shortlist

Digests: TypeAlias = NDArray[np.uint8]
"""One BLAKE2b digest of 16 bytes a row."""


ROWS = {"article_digests": False, "spans": True, "passage_digests": True}
"""Arrays of a segment with a row an article, or (true) a row a passage."""

SHARED = ("vectors", "vector_signs")
"""Arrays of which every query reads nearly every page."""

_PLAIN = ("first_passages", *ROWS)
"""Arrays of a segment that are written under their own name."""


def digest(text: str) -> bytes:
    """Fingerprint a text in 16 bytes."""
    return blake2b(text.encode(), digest_size=16).digest()


def article_json(article: Article) -> str:
    """Write an article as one line of JSON."""
    record = {entry.name: getattr(article, entry.name) for entry in fields(article)}
    return json.dumps(record, ensure_ascii=False, sort_keys=True)


def article_from_json(line: bytes) -> Article:
    """Read what `article_json` wrote; raises `CorruptIndexError`."""
    try:
        record = json.loads(line)
        return Article(**record | {"teasers": tuple(record["teasers"])})
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptIndexError("an article is damaged; `plait check` says more.") from error


@dataclass(frozen=True, slots=True)
class SegmentData:
    """What a segment consists of, in memory or mapped from disk."""

    articles: StringTable
    """JSON of each article."""
    ids: StringTable
    article_digests: Digests
    """Of each article's JSON: has it changed?"""
    first_passages: NDArray[np.int64]
    """Passages of article `a` are `first_passages[a]:first_passages[a + 1]`."""
    spans: NDArray[np.int64]
    """(passages, 2): start and end of each in its article's text."""
    passage_digests: Digests
    """Of the text that was encoded: can its vector be used again?"""
    postings: dict[str, Postings]
    vectors: Vectors
    tokens: Tokens
    """Of each passage."""

    def arrays(self) -> dict[str, Array]:
        """Give every array under its file name."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        tables = self.articles.arrays("articles") | self.ids.arrays("ids")
        found = plain | tables | self.vectors.arrays() | self.tokens.arrays()
        for field in FIELDS:
            found |= self.postings[field].arrays(field)
        return found


def write_segment(folder: Path, chunks: Iterable[Mapping[str, Array]]) -> None:
    """Write a segment's files into a new folder (not yet flushed; the commit does that).

    Each chunk names arrays and gives more rows of them.
    """
    folder.mkdir()
    save_arrays(folder, chunks)


class Segment:
    """An open segment: its data mapped from disk, and which of its articles still count."""

    def __init__(self, folder: Path, dead: NDArray[np.int64]) -> None:
        """Open a segment; `dead` numbers its deleted articles. Raises `CorruptIndexError`."""
        self.name = folder.name
        self.data = SegmentData(
            articles=StringTable.load(folder, "articles"),
            ids=StringTable.load(folder, "ids"),
            **{name: load_array(folder, name) for name in _PLAIN},
            postings={field: Postings.load(folder, field) for field in FIELDS},
            vectors=Vectors.load(folder),
            tokens=Tokens.load(folder),
        )
        self.dead = dead

    @cached_property
    def _alive_rows(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.alive_passages)

    @cached_property
    def _alive_signs(self) -> NDArray[np.uint8]:
        signs = self.data.vectors.signs
        return signs[self._alive_rows] if len(self.dead) else signs

    def nearest(self, query: NDArray[np.float32], k: int) -> NDArray[np.int64]:
        """Number live passages among which the `k` nearest to a query are, ascending.

        Of a large segment nearly always (docs/adr/0009).
        """
        if is_exact(self.data.vectors):
            dead = self.passage_count - len(self._alive_rows)
            rows = np.sort(nearest(self.data.vectors.matrix, query, k + dead))
            return rows[self.alive_passages[rows]]
        if not len(self._alive_rows):
            return self._alive_rows
        return self._alive_rows[np.sort(shortlist(self._alive_signs, query, k))]

    def let_go(self, but: Sequence[str] = ()) -> None:
        """Give back the memory of what was read, of all arrays but some."""
        for name, array in self.data.arrays().items():
            if name not in but:
                let_go(array)

    @property
    def passage_count(self) -> int:
        """Count passages, deleted ones included."""
        return len(self.data.spans)

    @cached_property
    def alive_articles(self) -> NDArray[np.bool_]:
        """Say of each article whether it still counts."""
        alive = np.ones(len(self.data.ids), dtype=bool)
        alive[self.dead] = False
        return alive

    @cached_property
    def alive_passages(self) -> NDArray[np.bool_]:
        """Say of each passage whether it still counts."""
        return np.repeat(self.alive_articles, np.diff(self.data.first_passages))

    def article(self, number: int) -> Article:
        """Read an article."""
        return article_from_json(self.data.articles[number])

    def owners_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Number the article that each passage belongs to."""
        return np.searchsorted(self.data.first_passages, numbers, side="right") - 1

    def owner_of(self, number: int) -> int:
        """Number the article that a passage belongs to."""
        return int(self.data.first_passages.searchsorted(number, "right")) - 1

    def passage(self, article: Article, owner: int, number: int) -> Passage:
        """Give a passage of an article already read; `owner` is its article's number."""
        start, end = self.data.spans[number].tolist()
        ordinal = number - int(self.data.first_passages[owner])
        return Passage(article.id, ordinal, start, end, article.text[start:end])
