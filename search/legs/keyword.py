"""Here is a query: which passages contain its words, and what does BM25 say?

Bags of words are scored by NumPy, all postings at once; so are the leaves of a query
with operators, with the same formula (`plait.search.legs.leaves`, `plait.search.legs.tree`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import accumulate, pairwise
from typing import Self

import numpy as np
from whoosh.query import Query as Tree

from plait.index.files.topk import best_places, looked_up
from plait.index.keyword.postings import TermFrequencies
from plait.index.keyword.reader import KeywordReader
from plait.search.hit import TermPart
from plait.search.legs.bm25 import BM25, idf, length_norm, term_score
from plait.search.legs.leaves import Leaves
from plait.search.legs.leg import LegScores, Numbers, Scores
from plait.search.legs.tree import leaf_text, matching, scoring_leaves
from plait.search.query.parser import Query

_NONE = np.zeros(0, np.int64)
"""So that nothing can be concatenated, too."""


@dataclass(frozen=True, slots=True)
class TermScores:
    """What each term adds to the passages it is found in: term after term, end to end."""

    terms: Sequence[tuple[str, str]]
    """Field and term of each, once for every segment that has it; or each leaf of a tree."""
    counts: Sequence[int]
    """How many of `passages` and `scores` are each term's."""
    passages: Numbers
    """Of each term ascending."""
    scores: Scores

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Put the terms of several fields, or leaves, end to end."""
        return cls(
            [term for part in parts for term in part.terms],
            [count for part in parts for count in part.counts],
            np.concatenate([_NONE, *(part.passages for part in parts)]),
            np.concatenate([np.zeros(0), *(part.scores for part in parts)]),
        )

    def of(self, passages: Numbers) -> list[list[TermPart]]:
        """Say what each term adds to each of some passages."""
        found: list[list[TermPart]] = [[] for _ in passages]
        bounds = pairwise(accumulate(self.counts, initial=0))
        for term, (start, end) in zip(self.terms, bounds, strict=True):
            at, there = looked_up(passages, self.passages[start:end])
            scores = self.scores[start:end]
            for row in np.flatnonzero(there).tolist():
                found[row].append(TermPart(*term, float(scores[at[row]])))
        return found


@dataclass(frozen=True, slots=True)
class KeywordScores:
    """BM25 of every passage of an index, for one query."""

    totals: Scores
    """(passages,): what its terms add to each, 0 where none is in it or it may not be found."""
    mean: float
    """Over all live passages."""
    deviation: float
    """Standard deviation over all live passages; 0 where all score the same."""
    terms: TermScores
    matching: Numbers | None
    """Passages that the operators let through, ascending; None for a bag of words."""

    @classmethod
    def of(cls, terms: TermScores, matching: Numbers | None, count: int, live: int) -> Self:
        """Add up what terms add to `count` passages, in the order given; so many are `live`."""
        # Of no postings NumPy counts in integers, weights or not.
        added = np.bincount(terms.passages, terms.scores, count).astype(np.float64, copy=False)
        totals: Scores = added
        if matching is not None:
            totals = np.zeros(count)
            totals[matching] = added[matching]
        mean = float(totals.sum()) / max(live, 1)
        # Not by `@`, for whose sake OpenBLAS wakes threads.
        square = float(np.einsum("i,i->", totals, totals)) / max(live, 1)
        return cls(totals, mean, max(square - mean**2, 0.0) ** 0.5, terms, matching)

    def best(self, depth: int) -> Numbers:
        """Number the best `depth` of all that match, ascending, and those that tie with the last.

        With operators all that match, for whichever leg ranks them.
        """
        if self.matching is not None:
            return self.matching
        places = best_places(self.totals, depth)
        return places[self.totals[places] > 0]

    def leg(self, passages: Numbers) -> LegScores:
        """Give the scores of some passages."""
        return LegScores(passages, self.totals[passages], self.mean, self.deviation)


class KeywordLeg:
    """BM25 over the live passages of an index."""

    def __init__(self, reader: KeywordReader, parameters: BM25 | None = None) -> None:
        self._reader = reader
        self._parameters = parameters or BM25()
        # Of a function: a cached method would make a cycle, which only the collector frees.
        self._norms = cache(partial(_length_norms, reader, self._parameters))

    def score(self, query: Query) -> KeywordScores:
        """Score every passage, and say of what terms."""
        terms, let_through = self._bag(query) if query.tree is None else self._tree(query.tree)
        return KeywordScores.of(terms, let_through, len(self._reader), self._reader.count)

    def _bag(self, query: Query) -> tuple[TermScores, None]:
        """Score all passages that have any of the terms."""
        boosts = query.field_weights.items()
        fields = [self._field(query, field, boost) for field, boost in boosts if boost]
        return TermScores.joined(fields), None

    def _field(self, query: Query, field: str, boost: float) -> TermScores:
        """Score all terms in one field.

        At once: a call of NumPy costs as much as some hundred postings.
        """
        terms: list[tuple[str, str]] = []
        weights: list[float] = []
        found: list[TermFrequencies] = []
        frequencies_of = self._reader.term_frequencies(field, _keys(query))
        for (term, typed), parts in zip(query.terms, frequencies_of, strict=True):
            terms += [(field, term)] * len(parts)
            weights += [boost * typed * _idf(self._reader, parts)] * len(parts)
            found += parts
        counts = [len(passages) for passages, _ in found]
        passages = np.concatenate([_NONE, *(own for own, _ in found)], dtype=np.int64)
        frequencies = np.concatenate([_NONE, *(own for _, own in found)], dtype=np.float64)
        norms = self._norms(field)[passages]
        scores = term_score(frequencies, norms, np.repeat(weights, counts))
        return TermScores(terms, counts, passages, scores)

    def _tree(self, tree: Tree) -> tuple[TermScores, Numbers]:
        """Score all that have any of the leaves, and say which passages the tree lets through."""
        leaves = Leaves(self._reader, self._norms)
        run = cache(leaves.run)
        scored = [
            TermScores([(leaf.field() or "", leaf_text(leaf))], [len(run(leaf)[0])], *run(leaf))
            for leaf in scoring_leaves(tree)
        ]
        count = len(self._reader)
        return TermScores.joined(scored), matching(tree, lambda leaf: run(leaf)[0], count)


def _length_norms(reader: KeywordReader, parameters: BM25, field: str) -> Scores:
    """Return the length part of BM25 for every passage."""
    lengths, mean = reader.lengths(field), reader.mean_length(field)
    return length_norm(parameters, lengths.astype(np.float64), mean)


def _keys(query: Query) -> tuple[bytes, ...]:
    """Give the terms as an index has them."""
    return tuple(term.encode() for term, _ in query.terms)


def _idf(reader: KeywordReader, parts: Sequence[TermFrequencies]) -> float:
    """Weigh a term by the live passages that have it."""
    return idf(sum(len(passages) for passages, _ in parts), reader.count)
