"""Here is a query: which passages contain its words, and what does BM25 say?

Bags of words take a vectorised exact path; the leaves of a query with operators run
Whoosh's matchers over the same arrays with the same formula (`plait.search.tree`).
"""

from dataclasses import dataclass
from functools import cache
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
        totals = np.zeros(len(self._reader))
        for part in terms:
            totals[part.passages] += part.scores
        passages = np.flatnonzero(totals) if matching is None else matching
        scores = totals[passages]
        count = max(self._reader.count, 1)
        mean = float(scores.sum()) / count
        variance = float((scores**2).sum()) / count - mean**2
        return LegScores(passages, scores, mean, float(np.sqrt(max(variance, 0.0)))), terms

    def _bag(self, query: Query) -> tuple[list[TermScores], None]:
        pairs = ((field, *term) for field in FIELD_WEIGHTS for term in query.terms)
        found = (self._term(field, term, count) for field, term, count in pairs)
        return [part for part in found if part is not None], None

    def _term(self, field: str, term: str, count: int) -> TermScores | None:
        posting = self._reader.posting(field, term.encode())
        if posting is None:
            return None
        rarity = idf(len(posting.passages), self._reader.count)
        norm = self._norm(field)[posting.passages]
        scores = term_score(posting.frequencies.astype(np.float64), norm, rarity)
        weight = FIELD_WEIGHTS[field] * count
        return TermScores(field, term, posting.passages, weight * scores)

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
