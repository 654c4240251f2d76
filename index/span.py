"""Spans of time: from the first to the last moment that a date stands for.

`2018` stands for a year, `2018-11` for a month, `2018-11-14` for a day, and a date with a
time of day for a moment. Moments are texts that sort by time, in UTC. Does not read dates in
words (`plait.index.reading.dates`).
"""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, TypeAlias

Precision: TypeAlias = Literal["year", "month", "day", "time"]

_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?"
    r" ?(Z|[+-]\d\d(?::?\d\d)?)?)?)?)?",
    re.ASCII,
)
_BY_LETTERS: Mapping[int, Precision] = {4: "year", 7: "month", 10: "day"}
UNITS: Mapping[str, int] = {unit: letters for letters, unit in _BY_LETTERS.items()}
"""Units of dates, and the number of letters that each has in ISO 8601."""


@dataclass(frozen=True, slots=True)
class Span:
    """Span of time. Two spans are equal where the text is the same."""

    text: str
    """Text in ISO 8601: `2018`, `2018-11`, `2018-11-14`, or a moment in UTC."""

    @property
    def precision(self) -> Precision:
        """Unit that the span is one of; `time` for a moment."""
        return _BY_LETTERS.get(len(self.text), "time")

    @property
    def first(self) -> str:
        """First moment."""
        return self.text + "0000-01-01T00:00:00.000000"[len(self.text) :]

    @property
    def last(self) -> str:
        """Last moment."""
        match self.precision:
            case "year":
                day = f"{self.text}-12-31"
            case "month":
                year, month = map(int, self.text.split("-"))
                day = f"{self.text}-{monthrange(year, month)[1]}"
            case "day":
                day = self.text
            case "time":
                return self.text
        return day + "T23:59:59.999999"

    @property
    def day(self) -> int:
        """First day, counted from the first of January of the year 1, which is day 1."""
        return dt.date.fromisoformat(self.first[: UNITS["day"]]).toordinal()

    def __str__(self) -> str:
        return self.text.removesuffix(".000000")


def span_of(text: str) -> Span | None:
    """Return the span of a date in ISO 8601; None for any other text.

    A time with a zone is turned to UTC, and one without is taken for UTC.

    >>> span_of("2018-02").last, span_of("2018-11-14T09:30+09:00").text
    ('2018-02-28T23:59:59.999999', '2018-11-14T00:30:00.000000')
    >>> span_of("2018-02-30")
    """
    found = _ISO.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        date = dt.date(int(year), int(month or 1), int(day or 1))
        if hour is None:
            return Span(text)
        micro = int((fraction or "").ljust(6, "0")[:6])
        time = dt.time(int(hour), int(minute), int(second or 0), micro)
        moment = dt.datetime.combine(date, time) - _offset(zone)
    except (ValueError, OverflowError):
        return None
    return Span(moment.isoformat(timespec="microseconds"))


def span_at(moment: dt.date) -> Span:
    """Return the span of a day, or of a moment; one without a zone is taken for UTC."""
    if not isinstance(moment, dt.datetime):
        return Span(moment.isoformat())
    if moment.tzinfo:
        with suppress(OverflowError):  # at the ends of the calendar it stays as it is
            moment = moment.astimezone(dt.UTC)
        moment = moment.replace(tzinfo=None)
    return Span(moment.isoformat(timespec="microseconds"))


def _offset(zone: str | None) -> dt.timedelta:
    """Return how far a zone, as in `+09:00`, is ahead of UTC."""
    if zone is None or zone == "Z":
        return dt.timedelta()
    hours, minutes = int(zone[1:3]), int(zone[3:].lstrip(":") or 0)
    ahead = dt.timedelta(hours=hours, minutes=minutes)
    return -ahead if zone[0] == "-" else ahead
