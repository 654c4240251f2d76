"""Lines within a terminal's width: wrapped at blanks, in any script, styled or not."""

import re

import pytest
from hypothesis import given
from hypothesis.strategies import integers, text

from plait.index.article import Article, Passage
from plait.search.hit import Explanation, Hit
from plait.search.index import Index
from plait.search.show.layout import (
    columns,
    shortened_to,
    spaced,
    terminal_columns,
    wrapped,
)
from plait.search.show.snippet import snippet
from plait.search.show.terminal import HitLines

SENTENCES = " ".join(f"Sentence {number} is about nothing much at all." for number in range(30))
STYLE = re.compile(r"\x1b\[\d*m")


@given(text("abc defgh尖閣島。é́", max_size=200), integers(10, 60), integers(0, 6))
def test_nothing_is_wider_and_nothing_is_lost(words: str, width: int, indent: int) -> None:
    """Whatever is wrapped, joined again, is what it was, blanks aside."""
    lines = list(wrapped(words, width, " " * indent))
    assert all(columns(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")


def test_text_is_wrapped_at_blanks() -> None:
    """A word goes to the next line whole; one that is longer than a line is cut."""
    assert list(wrapped("a treaty of peace", 10, "1. ")) == [
        "1. a",
        "   treaty",
        "   of",
        "   peace",
    ]
    assert list(wrapped("see " + "x" * 12, 8)) == ["see xxxx", "xxxxxxxx"]


def test_wide_letters_count_two_columns() -> None:
    """They may be parted anywhere, except before a comma or a full stop."""
    assert columns("尖閣 a") == 6
    assert list(wrapped("政府は尖閣諸島を。購入", 8)) == ["政府は尖", "閣諸島", "を。購入"]
    assert shortened_to("尖閣諸島 treaty", 9) == "尖閣諸島…"


def test_styles_take_no_columns() -> None:
    """Bold words are wrapped as plain ones are."""
    bold = "the \x1b[1mpeace\x1b[0m \x1b[1mtreaty\x1b[0m of Geneva"
    lines = [STYLE.sub("", line) for line in wrapped(bold, 12)]
    assert lines == list(wrapped("the peace treaty of Geneva", 12)) == [
        "the peace", "treaty of", "Geneva",
    ]  # fmt: skip


def test_items_are_never_cut() -> None:
    """Each stands whole on a line; empty ones are left out."""
    assert list(spaced(["4.8", "", "p 0.89", "news/2019/a.txt"], 16, "  ")) == [
        "  4.8  p 0.89",
        "  news/2019/a.txt",
    ]


def test_the_width_is_the_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    """COLUMNS says it; a terminal that is too narrow counts as 40."""
    for told, width in (("60", 60), ("20", 40), ("200", 200)):
        monkeypatch.setenv("COLUMNS", told)
        assert terminal_columns() == width


def test_a_snippet_is_cut_at_sentences(seeds: Index) -> None:
    """It begins and ends with one where that is near, and an ellipsis is where text is cut."""
    shown = snippet(SENTENCES.replace("15 is", "15 treaty is"), "treaty", seeds.analyzer)
    assert shown.startswith("… Sentence 13 is about nothing much at all. Sentence 14")
    assert shown.endswith("at all. …")


def test_a_snippet_is_never_cut_inside_a_word(seeds: Index) -> None:
    """Where no sentence ends nearby, it is cut at a blank."""
    words = [f"word{number}" for number in range(200)]
    words[100] = "treaty"
    kept = snippet(" ".join(words), "treaty", seeds.analyzer).split()
    assert (kept[0], kept[-1]) == ("…", "…")
    assert set(kept) - {"…"} <= set(words)
    begun = snippet(" ".join(words), "nothing", seeds.analyzer).split()
    assert (begun[0], begun[-1]) == ("word0", "…")
    assert set(begun) - {"…"} <= set(words)


def test_a_sentence_just_begun_is_left_out(seeds: Index) -> None:
    """A stretch that would end with its first word ends before it."""
    text = f"The treaty {'was signed at last ' * 3}here. No {'further word came of it ' * 20}"
    assert snippet(text, "treaty", seeds.analyzer).endswith("here. …")


def test_stretches_that_meet_are_one(seeds: Index) -> None:
    """No ellipsis stands where nothing is left out, and nothing is there twice."""
    text = "The treaty was signed in Geneva after a night of talks. The treaty is short."
    assert snippet(text, "treaty", seeds.analyzer) == text
    long = SENTENCES.replace("10 is", "10 treaty is").replace("13 is", "13 treaty is")
    shown = snippet(long, "treaty", seeds.analyzer)
    assert shown.count("Sentence 12") == 1


def hit_of(article: Article) -> Hit:
    """Return a hit of the whole article."""
    passage = Passage(article.id, 0, 0, len(article.text), article.text)
    return Hit(1, article, passage, Explanation({}, {"keyword": 1.5}), 0.5)


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_page_is_within_the_width(seeds: Index, width: int) -> None:
    """Of real hits with their explanations, nothing but a path is longer."""
    page = HitLines("peace treaty 1956", seeds.analyzer, explain=True, width=width)
    for line in page.all_lines(seeds.search("peace treaty 1956", 5)):
        assert columns(line) <= width or line.split() == [line.strip()]


def test_a_page_says_what_there_is(seeds: Index) -> None:
    """Title; score, p, date and the id of a path elsewhere; text. In colour, facts are dim."""
    article = Article("a.txt", "A title", "The text.", "/elsewhere/news/a.txt", "2019-01-11")
    shown = list(HitLines("text", seeds.analyzer).lines(hit_of(article)))
    assert shown == [
        "  1  A title",
        "     1.500  p 0.50  2019-01-11  a.txt",
        "     The *text*.",
    ]
    styled = list(HitLines("text", seeds.analyzer, colour=True).lines(hit_of(article)))
    assert styled[0] == "  1  \x1b[1mA title\x1b[0m"
    assert styled[1].startswith("     \x1b[2m1.500  p 0.50")
    record = Article("x1", "", "The text.", "/elsewhere/news.jsonl")
    (first, second, _) = HitLines("text", seeds.analyzer).lines(hit_of(record))
    assert (first, second) == ("  1  x1", "     1.500  p 0.50  x1  /elsewhere/news.jsonl")
