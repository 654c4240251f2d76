"""Here is a query: in what order do the passages come?

Takes the best candidates of either leg, scores every candidate in both legs,
fuses, sorts. No score is ever guessed because a list was cut off.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from plait.index.analyzer import TextAnalyzer
from plait.index.arrays import best_places
from plait.index.encoder import Encoder
from plait.index.snapshot import Snapshot
from plait.search.bm25 import BM25
from plait.search.hit import Explanation, LegPart
from plait.search.keyword import KeywordLeg, TermScores
from plait.search.query import Query
from plait.search.ranking import LegScores, Numbers, Scores, ranked
from plait.search.system import System

DEPTH = 1000
"""Candidates taken from each leg, at least; TREC's customary depth."""
KEPT = 8
"""Keyword legs kept, by their parameters: each holds two numbers a passage."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The candidates of one query. Arrays lie beside `passages`."""

    query: Query
    passages: Numbers
    keyword: LegScores | None
    dense: LegScores | None
    parts: tuple[Scores, Scores]
    """What the keyword and the dense leg add to each score."""
    terms: TermScores | None = None
    """What the keyword score is made of; None in dense mode."""

    @property
    def totals(self) -> Scores:
        """The scores: the sum of both parts."""
        return self.parts[0] + self.parts[1]


class Ranker:
    """Ranks the passages of one snapshot."""

    def __init__(self, snapshot: Snapshot, encoder: Callable[[], Encoder]) -> None:
        """Keep an `encoder` to be made when the dense leg is first asked."""
        self._snapshot = snapshot
        self._make_encoder = encoder
        self.analyzer = TextAnalyzer()
        self._keyword = lru_cache(KEPT)(self._make_keyword_leg)

    def _make_keyword_leg(self, parameters: BM25) -> KeywordLeg:
        return KeywordLeg(self._snapshot.keyword, self.analyzer, parameters)

    def score(self, query: Query, system: System, depth: int = DEPTH) -> Scored:
        """Score the candidates of a query: the best `depth` of each leg that is asked.

        `query` must have been parsed with the system's weight of the title.

        Ranks (RRF) and ranges (min-max) are those among the candidates.
        """
        if system.mode == "keyword":
            return self._by_keyword(query, system.bm25)
        vector = self._make_encoder().encode_query(query.words).vector
        if system.mode == "dense" and query.tree is None:
            near = self._snapshot.nearest(vector, depth)
            return self._by_dense(query, self._dense(vector, near))
        found, terms = self._keyword(system.bm25).score(query)
        # Operators filter: only what they match may be returned.
        passages = found.passages
        if query.tree is None:
            best = found.passages[best_places(found.scores, depth)]
            passages = np.union1d(self._snapshot.nearest(vector, depth), best)
        dense = self._dense(vector, passages)
        if system.mode == "dense":
            return self._by_dense(query, dense)
        keyword = replace(found, passages=passages, scores=_aligned(found, passages))
        return Scored(query, passages, keyword, dense, system.fuse.parts(keyword, dense), terms)

    def _by_keyword(self, query: Query, parameters: BM25) -> Scored:
        found, terms = self._keyword(parameters).score(query)
        parts = (found.scores, np.zeros(len(found.scores)))
        return Scored(query, found.passages, found, None, parts, terms)

    @staticmethod
    def _by_dense(query: Query, dense: LegScores) -> Scored:
        parts = (np.zeros(len(dense.scores)), dense.scores)
        return Scored(query, dense.passages, None, dense, parts)

    def _dense(self, vector: NDArray[np.float32], passages: Numbers) -> LegScores:
        cosines = self._snapshot.cosines(vector, passages)
        return LegScores(passages, cosines, *self._snapshot.moments.mean_and_deviation(vector))

    def order(self, scored: Scored, k: int) -> list[int]:
        """Give the rows (of `scored.passages`) of the best `k`, ties by passage id."""
        return ranked(scored.passages, scored.totals, self._snapshot.passage_id, k)


def explain(scored: Scored, row: int) -> Explanation:
    """Say what the score in one row is made of."""
    terms = scored.terms.of(int(scored.passages[row])) if scored.terms else []
    legs = zip((scored.keyword, scored.dense), scored.parts, strict=True)
    keyword, dense = (_leg_part(leg, parts, row) for leg, parts in legs)
    return Explanation(keyword, dense, tuple(terms))


def _aligned(leg: LegScores, passages: Numbers) -> Scores:
    """Give a leg's scores beside `passages`, 0 where it has none; the leg's are ascending."""
    scores = np.zeros(len(passages))
    if len(leg.passages):
        at = np.minimum(np.searchsorted(leg.passages, passages), len(leg.passages) - 1)
        same = leg.passages[at] == passages
        scores[same] = leg.scores[at[same]]
    return scores


def _leg_part(leg: LegScores | None, parts: Scores, row: int) -> LegPart | None:
    if leg is None:
        return None
    return LegPart(float(leg.scores[row]), leg.mean, leg.deviation, float(parts[row]))
