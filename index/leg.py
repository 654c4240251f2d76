"""Legs: ways of scoring every passage of an index for one query.

A leg returns an answer to a query; an answer scores any passages in full, and knows how all
passages of the index score. Passages are numbered from 0 through all of an index; the
numbers hold for one generation of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from whoosh.query import Query as Tree

Passages: TypeAlias = NDArray[np.int64]
"""Numbers of passages."""
NO_PASSAGES: Passages = np.zeros(0, np.int64)
"""Empty array, so that nothing can be concatenated, too."""
Scores: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Within: TypeAlias = Passages | None
"""Passages that may be found, ascending; None where all live ones may."""

K1 = 0.9
B = 0.4
"""Default parameters of BM25, as in Anserini, which tuned them on news."""
TITLE_WEIGHT = 0.2
"""Default weight of a match in the title. The text field holds the title as well, so a word
of the title is found by both; anything from 0 to .5 ranks alike (docs/adr/0004)."""
TITLE_BOOST = -1.0
"""Boost of a tree's leaves in the title; it stands for the weight that a keyword leg has. No query
can contain it."""


@dataclass(frozen=True, slots=True)
class BM25:
    """Parameters of the keyword leg."""

    k1: float = K1
    """Saturation of a term's frequency: how soon repeating it stops to help; not negative."""
    b: float = B
    """Share of the length that is normalised away, 0 to 1."""
    title: float = TITLE_WEIGHT
    """Weight of a match in the title, beside 1 for one in the text."""


@dataclass(frozen=True, slots=True)
class TermPart:
    """Score that one word of the query adds to a passage."""

    field: str
    term: str
    score: float


@dataclass(frozen=True, slots=True)
class LegScores:
    """Scores of some passages by one leg, and their distribution over all passages."""

    passages: Passages
    """Passages, each once, ascending."""
    scores: Scores
    """Score of each of `passages`."""
    mean: float
    """Mean over every live passage of the index, not only `passages`."""
    deviation: float
    """Standard deviation over every live passage; 0 where all score the same."""
    is_sparse: bool = False
    """Whether a score of 0 means that a passage has none of the query's words."""


class Spelling(Protocol):
    """Other spelling of several words of a query (`plait.search.query.variants.Variant`)."""

    @property
    def term(self) -> str:
        """Term of the spelling."""
        ...

    @property
    def terms(self) -> Sequence[str]:
        """Terms of the query that a passage with the spelling has, in other words."""
        ...


class LegQuery(Protocol):
    """A parsed query, as legs read it (`plait.search.query.parser.Query`)."""

    @property
    def terms(self) -> Sequence[tuple[str, float]]:
        """Distinct terms of the wanted words, and the weight of each."""
        ...

    @property
    def variants(self) -> Sequence["Spelling"]:
        """Terms that stand for several of `terms`, as `postwar` does for two."""
        ...

    @property
    def tree(self) -> "Tree | None":
        """Whoosh's query where operators were used; None for a bag of words.

        Leaves in the title that have `TITLE_BOOST` stand for a word in any field: a leg puts its
        own weight there (`plait.index.keyword.tree.weighted`).
        """
        ...

    @property
    def by_passage(self) -> bool:
        """Whether operators hold for each passage by itself, and not for its whole article."""
        ...

    @property
    def vector(self) -> NDArray[np.float32]:
        """Unit vector of the wanted words, (dimension,); encoded when first read."""
        ...


class Answer(Protocol):
    """Answer of one leg to one query."""

    @property
    def within(self) -> Within:
        """Passages that the operators of the query, and the caller, let through."""
        ...

    def best(self, k: int) -> Passages:
        """Return the best `k` passages that may be found, and all that tie with the last.

        Ascending.
        """
        ...

    def scores(self, passages: Passages) -> LegScores:
        """Return the full scores of `passages`, which ascend, each once."""
        ...

    def terms(self, passages: Passages) -> list[list[TermPart]]:
        """Return what each word adds to each of `passages`, in any order; empty without words."""
        ...


class Leg(Protocol):
    """Way of scoring every passage of a store."""

    def ask(self, query: LegQuery, within: Within = None) -> Answer:
        """Score passages for a query.

        Raises `QueryError` where it needs too much, and `ModelError` where the vector cannot
        be had.
        """
        ...
