"""The seed articles: all are read, and their dirt is recognised for what it is."""

import re
from pathlib import Path

import pytest

from plait.index.article import Article
from plait.index.reading import FieldNames, read_paths
from plait.index.reading.cleaning import clean
from plait.index.reading.dateline import date_of_report

HERE = Path(__file__).resolve().parent
ARTICLES = HERE.parent / "seeds" / "articles"
DATES = HERE / "golden" / "seed-dates.tsv"
"""Date that each article states at its top, checked by reading; empty where it states none."""

# Counted by reading the files.
TEASERS = {
    "barents-sea-delimitation-2010.txt": 3,
    "britain-war-fighting-readiness-sdr.txt": 4,
    "gravitational-waves-detected.txt": 4,
    "hans-island-whisky-war-2022.txt": 3,
    "kuril-coastal-missiles-2016.txt": 4,
    "kuril-kono-lavrov-moscow-2019.txt": 5,
    "kuril-medvedev-kunashir-2010.txt": 4,
    "kuril-nagato-summit-2016.txt": 4,
    "kuril-talks-suspended-2022.txt": 4,
    "okjokull-glacier-plaque.txt": 3,
    "senkaku-2012-purchase.txt": 3,
    "suez-crisis-tripartite-statement.txt": 3,
    "us-crude-futures-turn-negative.txt": 3,
    "us-fy26-defense-appropriations-house.txt": 4,
    "world-cup-2022-final.txt": 3,
}


@pytest.fixture(scope="module")
def seeds() -> dict[str, Article]:
    """Read them all, by the names of their files."""
    found = [own for own in read_paths([ARTICLES], FieldNames()) if isinstance(own, Article)]
    return {own.id.removeprefix("articles/"): own for own in found}


def test_all_are_read(seeds: dict[str, Article]) -> None:
    """Each file gives one article with title and text, under the name of its folder and its own."""
    names = sorted(path.name for path in ARTICLES.iterdir())
    assert [own.id for own in seeds.values()] == [f"articles/{name}" for name in names]
    assert all(article.title and len(article.text) > 500 for article in seeds.values())


def test_teasers_are_cut_where_there_are_some(seeds: dict[str, Article]) -> None:
    """Fifteen articles have a tail; none of the others loses anything."""
    found = {name: len(a.teasers) for name, a in seeds.items() if a.teasers}
    assert found == TEASERS
    for name in found:
        before, _, _ = (ARTICLES / name).read_text(encoding="utf-8").partition("\n-\n")
        story, _, heading = before.rpartition("\n")
        assert len(heading) < 40
        assert seeds[name].text.split("\n")[-1] == clean(story).split("\n")[-1]


def test_plain_texts_lose_nothing_else(seeds: dict[str, Article]) -> None:
    """Every word of a plain text is in its title, text, date, author or teaser list."""
    for name, article in seeds.items():
        cut = article.date != date_of_report(article.text) or article.author or article.teasers
        if name.endswith(".txt") and not cut:
            words = (ARTICLES / name).read_text(encoding="utf-8").split()
            assert f"{article.title} {article.text}".split() == words, name


@pytest.mark.parametrize(
    ("name", "date", "author"),
    [
        ("bank-of-japan-march-2024.txt", "2024-03-19", "our correspondent in Tokyo"),
        ("golden-dome-announcement.md", "2025-05-21", "Leonie Achterberg"),
        ("hans-island-whisky-war-2022.txt", "2022-06-14", "Tove Marklund in Ottawa"),
        ("kuril-irkutsk-2001.txt", "2001-03-25", "our Siberia correspondent, Irkutsk"),
        ("kuril-landings-1945.txt", "1945-09-06", ""),
        ("kuril-singapore-accord-2018-agency.txt", "2018-11-15", ""),
        ("kuril-yalta-secret-agreement-1946.txt", "1946-02-11", ""),
        ("mrna-nobel-2023.md", "2023-10-02", ""),
        ("nato-hague-summit-five-percent.html", "2025-06-25", "Hanneke Roelofs"),
        ("poland-1989-solidarity.txt", "", ""),
        ("webb-first-images.html", "2022-07-12", "Science Desk"),
    ],
)
def test_dates_and_authors(seeds: dict[str, Article], name: str, date: str, author: str) -> None:
    """Date lines, datelines, bylines and markup."""
    assert (seeds[name].date, seeds[name].author) == (date, author)


def test_every_date_is_the_one_that_the_article_states(seeds: dict[str, Article]) -> None:
    """At least 73 of 98 articles have a date, none a wrong one; an essay has none."""
    rows = (line.split("\t") for line in DATES.read_text(encoding="utf-8").splitlines()[1:])
    expected = dict(rows)
    found = {name.rpartition(".")[0]: article.date for name, article in seeds.items()}
    assert found.keys() == expected.keys()
    assert {name: date for name, date in found.items() if date not in {"", expected[name]}} == {}
    assert sum(bool(date) for date in found.values()) >= 73


def test_dirt_is_gone(seeds: dict[str, Article]) -> None:
    """No odd blanks, no blank lines in a row, no furniture of web pages; quotes stay."""
    for name, article in seeds.items():
        assert not re.search("[\xa0\u200b\ufeff\r\t]|\n{3}| \n", article.text), name
        assert "Cookie" not in article.text, name
        assert not article.text.startswith(("By ", "Published", article.title)), name
    assert '""Russian vodka""' in seeds["deep-sea-vents-1977.txt"].text
