"""Here is a query: which passages contain its words, and what does BM25 say?

Bags of words take a vectorised exact path; trees of operators run Whoosh's
matchers over the same arrays with the same formula.
"""

from collections.abc import Sequence
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
from plait.search.query import FIELD_WEIGHTS, Query, leaf_text, scoring_leaves
from plait.search.ranking import LegScores, Numbers, Scores


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

    def terms(self, query: Query) -> list[TermScores]:
        """Give what each term adds, in each field, in a fixed order; of a tree, each leaf."""
        if query.tree is not None:
            return [
                TermScores(leaf.field() or "", leaf_text(leaf), *self._match(leaf))
                for leaf in scoring_leaves(query.tree)
            ]
        found = (
            self._term(field, term, count) for field in FIELD_WEIGHTS for term, count in query.terms
        )
        return [part for part in found if part is not None]

    def scores(self, query: Query, terms: Sequence[TermScores]) -> LegScores:
        """Add up what `terms` gave, for every passage that matches; the rest score 0."""
        totals = np.zeros(len(self._reader))
        for part in terms:
            totals[part.passages] += part.scores
        matching = np.flatnonzero(totals) if query.tree is None else self._match(query.tree)[0]
        scores = totals[matching]
        count = max(self._reader.count, 1)
        mean = float(scores.sum()) / count
        variance = float((scores**2).sum()) / count - mean**2
        return LegScores(matching, scores, mean, float(np.sqrt(max(variance, 0.0))))

    def _term(self, field: str, term: str, count: int) -> TermScores | None:
        posting = self._reader.posting(field, term.encode())
        if posting is None:
            return None
        rarity = idf(len(posting.passages), self._reader.count)
        norm = self._norm(field)[posting.passages]
        scores = term_score(posting.frequencies.astype(np.float64), norm, rarity)
        weight = FIELD_WEIGHTS[field] * count
        return TermScores(field, term, posting.passages, weight * scores)

    def _match(self, tree: Tree) -> tuple[Numbers, Scores]:
        """Run Whoosh's matchers: passages in ascending order, and their scores."""
        reader = whoosh_reader(self._reader, self._schema)
        searcher = Searcher(reader, weighting=WhooshBM25(self._parameters))
        matcher = tree.matcher(searcher, searcher.context())
        passages: list[int] = []
        scores: list[float] = []
        while matcher.is_active():
            passages.append(matcher.id())
            scores.append(matcher.score())
            matcher.next()
        return np.array(passages, dtype=np.int64), np.array(scores, dtype=np.float64)
