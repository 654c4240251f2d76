"""Dates and bylines between title and text, and dates in fields."""

import datetime as dt

import pytest
from hypothesis import given, strategies as st

from plait.index.reading.dates import iso_date, iso_date_or_part
from plait.index.reading.head import Head, take_head

DAY = st.dates(dt.date(1500, 1, 1), dt.date(2999, 12, 31))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2019-01-11", "2019-01-11"),
        ("2019/1/11", "2019-01-11"),
        ("2019-01-11T10:20:30.5Z", "2019-01-11"),
        ("2019-01-11 10:20:30 +09:00", "2019-01-11"),
        ("12 March 2011", "2011-03-12"),
        ("12th Mar. 2011", "2011-03-12"),
        ("12th of March, 2011", "2011-03-12"),
        ("Saturday, 12 March 2011, 14:05 GMT", "2011-03-12"),
        ("Sat, 12 Mar 2011 14:05:00 +0000", "2011-03-12"),
        ("SEPT 11, 2012", "2012-09-11"),
        ("October 20, 1956", "1956-10-20"),
        ("May 1st, 1999 at 3:05 p.m.", "1999-05-01"),
        ("30 February 2019", ""),
        ("2019-13-01", ""),
        ("01/02/2019", ""),
        ("12 March", ""),
        ("2019", ""),
        ("on 12 March 2011", ""),
        ("12 March 2011 was a Saturday", ""),
        ("", ""),
    ],
)
def test_only_a_whole_unambiguous_date_is_one(text: str, date: str) -> None:
    """English and ISO dates give the day, anything else nothing."""
    assert iso_date(text) == date


@given(DAY, st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%A %d %b %Y", "%a, %d %b %Y"]))
def test_written_dates_come_back(day: dt.date, form: str) -> None:
    """A date written in each usual form names the same day."""
    assert iso_date(day.strftime(form)) == day.isoformat()


def test_fields_may_hold_a_year_or_a_month() -> None:
    """What is less than a day is kept where the field says that it is a date."""
    dates = map(iso_date_or_part, ["2019", " 2019-07 ", "2019-13", "11 January 2019"])
    assert list(dates) == ["2019", "2019-07", "", "2019-01-11"]


@pytest.mark.parametrize(
    ("head", "date", "author"),
    [
        ("Published: 19 October 1956", "1956-10-19", ""),
        ("First published on 19 October 1956", "1956-10-19", ""),
        ("*27 July 2023*", "2023-07-27", ""),
        ("2024-03-19\nBy our correspondent in Tokyo", "2024-03-19", "our correspondent in Tokyo"),
        ("By our Asia staff\n2012-09-11", "2012-09-11", "our Asia staff"),
        ("By Jane Roe", "", "Jane Roe"),
        ("BY JANE ROE AND JOHN DOE", "", "JANE ROE AND JOHN DOE"),
        ("By Jane van der Roe | 12 March 2011", "2011-03-12", "Jane van der Roe"),
        ("By Jane Roe, 12 March 2011", "2011-03-12", "Jane Roe"),
        ("By Science Desk \xb7 12 July 2022", "2022-07-12", "Science Desk"),
        ("Byline: Wire services", "", "Wire services"),
        ("By a staff reporter, New Delhi", "", "a staff reporter, New Delhi"),
        ("By our Siberia correspondent | Irkutsk", "", "our Siberia correspondent, Irkutsk"),
        ("March 2024", "2024-03", ""),
        ("Published: Sept. 2012", "2012-09", ""),
        ("7th of March 2024", "2024-03-07", ""),
        ("(7 March 2024)", "2024-03-07", ""),
        ("(Published 7 March 2024)", "2024-03-07", ""),
        ("7 March 2024 | 5 min read", "2024-03-07", ""),
        ("March 7, 2024 \xb7 12-minute read", "2024-03-07", ""),
        ("Posted by Ann Smith on March 7, 2024", "2024-03-07", "Ann Smith"),
        ("Written by Ann Smith", "", "Ann Smith"),
        ("By Ann Smith | March 2024 | 5 min", "2024-03", "Ann Smith"),
        ("By Jan Kowalski", "", "Jan Kowalski"),
        ("By April Jones", "", "April Jones"),
    ],
)
def test_date_and_byline_are_taken_off_the_top(head: str, date: str, author: str) -> None:
    """A line that is nothing but date or byline leaves the text and becomes a field."""
    assert take_head(f"\n{head}\nIt rained.") == Head("\nIt rained.", date, author)


@pytest.mark.parametrize(
    "line",
    ["TOKYO, 25 June 2020", "San Francisco, 25 June 2020", "SINGAPORE (Agencies) - 2020-06-25"],
)
def test_a_dateline_gives_its_date_and_stays(line: str) -> None:
    """The place is content."""
    text = f"{line}\nBy our correspondent\nIt rained."
    assert take_head(text) == Head(f"{line}\nIt rained.", "2020-06-25", "our correspondent")


@pytest.mark.parametrize(
    "text",
    [
        "By Monday the town was quiet",
        "By the time the editor came home",
        "By plane instead of barge",
        "By Friday Night",
        "By The Numbers",
        "By Jane Roe.",
        "By 1956",
        "By (((",
        "12 March 2011 was a Saturday.",
        "The war ended on Monday, 27 July 1953",
        "NEW YORK, 19 October 1987. Share prices collapsed on Monday.",
        "MURMANSK, SEPT 15, 2010 - Russia and Norway on Wednesday signed a treaty.",
        "Dates: 12 March 2011",
        "12 March 9011",
        "March 9011",
        "March 2011: the wave",
        "In March 2011",
        "(12 March 2011) Tokyo",
        "5 min read",
        "Published by the museum on 12 March 2011",
        "Posted by Ann Smith on Monday",
        "Published: 12 March 1011",
        "By 12 March 9011",
        "First paragraph.\nBy Jane Roe\n12 March 2011",
        "By Jane Roe, who was there when it happened and who wrote down what she saw, " * 3,
        "",
        "\n\n",
    ],
)
def test_what_may_be_text_stays(text: str) -> None:
    """In doubt nothing is taken away."""
    assert take_head(text) == Head(text)


def test_a_second_date_or_byline_is_text() -> None:
    """Only the first of each is taken."""
    text = "2019-01-11\n2020-02-12\nBy Jane Roe"
    assert take_head(text) == Head("2020-02-12\nBy Jane Roe", "2019-01-11", "")


def test_nothing_may_remain_under_the_head() -> None:
    """A page of title, date and byline has an empty text."""
    assert take_head("2019-01-11\nBy Jane Roe") == Head("", "2019-01-11", "Jane Roe")


@given(st.text())
def test_text_is_never_rewritten(text: str) -> None:
    """What remains is the text with whole lines taken from its top."""
    remaining = iter(text.split("\n"))
    assert all(line in remaining for line in take_head(text).body.split("\n") if line)
