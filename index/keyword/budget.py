"""What one query with operators may cost: so much, and then an error that says what to do.

A bag of words costs what its words have in postings; a short query with operators can
stand for the whole index many times over.
"""

from collections import Counter
from dataclasses import dataclass

from plait.index.errors import QueryError


@dataclass(frozen=True, slots=True)
class Limit:
    """The most of one thing that a query may need."""

    most: int
    what: str
    """Plural, as an error writes it."""
    remedy: str


COMPARED = Limit(10_000_000, "terms compared with its fuzzy words", "use fewer of them")
"""About .1 microseconds each: 1 s. Ten fuzzy words at 400,000 terms need 4 million."""
READ = Limit(
    50_000_000,
    "postings read for its prefixes, fuzzy words and phrases",
    "make prefixes longer, or use fewer of them",
)
"""About 10 nanoseconds each, and 50 for places of a phrase's words: 3 s. Prefixes that begin
every word of 120,000 passages of 150 words read 17 million."""
MATCHED = Limit(
    6_000_000,
    "matches of its words, prefixes, fuzzy words and phrases",
    "use fewer or rarer words",
)
"""Each is kept until scores are added up, 32 bytes: 200 MB. One that matches all of 120,000
passages makes 120,000."""


class Budget:
    """What one query has used of each limit."""

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
