"""Comparison of a corrected query with the one that was typed: which finds better."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plait.index.store import Dictionary
from plait.search.evidence.words import QueryWords
from plait.search.hit import Ranking
from plait.search.query.parser import Query

if TYPE_CHECKING:
    from plait.index.filter import Filter

COVERAGE_WEIGHT = 0.6
"""Weight of the share of the query's words that a hit has; a cosine weighs 1. It is more than in
the estimate of a probability, as a rare word that is found at last is what was asked for."""
LEAST_LIFT = 0.05
"""Least gain of the best hit by a correction: any change of a word gains a little."""
HITS_COMPARED = 10
"""Number of first hits, of which the best must be better."""


@dataclass(frozen=True, slots=True)
class Tried:
    """Query that was asked, and its ranking."""

    asked: str
    """Text as it was typed, or corrected."""
    query: Query
    ranking: Ranking
    suggestion: str = ""
    """Query that may have been meant, but does not find better; mostly empty."""
    where: "Filter | None" = None
    """Filter of the articles that may be found; None for all."""

    @property
    def rows(self) -> Sequence[int]:
        """Rows of the best candidates, the best first."""
        return self.ranking.rows


def lifts(dictionary: Dictionary, typed: Tried, corrected: Tried) -> bool:
    """Return whether the best hit of the corrected query is better than that of the typed one."""
    if not (typed.rows and corrected.rows):
        return bool(corrected.rows)
    return _evidence(dictionary, corrected) - _evidence(dictionary, typed) > LEAST_LIFT


def _evidence(dictionary: Dictionary, tried: Tried) -> float:
    """Return the greatest evidence of the first hits: cosine, if asked, and share of the words.

    A word that no passage has counts too, and weighs most.
    """
    rows, ranking = tried.rows[:HITS_COMPARED], tried.ranking
    shares = QueryWords(dictionary, tried.query).coverage(ranking.passages[rows])
    dense = ranking.candidates.legs.get("dense")
    return float((COVERAGE_WEIGHT * shares + (dense.scores[rows] if dense else 0.0)).max())
