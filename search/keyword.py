"""Here is a query: which passages contain its words, and what does BM25 say?

Bags of words take a vectorised exact path; trees of operators run Whoosh's
matchers over the same arrays with the same formula.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Query as Tree
from whoosh.searching import Searcher

from plait.index.analyzer import TextAnalyzer
from plait.index.keyword.codec import whoosh_reader
from plait.index.keyword.reader import KeywordReader
from plait.search.bm25 import BM25, WhooshBM25, idf, length_norm, term_score
from plait.search.query import Query, leaf_text, scoring_leaves
from plait.search.ranking import LegScores

Numbers: TypeAlias = NDArray[np.int64]
Scores: TypeAlias = NDArray[np.float64]

TITLE_WEIGHT = 0.2
"""Weight of the title field beside the text field, which holds the title too."""


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

    def scores(self, query: Query) -> LegScores:
        """Score every passage that matches; the rest have the score 0."""
        found = self._bag(query) if query.tree is None else self._match(query.tree)
        passages, scores = found
        count = max(self._reader.count, 1)
        mean = float(scores.sum()) / count
        variance = float((scores**2).sum()) / count - mean**2
        return LegScores(passages, scores, mean, float(np.sqrt(max(variance, 0.0))))

    def terms(self, query: Query) -> Iterator[TermScores]:
        """Give what each term adds, in each field, in a fixed order; of a tree, each leaf."""
        if query.tree is not None:
            yield from self._leaves(query.tree)
            return
        for field, weight in (("title", TITLE_WEIGHT), ("text", 1.0)):
            for term, count in query.terms:
                posting = self._reader.posting(field, term.encode())
                if posting is None:
                    continue
                rarity = idf(len(posting.passages), self._reader.count)
                norm = self._norm(field)[posting.passages]
                scores = term_score(posting.frequencies.astype(np.float64), norm, rarity)
                yield TermScores(field, term, posting.passages, weight * count * scores)

    def _leaves(self, tree: Tree) -> Iterator[TermScores]:
        for leaf in scoring_leaves(tree):
            passages, scores = self._match(leaf)
            yield TermScores(leaf.field() or "", leaf_text(leaf), passages, scores)

    def _bag(self, query: Query) -> tuple[Numbers, Scores]:
        totals = np.zeros(len(self._reader))
        for part in self.terms(query):
            totals[part.passages] += part.scores
        passages = np.flatnonzero(totals)
        return passages, totals[passages]

    def _match(self, tree: Tree) -> tuple[Numbers, Scores]:
        """Run Whoosh's matchers: passages in ascending order, and their scores."""
        reader = whoosh_reader(self._reader, self._schema)
        searcher = Searcher(reader, weighting=WhooshBM25(self._parameters))
        matcher = tree.matcher(searcher, searcher.context())
        found: list[tuple[int, float]] = []
        while matcher.is_active():
            found.append((matcher.id(), matcher.score()))
            matcher.next()
        table = np.array(found, dtype=np.float64).reshape(-1, 2)
        return table[:, 0].astype(np.int64), table[:, 1]
