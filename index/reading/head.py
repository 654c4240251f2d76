"""Date and byline at the top of a text.

Only a line that consists of nothing else counts, and only above the first paragraph;
everything that is cut is kept as date or author. The date of a dateline
(`Nemuro, 5 October 2019`) is read and the line stays, for the place is content.
"""

import re
from dataclasses import dataclass

from plait.index.reading.cleaning import clean
from plait.index.reading.dateline import dateline_of
from plait.index.reading.dates import (
    DATE,
    MONTH_OF_YEAR,
    MONTHS,
    WEEKDAYS,
    iso_date,
    iso_month,
    likely,
)

MAX_HEAD_LINE_CHARACTERS = 120
"""Characters of a line; a byline with two names, two papers and a date has fewer."""

MAX_HEAD_LINES = 100
"""Lines at the top in which date and byline are looked for, blank ones included."""

LABELLED_DATE = re.compile(
    r"(?:(?:first |originally )?(?:published|posted)(?: on)?|(?:publication )?date)\b\s*:?\s*(.+)",
    re.IGNORECASE,
)
LABELLED_AUTHOR = re.compile(r"(?:byline|authors?|written by)\s*:\s*(.+)", re.IGNORECASE)
BY = re.compile(r"(?:(?:posted|published|written) )?by\s+(.+)", re.IGNORECASE)
DATE_AT_END = re.compile(
    rf"(.+?)(?:\s*[|\u00b7\u2022,\u2013\u2014-]\s*|\s+on\s+)({DATE}|{MONTH_OF_YEAR})", re.IGNORECASE
)
MONTH_ALONE = re.compile(MONTH_OF_YEAR, re.IGNORECASE)
READING_TIME = re.compile(
    r"\s*[|\u00b7\u2022,\u2013\u2014-]\s*\d{1,3}[ -]?min(?:ute)?s?\.?(?: read)?\Z", re.IGNORECASE
)

# `By our correspondent in Tokyo`, `By a staff reporter, New Delhi`, `By the history desk`
NAMELESS = re.compile(
    r"(?:our|an?|the)\s+(?:[\w'\u2019-]+\s+){0,3}"
    r"(?:correspondents?|reporters?|staff|desk|bureau|writers?|editors?|team)"
    r"(?:\s*(?:,|\||\b(?:in|at|for)\b)\s*\S.{0,40})?",
    re.IGNORECASE,
)
SMALL_WORDS = frozenset(
    [
        *("and", "&", "|", "of", "the", "in", "for", "at", "with"),
        *("de", "del", "della", "la", "van", "von", "der", "den", "du", "da", "dos"),
        *("bin", "al", "y", "e"),
    ]
)
# `By April`, `By the numbers`: how a heading begins; `By April Jones` is a byline.
NO_NAMES = frozenset([*MONTHS, "then", "now", "the numbers", "the book"])


@dataclass(frozen=True, slots=True)
class Head:
    """Date and author above the first paragraph, and the text without them."""

    body: str
    date: str = ""
    author: str = ""


def take_head(text: str) -> Head:
    r"""Split date and byline off the top of a text, which is unchanged where there are none.

    >>> take_head("By Jane Roe | 12 March 2011\nIt rained.")
    Head(body='It rained.', date='2011-03-12', author='Jane Roe')
    """
    date = author = ""
    lines = text.split("\n", MAX_HEAD_LINES)
    kept: list[str] = []
    rest = min(len(lines), MAX_HEAD_LINES)
    for position, line in enumerate(lines[:MAX_HEAD_LINES]):
        plain = without_emphasis(line)
        found = line_of_head(plain)
        news = found and ((found.date and not date) or (found.author and not author))
        if plain and not news:
            rest = position
            break
        if found:
            date, author = date or found.date, author or found.author
        if not found or found.body:
            kept.append(line)
    return Head("\n".join(kept + lines[rest:]), date, author) if date or author else Head(text)


def line_of_head(line: str) -> Head | None:
    """Return the head that a line is; None for a line of text. A dateline is its own body."""
    line = READING_TIME.sub("", line)
    if date := date_line(line):
        return Head("", date=date)
    author, date = byline(line)
    if author:
        return Head("", date, author)
    place = dateline_of(line)
    return Head(line, date=place.date) if place and not place.goes_on else None


def without_emphasis(line: str) -> str:
    """Return a line cleaned and without Markdown's emphasis.

    For a line that is too long, a dot: neither blank nor a date.
    """
    if len(line) > MAX_HEAD_LINE_CHARACTERS:
        return clean(line[:MAX_HEAD_LINE_CHARACTERS]) and "."
    return clean(line).strip("*_ ")


def date_line(line: str) -> str:
    """Return the date of a line that is a date, with or without a label; else an empty string."""
    if line[:1] == "(" and line[-1:] == ")":
        line = line[1:-1].strip()
    labelled = LABELLED_DATE.fullmatch(line)
    return date_in(labelled[1] if labelled else line)


def date_in(text: str) -> str:
    """Return the day that a text is, or the month in words; else an empty string."""
    return likely(iso_month(text) if MONTH_ALONE.fullmatch(text) else iso_date(text))


def byline(line: str) -> tuple[str, str]:
    """Return author and date of a line that is a byline; empty strings for any other."""
    labelled, by = LABELLED_AUTHOR.fullmatch(line), BY.fullmatch(line)
    found = labelled or by
    if not found:
        return "", ""
    who, date = found[1], ""
    if dated := DATE_AT_END.fullmatch(who):
        who, date = dated[1], date_in(dated[2])
    if labelled or NAMELESS.fullmatch(who) or is_name(who):
        return ", ".join(part.strip() for part in who.split("|")), date
    return "", ""


def is_name(who: str) -> bool:
    """Return whether words look like a person's name: capitals, no digits, no full stop."""
    words = re.findall(r"[\w&][\w'\u2019.-]*", who)
    if not words or words[0].lower() in WEEKDAYS or who.lower() in NO_NAMES:
        return False
    if who[-1] in ".!?:;" or any(character.isdigit() for character in who):
        return False
    return all(word.lower() in SMALL_WORDS or word[0].isupper() for word in words)
