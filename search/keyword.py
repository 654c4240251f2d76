"""Here is a query: which passages contain its words, and what does BM25 say?

Bags of words take a vectorised exact path; trees of operators run Whoosh's
matchers over the same arrays with the same formula.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from whoosh.searching import Searcher

from plait.index.analyzer import TextAnalyzer
from plait.index.keyword.codec import whoosh_reader
from plait.index.keyword.reader import KeywordReader
from plait.search.bm25 import BM25, WhooshBM25, idf, length_norm, term_score
from plait.search.query import Query
from plait.search.ranking import LegScores

TITLE_WEIGHT = 0.2
"""Weight of the title field beside the text field, which holds the title too."""


@dataclass(frozen=True, slots=True)
class TermScores:
    """What one term adds in one field: scores beside the passages it is found in."""

    field: str
    term: str
    passages: NDArray[np.int32]
    scores: NDArray[np.float64]


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

    def scores(self, query: Query) -> LegScores:
        """Score every passage that matches; the rest have the score 0."""
        found = self._tree(query) if query.tree is not None else self._bag(query)
        passages, scores = found
        count = max(self._reader.count, 1)
        mean = float(scores.sum()) / count
        variance = float((scores**2).sum()) / count - mean**2
        return LegScores(passages, scores, mean, float(np.sqrt(max(variance, 0.0))))

    def terms(self, query: Query) -> Iterator[TermScores]:
        """Give what each term of a bag adds, in each field, in a fixed order."""
        for field, weight in (("title", TITLE_WEIGHT), ("text", 1.0)):
            for term, count in query.terms:
                posting = self._reader.posting(field, term.encode())
                if posting is None:
                    continue
                rarity = idf(len(posting.passages), self._reader.count)
                norm = self._norm(field)[posting.passages]
                scores = term_score(posting.frequencies.astype(np.float64), norm, rarity)
                yield TermScores(field, term, posting.passages, weight * count * scores)

    def _bag(self, query: Query) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        totals = np.zeros(len(self._reader))
        for part in self.terms(query):
            totals[part.passages] += part.scores
        passages = np.flatnonzero(totals)
        return passages, totals[passages]

    def _tree(self, query: Query) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        reader = whoosh_reader(self._reader, self._schema)
        searcher = Searcher(reader, weighting=WhooshBM25(self._parameters))
        assert query.tree is not None  # noqa: S101 - the caller looked
        matcher = query.tree.matcher(searcher, searcher.context())
        found: list[tuple[int, float]] = []
        while matcher.is_active():
            found.append((matcher.id(), matcher.score()))
            matcher.next()
        table = np.array(found, dtype=np.float64).reshape(-1, 2)
        return table[:, 0].astype(np.int64), table[:, 1]
