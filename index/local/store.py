"""Store of an index in a folder."""

import os
from collections.abc import Iterator, Mapping
from functools import cache, cached_property, lru_cache, partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.article import Article, Passage
from plait.index.dense.late_interaction import max_similarity
from plait.index.errors import CorruptIndexError
from plait.index.files.shared import Shared
from plait.index.keyword.dictionary import TermDictionary
from plait.index.keyword.leg import KeywordLeg
from plait.index.leg import Passages, Scores
from plait.index.local.dense import DenseArrays, DenseLeg
from plait.index.local.manifest import MANIFEST
from plait.index.local.snapshot import Snapshot, check_files
from plait.index.recipe import Recipe
from plait.index.store import StoreSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from plait.index.filter import FieldFacts, Filter
    from plait.index.local.fields import Fields

Stamp: TypeAlias = tuple[int, int, int]
"""Inode, size and time of change of a manifest: another generation has another."""


class LocalStore:
    """Generation of an index folder. A `plait.index.store.Store`.

    Holds 39 files a segment open until nothing refers to the store any more. It never changes:
    all who open a generation in one process have the same store (`shared_store`).
    """

    def __init__(
        self, root: Path, settings: StoreSettings | None = None, known: Snapshot | None = None
    ) -> None:
        """Open the newest generation; raises `NoIndexError` and `CorruptIndexError`."""
        self._stamp = _stamp(root)  # first: `refresh` must see what is committed from now on
        self.snapshot = Snapshot(root, known)
        self._settings = settings or StoreSettings()
        self._arrays = DenseArrays(self.snapshot, self._settings)
        # A cached method would make a cycle, which only the collector frees.
        articles = cache(partial(_articles, self.snapshot))
        leg = partial(KeywordLeg, self.snapshot.keyword, articles=articles)
        self.keyword_leg = lru_cache(self._settings.legs_cached)(leg)
        self.dictionary = TermDictionary(self.snapshot.keyword)
        self._queries = count(1)

    @property
    def name(self) -> str:
        """Path of the folder."""
        return str(self.snapshot.root)

    @property
    def recipe(self) -> Recipe:
        """Analyzer, model and cutting that the index was built with."""
        return self.snapshot.manifest.recipe

    @property
    def system(self) -> str:
        """Text of the index's own way of searching; empty for plait's default."""
        return self.snapshot.manifest.system

    @property
    def article_count(self) -> int:
        """Number of live articles."""
        return sum(entry.articles for entry in self.snapshot.manifest.segments)

    @property
    def passage_count(self) -> int:
        """Number of passages, deleted ones included."""
        return len(self.snapshot.keyword)

    def refresh(self) -> "LocalStore":
        """Return the newest generation: this very store where nothing was committed since.

        Looks at the manifest's times, and reads it only where they changed. Segments that are
        open are not opened again. Raises as opening does.
        """
        if _stamp(self.snapshot.root) == self._stamp:
            return self
        return shared_store(self.snapshot.root, self._settings, self.snapshot)

    def check(self) -> int:
        """Compare every file with its checksum; return how many there are."""
        return check_files(self.snapshot.root)

    def dense_leg(self) -> DenseLeg:
        """Return the leg that scores by cosine; release memory first, every few queries."""
        if not next(self._queries) % self._settings.queries_per_release:
            self.snapshot.release()
        return DenseLeg(self._arrays)

    def vectors(self, passages: Passages) -> NDArray[np.float32]:
        """Return the unit vectors of passages, (passages, dimension)."""
        return self._arrays.vectors(passages)

    def max_similarity(
        self, tokens: NDArray[np.float32], weights: Scores, passages: Passages
    ) -> Scores:
        """Return MaxSim of a query's tokens with each passage, (passages,)."""
        return max_similarity(tokens, self._arrays.tokens(passages), weights)

    @property
    def has_fields(self) -> bool:
        """Whether articles can be filtered: not in an index that an earlier version wrote."""
        return all(segment.data.columns for segment in self.snapshot.segments)

    @cached_property
    def _fields(self) -> "Fields":
        from plait.index.local.fields import Fields  # noqa: PLC0415 - few searches need filters

        return Fields(self.snapshot)

    @cached_property
    def _within(self) -> "Callable[[Filter], Passages]":
        return lru_cache(self._settings.filters_cached)(self._fields.within)

    def within(self, tree: "Filter") -> Passages:
        """Return the live passages of the articles that pass a filter, ascending."""
        return self._within(tree)

    def fields(self) -> "Mapping[str, FieldFacts]":
        """Return facts of each field that some live article has, by name."""
        return self._fields.facts

    def counts(self, field: str, articles: Passages, unit: str = "") -> dict[str, int]:
        """Return how many of some articles have each value of a field; "" for those with none."""
        return self._fields.counts(field, articles, unit)

    def days(self, articles: Passages) -> Scores:
        """Return the first day of each article's date, (articles,); NaN without one."""
        return self._fields.days(articles)

    def live(self) -> Passages:
        """Return the passages that are not deleted, ascending."""
        return np.flatnonzero(self.snapshot.keyword.alive)

    def owners(self, passages: Passages) -> Passages:
        """Return the number of each passage's article, (passages,)."""
        return self.snapshot.owners(passages)

    def passage_ids(self, passages: Passages) -> list[str]:
        """Return the id of each passage, without reading texts."""
        return [self.snapshot.passage_id(passage) for passage in passages.tolist()]

    def read(self, passages: Passages) -> list[tuple[Article, Passage]]:
        """Return passages and their articles; raises `CorruptIndexError`."""
        return [self.snapshot.read(passage) for passage in passages.tolist()]

    def article(self, article_id: str) -> Article:
        """Return an article; raises `NotFoundError`."""
        return self.snapshot.article(article_id)

    def passages_of(self, article_id: str) -> list[Passage]:
        """Return the passages of an article in order; raises `NotFoundError`."""
        return self.snapshot.passages_of(article_id)

    def article_ids(self) -> Iterator[str]:
        """Yield the ids of all live articles."""
        return self.snapshot.article_ids()

    def __contains__(self, article_id: str) -> bool:
        return article_id in self.snapshot


def _articles(snapshot: Snapshot) -> Passages:
    """Return the number of the article of every passage, (passages,)."""
    return snapshot.owners(np.arange(len(snapshot.keyword)))


_STORES: Shared[LocalStore] = Shared()
"""Stores that are in use, by folder, manifest and settings."""


def shared_store(
    root: Path, settings: StoreSettings | None = None, known: Snapshot | None = None
) -> LocalStore:
    """Return the newest generation, as this process has it open or opened now.

    Raises as `LocalStore`.
    """
    settings = settings or StoreSettings()
    while True:
        stamp = _stamp(root)
        store = _STORES.get((root, stamp, settings), partial(LocalStore, root, settings, known))
        try:
            store.snapshot.check_sizes()  # it may have been opened long ago
        except CorruptIndexError:
            if _stamp(root) == stamp:
                raise
        else:
            return store


def _stamp(root: Path) -> Stamp | None:
    """Return the manifest's stamp; None where there is none."""
    try:
        found = os.stat(root / MANIFEST)  # noqa: PTH116 - a fifth faster, before every request
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
