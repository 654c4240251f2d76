"""Here is one hit: what was found, how good is it, and why?"""

from dataclasses import dataclass

from plait.index.article import Article
from plait.index.passage import Passage
from plait.search.legs.leg import FULL_TRUST, Trust


@dataclass(frozen=True, slots=True)
class TermPart:
    """What one word of the query adds to a passage's BM25 score."""

    field: str
    term: str
    score: float


@dataclass(frozen=True, slots=True)
class LegPart:
    """One leg's share of a score."""

    score: float
    """As the leg gave it: BM25, or the cosine."""
    mean: float
    """Of the leg's scores of this query over all passages of the index."""
    deviation: float
    """Standard deviation of the same."""
    part: float
    """What it adds to the hit's score, after normalisation and weighting."""


@dataclass(frozen=True, slots=True)
class RerankPart:
    """What a second stage makes of a hit that it read: `floor + score` is the hit's score."""

    score: float
    """What the model says of it, from 0 to 1."""
    floor: float
    """More than the score of every hit that was not read; 0 where all were."""
    rank: int
    """Where it stood before."""
    part: float
    """What it adds to the hit's score: it may take away as well."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where a score comes from: its parts add up to it."""

    keyword: LegPart | None
    """None where the keyword leg was not asked."""
    dense: LegPart | None
    terms: tuple[TermPart, ...]
    """Add up to the keyword leg's score."""
    late: float = 0.0
    """What the query's words, each compared with the passage's, add (late interaction)."""
    neighbours: float = 0.0
    """What similar candidates add (`plait.search.stages.second_look`); it may be below 0."""
    exact: float = 0.0
    """What an exact find gains (`plait.search.evidence.words`)."""
    rare: tuple[str, ...] = ()
    """Rare words, or pairs of words, for which the passage is an exact find."""
    trust: Trust = FULL_TRUST
    """Trust in the dense leg; the parts of both legs have it already."""
    rerank: RerankPart | None = None
    """None where no second stage read the hit."""

    @property
    def score(self) -> float:
        """The sum of the parts; the hit's score is this very number."""
        legs = sum((leg.part for leg in (self.keyword, self.dense) if leg), 0.0)
        first = legs + self.exact + self.late + self.neighbours
        # Not by adding a difference: what a reranker says alike must score alike.
        return self.rerank.floor + self.rerank.score if self.rerank else first


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
    """Of being relevant, 0 to 1: comparable between queries and indexes. None where only
    one leg was asked."""

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
