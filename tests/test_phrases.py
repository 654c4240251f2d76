"""Small words and word order: what phrases, fields and signs demand is not dropped."""

from collections.abc import Callable

import pytest

from plait.index.article import Article
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.index import Index
from plait.search.system import Options, System

ARTICLES = {
    "it": ("IT department cut", "The firm lets half of its staff go. It says no more."),
    "art": ("It was a good year", "Museums had more visitors."),
    "vitamin": ("Vitamin A", "Carrots hold vitamin A, and are cheap."),
    "other": ("Vitamin D", "Sun gives vitamin D. A walk is enough."),
    "match": ("Tennis", "The ball hit the end line twice."),
    "age": ("Coal", "This is the end of the line for the mine."),
    "who": ("Tour", "The Who play in May. Nobody knows who comes."),
    "hamlet": ("Stage", "The prince asks whether to be or not to be, and the hall falls silent."),
    "will": ("Law", "Where there is a will there is a way."),
    "oslo": ("Ministers meet in Oslo", "Harbour workers strike for more pay."),
    "war": ("Years", "The postwar years, by e-mail and on the F-16."),
    "open": ("More years", "Post war years, by email and on the F16."),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, quick: Encoder) -> Callable[[str], list[str]]:
    """Index the articles; return a function from a query to the ids of its hits."""
    folder = tmp_path_factory.mktemp("phrases") / "ix"
    with IndexWriter(folder, quick) as writer:
        for name, (title, text) in ARTICLES.items():
            writer.add(Article(name, title, text))
    index, options = Index.open(folder, quick), Options(System.parse("keyword"))

    def ask(query: str) -> list[str]:
        return [hit.article.id for hit in index.search(query, options=options)]

    return ask


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("title:IT", {"it", "art"}),
        ("title:IT department", {"it", "art"}),
        ("+title:it +staff", {"it"}),
        ("year -title:it", {"war", "open"}),
        ("text:who", {"who"}),
        ('"vitamin A"', {"vitamin"}),
        ('"vitamin D"', {"other"}),
        ('title:"vitamin a"', {"vitamin"}),
        ('"end line"', {"match"}),
        ('"end of the line"', {"age"}),
        ('"the end line"', {"match"}),
        ('"is a will"', {"will"}),
        ('"a will is"', set()),
        ('"The Who play"', {"who"}),
        ('"oslo harbour"', set()),
        ('"in oslo"', {"oslo"}),
        ('"harbour workers"', {"oslo"}),
        ('"post-war years"', {"war", "open"}),
        ('"on the F-16"', {"war", "open"}),
        ('"by e-mail and"', {"war", "open"}),
    ],
)
def test_small_words_and_their_order_are_honoured(
    found: Callable[[str], list[str]], query: str, wanted: set[str]
) -> None:
    """In fields, phrases and behind signs; no phrase goes from a title into its text."""
    assert set(found(query)) == wanted


@pytest.mark.parametrize(
    ("query", "first"),
    [("to be or not to be", "hamlet"), ("The Who", "who"), ("where there is a", "will")],
)
def test_a_query_of_small_words_finds_its_sentence(
    found: Callable[[str], list[str]], query: str, first: str
) -> None:
    """Where they follow one another, though they are in most articles."""
    assert found(query)[0] == first


def test_small_words_weigh_nothing_among_others(found: Callable[[str], list[str]]) -> None:
    """A question finds what its other words find."""
    assert found("what is the vitamin in it") == found("vitamin")
