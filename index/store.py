"""Protocols of an index: what searching and indexing ask of it, wherever it is stored.

`plait.index.local` implements them in a folder. Another store that implements them is
searched, fused, ranked and explained alike; `plait.index.factory` opens each kind.
"""

from __future__ import annotations  # what only types need is not imported: NumPy, for one

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, Self, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

    from plait.index.article import Article, Passage
    from plait.index.filter import FieldFacts, Filter
    from plait.index.leg import BM25, Flags, Leg, Passages, Scores
    from plait.index.recipe import Recipe

Change: TypeAlias = Literal["added", "updated", "unchanged"]
SourceState: TypeAlias = tuple[int, int, str]
"""Size in bytes and modification time in nanoseconds of a file when it was read, and how it was
read."""


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Sizes by which a store works; none changes what is exact."""

    exact_rows: int = 25_000
    """Number of rows up to which every vector is read: signs make it no faster (docs/adr/0009)."""
    shortlist_rows: int = 1000
    """Least number of rows that their signs choose in a larger segment."""
    shortlist_per_hit: int = 8
    """Least number of rows that signs choose for each hit that is wanted."""
    shortlist_share: int = 60
    """Number of rows of which signs choose one, at least: 2,000 of 120,000 hold .996 of the best
    ten."""
    shortlist_filtered: int = 4
    """Factor of the shortlist within a filter: the nearest of some rows are less near than those of
    all, so that their signs tell less."""
    queries_per_release: int = 4
    """Number of queries after which memory is released: each maps some 5 MB that few others need
    (docs/adr/0012)."""
    filters_cached: int = 8
    """Number of filters cached, by their values: each holds the passages that pass."""
    legs_cached: int = 8
    """Number of keyword legs cached, by their parameters: each holds two numbers a passage."""


class Occurrences(Protocol):
    """Occurrences of some terms in the texts of live passages; a text includes its title."""

    @property
    def counts(self) -> Sequence[int]:
        """Numbers of live passages with each term."""
        ...

    def first(self, term: int, most: int) -> Passages:
        """Return the first `most` passages with the term at that index, ascending."""
        ...

    def held_by(self, term: int, passages: Passages) -> Flags:
        """Return whether each of `passages` holds the term at that index, (passages,)."""
        ...

    def side_by_side(self, first: int, second: int, passages: Passages, most: int = 1) -> Flags:
        """Return whether the term at the second index follows that at the first.

        It does so directly, or within `most` words, stop words among them.
        `passages`, ascending, hold both terms.
        """
        ...


class Dictionary(Protocol):
    """The terms of the texts of a store."""

    @property
    def passages(self) -> int:
        """Number of live passages of the store."""
        ...

    def find(self, terms: Sequence[str]) -> Occurrences:
        """Return where some terms occur."""
        ...

    def similar(self, word: str, edits: int) -> set[str]:
        """Return the terms of words at most `edits` letters away: inserted, deleted or replaced."""
        ...

    def letters(self) -> Mapping[str, int]:
        """Return how often each letter is in the words, each word counted once or a few times."""
        ...


class Store(Protocol):
    """Generation of an index, open for reading by any number of threads."""

    @property
    def name(self) -> str:
        """Place of the index, as `plait.index.factory.open_store` takes it."""
        ...

    @property
    def recipe(self) -> Recipe:
        """Analyzer, model and cutting that the index was built with."""
        ...

    @property
    def system(self) -> str:
        """Text of the index's own way of searching; empty for plait's default."""
        ...

    @property
    def dictionary(self) -> Dictionary:
        """Terms of the texts."""
        ...

    @property
    def article_count(self) -> int:
        """Live articles."""
        ...

    @property
    def passage_count(self) -> int:
        """Passages, deleted ones included: numbers of passages are below it."""
        ...

    def refresh(self) -> Self:
        """Return the newest generation: this very store where nothing was committed since."""
        ...

    def check(self) -> int:
        """Compare all files with their checksums; return how many there are.

        Raises `CorruptIndexError` that lists what differs.
        """
        ...

    def keyword_leg(self, parameters: BM25) -> Leg:
        """Return the leg that scores by words."""
        ...

    def dense_leg(self) -> Leg:
        """Return the leg that scores by the cosine of the query's vector."""
        ...

    def vectors(self, passages: Passages) -> NDArray[np.float32]:
        """Return the unit vectors of passages, (passages, dimension)."""
        ...

    def max_similarity(
        self, tokens: NDArray[np.float32], weights: Scores, passages: Passages
    ) -> Scores:
        """Return MaxSim of a query's tokens with each passage, (passages,).

        `tokens` are (tokens, dimension), `weights` (tokens,). See
        `plait.index.dense.late_interaction.max_similarity`.
        """
        ...

    @property
    def has_fields(self) -> bool:
        """Whether articles can be filtered by their fields: not in an index of an earlier version.

        Where they cannot, the next four raise `FingerprintError`.
        """
        ...

    def fields(self) -> Mapping[str, FieldFacts]:
        """Return facts of each field that some live article has, by name."""
        ...

    def within(self, tree: Filter) -> Passages:
        """Return the live passages of the articles that pass a filter, ascending.

        The array is not to be changed.
        """
        ...

    def counts(self, field: str, articles: Passages, unit: str = "") -> dict[str, int]:
        """Return how many of some articles have each value of a field; "" for those with none.

        `articles` are numbers as of `owners`, each once, ascending. `unit` is `year`, `month` or
        `day`, by which dates are counted. Of the source, an address counts as its host, and a
        file that is one article as its folder. An article with several values counts for each.
        """
        ...

    def days(self, articles: Passages) -> Scores:
        """Return the first day of each article's date, (articles,); NaN without one.

        Days are counted from the first of January of the year 1, which is day 1.
        """
        ...

    def live(self) -> Passages:
        """Return the passages that are not deleted, ascending."""
        ...

    def owners(self, passages: Passages) -> NDArray[np.int64]:
        """Return a number for the article of each passage, the same for the same article."""
        ...

    def passage_ids(self, passages: Passages) -> list[str]:
        """Return the id of each passage: its article's, `#`, and its number in it."""
        ...

    def read(self, passages: Passages) -> list[tuple[Article, Passage]]:
        """Return passages and their articles."""
        ...

    def article(self, article_id: str) -> Article:
        """Return an article; raises `NotFoundError`."""
        ...

    def passages_of(self, article_id: str) -> list[Passage]:
        """Return the passages of an article in order; raises `NotFoundError`."""
        ...

    def article_ids(self) -> Iterator[str]:
        """Yield the ids of all live articles."""
        ...

    def __contains__(self, article_id: str) -> bool:
        """Return whether there is a live article with that id."""
        ...


class Writer(Protocol):
    """Index that is open for writing; a context manager.

    Leaving the block normally commits; leaving it by an exception does not.
    """

    sources: dict[str, SourceState]
    """State of each file that was read, by its path."""

    @property
    def root(self) -> Path:
        """Path of the index folder."""
        ...

    @property
    def pending(self) -> int:
        """Number of characters added since the last commit."""
        ...

    def field_kinds(self) -> Mapping[str, set[str]]:
        """Return the kinds of values that each field of the committed articles has, by name."""
        ...

    def notice(self) -> str:
        """Return a notice to the user on what was added; empty if there is none."""
        ...

    def get(self, article_id: str) -> Article | None:
        """Return the article as it is now, uncommitted changes included."""
        ...

    def ids(self) -> list[str]:
        """Return the ids of all articles, uncommitted ones included."""
        ...

    def add(self, article: Article) -> Change:
        """Add an article, or replace the one with its id; raises `ReadingError`."""
        ...

    def remove(self, article_id: str) -> bool:
        """Remove an article; return whether there was one with that id."""
        ...

    def commit(self) -> None:
        """Make everything since the last commit durable and visible, or nothing of it."""
        ...

    def __enter__(self) -> Self:
        """Return this writer."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """Commit, unless an error is on its way, and close."""
        ...
