"""Runs of non-blanks have the numbers they should, whichever way they are found."""

import re
from array import array

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from plait.index.language import word_table as module
from plait.index.language.analyzer import TEXTS_ANALYSED_AT_ONCE, TextAnalyzer
from plait.index.language.terms import EXTENT_BITS, MOST_EXTENT
from plait.index.language.word_table import WIDTH, Runs

BLANKS = re.compile("[\x00- ]+")
PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "a",
                "treaty",
                "treaties",
                "peace-treaty",
                "Côte",
                "-",
                "_",
                "'",
                "C++",
                ".net",
                "条約条約",
                "x" * WIDTH,
            ]
        ),
        st.sampled_from([" ", "  ", "\n", "\t", "\x00", "\x1f", "\x85", "\u00a0", "\u2028"]),
        st.text(max_size=20),
    ),
    max_size=30,
).map("".join)


def spelled(runs: Runs, texts: list[str]) -> list[list[str]]:
    """Number texts, and spell the numbers."""
    numbers, counts = runs.number(texts)
    known = runs.after(0).split(" ")
    rows = np.split(numbers, np.cumsum(counts)[:-1])
    return [[known[number] for number in row] for row in rows]


@pytest.mark.parametrize("bits", [2, module._BITS], ids=["crowded", "roomy"])
def test_a_number_means_one_run(bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes back is the text split at blanks; also where runs share rows of the table."""
    monkeypatch.setattr(module, "_BITS", bits)

    @settings(max_examples=200, deadline=None)
    @given(st.lists(st.lists(PIECES, min_size=1, max_size=4), min_size=1, max_size=3))
    def holds(batches: list[list[str]]) -> None:
        runs = Runs()
        for texts in [*batches, *batches]:
            assert spelled(runs, texts) == [list(filter(None, BLANKS.split(t))) for t in texts]

    holds()


def test_long_runs_are_not_their_beginnings() -> None:
    """A run that fills a row of the table is another than a longer one that begins with it."""
    full, longer = "n" * WIDTH, "n" * WIDTH + "m"
    runs = Runs()
    for order in ([longer, full], [full, longer], [f"{full} {longer} {full}"]):
        assert spelled(runs, order) == [text.split() for text in order]


def test_known_runs_are_found_in_the_table() -> None:
    """Nothing is asked of the dictionary twice, up to the longest run that has a row."""
    texts = [" ".join("internationally"[:n] for n in range(1, WIDTH)), "y" * WIDTH]
    runs = Runs()
    first = runs.number(texts)[0].tolist()
    runs._numbers.clear()
    assert runs.number(texts)[0].tolist() == first
    assert len(runs) == 0


@settings(deadline=None)
@given(st.lists(PIECES, max_size=5))
def test_numbered_terms_are_those_of_each_text(texts: list[str]) -> None:
    """Many texts at once give the terms that each gives by itself, however many they are."""
    analyzer = TextAnalyzer()
    texts = [*texts, *(f"treaty {number}" for number in range(TEXTS_ANALYSED_AT_ONCE)), *texts]
    made = analyzer.number(texts)
    ends = np.cumsum(made.counts)[:-1]
    rows = zip(np.split(made.terms, ends), np.split(made.places, ends), strict=True)
    found = [
        [
            (made.lexicon.terms[term], place >> EXTENT_BITS, (place & MOST_EXTENT) + 1)
            for term, place in zip(*row, strict=True)
        ]
        for row in rows
    ]
    one_by_one = [list(analyzer.found(text)) for text in texts]
    assert found == [[(own.text, own.at, own.extent) for own in text] for text in one_by_one]
    assert made.lengths.tolist() == [sum(own.counts for own in text) for text in one_by_one]
    assert made.lengths.tolist() == [len(analyzer.terms(text)) for text in texts]


@pytest.mark.parametrize("half", ["_forms", "_places", "_lengths", "_advances", "_starts"])
@pytest.mark.parametrize("whose", ["_of_words", "_of_runs"])
def test_an_interrupt_leaves_no_terms_of_others(
    whose: str, half: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while words or runs are being remembered: the next call gives the right terms."""

    class Interrupted(array):  # type: ignore[type-arg]
        def frombytes(self, *_: object) -> None:
            raise KeyboardInterrupt

    analyzer = TextAnalyzer()
    analyzer.number(["storm election"])
    holder = getattr(analyzer, whose)
    sound = getattr(holder, half)
    monkeypatch.setattr(holder, half, Interrupted("i", sound))
    with pytest.raises(KeyboardInterrupt):
        analyzer.number(["peace treaty"])
    setattr(holder, half, sound)
    assert terms_of(analyzer, ["war treaty", "storm peace"]) == ["war", "treati", "storm", "peac"]


def test_an_interrupt_leaves_no_forms_without_a_term(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while a form is being stemmed."""
    analyzer = TextAnalyzer()
    analyzer.number(["storm election"])
    with monkeypatch.context() as patched:
        patched.setattr(analyzer, "_words", None)
        with pytest.raises(AttributeError):
            analyzer.number(["peace treaty"])
    assert terms_of(analyzer, ["war treaty", "storm peace"]) == ["war", "treati", "storm", "peac"]


def terms_of(analyzer: TextAnalyzer, texts: list[str]) -> list[str]:
    """Number texts, and name the terms."""
    made = analyzer.number(texts)
    return [made.lexicon.terms[term] for term in made.terms]
