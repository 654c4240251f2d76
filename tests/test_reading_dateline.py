"""Datelines: what news agencies write at the head of a report, and what only looks like it."""

import datetime as dt
import json
from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from plait.index.article import Article
from plait.index.reading import FieldNames, read_records
from plait.index.reading.dateline import MAX_PARAGRAPHS_ABOVE, date_of_report
from plait.index.reading.plain import read_plain

LIMIT = 200
"""Characters of a line that are looked at; those of the longest dateline are fewer."""


@pytest.mark.parametrize(
    ("paragraph", "date"),
    [
        ("LISBON, 25 April 1974 - Soldiers took the radio station.", "1974-04-25"),
        ("LISBON, April 25, 1974 \u2013 Soldiers took the radio station.", "1974-04-25"),
        ("LISBON, 25 Apr 1974 \u2014 Soldiers took the radio station.", "1974-04-25"),
        ("Lisbon, 25 April 1974: Soldiers took the radio station.", "1974-04-25"),
        ("LISBON, Apr. 25, 1974-- Soldiers took the radio station.", "1974-04-25"),
        ("LISBON, Thursday, 25th April, 1974. \u2014 Soldiers came early.", "1974-04-25"),
        ("LISBON, 25 April 1974. Soldiers took the radio station.", "1974-04-25"),
        ("LISBON 1974-04-25 | Soldiers took the radio station.", "1974-04-25"),
        ("LISBON (Reuters), Apr 25, 1974 \u2014 Soldiers took it.", "1974-04-25"),
        ("LISBON, Apr 25, 1974 (AFP) - Soldiers took the station.", "1974-04-25"),
        ("LISBON, Apr 25, 1974 (PTI) Soldiers took the station.", "1974-04-25"),
        ("LISBON, April 25, 1974 /TASS/. Soldiers took the station.", "1974-04-25"),
        ("LISBON, April 25, 1974 /PRNewswire/ -- Acme Corp. said so.", "1974-04-25"),
        ("LISBON--(BUSINESS WIRE)--Apr. 25, 1974--Acme Corp. said so.", "1974-04-25"),
        ("LISBON. 25 April 1974. INTERFAX - Soldiers took the station.", "1974-04-25"),
        ("LISBON/MADRID (25 April 1974) \u2013 Soldiers took the station.", "1974-04-25"),
        ("LISBON (Army News Service, April 25, 1974) -- Soldiers took it.", "1974-04-25"),
        ("Lisbon, Apr 25, 1974 / 10:30 am (CNA).- Soldiers took it.", "1974-04-25"),
        ("25 April 1974, LISBON \u2013 Soldiers took the station.", "1974-04-25"),
        ("April 25, 1974 \u2013 LISBON \u2013 Soldiers took the station.", "1974-04-25"),
        ("**Lisbon, 25 April 1974** \u2014 Soldiers took the station.", "1974-04-25"),
        ("The Hague, 12 July 2016 - An international tribunal ruled.", "2016-07-12"),
        ("Washington, D.C. \u2013 January 5, 2019 \u2013 The department said so.", "2019-01-05"),
        ("RENO, Nev., Jan. 5, 2019 \u2014 \u201cWe won,\u201d he said on Monday.", "2019-01-05"),
        (
            "Port-au-Prince, Haiti, 13 January 2010 (UN News) \u2013 Help came at once.",
            "2010-01-13",
        ),
        ("RIO DE JANEIRO, 5 May 2010 - 1,513 people voted for it.", "2010-05-05"),
        ("SEOUL, 5 May 2010 - iPhone sales rose again.", "2010-05-05"),
        ("BUDAPEST, October 1956 - The students went to the bridge.", "1956-10"),
    ],
)
def test_the_day_of_a_dateline_is_the_date(paragraph: str, date: str) -> None:
    """Place and day in the orders and with the marks of agencies; the text stays."""
    assert date_of_report(paragraph) == date
    article = read_plain(f"Title\nBy Jane Roe\n{paragraph}\nMore.".encode()).finish("a", "")
    assert (article.date, article.text) == (date, f"{paragraph}\nMore.")


@pytest.mark.parametrize(
    "paragraph",
    [
        "On 25 April 1974, soldiers took the radio station.",
        "On 25 April 1974 - a Thursday - soldiers took the radio station.",
        "In Lisbon on 25 April 1974 the soldiers came.",
        "In Lisbon, 25 April 1974 \u2014 Soldiers everywhere.",
        "The coup of 25 April 1974 - The first in years - had no victims.",
        "The Revolution, 25 April 1974 \u2014 Soldiers everywhere.",
        "Portugal was free on 25 April 1974 \u2014 Nobody had expected it.",
        "Lisbon, 25 April 1974 - the day that changed it all.",
        "Lisbon, 25 April 1974, and the war was over.",
        "Lisbon, 25 April 1974. Rain fell on the city.",
        "Lisbon 25 April 1974 - Soldiers took the radio station.",
        "Lisbon, 25 April 1974 \u2013 27 April 1974: The congress of doctors.",
        "Lisbon, 25-27 April 1974 \u2013 The congress of doctors.",
        "Lisbon, 25 April 1974 \u2013 14:30 in the morning hall.",
        "Lisbon, April 1974 \u2014 The soldiers wait.",
        "LISBON, 1974 - The soldiers wait in the barracks.",
        "LISBON, APRIL 25 - 1974 soldiers wait in the barracks.",
        "LISBON, 25/04/1974 - Soldiers took the radio station.",
        "LISBON, 31 April 1974 - Soldiers took the radio station.",
        "LISBON, 25 April 9974 - Soldiers took the radio station.",
        "LISBON, 25 April 1074 - Soldiers took the radio station.",
        "Thursday, 25 April 1974 \u2014 Soldiers took the radio station.",
        "25 April 1974 \u2013 Soldiers took the radio station.",
        "25 April 1974, Lisbon \u2013 Soldiers took the radio station.",
        "Treaty of San Francisco (8 September 1951) \u2013 Signed by 48 states.",
        "JANE ROE (born 25 April 1974) \u2013 Singer and dancer of Lisbon.",
        "Updated, 25 April 1974 - Soldiers took the radio station.",
        "Born in Lisbon, 25 April 1974 - She was a singer.",
        "Portuguese Soldiers Take The Radio, 25 April 1974 - They came early.",
        "Lisbon, 25 April 1974 - Final",
        "Item 3, 25 April 1974 - The third item on the list.",
    ],
)
def test_a_date_in_prose_is_an_event(paragraph: str) -> None:
    """No date is better than a wrong one."""
    assert date_of_report(paragraph) == ""


@given(
    st.dates(dt.date(1600, 1, 1), dt.date(2025, 12, 31)),
    st.sampled_from(
        ["%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b. %d, %Y", "%Y-%m-%d", "%A, %d %B %Y"]
    ),
    st.sampled_from(["OSLO", "New York", "St. John's", "GAZA CITY, Gaza", "Stoke-on-Trent"]),
    st.sampled_from([" - ", " \u2014 ", "\u2014", " \u2013 ", " -- ", ": ", " (AP) \u2014 "]),
)
def test_all_orders_and_marks_name_the_same_day(
    day: dt.date, form: str, place: str, mark: str
) -> None:
    """Whatever the month, the order of the date, the place and the mark."""
    assert date_of_report(f"{place}, {day.strftime(form)}{mark}It rained again.") == f"{day}"


def test_a_dateline_is_near_the_top() -> None:
    """Standfirst, byline and captions may precede it, the story may not."""
    line = "OSLO, 5 May 2010 - It rained again."
    above = "A caption.\n\n"
    assert date_of_report(above * MAX_PARAGRAPHS_ABOVE + line) == "2010-05-05"
    assert date_of_report(above * (MAX_PARAGRAPHS_ABOVE + 1) + line) == ""
    assert date_of_report("The story began. " * 20 + "\n" + line) == ""


def test_a_diary_has_no_date() -> None:
    """Each of its entries has one; two reports of one day have the same."""
    entries = "OSLO, 5 May 2010 - It rained again.\n\nOSLO, {} May 2010 - It rained less."
    assert date_of_report(entries.format(6)) == ""
    assert date_of_report(entries.format(5)) == "2010-05-05"


def test_a_date_above_wins() -> None:
    """The paper's day, under the title, is later than the agency's."""
    text = b"Title\n6 May 2010\nOSLO, 5 May 2010 - It rained again."
    assert read_plain(text).finish("a", "").date == "2010-05-06"


def test_records_have_datelines_as_well() -> None:
    """Where no field holds a date."""
    record = {"title": "Rain", "text": "OSLO, 5 May 2010 - It rained again."}
    [plain] = read_records([json.dumps(record).encode()], "-", FieldNames())
    [dated] = read_records([json.dumps(record | {"date": "2011"}).encode()], "-", FieldNames())
    assert isinstance(plain, Article)
    assert isinstance(dated, Article)
    assert (plain.date, dated.date) == ("2010-05-05", "2011")


@pytest.mark.parametrize(
    "piece", ["OSLO, ", "(", "/a", "5 May 2010 ", "- ", " ", "May ", "*", "A ("]
)
def test_a_long_line_costs_no_more_than_a_short_one(
    piece: str, calls: Callable[[Callable[[], object]], int]
) -> None:
    """Nothing beyond its first characters is looked at."""
    short, long = (piece * (size // len(piece) + 1) for size in (2 * LIMIT, 1000 * LIMIT))
    assert date_of_report(short) == date_of_report(long)
    assert calls(lambda: date_of_report(short)) == calls(lambda: date_of_report(long))


@given(st.text("OSLO, -5May201().:/\u2014\n", max_size=400))
def test_any_text_has_a_date_or_none(text: str) -> None:
    """Nothing raises, and a date is one."""
    found = date_of_report(text)
    assert not found or f"{dt.date.fromisoformat(f'{found}-01'[:10])}".startswith(found)
