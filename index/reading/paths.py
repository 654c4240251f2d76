"""Date in the path of a file: `2019-01-11-talks.txt`, `2019/01/11/talks.html`, `2019/01/talks.txt`.

The last resort, for an article that says nowhere of which day it is. A year alone names what
an article is about (`1956-declaration.txt`), and a number of eight digits is most often a
number: such names have no date.
"""

import datetime as dt
import re

from plait.index.span import UNITS

YEARS = range(1600, 2101)
"""Years of newspapers, from the first printed one on; other numbers of four digits are none."""

SEPARATED = re.compile(r"(?<![A-Za-z0-9])(\d{4})([-_.])(\d{2})\2(\d{2})(?:(?=T\d)|(?![A-Za-z0-9]))")
"""Pattern of `2019-01-11`, `2019_01_11` or `2019.01.11`, with or without a time of day."""
TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})[-_ ]+[^\W\d_]")
"""Pattern of `20190111-talks`: elsewhere eight digits number the articles of a site."""
FOLDERS = re.compile(r"(?:^|/)(\d{4})/(\d{2})(?:/(\d{2}))?(?=/)")
"""Pattern of the folders of a day, or of a month; a year alone may be that of a subject."""


def date_of_path(path: str) -> str:
    """Return the day, or the month of nested folders, that a path names; in doubt nothing.

    The path has `/` between its parts.

    >>> date_of_path("news/2019-01-11-talks.txt"), date_of_path("2019/01/talks.txt")
    ('2019-01-11', '2019-01')
    >>> date_of_path("1956-declaration.txt"), date_of_path("2019-20-season.txt")
    ('', '')
    """
    days = [calendar_date(found[1], found[3], found[4]) for found in SEPARATED.finditer(path)]
    days += [calendar_date(found[1], found[2], found[3]) for found in FOLDERS.finditer(path)]
    if found := TOGETHER.match(path.rpartition("/")[2]):
        days.append(calendar_date(found[1], found[2], found[3]))
    dates = set(filter(None, days))
    longest = max(dates, key=len, default="")
    return longest if all(longest.startswith(date) for date in dates) else ""


def calendar_date(year: str, month: str, day: str | None) -> str:
    """Return a day of the calendar, or a month of it, in ISO 8601; else an empty string."""
    try:
        date = dt.date(int(year), int(month), int(day or 1)).isoformat()
    except ValueError:
        return ""
    whole = date if day else date[: UNITS["month"]]
    return whole if int(year) in YEARS else ""
