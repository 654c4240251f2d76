"""Here is a query: which passages contain its words, and what does BM25 say?

Bags of words take a vectorised exact path; the leaves of a query with operators run
Whoosh's matchers over the same arrays with the same formula (`plait.search.tree`).
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TypeAlias

import numpy as np
from whoosh.query import Query as Tree
from whoosh.searching import Searcher

from plait.index.analyzer import TextAnalyzer
from plait.index.keyword.codec import whoosh_reader
from plait.index.keyword.postings import Posting
from plait.index.keyword.reader import KeywordReader, Part
from plait.search.bm25 import BM25, WhooshBM25, idf, length_norm, term_score
from plait.search.hit import TermPart
from plait.search.query import Query
from plait.search.ranking import LegScores, Numbers, Scores, looked_up
from plait.search.tree import leaf_text, matching, scoring_leaves

ScoredTerm: TypeAlias = tuple[str, str, Numbers, Scores]
"""A field, a term, passages that have it, and what it adds to the score of each."""


@dataclass(frozen=True, slots=True)
class TermScores:
    """What each term adds to the passages it is found in: term after term, end to end."""

    terms: Sequence[tuple[str, str]]
    """Field and term of each; of a query with operators, each leaf."""
    ends: Sequence[int]
    """Where each term's part of `passages` and `scores` ends."""
    passages: Numbers
    scores: Scores

    @classmethod
    def joined(cls, parts: Sequence[ScoredTerm]) -> "TermScores":
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
        # Per instance: a cache on the method would keep closed readers alive.
        self._norms = cache(self._length_norms)

    def _length_norms(self, field: str) -> Scores:
        """Give the length part of BM25 for every passage."""
        lengths, mean = self._reader.lengths(field), self._reader.mean_length(field)
        return length_norm(self._parameters, lengths.astype(np.float64), mean)

    def score(self, query: Query) -> tuple[LegScores, TermScores]:
        """Score every passage that matches (the rest score 0), and say of what terms.

        A passage's score is the sum of what its terms add, in the order given.
        """
        terms, matching = self._bag(query) if query.tree is None else self._tree(query.tree)
        added = np.bincount(terms.passages, terms.scores, len(self._reader))
        totals: Scores = added.astype(np.float64, copy=False)
        passages = np.flatnonzero(totals > 0) if matching is None else matching
        scores = totals[passages]
        count = max(self._reader.count, 1)
        mean = float(scores.sum()) / count
        variance = float(np.square(scores).sum()) / count - mean**2
        return LegScores(passages, scores, mean, max(variance, 0.0) ** 0.5), terms

    def _bag(self, query: Query) -> tuple[TermScores, None]:
        """Score all passages that have any of the terms."""
        keys = [term.encode() for term, _ in query.terms]
        parts: list[ScoredTerm] = []
        for field, boost in query.field_weights.items():
            if not boost:
                continue
            found = self._reader.find(field, keys)
            for (term, typed), postings in zip(query.terms, found, strict=True):
                weight = boost * typed * idf(self._reader.count_of(postings), self._reader.count)
                for part, posting in zip(self._reader.parts, postings, strict=True):
                    if posting:
                        parts.append((field, term, *self._scored(field, part, posting, weight)))
        return TermScores.joined(parts), None

    def _scored(
        self, field: str, part: Part, posting: Posting, weight: float
    ) -> tuple[Numbers, Scores]:
        """Score one term in the passages of one part that have it."""
        passages, frequencies = part.occurrences(posting)
        norms = self._norms(field)[passages]
        return passages, term_score(frequencies.astype(np.float64), norms, weight)

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
    for postings in reader.find("text", [term.encode() for term, _ in query.terms]):
        weight = idf(reader.count_of(postings), reader.count)
        total += weight
        for part, posting in zip(reader.parts, postings, strict=True):
            if posting:
                found += weight * looked_up(passages - part.first, posting.passages)[1]
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
