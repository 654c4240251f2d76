"""Parsing: work grows with the length of what is typed, and no error is raised but ours."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from whoosh.query import AndNot, FuzzyTerm

from plait.index.errors import QueryError
from plait.index.keyword.leg import KeywordAnswer, KeywordLeg
from plait.index.keyword.postings import build_postings
from plait.index.keyword.reader import KeywordReader
from plait.index.language.analyzer import TextAnalyzer
from plait.search.query.parser import LONGEST_WITH_OPERATORS, parse_query

Calls: TypeAlias = Callable[[Callable[[], object]], int]

ANALYZER = TextAnalyzer()
PIECES = ["+", "-", "(", ")", '"', "~", "*", ":", " AND ", " OR ", "NOT ", "title:", "text:"]
PIECES += ["a", "war", "é", "\u0301", "'s", "/5", "~2", "1", "\0", "\n", " "]


def reader_of(texts: list[str]) -> KeywordReader:
    """Invert texts without titles, none of them deleted."""
    postings = {
        "title": build_postings(ANALYZER.number([""] * len(texts))),
        "text": build_postings(ANALYZER.number(texts)),
    }
    return KeywordReader([(postings, np.ones(len(texts), dtype=bool))])


def asked(reader: KeywordReader, query: str) -> KeywordAnswer:
    """Score a query."""
    return KeywordLeg(reader).ask(parse_query(query, ANALYZER))


@pytest.mark.parametrize("opening", ["-(", "+(", "b -(", "+b -(", "NOT (", "b AND (+"])
def test_each_level_of_parentheses_costs_alike(opening: str, calls: Calls) -> None:
    """From 5 deep to 10, the calls do not even triple; they were once 32 times as many."""

    def parsed(depth: int) -> Callable[[], object]:
        return lambda: parse_query(f"war {opening * depth}a{')' * depth}", ANALYZER)

    parsed(1)()  # makes what is cached
    assert calls(parsed(10)) < 3 * calls(parsed(5))


@pytest.mark.parametrize(
    "piece",
    ["a* ", "war~ ", '"a b" ', "-x ", "+x ", "-(a) ", "a AND ", "title:a ", '"', "x:", ")("],
)
def test_each_character_costs_alike(piece: str, calls: Calls) -> None:
    """From 500 characters to 1,000, the calls do not even triple."""

    def parsed(length: int) -> Callable[[], object]:
        return lambda: parse_query("+war " + piece * ((length - 5) // len(piece)), ANALYZER)

    whole = LONGEST_WITH_OPERATORS
    assert calls(parsed(whole)) < 3 * calls(parsed(whole // 2))


@pytest.mark.parametrize(
    "query",
    [
        ")" * 300 + "(" * 300 + "a* b" + ")" * 300,
        '(")b"' * 150 + " b*" + ")" * 150,
        "war " + "-(" * 21 + "a" + ")" * 21,
    ],
)
def test_parentheses_cannot_hide_how_deep_they_are(query: str) -> None:
    """Neither those that close nothing nor those in quotes close what was opened."""
    assert parse_query(query, ANALYZER).tree is None


def test_parentheses_in_quotes_are_no_depth() -> None:
    """A phrase full of them is a phrase."""
    assert parse_query('"' + "(" * 30 + 'peace treaty"', ANALYZER).tree is not None


@given(st.lists(st.sampled_from(PIECES), max_size=400).map("".join))
@settings(max_examples=100, deadline=None)
def test_whatever_is_typed_is_found_or_refused(typed: str) -> None:
    """No mixture of operators raises an error that is not ours."""
    reader = reader_of(["a war", "é 5 war war", "s 1"])
    try:
        found = asked(reader, typed)
    except QueryError:
        return
    assert set(found.best(3).tolist()) <= {0, 1, 2}


@pytest.mark.parametrize("query", ["+war~/5", "+war~2/5", "+(war~/9 peace)", "-a~/2 war"])
def test_a_slash_after_a_fuzzy_word_is_text(query: str) -> None:
    """Whoosh's prefix length is off: it failed where it was more than the word's letters."""
    tree = parse_query(query, ANALYZER).tree
    assert tree is not None
    inside = tree.leaves() if not isinstance(tree, AndNot) else tree.b.leaves()
    fuzzy = [leaf for leaf in inside if isinstance(leaf, FuzzyTerm)]
    assert fuzzy
    assert all(leaf.prefixlength == 0 for leaf in fuzzy)


def test_no_query_is_longer_than_a_million_characters() -> None:
    """A million are read; one more is refused, with the number."""
    assert parse_query("peace " * 100_000, ANALYZER).terms == (("peac", 100_000),)
    with pytest.raises(QueryError, match="1,200,000 characters; at most 1,000,000"):
        parse_query("peace " * 200_000, ANALYZER)
