"""Words are found by every spelling that a person would type."""

import unicodedata

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st

from plait.index.keyword.leg import KeywordLeg
from plait.index.keyword.postings import build_postings
from plait.index.keyword.reader import KeywordReader
from plait.index.language.analyzer import TextAnalyzer
from plait.index.language.english import ENGLISH
from plait.index.language.letters import without_accents
from plait.index.language.words import APOSTROPHES
from plait.search.query.parser import parse_query

ANALYZER = TextAnalyzer()


def found(texts: list[str], query: str) -> list[int]:
    """Ask the keyword leg; return the texts, the best first."""
    postings = build_postings(ANALYZER.number(texts))
    nothing = build_postings(ANALYZER.number("" for _ in texts))
    fields = {"title": nothing, "text": postings}
    answer = KeywordLeg(KeywordReader([(fields, np.ones(len(texts), bool))])).ask(
        parse_query(query, ANALYZER)
    )
    scores = answer.scores(answer.best(len(texts)))
    best = np.argsort(-scores.scores, kind="stable")
    passages: list[int] = scores.passages[best].tolist()
    return passages


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("The _quokka_ sat.", "quokka"),
        ("The __numbat__ sat.", "numbat"),
        ("Ask *_bilby_*, please.", "bilby"),
        ("The column stat_crm_data is empty.", "stat_crm_data"),
        ("The column stat_crm_data is empty.", "crm"),
        ("A strike in Łódź.", "Lodz"),
        ("A ferry to TROMSØ.", "tromso"),
        ("Þingvellir in June.", "thingvellir"),
        ("Die Straße war leer.", "STRASSE"),
        ("The œuvre of a painter.", "oeuvre"),
        ("Snow in DIYARBAKIR", "diyarbak\u0131r"),
        ("Ɓulama spoke Hausa.", "bulama"),
        ("A letter by O\u2018Neill.", "O'Neill"),
        ("A letter by O\u02bcNeill.", "ONeill"),
        ("Mr O'Brien won.", "obrien"),
        ("Mr OBrien won.", "O`Brien"),
        ("The col\u00b7legi was shut.", "collegi"),
        ("A plan of 300,000 homes.", "300000"),
        ("A fair of 45000 guests.", "45,000"),
        ("It cost 1,234,567.50 in all.", "1234567.50"),
        ("Version 2.10.3 is out.", "2.10.3"),
        ("On 9/11 they met.", "9/11"),
        ("The demo\u00adcracy index", "democracy"),
        ("We'll see what she'll say.", "she will"),
        ("Two F-16 jets flew.", "F16"),
        ("The G20 met.", "G-20"),
        ("Send an e-mail.", "email"),
        ("Send an email.", "e-mail"),
        ("The post-war years.", "postwar"),
        ("The postwar years.", "post-war"),
        ("The postwar years.", "post war"),
        ("The postwar years.", '"post-war years"'),
        ("The post-war years.", "war"),
        ("The parlia-\nment debated.", "parliament"),
        ("The infra\u2010\n  structure bill.", "infrastructure"),
        ("A well-\nknown man.", "well-known"),
        ("AT&T and R&D", "at&t"),
        ("AT&T and R&D", "R&D"),
        ("The error ZK-70413 again.", "ZK70413"),
        ("The error ZK-70413 again.", "70413"),
        ("See CVE-2021-44228.", "CVE-2021-44228"),
        ("Rock-'n'-roll lives.", "rock'n'roll"),
        ("Madame d\u2019Estaing spoke.", "Estaing"),
    ],
)
def test_a_spelling_finds_the_word(text: str, query: str) -> None:
    """Marks, letters, apostrophes and separators are no part of what is asked for."""
    assert found(["Nothing of the kind.", text], query) == [1]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Hell is other people.", "he'll"),
        ("The shell broke.", "she'll"),
        ("Vitamin C is short.", "C++"),
        ("Vitamin C is short.", "C#"),
        ("The net was full.", "+.NET"),
        ("The net was full.", '".NET"'),
        ("The C++ compiler", "C"),
        ("The 1.5 litre bottle", "15"),
        ("Version 2.10.3", "2103"),
    ],
)
def test_other_words_stay_others(text: str, query: str) -> None:
    """What is dropped makes no other word of one."""
    assert found([text], query) == []


def test_names_with_signs_are_names() -> None:
    """A sign behind a letter, or a point before a word, belongs to the name."""
    texts = ["The C++ compiler.", "The C# meeting.", "Vitamin C.", "We use .NET here.", "A net."]
    assert [found(texts, query) for query in ("C++", "c#", "c")] == [[0], [1], [2]]
    assert found(texts, ".NET") == [3, 4]
    assert set(found(texts, "net")) == {3, 4}


@given(st.lists(st.from_regex(r"[a-z]{3,9}", fullmatch=True), min_size=2, max_size=4), st.data())
def test_a_compound_is_found_however_it_is_joined(parts: list[str], data: st.DataObject) -> None:
    """With a hyphen of any kind, divided at the end of a line or not, closed, or by a part."""
    hyphens = st.sampled_from(["-", "\u2010", "\u2011", "-\n", "\u2010\n  ", ""])
    text = f"Near {data.draw(hyphens).join(parts)} it rains."
    assert found([text], "".join(parts)) == [0]
    assert found([text], "-".join(parts)) == [0]
    if "".join(parts) not in text:
        assume(parts[-1] not in ENGLISH.stop_words)
        assert found([text], parts[-1]) == [0]


@given(st.characters(categories=["Lu", "Ll"], max_codepoint=0x17F))
def test_every_latin_letter_folds_alike_in_both_cases(letter: str) -> None:
    """Small and capital forms become the same letters; what has a Latin name becomes ASCII."""
    assert without_accents(letter).lower() == without_accents(letter.lower()).lower()
    if " WITH " in unicodedata.name(letter):
        assert without_accents(letter).replace("\u00b7", "").isascii()


@given(st.from_regex(r"[a-zà-öø-ž]{4,9}", fullmatch=True), st.integers(2, 3), st.data())
def test_any_word_is_found_with_other_accents_apostrophes_and_case(
    word: str, at: int, data: st.DataObject
) -> None:
    """As it is typed on another keyboard."""
    apostrophe = data.draw(st.sampled_from(sorted(APOSTROPHES)))
    text = f"Near {word[:at]}'{word[at:]} it rains."
    assume(without_accents(word) not in ENGLISH.stop_words)
    typed = without_accents(word[:at]) + apostrophe + without_accents(word[at:])
    assert found(["Elsewhere."], typed) == []
    assert found(["Elsewhere.", text], data.draw(st.sampled_from([typed, typed.upper()]))) == [1]
