"""Here is a query: in what order do the passages come?

Takes the best candidates of either leg, scores every candidate in both legs,
fuses, sorts. No score is ever guessed because a list was cut off.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.analyzer import TextAnalyzer
from plait.index.encoder import Encoder
from plait.index.errors import QueryError
from plait.index.snapshot import Snapshot
from plait.search.fusion import Convex, Fusion
from plait.search.hit import Explanation, LegPart, TermPart
from plait.search.keyword import TITLE_WEIGHT, KeywordLeg
from plait.search.query import Query, parse_query
from plait.search.ranking import LegScores, ranked

Mode: TypeAlias = Literal["hybrid", "keyword", "dense"]

MODES: dict[str, Mode] = {"hybrid": "hybrid", "keyword": "keyword", "dense": "dense"}


def mode_named(name: str) -> Mode:
    """Look a mode up; raises `QueryError` listing the names."""
    if name not in MODES:
        raise QueryError(f"no mode {name!r}; choose one of {', '.join(MODES)}.")
    return MODES[name]


DEPTH = 1000
"""Candidates taken from each leg, at least; TREC's customary depth."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The candidates of one query. Arrays lie beside `passages`."""

    query: Query
    passages: NDArray[np.int64]
    keyword: LegScores | None
    dense: LegScores | None
    keyword_part: NDArray[np.float64]
    dense_part: NDArray[np.float64]

    @property
    def totals(self) -> NDArray[np.float64]:
        """The scores: the sum of both parts."""
        return self.keyword_part + self.dense_part


class Ranker:
    """Ranks the passages of one snapshot."""

    def __init__(self, snapshot: Snapshot, encoder: Callable[[], Encoder]) -> None:
        """Keep an `encoder` to be made when the dense leg is first asked."""
        self._snapshot = snapshot
        self._make_encoder = encoder
        self._analyzer = TextAnalyzer()
        self._keyword = KeywordLeg(snapshot.keyword, self._analyzer)

    @property
    def analyzer(self) -> TextAnalyzer:
        """The analyzer that queries go through."""
        return self._analyzer

    def score(self, text: str, mode: Mode, fusion: Fusion | None, depth: int) -> Scored:
        """Score the candidates of a query: the best `depth` of each leg that is asked."""
        query = parse_query(text, self._analyzer, TITLE_WEIGHT)
        if mode == "keyword":
            keyword = self._keyword.scores(query)
            nothing = np.zeros(len(keyword.passages))
            return Scored(query, keyword.passages, keyword, None, keyword.scores, nothing)
        found = self._keyword.scores(query) if mode == "hybrid" or query.tree else None
        vector = self._make_encoder().encode_query(query.words)
        passages = self._candidates(found, vector, query, depth)
        dense = self._dense(vector, passages)
        if mode == "dense" or found is None:
            return Scored(query, passages, None, dense, np.zeros(len(passages)), dense.scores)
        keyword = replace(found, passages=passages, scores=_aligned(found, passages))
        parts = (fusion or Convex()).parts(keyword, dense)
        return Scored(query, passages, keyword, dense, *parts)

    def _candidates(
        self, keyword: LegScores | None, vector: NDArray[np.float32], query: Query, depth: int
    ) -> NDArray[np.int64]:
        if query.tree is not None and keyword is not None:
            # Operators filter: only what they match may be returned.
            return keyword.passages
        near = self._snapshot.nearest(vector, depth)
        return near if keyword is None else np.union1d(near, _best(keyword, depth))

    def _dense(self, vector: NDArray[np.float32], passages: NDArray[np.int64]) -> LegScores:
        cosines = self._snapshot.cosines(vector, passages)
        return LegScores(passages, cosines, *self._snapshot.moments.mean_and_deviation(vector))

    def order(self, scored: Scored, k: int) -> list[int]:
        """Give the places (in `scored.passages`) of the best `k`, ties by passage id."""
        return ranked(scored.passages, scored.totals, self._snapshot.passage_id, k)

    def explain(self, scored: Scored, place: int) -> Explanation:
        """Say what the score at one place is made of."""
        return Explanation(
            _leg_part(scored.keyword, scored.keyword_part, place),
            _leg_part(scored.dense, scored.dense_part, place),
            self._term_parts(scored, place),
        )

    def _term_parts(self, scored: Scored, place: int) -> tuple[TermPart, ...]:
        if scored.keyword is None:
            return ()
        passage = scored.passages[place]
        return tuple(
            TermPart(part.field, part.term, float(part.scores[at]))
            for part in self._keyword.terms(scored.query)
            if (at := int(np.searchsorted(part.passages, passage))) < len(part.passages)
            and part.passages[at] == passage
        )


def _best(leg: LegScores, depth: int) -> NDArray[np.int64]:
    """Take the passages with the greatest scores, and all that tie with the last of them."""
    if depth >= len(leg.scores):
        return leg.passages
    least = np.partition(leg.scores, len(leg.scores) - depth)[len(leg.scores) - depth]
    best: NDArray[np.int64] = leg.passages[leg.scores >= least]
    return best


def _aligned(leg: LegScores, passages: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give a leg's scores beside `passages`, 0 where it has none; the leg's are ascending."""
    scores = np.zeros(len(passages))
    if len(leg.passages):
        at = np.minimum(np.searchsorted(leg.passages, passages), len(leg.passages) - 1)
        same = leg.passages[at] == passages
        scores[same] = leg.scores[at[same]]
    return scores


def _leg_part(leg: LegScores | None, parts: NDArray[np.float64], place: int) -> LegPart | None:
    if leg is None:
        return None
    return LegPart(float(leg.scores[place]), leg.mean, leg.deviation, float(parts[place]))
