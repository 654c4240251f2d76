"""Contexts: near copies once, and as much as fits."""

from collections.abc import Callable
from pathlib import Path

import pytest

from plait.index.article import Article
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.context import context
from plait.search.copies import Copies
from plait.search.index import Index

STORY = (
    "The Alder bridge will open on Friday after two years of work. Buses cross it first, and cars "
    "a week later. The mayor said that the old bridge stays for walkers and cyclists until spring."
)


@pytest.fixture
def made(tmp_path: Path, quick: Encoder) -> Callable[..., Index]:
    """Return a function that indexes articles."""

    def make(*articles: Article) -> Index:
        with IndexWriter(tmp_path / "ix", quick) as writer:
            for article in articles:
                writer.add(article)
        return Index.open(tmp_path / "ix", quick)

    return make


@pytest.mark.parametrize(
    "copy",
    [
        STORY.replace(". ", ".\n\n"),
        STORY.replace(". ", ".  "),
        f"NORTHTON, 3 May (Agency) - {STORY}",
        STORY.replace("walkers", "pedestrians"),
        STORY.upper(),
        STORY.replace("bridge", "\u201cbridge\u201d", 1),
    ],
)
def test_a_near_copy_is_given_once(made: Callable[..., Index], copy: str) -> None:
    """Other blanks, a dateline, a changed word, other capitals or quotes."""
    index = made(Article("a", "Bridge", STORY), Article("b", "Bridge", copy))
    excerpts = context(index, "When will the Alder bridge open?", 800)
    assert len({excerpt.article.id for excerpt in excerpts}) == 1


def test_another_story_is_no_copy(made: Callable[..., Index]) -> None:
    """It may share a sentence."""
    first = STORY.split(".", maxsplit=1)[0]
    other = f"{first}. Shops on both banks hope for guests, as ferries were slow."
    index = made(Article("a", "Bridge", STORY), Article("b", "Shops", other))
    given = {e.article.id for e in context(index, "When will the Alder bridge open?", 800)}
    assert given == {"a", "b"}


def test_packing_goes_on_after_a_passage_that_does_not_fit(made: Callable[..., Index]) -> None:
    """Best is one long sentence; a shorter passage below it is given whole."""
    long = "The bridge " + ", ".join(f"of row {n} was painted by crews" for n in range(4)) + "."
    index = made(Article("long", "", long), Article("short", "", "A bridge opens."))
    everything = context(index, long, 10_000)
    assert [own.article.id for own in everything] == ["long", "short"]
    room = len(index.encoder.token_ends(str(everything[0]))) - 1
    (excerpt,) = context(index, long, room)
    assert (excerpt.article.id, excerpt.text, excerpt.number) == ("short", "A bridge opens.", 1)


LONG = "The council voted to build a new bridge over the river beside the old mill and open it"


@pytest.mark.parametrize(
    ("first", "second", "is_copy"),
    [
        ("Peace.", "peace", True),
        ("Peace.", "War.", False),
        ("a b c d e f", "A b, c d e f!", True),
        ("a b c d e f", "f e d c b a", False),
        ("a b c d e f g h i j k l", "c d e f g", True),
        ("c d e f g", "a b c d e f g h i j k l", False),
        (f"{LONG} in 2027.", f"{LONG} in 2031.", False),
        (f"{LONG} in 2027.", f"OSLO, 5 May 2025 - {LONG} in 2027.", True),
        (f"{LONG} in 2027.", f"{LONG}.", True),
    ],
)
def test_copies_by_stretches_of_words(first: str, second: str, *, is_copy: bool) -> None:
    """A text that adds little is a copy; one that holds another, and more, is none."""
    copies = Copies()
    assert not copies.hold(first)
    copies.add(first)
    assert copies.hold(second) is is_copy
