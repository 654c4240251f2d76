"""Ages of articles, in days back from the day as of which a query is asked."""

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from plait.index.leg import Passages, Scores
from plait.index.summary import counted


@dataclass(frozen=True, slots=True)
class Age:
    """Age of an article as of one day, where age counts."""

    days: int
    date: str
    """First day of the article's date."""
    as_of: str
    """Day as of which was asked."""

    @classmethod
    def of(cls, days: float, as_of: dt.date) -> Self | None:
        """Return the age of some days; None for NaN, which stands for no date."""
        if math.isnan(days):
            return None
        date = dt.date.fromordinal(as_of.toordinal() - int(days))
        return cls(int(days), date.isoformat(), as_of.isoformat())

    def __str__(self) -> str:
        if not self.days:
            return f"{self.date} is the day as of which was asked"
        return f"{self.date} is {counted(self.days, 'day')} before {self.as_of}"


@dataclass(frozen=True, slots=True)
class Ages:
    """Ages of passages as of one day."""

    as_of: dt.date
    days: Callable[[Passages], Scores]
    """Function from passages to the first day of each one's date (`Store.days`)."""

    def of(self, passages: Passages) -> Scores:
        """Return the age of each passage's article in days; NaN without a date."""
        return self.as_of.toordinal() - self.days(passages)

    def each(self, passages: Passages) -> list[Age | None]:
        """Return the age of each passage's article; None without a date."""
        return [Age.of(days, self.as_of) for days in self.of(passages).tolist()]
