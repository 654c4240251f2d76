"""Nouns of a search: candidates, a ranking of them, and hits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

import numpy as np

from plait.index.article import Article, Passage
from plait.index.leg import Answer as LegAnswer, Flags, LegScores, Passages, Scores, TermPart
from plait.index.models.encoding import EncodedQuery
from plait.index.store import Store


@dataclass(frozen=True, slots=True)
class Trust:
    """How far the dense leg is trusted with a query."""

    known: float
    """Share of the query's weight that the model knows, 0 to 1 (`plait.search.evidence.trust`)."""
    factor: float
    """Factor of the dense leg's weight, and of the neighbours' share, 0 to 1. What the dense
    leg loses, the keyword leg gains."""


FULL_TRUST = Trust(1.0, 1.0)
"""Trust in a query without words, and where trust is off."""


@dataclass(frozen=True, slots=True)
class Finds:
    """How far some passages are exact finds."""

    degrees: Scores
    """Degree of each passage, from 0 to 1."""
    held: Sequence[tuple[str, Flags]]
    """Each rare word, or pair of words, and which of the passages hold it."""

    def in_row(self, row: int) -> tuple[str, ...]:
        """Return the rare words that one of the passages holds."""
        return tuple(name for name, holders in self.held if holders[row])


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the words of a query tell of its candidates."""

    encoded: EncodedQuery
    trust: Trust
    """Trust in the dense leg."""
    finds: Finds
    """How far each candidate is an exact find."""
    token_weights: Scores
    """Weights of the query's tokens in late interaction, (tokens,)."""
    coverage: Callable[[Passages], Scores]
    """Returns the share of the query's weight that is in each of some passages, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that some leg proposes for a query, and what each leg says of all of them."""

    passages: Passages
    """Each once, ascending; arrays lie beside them."""
    legs: Mapping[str, LegScores]
    """Full scores by each leg that was asked, by its name."""
    answers: Mapping[str, LegAnswer]
    """Answer of each leg."""
    evidence: Evidence | None = None
    """None where words and vectors were not both asked."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates of one query, the parts of their scores, and the order of the best."""

    candidates: Candidates
    parts: Mapping[str, Scores]
    """What each leg and each stage adds; the score is their sum, in this order."""
    trust: Trust = FULL_TRUST
    """How far the dense leg was trusted."""
    rows: Sequence[int] = ()
    """Rows of the best, the best first."""
    probabilities: Sequence[float | None] = ()
    """Probability of each of `rows` to be relevant; None without both legs."""

    @property
    def passages(self) -> Passages:
        """Passages of the candidates, ascending."""
        return self.candidates.passages

    @property
    def scores(self) -> Scores:
        """Sum of all parts, beside the candidates."""
        return np.asarray(reduce(add, self.parts.values()))

    def explanations(self, rows: Sequence[int]) -> list["Explanation"]:
        """Return what the score in each of some rows is made of."""
        found = self.candidates
        terms: list[list[TermPart]] = [[] for _ in rows]
        for answer in found.answers.values():
            for row, more in enumerate(answer.terms(self.passages[rows])):
                terms[row] += more
        return [
            Explanation(
                {name: self._leg_part(name, row) for name in found.legs},
                {name: float(part[row]) for name, part in self.parts.items()},
                tuple(own),
                self._rare(row),
                self.trust,
            )
            for row, own in zip(rows, terms, strict=True)
        ]

    def article_ids(self, store: Store, rows: Sequence[int]) -> list[str]:
        """Return the id of the article of each of some rows."""
        ids = store.passage_ids(self.passages[list(rows)])
        return [passage_id.rpartition("#")[0] for passage_id in ids]

    def likely(self, least: float, most: int) -> "Ranking":
        """Return the ranking with the first of its rows that are as likely, at most so many."""
        rows = zip(self.rows, self.probabilities, strict=True)
        kept = [(row, p) for row, p in rows if (p or 0.0) >= least][:most]
        return replace(self, rows=[row for row, _ in kept], probabilities=[p for _, p in kept])

    def hits(self, store: Store) -> list["Hit"]:
        """Read what its rows stand for; raises `CorruptIndexError`."""
        rows = list(self.rows)
        read = store.read(self.passages[rows])
        explained = zip(read, self.explanations(rows), self.probabilities, strict=True)
        return [
            Hit(rank, article, passage, explanation, probability)
            for rank, ((article, passage), explanation, probability) in enumerate(explained, 1)
        ]

    def _leg_part(self, name: str, row: int) -> "LegPart":
        leg = self.candidates.legs[name]
        score, part = float(leg.scores[row]), float(self.parts[name][row])
        return LegPart(score, leg.mean, leg.deviation, part)

    def _rare(self, row: int) -> tuple[str, ...]:
        """Return what made an exact find of a row."""
        evidence, exact = self.candidates.evidence, self.parts.get("exact")
        return evidence.finds.in_row(row) if evidence and exact is not None and exact[row] else ()


@dataclass(frozen=True, slots=True)
class LegPart:
    """One leg's share of a score."""

    score: float
    """Score as the leg gave it: BM25, or the cosine."""
    mean: float
    """Mean of the leg's scores of this query over all passages of the index."""
    deviation: float
    """Standard deviation of these scores."""
    part: float
    """What the leg adds to the hit's score, after normalisation and weighting."""


@dataclass(frozen=True, slots=True)
class RerankPart:
    """What a second stage makes of a hit that it read: `floor + score` is the hit's score."""

    score: float
    """What the model says of the hit, from 0 to 1."""
    floor: float
    """More than the score of every hit that was not read; 0 where all were."""
    rank: int
    """Rank before."""
    part: float
    """What the stage adds to the hit's score: it may take away as well."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where a score comes from: its parts add up to it."""

    legs: Mapping[str, LegPart]
    """Each leg that was asked, by its name."""
    parts: Mapping[str, float]
    """What each leg and each stage adds, in the order in which it is summed."""
    terms: tuple[TermPart, ...]
    """Words of the query; they add up to the keyword leg's score."""
    rare: tuple[str, ...] = ()
    """Rare words, or pairs of words, for which the passage is an exact find."""
    trust: Trust = FULL_TRUST
    """Trust in the dense leg; the parts of the legs have it already."""
    rerank: RerankPart | None = None
    """None where no second stage read the hit."""

    @property
    def score(self) -> float:
        """The sum of the parts; the hit's score is this very number."""
        # Not by adding a difference: what a reranker says alike must score alike.
        return self.rerank.floor + self.rerank.score if self.rerank else sum(self.parts.values())

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
        """What an exact find gains (`plait.search.evidence.words`)."""
        return self.parts.get("exact", 0.0)

    @property
    def late(self) -> float:
        """What the query's words, each compared with the passage's, add (late interaction)."""
        return self.parts.get("late", 0.0)

    @property
    def neighbours(self) -> float:
        """What similar candidates add (`plait.search.stages.second_look`); it may be below 0."""
        return self.parts.get("neighbours", 0.0)


@dataclass(frozen=True, slots=True)
class Hit:
    """One article or passage of a ranking."""

    rank: int
    """1 for the best."""
    article: Article
    passage: Passage
    """The best passage, where hits are articles."""
    explanation: Explanation
    probability: float | None = None
    """Probability of being relevant, 0 to 1: comparable between queries and indexes. None
    where only one leg was asked."""

    @property
    def score(self) -> float:
        """Higher is better; comparable within one query, not between queries."""
        return self.explanation.score


@dataclass(frozen=True, slots=True)
class Answer:
    """Hits, and the query that found them."""

    hits: list[Hit]
    asked: str
    """The query as it was typed, or as it was corrected, where that finds better."""
    suggestion: str = ""
    """The query as it may have been meant; empty where it was asked, or nothing is known."""
