"""Whether a corrected query finds better than the one that was typed."""

from collections.abc import Sequence
from dataclasses import dataclass

from plait.index.store import Dictionary
from plait.search.evidence.words import QueryWords
from plait.search.hit import Ranking
from plait.search.query.parser import Query

COVERAGE_WEIGHT = 0.6
"""What a hit with all of the query's words counts, beside a cosine of 1: more than where a
probability is estimated, for a rare word that is found at last is what was asked for."""
LIFT = 0.05
"""By how much a correction must lift the best hit: any change of a word does by a little."""
HITS_COMPARED = 10
"""First hits, of which the best is to be better."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A query that was asked, and the ranking that it gave."""

    asked: str
    """Text as it was typed, or corrected."""
    query: Query
    ranking: Ranking
    suggestion: str = ""
    """The query as it may have been meant, and finds nothing better; mostly empty."""

    @property
    def rows(self) -> Sequence[int]:
        """Rows of the best candidates, the best first."""
        return self.ranking.rows


def lifts(dictionary: Dictionary, typed: Tried, corrected: Tried) -> bool:
    """Return whether the best of the corrected query's hits is better than of the typed one's."""
    if not (typed.rows and corrected.rows):
        return bool(corrected.rows)
    return _evidence(dictionary, corrected) - _evidence(dictionary, typed) > LIFT


def _evidence(dictionary: Dictionary, tried: Tried) -> float:
    """Weigh the first hits: the cosine of each, if there is one, and its share of the words.

    A word that no passage has is one of these, and weighs most. Returns the greatest.
    """
    rows, ranking = tried.rows[:HITS_COMPARED], tried.ranking
    shares = QueryWords(dictionary, tried.query).coverage(ranking.passages[rows])
    dense = ranking.candidates.legs.get("dense")
    return float((COVERAGE_WEIGHT * shares + (dense.scores[rows] if dense else 0.0)).max())
