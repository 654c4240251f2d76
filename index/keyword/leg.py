"""The keyword leg: BM25 over the live passages of an index, for words and for operators.

Bags of words are scored by NumPy, all postings at once; so are the leaves of a query
with operators, with the same formula (`plait.index.keyword.leaves`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Self

import numpy as np

from plait.index.arithmetic import best_places, idf, looked_up
from plait.index.keyword.bm25 import length_norm, term_score
from plait.index.keyword.leaves import Leaves
from plait.index.keyword.postings import TermFrequencies
from plait.index.keyword.reader import KeywordReader
from plait.index.keyword.tree import leaf_text, matching, scoring_leaves, weighted
from plait.index.leg import (
    BM25,
    NO_PASSAGES,
    LegQuery,
    LegScores,
    Passages,
    Scores,
    TermPart,
    Within,
)

if TYPE_CHECKING:
    from whoosh.query import Query as Tree


@dataclass(frozen=True, slots=True)
class TermScores:
    """Scores that each term adds to the passages it is found in, term after term."""

    terms: Sequence[tuple[str, str]]
    """Field and text of each term, once a segment that has it; or of each leaf of a tree."""
    counts: Sequence[int]
    """Numbers of rows of `passages` and `scores` that belong to each term."""
    passages: Passages
    """Passages of each term, ascending."""
    scores: Scores

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Put the terms of several fields, or leaves, end to end."""
        return cls(
            [term for part in parts for term in part.terms],
            [count for part in parts for count in part.counts],
            np.concatenate([NO_PASSAGES, *(part.passages for part in parts)]),
            np.concatenate([np.zeros(0), *(part.scores for part in parts)]),
        )

    def of(self, passages: Passages) -> list[list[TermPart]]:
        """Return what each term adds to each of some passages."""
        found: list[list[TermPart]] = [[] for _ in passages]
        bounds = pairwise(accumulate(self.counts, initial=0))
        for term, (start, end) in zip(self.terms, bounds, strict=True):
            at, there = looked_up(passages, self.passages[start:end])
            scores = self.scores[start:end]
            for row in np.flatnonzero(there).tolist():
                found[row].append(TermPart(*term, float(scores[at[row]])))
        return found


@dataclass(frozen=True, slots=True)
class KeywordAnswer:
    """BM25 of every passage of an index, for one query. A `plait.index.leg.Answer`."""

    totals: Scores
    """Sums over the terms, (passages,); 0 where a passage has none or no operator wants it."""
    mean: float
    """Mean of `totals` over all live passages."""
    deviation: float
    """Standard deviation of `totals` over all live passages; 0 where all score the same."""
    each: TermScores
    within: Within
    """Passages that the operators, and the caller, let through."""
    has_operators: bool = False
    """Whether a passage may be found without a word that scores."""

    @classmethod
    def of(cls, each: TermScores, matches: Within, sizes: tuple[int, int]) -> Self:
        """Sum the scores of terms in the order given, for passages that match a tree.

        `sizes` counts the passages, and those that are live.
        """
        count, live = sizes
        # Without postings, NumPy returns integers, weights or not.
        added = np.bincount(each.passages, each.scores, count).astype(np.float64, copy=False)
        totals: Scores = added
        if matches is not None:
            totals = np.zeros(count)
            totals[matches] = added[matches]
        mean = float(totals.sum()) / max(live, 1)
        # Not by `@`, for whose sake OpenBLAS wakes threads.
        square = float(np.einsum("i,i->", totals, totals)) / max(live, 1)
        deviation = max(square - mean**2, 0.0) ** 0.5
        return cls(totals, mean, deviation, each, matches, matches is not None)

    def restricted(self, within: Passages) -> Self:
        """Return the answer that finds some passages only; statistics stay those of all."""
        if self.within is not None:
            within = within[looked_up(within, self.within)[1]]
        return replace(self, within=within)

    def best(self, k: int) -> Passages:
        """Return the best `k` passages, ascending, and those that tie with the last.

        Without operators a passage has a word, or is not returned.
        """
        scores = self.totals if self.within is None else self.totals[self.within]
        places = best_places(scores, k)
        if not self.has_operators:
            places = places[scores[places] > 0]
        return places if self.within is None else self.within[places]

    def scores(self, passages: Passages) -> LegScores:
        """Return the scores of some passages."""
        totals = self.totals[passages]
        return LegScores(passages, totals, self.mean, self.deviation, is_sparse=True)

    def terms(self, passages: Passages) -> list[list[TermPart]]:
        """Return what each term adds to each of some passages."""
        return self.each.of(passages)


class KeywordLeg:
    """BM25 over the live passages of an index. A `plait.index.leg.Leg`."""

    def __init__(
        self,
        reader: KeywordReader,
        parameters: BM25 | None = None,
        articles: Callable[[], Passages] | None = None,
    ) -> None:
        """Score the passages of a reader; `articles` returns the number of each one's article.

        Without it, each passage is an article.
        """
        self._reader = reader
        self._passages = cache(partial(np.arange, len(reader)))
        self._articles = articles or self._passages
        self._parameters = parameters or BM25()
        self._sizes = len(reader), reader.count
        # A cached method would make a cycle, which only the collector frees.
        self._norms = cache(partial(_length_norms, reader, self._parameters))

    def ask(self, query: LegQuery, within: Within = None) -> KeywordAnswer:
        """Score every passage; raises `QueryError` for operators that need too much."""
        if query.tree is None:
            each, matches = self._bag(query), None
        else:
            units = self._passages if query.by_passage else self._articles
            each, matches = self._tree(weighted(query.tree, self._parameters.title), units())
        answer = KeywordAnswer.of(each, matches, self._sizes)
        return answer if within is None else answer.restricted(within)

    def _bag(self, query: LegQuery) -> TermScores:
        """Score all passages that have any of the terms."""
        boosts = ("title", self._parameters.title), ("text", 1.0)
        return TermScores.joined(
            [self._field(query, field, boost) for field, boost in boosts if boost]
        )

    def _field(self, query: LegQuery, field: str, boost: float) -> TermScores:
        """Score all terms in one field.

        All at once, as a call of NumPy costs as much as some hundred postings.
        """
        terms: list[tuple[str, str]] = []
        weights: list[float] = []
        found: list[TermFrequencies] = []
        for (term, typed), parts in zip(query.terms, self._frequencies(query, field), strict=True):
            terms += [(field, term)] * len(parts)
            weights += [boost * typed * _idf(self._reader, parts)] * len(parts)
            found += parts
        counts = [len(passages) for passages, _ in found]
        passages = np.concatenate([NO_PASSAGES, *(own for own, _ in found)], dtype=np.int64)
        frequencies = np.concatenate([NO_PASSAGES, *(own for _, own in found)], dtype=np.float64)
        norms = self._norms(field)[passages]
        scores = term_score(frequencies, norms, np.repeat(weights, counts))
        return TermScores(terms, counts, passages, scores)

    def _frequencies(self, query: LegQuery, field: str) -> list[Sequence[TermFrequencies]]:
        """Return where each term of a query occurs in one field, in whatever spelling."""
        keys = [term for term, _ in query.terms]
        variants = [own.term for own in query.variants]
        wanted = tuple(term.encode() for term in (*keys, *variants))
        found = self._reader.term_frequencies(field, wanted)
        own = dict(zip(keys, found[: len(keys)], strict=True))
        for variant, others in zip(query.variants, found[len(keys) :], strict=True):
            for term in variant.terms if others else ():
                own[term] = [_either([*own[term], *others])]
        return [own[term] for term in keys]

    def _tree(self, tree: "Tree", articles: Passages) -> tuple[TermScores, Passages]:
        """Score all passages with any of the leaves; return also those that the tree matches.

        A passage matches where its article does: `articles` are their numbers.
        """
        leaves = Leaves(self._reader, self._norms, articles)
        run = cache(leaves.run)
        scored = [
            TermScores([(leaf.field() or "", leaf_text(leaf))], [len(run(leaf)[0])], *run(leaf))
            for leaf in scoring_leaves(tree)
        ]
        found = matching(tree, lambda leaf: run(leaf)[0], articles)
        return TermScores.joined(scored), found[self._reader.alive[found]]


def _length_norms(reader: KeywordReader, parameters: BM25, field: str) -> Scores:
    """Return BM25's length norm of every passage."""
    lengths, mean = reader.lengths(field), reader.mean_length(field)
    return length_norm(parameters, lengths.astype(np.float64), mean)


def _either(found: Sequence[TermFrequencies]) -> TermFrequencies:
    """Return where any of some terms occurs, as often as the most frequent does in a passage.

    A text with `post-war` has `postwar` for it, and `post` and `war`: it is one occurrence.
    """
    passages = np.concatenate([own for own, _ in found])
    frequencies = np.concatenate([own for _, own in found])
    order = np.argsort(passages, kind="stable")
    each, first = np.unique(passages[order], return_index=True)
    return each, np.maximum.reduceat(frequencies[order], first)


def _idf(reader: KeywordReader, parts: Sequence[TermFrequencies]) -> float:
    """Return the idf of a term, counted over live passages."""
    return idf(sum(len(passages) for passages, _ in parts), reader.count)
