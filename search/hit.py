"""Here is one hit: what was found, how good is it, and why?"""

from dataclasses import dataclass

from plait.index.article import Article
from plait.index.passage import Passage


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
class Explanation:
    """Where a score comes from: its parts add up to it."""

    keyword: LegPart | None
    """None where the keyword leg was not asked."""
    dense: LegPart | None
    late: float
    """What the query's words, each compared with the passage's, add (late interaction)."""
    neighbours: float
    """What similar candidates add (`plait.search.refining`); it may be below 0."""
    terms: tuple[TermPart, ...]
    """Add up to the keyword leg's score."""

    @property
    def score(self) -> float:
        """The sum of the parts; the hit's score is this very number."""
        legs = sum((leg.part for leg in (self.keyword, self.dense) if leg), 0.0)
        return legs + self.late + self.neighbours


@dataclass(frozen=True, slots=True)
class Hit:
    """One article or passage of a ranking."""

    rank: int
    """1 for the best."""
    article: Article
    passage: Passage
    """The best passage, where hits are articles."""
    explanation: Explanation
    probability: float | None
    """Of being relevant, 0 to 1: comparable between queries and indexes. None where only
    one leg was asked."""

    @property
    def score(self) -> float:
        """Higher is better; comparable within one query, not between queries."""
        return self.explanation.score
