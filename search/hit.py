"""Nouns of a search: candidates, a ranking of them, and hits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np

from plait.index.article import Article, Passage, owner_of
from plait.index.leg import (
    Answer as LegAnswer,
    Flags,
    LegScores,
    Passages,
    Scores,
    TermPart,
    Within,
)
from plait.index.models.encoding import EncodedQuery
from plait.index.store import Store
from plait.search.ages import Age, Ages


@dataclass(frozen=True, slots=True)
class Trust:
    """Trust in the dense leg for one query."""

    known: float
    """Share of the query's weight that the model knows, 0 to 1 (`plait.search.evidence.trust`)."""
    factor: float
    """Factor of the dense leg's weight, and of the neighbours' share, `LEAST_TRUST` to 1. What the
    dense leg loses, the other legs gain."""


FULL_TRUST = Trust(1.0, 1.0)
"""Trust in a query without words, and where trust is off."""


@dataclass(frozen=True, slots=True)
class Finds:
    """Exact finds among some passages, and their degrees."""

    degrees: Scores
    """Degree of each passage, from 0 to 1."""
    held: Sequence[tuple[str, Flags]]
    """Rare words, or pairs of words, each with flags of the passages that hold it."""

    def in_row(self, row: int) -> tuple[str, ...]:
        """Return the rare words that one of the passages holds."""
        return tuple(name for name, holders in self.held if holders[row])


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence of the words of a query for its candidates."""

    encoded: EncodedQuery
    trust: Trust
    """Trust in the dense leg."""
    finds: Finds
    """Exact finds among the candidates."""
    token_weights: Scores
    """Weights of the query's tokens in late interaction, (tokens,)."""
    coverage: Callable[[Passages], Scores]
    """Function from passages to the share of the query's weight in each, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidates of a query: passages that some leg proposes, and their scores in every leg."""

    passages: Passages
    """Passages, each once, ascending; arrays are in the same order."""
    legs: Mapping[str, LegScores]
    """Full scores in each leg that was asked, by its name."""
    answers: Mapping[str, LegAnswer]
    """Answer of each leg, by its name."""
    ages: Ages
    """Ages as of the day of the query; no date is read before they are asked for."""
    evidence: Evidence | None = None
    """Evidence of the words; None where the keyword and the dense leg were not both asked."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates of one query, the parts of their scores, and the order of the best."""

    candidates: Candidates
    parts: Mapping[str, Scores]
    """Parts that legs and stages add, by name; the score is their sum, in this order."""
    trust: Trust = FULL_TRUST
    """Trust in the dense leg."""
    rows: Sequence[int] = ()
    """Rows of the best, the best first."""
    probabilities: Sequence[float | None] = ()
    """Probability of each of `rows` to be relevant; None without both legs."""

    @property
    def passages(self) -> Passages:
        """Passages of the candidates, ascending."""
        return self.candidates.passages

    @property
    def within(self) -> Within:
        """Passages that the filter and the operators of the query let through; None for all."""
        return next(iter(self.candidates.answers.values())).within

    @property
    def scores(self) -> Scores:
        """Score of each candidate: the sum of its parts."""
        return np.asarray(reduce(add, self.parts.values()))

    def explanations(self, rows: Sequence[int]) -> list["Explanation"]:
        """Return the explanation of the score in each of some rows."""
        answers = self.candidates.answers.items()
        terms = {name: answer.terms(self.passages[rows]) for name, answer in answers}
        return [
            Explanation(
                {name: self._leg_part(name, row, own[at]) for name, own in terms.items()},
                {name: float(part[row]) for name, part in self.parts.items()},
                self._rare(row),
                self.trust,
                age=age,
            )
            for at, (row, age) in enumerate(zip(rows, self._ages(rows), strict=True))
        ]

    def article_ids(self, store: Store, rows: Sequence[int]) -> list[str]:
        """Return the id of the article of each of some rows."""
        return list(map(owner_of, store.passage_ids(self.passages[list(rows)])))

    def likely(self, least: float, most: int) -> "Ranking":
        """Return the ranking with its first `most` rows that have probability `least` or more."""
        rows = zip(self.rows, self.probabilities, strict=True)
        kept = [(row, p) for row, p in rows if (p or 0.0) >= least][:most]
        best, likely = [row for row, _ in kept], [p for _, p in kept]
        return Ranking(self.candidates, self.parts, self.trust, best, likely)

    def hits(self, store: Store) -> list["Hit"]:
        """Return the hits of its rows, read from the store; raises `CorruptIndexError`."""
        rows = list(self.rows)
        read = store.read(self.passages[rows])
        explained = zip(read, self.explanations(rows), self.probabilities, strict=True)
        return [
            Hit(rank, article, passage, explanation, probability)
            for rank, ((article, passage), explanation, probability) in enumerate(explained, 1)
        ]

    def _leg_part(self, name: str, row: int, terms: Sequence[TermPart]) -> "LegPart":
        leg = self.candidates.legs[name]
        score, part = float(leg.scores[row]), float(self.parts[name][row])
        return LegPart(score, leg.mean, leg.deviation, part, tuple(terms))

    def _ages(self, rows: Sequence[int]) -> list[Age | None]:
        """Return the age in each of some rows, where age counts."""
        if "recency" not in self.parts:
            return [None] * len(rows)
        return self.candidates.ages.each(self.passages[list(rows)])

    def _rare(self, row: int) -> tuple[str, ...]:
        """Return the rare words for which a row is an exact find; none where it is not."""
        evidence, exact = self.candidates.evidence, self.parts.get("exact")
        return evidence.finds.in_row(row) if evidence and exact is not None and exact[row] else ()


@dataclass(frozen=True, slots=True)
class LegPart:
    """Part of a score that one leg adds."""

    score: float
    """Score in the leg: BM25, or the cosine."""
    mean: float
    """Mean of the leg's scores of this query over all passages of the index."""
    deviation: float
    """Standard deviation of these scores."""
    part: float
    """Part of the hit's score, after normalisation and weighting."""
    terms: tuple[TermPart, ...] = ()
    """Scores of the query's words, which add up to `score`; empty for a leg without words."""


@dataclass(frozen=True, slots=True)
class RerankPart:
    """Score by a second stage of a hit that it read: `floor + score` is the hit's score."""

    score: float
    """Score of the hit by the model, from 0 to 1."""
    floor: float
    """Number above the score of every hit that was not read; 0 where all were."""
    rank: int
    """Rank before the second stage."""
    part: float
    """Number that the stage adds to the hit's score; it may be below 0."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Explanation of a score: the parts that add up to it."""

    legs: Mapping[str, LegPart]
    """Part of each leg that was asked, by its name."""
    parts: Mapping[str, float]
    """Parts that legs and stages add, by name, in the order in which they are summed."""
    rare: tuple[str, ...] = ()
    """Rare words, or pairs of words, for which the passage is an exact find."""
    trust: Trust = FULL_TRUST
    """Trust in the dense leg; the parts of the legs have it already."""
    rerank: RerankPart | None = None
    """Part of the second stage; None where none read the hit."""
    age: Age | None = None
    """Age of the article; None where age does not count, or it has no date."""

    @property
    def score(self) -> float:
        """Sum of the parts; the hit's score is this very number."""
        # A difference is not added: equal scores of a reranker must remain equal.
        return self.rerank.floor + self.rerank.score if self.rerank else sum(self.parts.values())

    @property
    def terms(self) -> tuple[TermPart, ...]:
        """Scores of the query's words in all legs."""
        return tuple(term for leg in self.legs.values() for term in leg.terms)

    @property
    def keyword(self) -> LegPart | None:
        """Part of the keyword leg; None where it was not asked."""
        return self.legs.get("keyword")

    @property
    def dense(self) -> LegPart | None:
        """Part of the dense leg; None where it was not asked."""
        return self.legs.get("dense")

    @property
    def exact(self) -> float:
        """Part that an exact find gains (`plait.search.evidence.words`)."""
        return self.parts.get("exact", 0.0)

    @property
    def late(self) -> float:
        """Part of late interaction, which compares the query's word pieces with the passage's."""
        return self.parts.get("late", 0.0)

    @property
    def neighbours(self) -> float:
        """Part of similar candidates (`plait.search.stages.second_look`); it may be below 0."""
        return self.parts.get("neighbours", 0.0)

    @property
    def recency(self) -> float:
        """Part of the age (`plait.search.stages.recency`); 0 without a date."""
        return self.parts.get("recency", 0.0)


@dataclass(frozen=True, slots=True)
class Hit:
    """Article or passage of a ranking."""

    rank: int
    """Rank, 1 for the best."""
    article: Article
    passage: Passage
    """Passage of the hit; the best one, where hits are articles."""
    explanation: Explanation
    probability: float | None = None
    """Probability of being relevant, 0 to 1: comparable between queries and indexes. None
    where only one leg was asked."""

    @property
    def score(self) -> float:
        """Score, higher is better; comparable within one query, not between queries."""
        return self.explanation.score
