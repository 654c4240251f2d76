"""Signs of typed queries: what is an operator, and what is pasted text."""

from pathlib import Path

import pytest
from whoosh.query import And, AndNot, Phrase, Query as Tree

from plait.index.article import Article
from plait.index.errors import QueryError
from plait.index.language.analyzer import TextAnalyzer
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.index import Index
from plait.search.query.parser import parse_query
from plait.search.system import Options, System

ANALYZER = TextAnalyzer()


@pytest.mark.parametrize(
    "typed",
    [
        '"peace treaty"',
        "\u201cpeace treaty\u201d",
        "\u201epeace treaty\u201c",
        "\u201dpeace treaty\u201d",
        "\u00abpeace treaty\u00bb",
        "\u00bbpeace treaty\u00ab",
        "\u2039peace treaty\u203a",
        "\u2018peace treaty\u2019",
        "\u300cpeace treaty\u300d",
        "\uff02peace treaty\uff02",
    ],
)
def test_quotes_of_every_keyboard_make_a_phrase(typed: str) -> None:
    """Curly, low, angled and wide ones mean what straight ones mean."""
    tree = parse_query(typed, ANALYZER).tree
    assert tree is not None
    assert {tuple(leaf.words) for leaf in tree.leaves() if isinstance(leaf, Phrase)} == {
        ("peac", "treati")
    }
    assert parse_query(typed, ANALYZER).words == "peace treaty"


@pytest.mark.parametrize(
    "typed", ["don\u2019t stop the show\u2019s end", "a 5\u201d pipe", "\u00ab peace"]
)
def test_an_apostrophe_or_a_lone_quote_is_none(typed: str) -> None:
    """It needs a partner of its kind around whole words."""
    assert parse_query(typed, ANALYZER).tree is None


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("MOSCOW AND TOKYO DO NOT AGREE", "read as words: AND, NOT"),
        ("МИР OR ВОЙНА", "read as words: OR"),
        ("this is NOT a drill", "read as words: NOT"),
        ("Ferries AND the sea", "read as words: AND"),
        ("He said he won. -John Smith", "read as words: -"),
        ("\u201cWe won!\u201d -Smith", "read as words: -"),
    ],
)
def test_pasted_signs_are_words_and_told(typed: str, note: str) -> None:
    """Headlines in capitals, emphasis, and a name behind a sentence."""
    query = parse_query(typed, ANALYZER)
    excludes = query.tree is not None and any(
        isinstance(n, And | AndNot) for n in _nodes(query.tree)
    )
    assert (query.note, excludes) == (note, False)


def _nodes(tree: Tree) -> list[Tree]:
    return [tree, *(node for child in tree.children() for node in _nodes(child))]


@pytest.mark.parametrize(
    "typed",
    [
        "Moscow AND Tokyo",
        "NATO AND islands",
        "peace NOT war",
        "peace -war",
        '"peace treaty" -war',
        "U.S. -china",
        '"MOSCOW AND TOKYO" NOT islands',
    ],
)
def test_operators_that_are_meant_stay(typed: str) -> None:
    """Capitals between other words, and a minus that no sentence precedes."""
    query = parse_query(typed, ANALYZER)
    assert query.tree is not None
    assert query.note == ""


@pytest.mark.parametrize("typed", ["*e", "?a?", "old *e*", "title:?e", "+?*t"])
def test_wildcards_of_nearly_every_word_are_refused_by_name(typed: str) -> None:
    """The error names the word, and what works."""
    with pytest.raises(QueryError, match=r"nearly every word is like \S+: begin with a letter"):
        parse_query(typed, ANALYZER)
    assert parse_query(typed, ANALYZER, operators=False).words == typed


@pytest.mark.parametrize(
    "typed", ["What?", "a page?id=3 here", "**peace**", "5 * 4", "* peace", "peace ??"]
)
def test_other_stars_and_question_marks_are_none(typed: str) -> None:
    """A question, an address, markup, a product, the sign of a list."""
    assert parse_query(typed, ANALYZER).tree is None


@pytest.mark.parametrize("typed", ["???", "()", '""', "*", "\U0001f642", " - "])
def test_a_query_without_a_word_asks_for_one(typed: str) -> None:
    """With operators and without."""
    for operators in (True, False):
        with pytest.raises(QueryError, match="no word is wanted in"):
            parse_query(typed, ANALYZER, operators=operators)


@pytest.mark.parametrize(
    ("typed", "sign"),
    [
        ("peace !oslo", "!"),
        ("peace && oslo", "&&"),
        ("peace || oslo", "||"),
        ("peace^2 oslo", "^2"),
        ("peace /os.*/", "/os.*/"),
        ("organi[sz]ation", "[sz]"),
    ],
)
def test_signs_of_other_languages_are_told(typed: str, sign: str) -> None:
    """They are no operators here, and a line says so."""
    assert parse_query(typed, ANALYZER).note == f"read as words: {sign}"


@pytest.mark.parametrize("typed", ["Wow! Oslo", "see /usr/bin/ls", "R&D", "a|b", "tea [hot]"])
def test_other_signs_are_not_told(typed: str) -> None:
    """Punctuation, a path, a name, a note in brackets."""
    assert parse_query(typed, ANALYZER).note == ""


def test_an_answer_and_a_page_say_how_it_was_read(tmp_path: Path, quick: Encoder) -> None:
    """In one line, which the command line prints."""
    with IndexWriter(tmp_path / "ix", quick) as writer:
        writer.add(Article("a", "Moscow and Tokyo do not agree", "Talks end."))
        writer.add(Article("b", "Islands", "Moscow and Tokyo host a show."))
    index, options = Index.open(tmp_path / "ix", quick), Options(System.parse("keyword"))
    query = "MOSCOW AND TOKYO DO NOT AGREE"
    assert index.answer(query, options=options).note == "read as words: AND, NOT"
    page = index.page(query, options=options)
    assert (page.note, page.hits[0].article.id) == ("read as words: AND, NOT", "a")
    assert index.answer("moscow", options=options).note == ""
