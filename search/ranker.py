"""Here is a query: in what order do the passages come?

Takes the best candidates of either leg, scores every candidate in both legs,
fuses, looks at the best of them again, sorts. No score is ever guessed because a
list was cut off.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import count

import numpy as np
from numpy.typing import NDArray

from plait.index.dense.late_interaction import max_similarity
from plait.index.errors import QueryError, damaged
from plait.index.language.analyzer import TextAnalyzer
from plait.index.language.languages import language_named
from plait.index.local.snapshot import Snapshot
from plait.index.models.encoder import Encoder
from plait.index.models.encoding import EncodedQuery
from plait.search.evidence.probability import log_odds, probability
from plait.search.evidence.trust import cut_words, token_weights, trust_in
from plait.search.evidence.words import EXACT, Finds, QueryWords
from plait.search.hit import Explanation, LegPart
from plait.search.legs.keyword import KeywordLeg, KeywordScores, TermScores
from plait.search.legs.leg import FULL_TRUST, LegScores, Numbers, Scores, Trust, ranked
from plait.search.query.parser import Query
from plait.search.stages.second_look import LATE, REFINED, late_parts, neighbour_parts
from plait.search.system import System

DEPTH = 250
"""Candidates taken from each leg, at least; 1,000 rank alike on eight collections, to the
fourth digit of nDCG@10 and of recall@100."""
KEPT = 8
"""Keyword legs kept, by their parameters: each holds two numbers a passage."""
LET_GO_EVERY = 4
"""Queries, each of which maps some 5 MB that few others need (docs/adr/0012)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the words of a query tell: how far to trust its vector, and what is an exact find."""

    words: QueryWords
    trust: Trust
    """In the dense leg."""
    finds: Finds
    """How far each candidate is an exact find."""
    token_weights: Scores
    """Of the query's tokens, in late interaction, (tokens,)."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The candidates of one query. Arrays lie beside `passages`."""

    query: Query
    passages: Numbers
    keyword: LegScores | None
    dense: LegScores | None
    parts: tuple[Scores, Scores]
    """What the keyword and the dense leg add to each score."""
    late: Scores
    """What late interaction adds to each score."""
    neighbours: Scores
    """What similar candidates add to each score."""
    exact: Scores
    """What is added to exact finds."""
    terms: TermScores | None = None
    """What the keyword score is made of; None in dense mode."""
    encoded: EncodedQuery | None = None
    """The query, where both legs were asked."""
    evidence: Evidence | None = None
    """How far to trust which leg, where both were asked."""
    trust: Trust = FULL_TRUST
    """How far the dense leg was trusted."""

    @property
    def totals(self) -> Scores:
        """The scores: the sum of all parts."""
        return self.parts[0] + self.parts[1] + self.exact + self.late + self.neighbours


class Ranker:
    """Ranks the passages of one snapshot."""

    def __init__(self, snapshot: Snapshot, encoder: Callable[[], Encoder]) -> None:
        """Keep an `encoder` to be made when the dense leg is first asked."""
        self._snapshot = snapshot
        self._make_encoder = encoder
        self._asked = count(1)
        self.analyzer = TextAnalyzer(language_named(snapshot.manifest.recipe.language))
        # Of a class: a cached method would make a cycle, which only the collector frees.
        self._keyword = lru_cache(KEPT)(partial(KeywordLeg, snapshot.keyword))

    def score(self, query: Query, system: System, depth: int = DEPTH) -> Scored:
        """Score the candidates of a query: the best `depth` of each leg that is asked.

        `query` must have been parsed with the system's weight of the title.

        Ranks (RRF) and ranges (min-max) are those among the candidates. Where the dense
        leg is asked, lets go now and then of what earlier queries read.
        """
        if system.mode == "keyword":
            return _by_keyword(query, self._keyword(system.bm25).score(query), depth)
        if not next(self._asked) % LET_GO_EVERY:
            self._snapshot.let_go()
        encoded = self._make_encoder().encode_query(query.words)
        if system.mode == "dense" and query.tree is None:
            near = self._snapshot.nearest(encoded.vector, depth)
            return _by_dense(query, self._dense(encoded.vector, near))
        keyword = self._keyword(system.bm25).score(query)
        passages = keyword.best(depth)
        if query.tree is None:  # operators filter: only what they match may be returned
            passages = np.union1d(self._snapshot.nearest(encoded.vector, depth), passages)
        dense = self._dense(encoded.vector, passages)
        if system.mode == "dense":
            return _by_dense(query, dense)
        nothing = np.zeros(len(passages))
        evidence = self._evidence(query, encoded, passages)
        leg, parts, none = keyword.leg(passages), (nothing, nothing), (nothing, nothing, nothing)
        legs = Scored(query, passages, leg, dense, parts, *none, keyword.terms, encoded, evidence)
        return self.fused(legs, system)

    def _evidence(self, query: Query, encoded: EncodedQuery, passages: Numbers) -> Evidence:
        words = QueryWords(self._snapshot.keyword, query)
        cut = cut_words(query, encoded.pieces)
        trust = trust_in(encoded.pieces, cut, words.words)
        weights = token_weights(encoded, cut, words.words)
        return Evidence(words, trust, words.finds(passages), weights)

    def fused(self, scored: Scored, system: System) -> Scored:
        """Make one score of what both legs said, anew if they were fused already.

        Raises `QueryError` where one leg alone was asked.
        """
        if scored.keyword is None or scored.dense is None or scored.evidence is None:
            raise QueryError(f"{system} fuses two legs, and one was asked.")
        nothing = np.zeros(len(scored.passages))
        trust, exact = FULL_TRUST, nothing
        if system.trusts:
            trust, exact = scored.evidence.trust, EXACT * scored.evidence.finds.degrees
        parts = system.fuse(trust.factor).parts(scored.keyword, scored.dense)
        fused = replace(
            scored, parts=parts, late=nothing, neighbours=nothing, exact=exact, trust=trust
        )
        return self._refined(fused, system) if system.refines else fused

    def _refined(self, fused: Scored, system: System) -> Scored:
        """Look at the best candidates again, in the order of their rank."""
        totals = fused.totals
        order = self.order(fused, REFINED + 1)
        rows, first = (_untied(totals, order, count) for count in (REFINED, LATE))
        passages = fused.passages[rows]
        late, neighbours = np.zeros((2, len(fused.passages)))
        if system.late and fused.encoded and fused.dense and fused.evidence:
            tokens = self._snapshot.tokens(passages[: len(first)])
            similarities = max_similarity(
                fused.encoded.tokens, tokens, fused.evidence.token_weights
            )
            late[first] = late_parts(similarities, fused.dense.deviation, system.late)
        raised = replace(fused, late=late)
        if system.neighbours:
            vectors, share = (
                self._snapshot.vectors(passages),
                system.neighbours * fused.trust.factor,
            )
            neighbours[rows] = neighbour_parts(raised.totals[rows], vectors, share)
        return replace(raised, neighbours=neighbours)

    def _dense(self, vector: NDArray[np.float32], passages: Numbers) -> LegScores:
        cosines = self._snapshot.cosines(vector, passages)
        return LegScores(passages, cosines, *self._snapshot.moments.mean_and_deviation(vector))

    def probabilities(
        self, scored: Scored, rows: Sequence[int], system: System
    ) -> list[float | None]:
        """Say of each row how likely its passage is to be relevant; None without both legs."""
        if scored.evidence is None:
            return [None] * len(rows)
        odds = self.log_odds(scored, rows)
        return [probability(system.p_slope * own + system.p_offset) for own in odds]

    def log_odds(self, scored: Scored, rows: Sequence[int]) -> list[float]:
        """Give the log-odds of each row's being relevant, before any fit to judgements.

        Raises `QueryError` where one leg alone was asked.
        """
        if scored.dense is None or scored.evidence is None:
            raise QueryError("one leg alone tells no probability; ask both.")
        evidence, passages = scored.evidence, scored.passages[rows]
        of_hits = zip(
            scored.dense.scores[rows].tolist(),
            evidence.words.coverage(passages).tolist(),
            evidence.finds.degrees[rows].tolist(),
            strict=True,
        )
        return [log_odds(*own, evidence.trust.known) for own in of_hits]

    def order(self, scored: Scored, k: int) -> list[int]:
        """Give the rows (of `scored.passages`) of the best `k`, ties by passage id.

        Raises `CorruptIndexError` for scores that are no numbers.
        """
        totals = scored.totals
        if not math.isfinite(totals.sum()):
            raise damaged(self._snapshot.root, "a passage's score is no number")
        return ranked(scored.passages, totals, self._snapshot.passage_id, k)


def _untied(totals: Scores, order: list[int], count: int) -> NDArray[np.int64]:
    """Give the first `count` rows, except those that score as the one after them.

    What scores alike, such as copies of one text, is looked at again together or not at all.
    """
    rows = np.array(order[:count], np.int64)
    return rows[totals[rows] > totals[order[count]]] if len(order) > count else rows


def _by_keyword(query: Query, keyword: KeywordScores, depth: int) -> Scored:
    leg = keyword.leg(keyword.best(depth))
    nothing = np.zeros(len(leg.scores))
    parts, none = (leg.scores, nothing), (nothing, nothing, nothing)
    return Scored(query, leg.passages, leg, None, parts, *none, keyword.terms)


def _by_dense(query: Query, dense: LegScores) -> Scored:
    nothing = np.zeros(len(dense.scores))
    none = (nothing, nothing, nothing)
    return Scored(query, dense.passages, None, dense, (nothing, dense.scores), *none)


def explain(scored: Scored, rows: Sequence[int]) -> list[Explanation]:
    """Say what the score in each of some rows is made of."""
    terms = scored.terms.of(scored.passages[rows]) if scored.terms else [[]] * len(rows)
    return [
        Explanation(keyword, dense, tuple(own), late, neighbours, exact, rare, scored.trust)
        for keyword, dense, own, late, neighbours, exact, rare in zip(
            _leg_parts(scored.keyword, scored.parts[0], rows),
            _leg_parts(scored.dense, scored.parts[1], rows),
            terms,
            scored.late[rows].tolist(),
            scored.neighbours[rows].tolist(),
            scored.exact[rows].tolist(),
            [_rare(scored, row) for row in rows],
            strict=True,
        )
    ]


def _rare(scored: Scored, row: int) -> tuple[str, ...]:
    """Name what made an exact find of a row."""
    return scored.evidence.finds.in_row(row) if scored.evidence and scored.exact[row] else ()


def _leg_parts(
    leg: LegScores | None, parts: Scores, rows: Sequence[int]
) -> Sequence[LegPart | None]:
    """Return a leg's share of the score in each row; None where the leg was not asked."""
    if leg is None:
        return [None] * len(rows)
    scores = zip(leg.scores[rows].tolist(), parts[rows].tolist(), strict=True)
    return [LegPart(score, leg.mean, leg.deviation, part) for score, part in scores]
