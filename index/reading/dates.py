"""Dates in words or digits, as ISO 8601.

English month names and ISO 8601 only. `01/02/2019` is a different day in London and in
New York, so it is not read: no date is better than a wrong one.
"""

import datetime as dt
import re
from collections.abc import Mapping

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
TIME = (
    r"(?:(?:t|,?\s+(?:at\s+)?)\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?"
    r"(?:\s*[ap]\.?m\.?)?(?:\s*(?:[a-z]{1,4}|[+-]\d{2}(?::?\d{2})?))?)?"
)
DAY = r"\d{1,2}(?:st|nd|rd|th|\.)?"

DATE = (
    rf"(?:\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}"
    rf"|{WEEKDAY}{DAY}\s+(?:of\s+)?{MONTH},?\s+\d{{4}}"
    rf"|{WEEKDAY}{MONTH}\s+{DAY},?\s+\d{{4}}){TIME}"
)
"""Pattern of a date in words or digits, for use with `re.IGNORECASE`."""

MONTH_OF_YEAR = rf"{MONTH},?\s+\d{{4}}"
"""Pattern of a month in words and its year."""

WHOLE = re.compile(DATE, re.IGNORECASE)
NUMERIC = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
IN_WORDS = re.compile(rf"({DAY})\s+(?:of\s+)?({MONTH}),?\s+(\d{{4}})", re.IGNORECASE)
AMERICAN = re.compile(rf"({MONTH})\s+({DAY}),?\s+(\d{{4}})", re.IGNORECASE)
FIRST_YEAR = 1450
"""Year of the first article that could be printed; before it stands a typo, or an event."""

PUBLICATION = frozenset(
    [
        *("published", "publishedat", "publishedon", "publisheddate", "publishedtime"),
        *("datepublished", "publicationdate", "publishdate", "datepublish", "pubdate"),
    ]
)
"""Names of fields that hold the day of publication and nothing else, without marks and capitals.
`created_at` and `timestamp` may be of the record, `modified` is later."""

MAX_NAME_CHARACTERS = len("publication-date")
"""Characters of the longest of these names, with a mark between its words."""

PART = re.compile(r"(?!0000)\d{4}(?:[-/](?:0[1-9]|1[0-2]))?", re.ASCII)


def iso_date(text: str) -> str:
    """Return the day that a text names, in ISO 8601, or an empty string.

    The text must be a date and nothing else, with or without weekday and time of day. The
    time, and with it the time zone, is dropped.

    >>> iso_date("Friday, 11 January 2019, 14:05 GMT"), iso_date("SEPT 11, 2012")
    ('2019-01-11', '2012-09-11')
    >>> iso_date("30 February 2019"), iso_date("11/01/2019")
    ('', '')
    """
    text = text.strip()
    if not WHOLE.fullmatch(text):
        return ""
    if found := NUMERIC.match(text):
        year, month, day = map(int, found.groups())
    elif found := IN_WORDS.search(text):
        day, month, year = ordinal(found[1]), month_number(found[2]), int(found[3])
    elif found := AMERICAN.search(text):
        month, day, year = month_number(found[1]), ordinal(found[2]), int(found[3])
    else:  # pragma: no cover - every alternative of DATE has its pattern above
        return ""
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return ""


def iso_date_or_part(text: str) -> str:
    """Return the day that a text names, or the month (`2019-01`) or year (`2019`) alone.

    For fields that are known to hold a date: a year alone on a line may be anything.
    """
    text = text.strip()
    return text.replace("/", "-") if PART.fullmatch(text) else iso_date(text)


def likely(date: str) -> str:
    """Return a date in ISO 8601, or an empty string where no article can be of that year.

    For markup and lines, in which a year may be a typo or that of an event; a field of a record or
    of front matter says what it holds. Next year is that of issues dated ahead.

    >>> likely("2019-01-11"), likely("1066"), likely("3019-01-11")
    ('2019-01-11', '', '')
    """
    next_year = dt.datetime.now(dt.UTC).year + 1
    return date if FIRST_YEAR <= int(date[:4] or 0) <= next_year else ""


def iso_month(text: str) -> str:
    """Return the month that a name and a year stand for (`October 1956`), in ISO 8601."""
    return f"{text[-4:]}-{month_number(text):02}"


def month_number(name: str) -> int:
    """Return a month's number: 1 for `Jan`, `January` and `JAN.`."""
    start = name[:3].lower()
    return next(number for number, month in enumerate(MONTHS, 1) if month.startswith(start))


def ordinal(text: str) -> int:
    """Return a day's number: 1 for `1`, `1.` and `1st`."""
    return int(re.sub(r"\D", "", text))


def date_of_publication(fields: Mapping[str, object]) -> str:
    """Return the date in the first field whose name says that it is of publication, or nothing.

    >>> date_of_publication({"created_at": "2020-02-02", "publishedAt": "2019-01-11T10:00:00Z"})
    '2019-01-11'
    """
    for name, value in fields.items():
        if len(name) <= MAX_NAME_CHARACTERS and isinstance(value, str):
            bare = re.sub("[_ -]", "", name).lower()
            if bare in PUBLICATION and (date := iso_date_or_part(value)):
                return date
    return ""
