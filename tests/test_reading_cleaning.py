"""Cleaning: what goes, what stays, and how long it takes."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pytest
from hypothesis import example, given, strategies as st

from plait.index.reading.cleaning import MAX_ACCENTS, clean, clean_line

ANY_TEXT = st.text(st.characters(exclude_categories=[]))
"""Lone halves of surrogate pairs included: JSON can spell them."""


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("page\fpage\vline\x85line\u2028line\u2029line", "page\npage\nline\nline\nline\nline"),
        ("17\xa0years\u202f%\tof\u3000it", "17 years % of it"),
        ("zero\u200bwidth\ufeff so\xadft \x07bell", "zerowidth soft bell"),
        ("left\u200eto\u202eright\u2066", "lefttoright"),
        ("a\n\n\n \n\t\n\nb", "a\n\nb"),
        ("trailing   \nblanks \n", "trailing\nblanks"),
        ("Cafe\u0301", "Caf\xe9"),
        ('""doubled"" \u2018curly\u2019', '""doubled"" \u2018curly\u2019'),
        ("half \ud83d pair", "half \ufffd pair"),
        ("a  double  blank", "a  double  blank"),
        (" \n\u200b\ufeff\xa0", ""),
    ],
)
def test_dirt_goes_and_words_stay(dirty: str, cleaned: str) -> None:
    """Each kind of dirt becomes what a reader would have typed."""
    assert clean(dirty) == cleaned


@pytest.mark.parametrize(
    ("divided", "whole"),
    [
        ("the parlia\xad\nment met", "the parliament met"),
        ("the parlia\xad \r\n   ment met", "the parliament met"),
        ("the parlia\xad\u2028ment met", "the parliament met"),
        ("\u0437\u0430\u043a\u043e\xad\n\u043d\u044b", "\u0437\u0430\u043a\u043e\u043d\u044b"),
        ("the parlia\xad ment met", "the parliament met"),
        ("the parlia\xadment met", "the parliament met"),
        ("the end\xad\n\nA beginning", "the end\n\nA beginning"),
        ("in 1999\xad\nit rained", "in 1999\nit rained"),
        ("a\xad" + " " * 100_000 + ".", "a" + " " * 100_000 + "."),
    ],
)
def test_a_word_divided_at_a_soft_hyphen_is_whole(divided: str, whole: str) -> None:
    """The sign goes with the line end behind it, but not with the end of a paragraph."""
    assert clean(divided) == whole


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("1\xa0000\xa0000 people", "1\xa0000\xa0000 people"),
        ("45\u202f000\xa0people", "45\u202f000 people"),
        ("about\xa012\u2009345,5\u2009%", "about 12\u2009345,5 %"),
        ("in\xa02019\xa01000 people", "in 2019 1000 people"),
        ("3\xa0000m 5\u300000 2\xa0years", "3\xa0000m 5 00 2 years"),
        ("1\t000 1\u3000000", "1 000 1 000"),
    ],
)
def test_a_blank_between_thousands_stays(text: str, cleaned: str) -> None:
    """It makes one number of several, in a text and in a title."""
    assert clean(text) == clean_line(text) == cleaned


def test_joiners_stay_where_they_spell_words() -> None:
    """Persian and emoji keep their joiners, Latin text loses them."""
    persian = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"  # "I want"
    family = "\U0001f468\u200d\U0001f469"
    assert clean(persian) == persian
    assert clean(family) == family
    assert clean("wo\u200drd wo\u200c\u200drd") == "word word"


def test_line_has_single_blanks() -> None:
    """A title that was broken over two lines is one line."""
    assert clean_line("  Two \n\n  lines\u2028here ") == "Two lines here"


@given(ANY_TEXT)
@example("x\u200d\u200d")
@example("1\xa0000\u200b5 1\xa0000\u200d5 \u3000\u200d")
@example("\u1f71\u200d")
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    """Cleaned text is clean, storable, and in composed form."""
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once.encode("utf-8").decode("utf-8") == once


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (" " * 5_000_000 + "x", "x"),
        ("x" + " " * 5_000_000 + "y", "x" + " " * 5_000_000 + "y"),
        ("\n" * 5_000_000 + "x", "x"),
        ("\u200b \n" * 1_000_000, ""),
        ("\u2014" * 1_000_000, "\u2014" * 1_000_000),
    ],
    ids=["blanks before", "blanks between", "newlines", "invisible", "dashes"],
)
def test_long_runs_are_cleaned(text: str, plain: str) -> None:
    """Of these a pattern that tries again at each character would take days."""
    assert clean(text) == plain


def test_cleaning_is_linear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the run of accents, none longer than thirty is sorted, which takes its square."""
    given: list[str] = []

    def normalize(form: Literal["NFC"], text: str) -> str:
        given.append(text)
        return unicodedata.normalize(form, text)

    monkeypatch.setattr("plait.index.reading.cleaning.unicodedata", Recorder(normalize))
    clean("a" + "\u0301\u0323" * 50_000)
    assert [len(text) for text in given] == [1 + MAX_ACCENTS]


@dataclass(frozen=True)
class Recorder:
    """Unicode's data, with a normaliser that is watched."""

    normalize: Callable[[Literal["NFC"], str], str]
    combining: Callable[[str], int] = unicodedata.combining


def test_long_runs_of_accents_are_cut_to_thirty() -> None:
    """A letter keeps thirty accents, other characters of the run stay."""
    assert clean("x" + "\u0323" * 100 + "\u2014y") == "x\u0323" + "\u0323" * 29 + "\u2014y"
    assert clean("\u2014" * 40) == "\u2014" * 40
