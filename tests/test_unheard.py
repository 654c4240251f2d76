"""Quotations amid other words, and words that were run together."""

import pytest

from plait.index.article import Article
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.index import Index
from plait.search.system import Options, System

KEYWORD = Options(System.parse("keyword"))
TEXTS = {
    "ferry": "The ferry to the island runs at dawn, said Moss.",
    "rink": "We shall skate again, they cried. Moss opened the ice rink after the flood.",
    "dyke": "The dyke held in the post war years near the light house.",
    "kiosk": "The kiosk sells newspapers.",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, quick: Encoder) -> Index:
    """Index the texts."""
    folder = tmp_path_factory.mktemp("unheard") / "ix"
    with IndexWriter(folder, quick) as writer:
        for name, text in TEXTS.items():
            writer.add(Article(name, "", text))
    return Index.open(folder, quick)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('"ferry rink" dawn', {"ferry", "rink"}),
        ('he cried "we shall swim again".', {"rink"}),
        ("“the kiosk of Moss” ice", {"ferry", "rink", "kiosk"}),
        ('"dawn of the flood" -Moss', {"ferry", "rink"}),
        ('"ferry rink" "island kiosk"', {"ferry", "rink", "kiosk"}),
    ],
)
def test_a_quotation_that_nobody_made_is_words(index: Index, query: str, found: set[str]) -> None:
    """With a line that says so; the query stays as it was typed."""
    answer = index.answer(query, options=KEYWORD)
    assert {hit.article.id for hit in answer.hits} == found
    assert "since no article has the phrase" in answer.note
    assert answer.asked == query


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('"ferry rink"', set()),
        ('+"ferry rink" dawn', set()),
        ('"ferry rink" AND dawn', set()),
        ('"ice rink" dawn', {"rink", "ferry"}),
        ('"ice rink" -Moss', set()),
        ('dawn -"ferry rink"', {"ferry"}),
    ],
)
def test_a_phrase_that_is_a_condition_stays_one(index: Index, query: str, found: set[str]) -> None:
    """One that an article has, one with a sign, and one that is all of the query."""
    answer = index.answer(query, options=KEYWORD)
    assert {hit.article.id for hit in answer.hits} == found
    assert not answer.note


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("lighthouse", "light house"),
        ("Postwar years", "Post war years"),
        ("+icerink", "+ice-rink"),
        ("newspapers", "newspapers"),
    ],
)
def test_words_run_together_are_read_apart(index: Index, typed: str, asked: str) -> None:
    """Where they stand side by side, and no article has them in one."""
    answer = index.answer(typed, options=KEYWORD)
    assert answer.asked == asked
    assert answer.hits
    assert index.search(asked, options=KEYWORD)[0].article.id == answer.hits[0].article.id
