"""Here is a query: which passages contain its words, and what does BM25 say?

Bags of words take a vectorised exact path; the leaves of a query with operators run
Whoosh's matchers over the same arrays with the same formula (`plait.search.tree`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain, pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Query as Tree
from whoosh.searching import Searcher

from plait.index.analyzer import TextAnalyzer
from plait.index.arrays import best_places, looked_up
from plait.index.keyword.codec import whoosh_reader
from plait.index.keyword.postings import Occurrences
from plait.index.keyword.reader import KeywordReader
from plait.search.bm25 import BM25, WhooshBM25, idf, length_norm, saturation
from plait.search.hit import TermPart
from plait.search.query import Query
from plait.search.ranking import LegScores, Numbers, Scores
from plait.search.tree import leaf_text, matching, scoring_leaves


@dataclass(frozen=True, slots=True)
class TermScores:
    """What each term adds to the passages it is found in: term after term, end to end."""

    terms: Sequence[tuple[str, str]]
    """Field and term of each; of a query with operators, each leaf. One may come twice."""
    ends: Sequence[int]
    """Where each term's part of `passages` and `scores` ends."""
    passages: Numbers
    """Of each term ascending."""
    scores: Scores

    def of(self, passages: Numbers) -> list[list[TermPart]]:
        """Say what each term adds to each of some passages."""
        found: list[list[TermPart]] = [[] for _ in passages]
        for term, (start, end) in zip(self.terms, pairwise([0, *self.ends]), strict=True):
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
    """The same."""
    terms: TermScores
    matching: Numbers | None
    """The passages that operators let through, ascending; None where there are none."""

    @classmethod
    def of(cls, terms: TermScores, matching: Numbers | None, passages: int, live: int) -> Self:
        """Add up what terms add, in the order given."""
        added = np.bincount(terms.passages, terms.scores, passages)
        totals: Scores = added.astype(np.float64, copy=False)
        if matching is not None:
            totals = np.zeros(passages)
            totals[matching] = added[matching]
        mean = float(totals.sum()) / max(live, 1)
        # Not by `@`, for whose sake OpenBLAS wakes threads.
        square = float(np.einsum("i,i->", totals, totals)) / max(live, 1)
        return cls(totals, mean, max(square - mean**2, 0.0) ** 0.5, terms, matching)

    def best(self, depth: int) -> Numbers:
        """Number the best `depth`, ascending, and what ties with the last; at best all matches.

        With operators, all matches.
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

    def __init__(
        self, reader: KeywordReader, analyzer: TextAnalyzer, parameters: BM25 | None = None
    ) -> None:
        self._reader = reader
        self._parameters = parameters or BM25()
        self._schema = analyzer.schema
        # Per instance: a cache on the method would keep closed readers alive.
        self._norms = cache(self._length_norms)

    def _length_norms(self, field: str) -> Scores:
        """Give the length part of BM25 for every passage."""
        lengths, mean = self._reader.lengths(field), self._reader.mean_length(field)
        return length_norm(self._parameters, lengths.astype(np.float64), mean)

    def score(self, query: Query) -> KeywordScores:
        """Score every passage, and say of what terms."""
        terms, matching = self._bag(query) if query.tree is None else self._tree(query.tree)
        return KeywordScores.of(terms, matching, len(self._reader), self._reader.count)

    def _bag(self, query: Query) -> tuple[TermScores, None]:
        """Score all passages that have any of the terms.

        All of them at once: a call of NumPy costs as much as some hundred postings.
        """
        boosts = query.field_weights.items()
        by_field = {field: self._found(query, field, boost) for field, boost in boosts if boost}
        found = list(chain.from_iterable(by_field.values()))
        lengths = [len(own.passages) for own in found]
        passages = np.concatenate([_NONE, *(own.passages for own in found)], dtype=np.int64)
        frequencies = np.concatenate([_NONE, *(own.frequencies for own in found)], dtype=np.float64)
        norms = np.empty(len(passages))
        start = 0
        for field, own in by_field.items():
            end = start + sum(len(one.passages) for one in own)
            # `clip`, or NumPy would take into a copy first.
            self._norms(field).take(passages[start:end], out=norms[start:end], mode="clip")
            start = end
        scores = saturation(frequencies, norms) * np.repeat([own.weight for own in found], lengths)
        terms = [(own.field, own.term) for own in found]
        return TermScores(terms, list(accumulate(lengths)), passages, scores), None

    def _found(self, query: Query, field: str, boost: float) -> list["_Found"]:
        """Look the terms of a query up in one field."""
        occurrences = self._reader.occurrences(field, _keys(query))
        return [
            _Found(field, term, weight, *own)
            for (term, typed), parts in zip(query.terms, occurrences, strict=True)
            for weight in [boost * typed * _idf(self._reader, parts)]
            for own in parts
        ]

    def _tree(self, tree: Tree) -> tuple[TermScores, Numbers]:
        """Score all that have any of the leaves, and say which passages the tree lets through."""
        reader = whoosh_reader(self._reader, self._schema)
        searcher = Searcher(reader, weighting=WhooshBM25(self._parameters))
        run = cache(lambda leaf: _run(leaf, searcher))
        leaves = list(scoring_leaves(tree))
        scored = [run(leaf) for leaf in leaves]
        terms = TermScores(
            [(leaf.field() or "", leaf_text(leaf)) for leaf in leaves],
            list(accumulate(len(passages) for passages, _ in scored)),
            np.concatenate([_NONE, *(passages for passages, _ in scored)]),
            np.concatenate([np.zeros(0), *(scores for _, scores in scored)]),
        )
        return terms, matching(tree, lambda leaf: run(leaf)[0])


@dataclass(frozen=True, slots=True)
class _Found:
    """Where one segment has a term, and what the term weighs."""

    field: str
    term: str
    weight: float
    passages: NDArray[np.int32]
    frequencies: NDArray[np.int32]


_NONE = np.zeros(0, np.int64)


def coverage(reader: KeywordReader, query: Query, passages: Numbers) -> Scores:
    """Give the share of the query's words that are in each passage, 0 to 1.

    Each word weighs its inverse document frequency; one that no passage has weighs
    most. 0 where the query has none but stop words.
    """
    found, total = np.zeros(len(passages)), 0.0
    for parts in reader.occurrences("text", _keys(query)):
        weight = _idf(reader, parts)
        total += weight
        for own, _ in parts:
            found += weight * looked_up(passages, own)[1]
    return found / total if total else found


def _keys(query: Query) -> tuple[bytes, ...]:
    """Give the terms as an index has them."""
    return tuple(term.encode() for term, _ in query.terms)


def _idf(reader: KeywordReader, parts: Sequence[Occurrences]) -> float:
    """Weigh a term by the live passages that have it."""
    return idf(sum(len(passages) for passages, _ in parts), reader.count)


def _run(leaf: Tree, searcher: Searcher) -> tuple[Numbers, Scores]:
    """Run Whoosh's matcher of a leaf: passages in ascending order, and their scores."""
    matcher = leaf.matcher(searcher, searcher.context())
    passages: list[int] = []
    scores: list[float] = []
    while matcher.is_active():
        passages.append(matcher.id())
        scores.append(matcher.score())
        matcher.next()
    return np.array(passages, dtype=np.int64), np.array(scores, dtype=np.float64)
