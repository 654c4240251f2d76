"""Dateline of a news report: the place and the day with which its first paragraph begins.

    STANLEY, 12 March 2013 - Only three people …
    LONDON (Reuters), Jan 5, 2019 — Ministers …
    NEW YORK, Jan. 5, 2019 /PRNewswire/ -- The company …
    GENEVA (5 January 2019) - Experts …
    5 January 2019, GENEVA - Experts …

The day is read and the text stays as it is. A date in a sentence is an event's and is not
read, nor is one without a year: no date is better than a wrong one.
"""

import re
from dataclasses import dataclass

from plait.index.reading.dates import (
    DATE,
    MONTH,
    MONTH_OF_YEAR,
    MONTHS,
    WEEKDAYS,
    iso_date,
    iso_month,
    likely,
)

MAX_PARAGRAPHS_ABOVE = 4
"""Paragraphs above a dateline: standfirst, byline, captions of photographs."""

MAX_CHARACTERS_ABOVE = 250
"""Characters of a paragraph above a dateline. A longer one is the story, and what comes after
its first paragraph is no dateline of the whole."""

MAX_PARAGRAPHS = 40
"""Paragraphs in which a second dateline is looked for: in a diary each entry has its own."""

MAX_DATELINE_CHARACTERS = 200
"""Characters of a dateline: two places, an agency and a date in words have fewer."""

MAX_PLACE_CHARACTERS = 60
"""Characters of a place: `RANCHO PALOS VERDES, California, United States` has 46."""

MAX_PLACE_CAPITALS = 4
"""Words with a capital between two commas of a place; a headline in capitals has more."""

MIN_PLACE_LETTERS = 3
"""Letters of a place in capitals: `ROM` has as many, and an initial or `US` fewer."""

MAX_SOURCE_CHARACTERS = 40
"""Characters of an agency's name in brackets: `(Thomson Reuters Foundation)` has 26."""

MIN_PROSE_WORDS = 3
"""Words after a dateline; a table or list of events has fewer."""

YEAR = re.compile(r"\d{4}")
DAY = re.compile(rf"(?<![\w./])(?<!\d-){DATE}(?!\w)", re.IGNORECASE)
A_MONTH = re.compile(rf"(?<![\w./-]){MONTH_OF_YEAR}(?![\w-])", re.IGNORECASE)
SEPARATORS = " ,;|\u00b7\u2022\u2013\u2014\u2015-"
DASH = re.compile(r"\.?(?:\s*(?:-{2,}|[\u2014\u2015])\s*|\s+[-\u2013|]\s*|\s*[-\u2013|]\s+)")
COLON = re.compile(r"\s*:(?:\s+|\Z)")
STOP = re.compile(r"\.(?:\s+|\Z)")
NAMED = rf"\([^()]{{1,{MAX_SOURCE_CHARACTERS}}}\)|/[^/]{{1,{MAX_SOURCE_CHARACTERS}}}/"
SOURCE = re.compile(rf",?\s*({NAMED})")
SOURCE_AT_END = re.compile(rf"(?:{NAMED})\Z")
OPENED = re.compile(rf"\((?:[^()]{{1,{MAX_SOURCE_CHARACTERS}}}, )?\Z")
HOUR = re.compile(r"\s*/\s*\d{1,2}:\d\d(?:\s*[ap]\.?m\.?)?", re.IGNORECASE)
ACRONYM = re.compile(r"\([A-Z]{2,6}\)|/[^/]+/")
DATE_GOES_ON = re.compile(rf"{DAY.pattern}|\d{{1,2}}[:.]\d\d\b|\d{{1,2}}\s+{MONTH}", re.IGNORECASE)
PLACE_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['\u2018\u2019.-])*")

SMALL_WORDS = frozenset(
    [
        *("of", "the", "and", "on", "upon", "under", "am", "an", "der", "den", "im", "y"),
        *("de", "del", "della", "di", "da", "do", "dos", "das", "du", "des", "la", "las", "le"),
        *("les", "los", "el", "al", "sur", "en"),
    ]
)
"""Words inside the name of a place that are not written with a capital."""

NO_NAMES = frozenset([*MONTHS, *WEEKDAYS])
"""Words that belong to a date."""

AFTER_THE = frozenset(["hague", "bronx", "valley", "gambia", "bahamas", "woodlands", "vatican"])
"""Words after the article with which the name of a place begins; `The Treaty` is none."""

NO_PLACES = frozenset(
    [
        *("in", "on", "at", "by", "from", "to", "of", "for", "with", "near", "since", "after"),
        *("before", "until", "till", "between", "during", "when", "while", "as", "if", "and"),
        *("but", "or", "so", "then", "there", "here", "now", "today", "yesterday", "tomorrow"),
        *("a", "an", "it", "he", "she", "we", "they", "i", "this", "that", "these", "those"),
        *("his", "her", "their", "its", "our", "my", "dear", "born", "died", "signed", "dated"),
        *("update", "updated", "modified", "revised", "corrected", "published", "posted"),
        *("photo", "picture", "image", "caption", "figure", "table", "chapter", "part", "section"),
        *("act", "scene", "note", "source", "version", "treaty", "final", "deadline", "copyright"),
    ]
)
"""First words of a sentence, a label or a heading, never of a place."""


@dataclass(frozen=True, slots=True)
class Dateline:
    """Day, or month, at the head of a paragraph, and whether the paragraph goes on after it."""

    date: str
    """Date in ISO 8601."""
    goes_on: bool


def date_of_report(text: str) -> str:
    r"""Return the date of a text's dateline, in ISO 8601, or an empty string.

    A text whose paragraphs have datelines of several days has no date: it is a diary.

    >>> date_of_report("A vote\nSTANLEY, 12 March 2013 - Only three people voted against.")
    '2013-03-12'
    >>> date_of_report("On 12 March 2013 - a Tuesday - three people voted against.")
    ''
    """
    lines = [line for line in text.split("\n", 2 * MAX_PARAGRAPHS) if line][:MAX_PARAGRAPHS]
    for line in lines[: MAX_PARAGRAPHS_ABOVE + 1]:
        if first := dateline_of(line):
            dates = {one.date for one in map(dateline_of, lines) if one}
            return first.date if len(dates) == 1 else ""
        if len(line) > MAX_CHARACTERS_ABOVE:
            break
    return ""


def dateline_of(line: str) -> Dateline | None:
    """Return the dateline with which a paragraph begins, marks of emphasis left out, or None."""
    top = line[:MAX_DATELINE_CHARACTERS].replace("*", "").replace("_", "").strip()
    if not YEAR.search(top):  # most paragraphs: it takes a tenth of the time
        return None
    day = DAY.search(top)
    found = day or A_MONTH.search(top)
    date = likely((iso_date if day else iso_month)(found[0])) if found else ""
    if not found or not date:
        return None
    before, after = top[: found.start()], top[found.end() :]
    if not before:
        return place_after(after, date)
    shouted = begins_in_capitals(before)
    bracketed = OPENED.search(before) if after.startswith(")") else None
    if bracketed:
        before, after = before[: bracketed.start()], after[1:]
    # Of months, and of dates in brackets, those of events are more frequent.
    is_doubtful = bracketed or not day
    if not ends_in_place(before, shouted=shouted) or (is_doubtful and not shouted):
        return None
    return paragraph_after(after, date, shouted=shouted)


def place_after(text: str, date: str) -> Dateline | None:
    """Return the dateline of a date that a place in capitals follows, or None."""
    rest = text.lstrip(SEPARATORS + "(")
    dash = DASH.search(rest)
    place = rest[: dash.start()].rstrip(SEPARATORS + ")") if dash else ""
    if not dash or not begins_in_capitals(place) or not is_place(place):
        return None
    return paragraph_after(rest[dash.start() :], date, shouted=True)


def ends_in_place(text: str, *, shouted: bool) -> bool:
    """Return whether what precedes a date is a place and no more, except an agency.

    A mark or an agency follows a place that is not in capitals.
    """
    place = text.rstrip(SEPARATORS)
    marked = place != text.rstrip()
    if agency := SOURCE_AT_END.search(place):
        place, marked = place[: agency.start()].rstrip(SEPARATORS), True
    return (marked or shouted) and is_place(place)


def paragraph_after(text: str, date: str, *, shouted: bool) -> Dateline | None:
    """Return the dateline of a day that ends in a dash, or in another mark, or the paragraph."""
    if hour := HOUR.match(text):
        text = text[hour.end() :]
    agency = SOURCE.match(text)
    rest = text[agency.end() :] if agency else text
    mark = DASH.match(rest) or COLON.match(rest)
    if not mark and (shouted or agency):
        mark = STOP.match(rest)
    if not mark and rest.strip() and not (agency and ACRONYM.fullmatch(agency[1])):
        return None
    prose = rest[mark.end() :] if mark else rest.strip()
    return Dateline(date, bool(prose)) if not prose or begins_sentence(prose) else None


def begins_sentence(prose: str) -> bool:
    """Return whether words are those of a report: not few, nor in the midst of a sentence."""
    first = re.sub(r"\W+", "", prose[:5])
    amid = first[:1].islower() and not first[1:2].isupper()  # `iPhone` begins a sentence
    return len(prose.split()) >= MIN_PROSE_WORDS and not amid and not DATE_GOES_ON.match(prose)


def begins_in_capitals(place: str) -> bool:
    """Return whether the first place is written in capitals, as in `RENO, Nev.`."""
    first = re.split("[,(/]", place, maxsplit=1)[0]
    return first.isupper() and sum(map(str.isalpha, first)) >= MIN_PLACE_LETTERS


def is_place(text: str) -> bool:
    """Return whether words look like one or more places: few, with capitals, without digits."""
    parts = [part.split() for part in re.split("[,/&;]", text)]
    first, second = [*parts[0], "", ""][:2]
    if len(text) > MAX_PLACE_CHARACTERS or first.lower().strip(".") in NO_PLACES or not all(parts):
        return False
    if first.lower() == "the" and second.lower() not in AFTER_THE:
        return False
    return first[:1].isupper() and all(map(is_name_of_place, parts))


def is_name_of_place(words: list[str]) -> bool:
    """Return whether words between two commas of a place look like its name."""
    capitals = [word for word in words if word[0].isupper()]
    return len(capitals) <= MAX_PLACE_CAPITALS and all(
        (word[0].isupper() or word in SMALL_WORDS)
        and PLACE_WORD.fullmatch(word)
        and word.lower().strip(".") not in NO_NAMES
        for word in words
    )
