"""Probability that a hit is relevant, comparable between queries and collections.

A threshold separates queries of another field, or language, from those that these articles
are about; it hardly separates a question of their field that no article answers
(docs/adr/0015). A hit's score does neither: it is relative to the other passages of the
same index. Does not rank, and imports no search library.
"""

import math
from typing import Any, TypeVar

from plait.index.leg import Scores

Number = TypeVar("Number", float, Scores)

COSINE_LOG_ODDS = 9.2
"""Log-odds for each unit of cosine between query and passage."""
COVERAGE_LOG_ODDS = 3.5
"""Log-odds for a passage with all of the query's words, compared with one that has none."""
FIND_LOG_ODDS = 16.0
"""Log-odds for an exact find that has all of the query's words: nearly all of these are right. They
fall with the square of the coverage, as one that has half of the words is right by chance."""
UNKNOWN_LOG_ODDS = -1.3
"""Log-odds for a query of which the model knows no word, whose cosines say less."""
LEAST_KNOWN_SHARE = 0.2
"""Least share of a query that the model must know for cosines to count in full; below it they count
in proportion, as texts of unknown pieces are all alike."""
BASE_LOG_ODDS = -7.08
"""Log-odds of a passage with cosine 0 and no word in common, for a query of known words."""
# These are near a logistic regression on the best ten hits of eight test collections: own
# topics, topics of the others and of other languages, and exact finds. A fit on any seven
# separates as well on the eighth: docs/adr/0015 has the numbers.

LOG_ODDS_BOUND = 500.0
"""Log-odds beyond which a probability is 0 or 1, and an exponential would overflow."""


def log_odds(cosine: Number, coverage: Number, exact: Any = 0.0, known: float = 1.0) -> Number:
    """Return the log-odds that a passage is judged relevant; or those of passages, as arrays.

    `cosine` is the dense leg's score. `coverage`, 0 to 1, is the share of the query's
    weight that is in the passage; `exact`, 0 to 1, its degree as an exact find (both of
    `plait.search.evidence.words`); `known` is the share that the model knows
    (`plait.search.evidence.trust`).
    """
    evidence: Number = (
        COSINE_LOG_ODDS * cosine * min(known / LEAST_KNOWN_SHARE, 1.0)
        + COVERAGE_LOG_ODDS * coverage
        + FIND_LOG_ODDS * exact * coverage**2
    )
    return BASE_LOG_ODDS + evidence + UNKNOWN_LOG_ODDS * (1 - known)


def probability(log_odds: float) -> float:
    """Return the probability of log-odds, 0 to 1.

    >>> probability(0.0)
    0.5
    """
    return 1.0 / (1.0 + math.exp(-min(max(log_odds, -LOG_ODDS_BOUND), LOG_ODDS_BOUND)))
