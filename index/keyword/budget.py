"""Limits on what one query with operators may cost; beyond one, an error says what to do.

A bag of words costs what its words have in postings; a short query with operators can
stand for the whole index many times over.
"""

from collections import Counter
from dataclasses import dataclass

from plait.index.errors import QueryError


@dataclass(frozen=True, slots=True)
class Limit:
    """Greatest number of one thing that a query may need."""

    most: int
    what: str
    """Name of these things, in the plural, as an error writes it."""
    remedy: str


WORDS_COMPARED = Limit(
    50_000_000, "words compared with its fuzzy words and wildcards", "use fewer of them"
)
"""Limit on comparisons, of about 20 nanoseconds each: 1 s. Fifty fuzzy words at 300,000 words need
15 million."""
POSTINGS_READ = Limit(
    50_000_000,
    "postings read for its prefixes, fuzzy words and phrases",
    "make prefixes longer, or use fewer of them",
)
"""Limit on postings, of about 10 nanoseconds each, and 50 for the positions of a phrase's words:
3 s. Prefixes that begin every word of 120,000 passages of 150 words read 17 million."""
MATCHES_COUNTED = Limit(
    6_000_000,
    "matches of its words, prefixes, fuzzy words and phrases",
    "use fewer or rarer words",
)
"""Limit on matches, of 32 bytes each, which stay in memory until scores are summed: 200 MB. A word
that matches all of 120,000 passages makes 120,000."""


class Budget:
    """Amounts that one query has used of each limit."""

    def __init__(self) -> None:
        self._used: Counter[Limit] = Counter()

    def spend(self, limit: Limit, amount: int) -> None:
        """Count what is about to be needed; raises `QueryError` beyond the limit."""
        self._used[limit] += amount
        if self._used[limit] > limit.most:
            raise QueryError(
                f"the query needs at least {self._used[limit]:,} {limit.what}, "
                f"and at most {limit.most:,} are allowed; {limit.remedy}."
            )
