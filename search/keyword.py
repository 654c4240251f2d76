"""Here is a query: which passages contain its words, and what does BM25 say?

Bags of words take a vectorised exact path; the leaves of a query with operators run
Whoosh's matchers over the same arrays with the same formula (`plait.search.tree`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Query as Tree
from whoosh.searching import Searcher

from plait.index.analyzer import TextAnalyzer
from plait.index.keyword.codec import whoosh_reader
from plait.index.keyword.reader import KeywordReader
from plait.search.bm25 import BM25, WhooshBM25, idf, length_norm, term_score
from plait.search.query import FIELD_WEIGHTS, Query
from plait.search.ranking import LegScores, Numbers, Scores
from plait.search.tree import leaf_text, matching, scoring_leaves


@dataclass(frozen=True, slots=True)
class TermScores:
    """What one term adds in one field: scores beside the passages it is found in."""

    field: str
    term: str
    passages: NDArray[np.integer[Any]]
    """Ascending."""
    scores: Scores


class KeywordLeg:
    """BM25 over the live passages of an index."""

    def __init__(
        self, reader: KeywordReader, analyzer: TextAnalyzer, parameters: BM25 | None = None
    ) -> None:
        self._reader = reader
        self._parameters = parameters or BM25()
        self._schema = analyzer.schema
        self._norm = cache(self._length_norm)

    def _length_norm(self, field: str) -> NDArray[np.float64]:
        lengths, mean = self._reader.lengths(field), self._reader.mean_length(field)
        return length_norm(self._parameters, lengths, mean)

    def score(self, query: Query) -> tuple[LegScores, list[TermScores]]:
        """Score every passage that matches (the rest score 0), and say of what terms.

        A passage's score is the sum of what its terms add, in the order given.
        """
        terms, matching = self._bag(query) if query.tree is None else self._tree(query.tree)
        found = [part.passages for part in terms] or [np.zeros(0, np.int64)]
        added = [part.scores for part in terms] or [np.zeros(0)]
        totals: Scores = np.bincount(
            np.concatenate(found), np.concatenate(added), len(self._reader)
        ).astype(np.float64, copy=False)
        passages = np.flatnonzero(totals) if matching is None else matching
        scores = totals[passages]
        count = max(self._reader.count, 1)
        mean = float(scores.sum()) / count
        variance = float(scores @ scores) / count - mean**2
        return LegScores(passages, scores, mean, max(variance, 0.0) ** 0.5), terms

    def _bag(self, query: Query) -> tuple[list[TermScores], None]:
        parts = [part for field in FIELD_WEIGHTS for part in self._field(field, query.terms)]
        return parts, None

    def _field(self, field: str, terms: Sequence[tuple[str, int]]) -> list[TermScores]:
        """Score the terms of a bag in one field, all at once."""
        postings = self._reader.postings(field, [term.encode() for term, _ in terms])
        found = [(*term, p) for term, p in zip(terms, postings, strict=True) if p is not None]
        if not found:
            return []
        sizes = [len(posting.passages) for _, _, posting in found]
        weights = [
            FIELD_WEIGHTS[field] * count * idf(size, self._reader.count)
            for (_, count, _), size in zip(found, sizes, strict=True)
        ]
        passages = np.concatenate([posting.passages for _, _, posting in found])
        frequencies = np.concatenate([posting.frequencies for _, _, posting in found])
        norms = self._norm(field)[passages]
        scores = term_score(frequencies.astype(np.float64), norms, np.repeat(weights, sizes))
        cuts = [0, *accumulate(sizes)]
        return [
            TermScores(field, term, passages[start:end], scores[start:end])
            for (term, _, _), (start, end) in zip(found, pairwise(cuts), strict=True)
        ]

    def _tree(self, tree: Tree) -> tuple[list[TermScores], Numbers]:
        reader = whoosh_reader(self._reader, self._schema)
        searcher = Searcher(reader, weighting=WhooshBM25(self._parameters))
        found = cache(lambda leaf: _run(leaf, searcher))
        terms = [
            TermScores(leaf.field() or "", leaf_text(leaf), *found(leaf))
            for leaf in scoring_leaves(tree)
        ]
        return terms, matching(tree, lambda leaf: found(leaf)[0])


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
