"""Here is a query: which passages contain its words, and what does BM25 say?

Bags of words take a vectorised exact path; the leaves of a query with operators run
Whoosh's matchers over the same arrays with the same formula (`plait.search.tree`).
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Query as Tree
from whoosh.searching import Searcher

from plait.index.analyzer import TextAnalyzer
from plait.index.keyword.codec import whoosh_reader
from plait.index.keyword.reader import KeywordReader
from plait.search.bm25 import BM25, WhooshBM25, idf, length_norm, term_score
from plait.search.hit import TermPart
from plait.search.query import FIELD_WEIGHTS, Query
from plait.search.ranking import LegScores, Numbers, Scores, looked_up
from plait.search.tree import leaf_text, matching, scoring_leaves


@dataclass(frozen=True, slots=True)
class TermScores:
    """What each term adds to the passages it is found in: term after term, end to end."""

    terms: Sequence[tuple[str, str]]
    """Field and term of each; of a query with operators, each leaf."""
    ends: Sequence[int]
    """Where each term's part of `passages` and `scores` ends."""
    passages: NDArray[np.integer[Any]]
    scores: Scores

    @classmethod
    def joined(
        cls, parts: Sequence[tuple[str, str, NDArray[np.integer[Any]], Scores]]
    ) -> "TermScores":
        """Put the parts of single terms (field, term, passages, scores) end to end."""
        return cls(
            [(field, term) for field, term, _, _ in parts],
            list(accumulate(len(passages) for _, _, passages, _ in parts)),
            np.concatenate([np.zeros(0, np.int64), *(part[2] for part in parts)]),
            np.concatenate([np.zeros(0), *(part[3] for part in parts)]),
        )

    def of(self, passage: int) -> list[TermPart]:
        """Say what each term adds to one passage."""
        rows = np.flatnonzero(self.passages == passage).tolist()
        return [
            TermPart(*self.terms[bisect_right(self.ends, row)], float(self.scores[row]))
            for row in rows
        ]


class KeywordLeg:
    """BM25 over the live passages of an index."""

    def __init__(
        self, reader: KeywordReader, analyzer: TextAnalyzer, parameters: BM25 | None = None
    ) -> None:
        self._reader = reader
        self._parameters = parameters or BM25()
        self._schema = analyzer.schema

    @cached_property
    def _norms(self) -> Scores:
        """The length part of BM25 for every passage, field after field."""
        parts = [
            length_norm(self._parameters, self._reader.lengths(f), self._reader.mean_length(f))
            for f in FIELD_WEIGHTS
        ]
        return np.concatenate(parts)

    def score(self, query: Query) -> tuple[LegScores, TermScores]:
        """Score every passage that matches (the rest score 0), and say of what terms.

        A passage's score is the sum of what its terms add, in the order given.
        """
        terms, matching = self._bag(query) if query.tree is None else self._tree(query.tree)
        added = np.bincount(terms.passages, terms.scores, len(self._reader))
        totals: Scores = added.astype(np.float64, copy=False)
        passages = np.flatnonzero(totals) if matching is None else matching
        scores = totals[passages]
        count = max(self._reader.count, 1)
        mean = float(scores.sum()) / count
        variance = float(scores @ scores) / count - mean**2
        return LegScores(passages, scores, mean, max(variance, 0.0) ** 0.5), terms

    def _bag(self, query: Query) -> tuple[TermScores, None]:
        """Score all terms in all fields at once."""
        keys = [term.encode() for term, _ in query.terms]
        fields = query.field_weights
        found = [
            (field, number, *term, posting)
            for number, field in enumerate(FIELD_WEIGHTS)
            for term, posting in zip(query.terms, self._reader.postings(field, keys), strict=True)
            if posting is not None
        ]
        if not found:
            return TermScores.joined([]), None
        sizes = [len(posting.passages) for *_, posting in found]
        weights = [
            fields[field] * count * idf(size, self._reader.count)
            for (field, _, _, count, _), size in zip(found, sizes, strict=True)
        ]
        passages = np.concatenate([posting.passages for *_, posting in found])
        frequencies = np.concatenate([posting.frequencies for *_, posting in found])
        # Norms lie field after field; a passage's norm in the second lies this much further.
        shifts = [number * len(self._reader) for _, number, *_ in found]
        norms = self._norms[passages + np.repeat(shifts, sizes)]
        scores = term_score(frequencies.astype(np.float64), norms, np.repeat(weights, sizes))
        labels = [(field, term) for field, _, term, _, _ in found]
        return TermScores(labels, list(accumulate(sizes)), passages, scores), None

    def _tree(self, tree: Tree) -> tuple[TermScores, Numbers]:
        reader = whoosh_reader(self._reader, self._schema)
        searcher = Searcher(reader, weighting=WhooshBM25(self._parameters))
        found = cache(lambda leaf: _run(leaf, searcher))
        leaves = scoring_leaves(tree)
        parts = [(leaf.field() or "", leaf_text(leaf), *found(leaf)) for leaf in leaves]
        return TermScores.joined(parts), matching(tree, lambda leaf: found(leaf)[0])


def coverage(reader: KeywordReader, query: Query, passages: Numbers) -> Scores:
    """Give the share of the query's words that are in each passage, 0 to 1.

    Each word weighs its inverse document frequency; one that no passage has weighs
    most. 0 where the query has none but stop words.
    """
    found, total = np.zeros(len(passages)), 0.0
    for posting in reader.postings("text", [term.encode() for term, _ in query.terms]):
        weight = idf(len(posting.passages) if posting else 0, reader.count)
        total += weight
        if posting:
            found += weight * looked_up(passages, posting.passages)[1]
    return found / total if total else found


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
