"""Ranker: sorts the passages of a store for a query.

It takes the best candidates of each leg, scores every candidate in every leg, fuses, refines
the scores of the best, sorts. No score is guessed because a list was cut off.
"""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np

from plait.index.errors import QueryError, damaged
from plait.index.leg import Answer, Passages, Scores, Within
from plait.index.store import Store
from plait.search.ages import Ages
from plait.search.evidence.lift import Tried
from plait.search.evidence.probability import log_odds, probability
from plait.search.evidence.trust import cut_words, token_weights, trust_in
from plait.search.evidence.words import QueryWords
from plait.search.hit import FULL_TRUST, Candidates, Evidence, Ranking
from plait.search.legs.keyword import Keyword
from plait.search.query.parser import Query
from plait.search.settings import Settings
from plait.search.stages.order import ranked
from plait.search.system import System


class Ranker:
    """Ranks the passages of one store."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings

    def rank(
        self, query: Query, system: System, k: int, within: Within = None, *, passages: bool = False
    ) -> Ranking:
        """Rank the best `k` articles, each by its best passage, or the best `k` passages.

        Only passages of `within`, live ones and ascending, are found; None for all live ones.
        Where the system has recency, none of an article dated after `query.as_of` is. Scores are
        the same as without it, except for what a stage compares candidates by. Raises `QueryError`
        for a query that needs too much, and `ModelError`.

        Many passages of few articles can fill a leg's list of candidates; then the
        lists are made longer, until there are `k` articles or no more passages.
        """
        if system.is_dated:
            within = self._until(query.as_of, within)
        answers = self._answers(query, system, within)
        per_leg = max(self._settings.candidates_per_leg, k)
        while True:
            found = self.fused(self._candidates(query, answers, per_leg), system)
            rows = self.best(found, k, passages=passages)
            if len(rows) == k or len(found.passages) < per_leg:
                chances = self.probabilities(found, rows, system)
                return Ranking(found.candidates, found.parts, found.trust, rows, chances)
            per_leg *= self._settings.deepening

    def _until(self, as_of: dt.date, within: Within) -> Within:
        """Return `within` without the articles dated after a day; as it is where there are none."""
        from plait.index.filter import Compare  # noqa: PLC0415 - 15 ms, and few systems need it
        from plait.index.span import span_at  # noqa: PLC0415 - likewise

        later = self._store.within(Compare("date", ">", span_at(as_of)))
        if not len(later):
            return within
        found = self._store.live() if within is None else within
        return np.setdiff1d(found, later, assume_unique=True)

    def _answers(self, query: Query, system: System, within: Within) -> dict[str, Answer]:
        """Ask each leg for the passages that the operators let through."""
        legs = {noun.name: noun.on(self._store) for noun in system.legs}
        answers: dict[str, Answer] = {}
        if query.tree is not None:  # only passages that the operators match may be returned
            keyword = legs.pop(Keyword.name, None) or Keyword().on(self._store)
            answers[Keyword.name] = keyword.ask(query, within)
            within = answers[Keyword.name].within
        answers |= {name: leg.ask(query, within) for name, leg in legs.items()}
        return {leg.name: answers[leg.name] for leg in system.legs}

    def _candidates(self, query: Query, answers: Mapping[str, Answer], per_leg: int) -> Candidates:
        """Return the best `per_leg` passages of each leg, scored by all legs.

        Ranks (RRF) and ranges (min-max) are those among the candidates.
        """
        passages = reduce(np.union1d, (answer.best(per_leg) for answer in answers.values()))
        scores = {name: answer.scores(passages) for name, answer in answers.items()}
        both = {"keyword", "dense"} <= answers.keys()
        filtered = any(answer.within is not None for answer in answers.values())
        evidence = self._evidence(query, passages, filtered=filtered) if both else None
        ages = Ages(query.as_of, self._days)
        return Candidates(passages, scores, answers, ages, evidence)

    def _days(self, passages: Passages) -> Scores:
        return self._store.days(self._store.owners(passages))

    def _evidence(self, query: Query, passages: Passages, *, filtered: bool) -> Evidence:
        words = QueryWords(self._store.dictionary, query, filtered=filtered)
        encoded = query.encoded
        cut = cut_words(query, encoded.pieces)
        return Evidence(
            encoded,
            trust_in(encoded.pieces, cut, words.words),
            words.finds(passages),
            token_weights(encoded, cut, words.words),
            words.coverage,
        )

    def fused(self, candidates: Candidates, system: System) -> Ranking:
        """Fuse the legs' scores, and let stages add their parts.

        Raises `QueryError` where other legs were asked than the system has.
        """
        if list(candidates.legs) != [leg.name for leg in system.legs]:
            asked = "+".join(candidates.legs)
            raise QueryError(f"{system} fuses other legs than were asked: {asked}.")
        if not system.is_fused:
            return Ranking(candidates, {name: leg.scores for name, leg in candidates.legs.items()})
        trust, fusion = FULL_TRUST, system.fusion
        if candidates.evidence and system.trusts:
            trust = candidates.evidence.trust
            fusion = fusion.trusting(trust.factor)
        ranking = Ranking(candidates, fusion.parts(candidates.legs), trust)
        for stage in system.active_stages:
            added = stage.parts(ranking, self._store, self._settings)
            if taken := added.keys() & ranking.parts.keys():
                raise ValueError(f"{stage} adds a part named {min(taken)!r}, which there is.")
            ranking = Ranking(candidates, {**ranking.parts, **added}, trust)
        return ranking

    def best(self, ranking: Ranking, k: int, *, passages: bool = False) -> list[int]:
        """Return the rows of the best `k`: one an article, unless `passages` are ranked.

        Raises `CorruptIndexError` for scores that are no numbers.
        """
        scores, wanted = ranking.scores, k
        if not math.isfinite(scores.sum()):
            raise damaged(self._store.name, "a passage's score is no number")
        while True:
            rows = ranked(ranking.passages, scores, self._store.passage_ids, wanted)
            if not passages:
                owners = self._store.owners(ranking.passages[rows]).tolist()
                first: dict[int, int] = {}
                for owner, row in zip(owners, rows, strict=True):
                    first.setdefault(owner, row)
                rows = list(first.values())
            if len(rows) >= k or wanted >= len(scores):
                return rows[:k]
            # Several passages of one article were among them.
            wanted *= self._settings.deepening

    def by_legs(self, tried: Tried, passages: Passages, system: System) -> Ranking:
        """Rank some passages, ascending, for a query that was asked, without any stage."""
        asked = tried.ranking
        answers = asked.candidates.answers
        legs = {name: answer.scores(passages) for name, answer in answers.items()}
        both = asked.candidates.evidence is not None
        evidence = self._evidence(tried.query, passages, filtered=True) if both else None
        parts = {name: leg.scores for name, leg in legs.items()}
        if system.is_fused:
            parts = system.fusion.trusting(asked.trust.factor).parts(legs)
        found = Candidates(passages, legs, answers, asked.candidates.ages, evidence)
        return Ranking(found, parts, asked.trust)

    def probabilities(
        self, ranking: Ranking, rows: Sequence[int], system: System
    ) -> list[float | None]:
        """Return the probability that each row's passage is relevant; None without both legs."""
        if not ranking.candidates.evidence:
            return [None] * len(rows)
        slope, offset = system.calibration.p_slope, system.calibration.p_offset
        return [probability(slope * odds + offset) for odds in log_odds_of(ranking, rows)]


def log_odds_of(ranking: Ranking, rows: Sequence[int]) -> list[float]:
    """Return the log-odds that each row is relevant, before any fit to judgements.

    Raises `QueryError` where the keyword and the dense leg were not both asked.
    """
    evidence, dense = ranking.candidates.evidence, ranking.candidates.legs.get("dense")
    if dense is None or evidence is None:
        raise QueryError("one leg alone tells no probability; ask both.")
    of_hits = zip(
        dense.scores[rows].tolist(),
        evidence.coverage(ranking.passages[rows]).tolist(),
        evidence.finds.degrees[rows].tolist(),
        strict=True,
    )
    return [log_odds(*own, evidence.trust.known) for own in of_hits]
