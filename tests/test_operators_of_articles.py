"""Operators are about articles, the unit that a reader knows."""

from itertools import pairwise
from pathlib import Path

import pytest

from plait.index.article import Article
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.index import Index
from plait.search.system import Options, System

FILL = " ".join(f"On day {day} the council met about the harbour again." for day in range(40))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, quick: Encoder) -> Index:
    """Index a long article whose words lie in different passages, and short ones."""
    root = tmp_path_factory.mktemp("articles") / "ix"
    with IndexWriter(root, quick) as writer:
        for name in ("gone", "long", "near", "other"):
            text = f"The quokka was seen at dawn. {FILL} The numbat was seen at dusk."
            short = {"near": "The quokka and the bilby.", "other": "The numbat alone."}
            writer.add(Article(name, "Report", short.get(name, text)))
        writer.commit()
        writer.remove("gone")
    return Index.open(root, quick)


def found(index: Index, query: str, system: str, *, passages: bool = False) -> set[str]:
    """Ask; return the ids of articles."""
    options = Options(System.parse(system), passages=passages)
    return {hit.article.id for hit in index.search(query, 20, options)}


@pytest.mark.parametrize("system", ["keyword", "dense", "hybrid"])
@pytest.mark.parametrize(
    ("query", "articles"),
    [
        ("quokka AND numbat", {"long"}),
        ("+quokka +numbat", {"long"}),
        ("quokka -numbat", {"near"}),
        ("numbat NOT quokka", {"other"}),
        ("+harbour -bilby", {"long"}),
        ("(quokka OR numbat) AND dusk", {"long"}),
        ("+numbat -(quokka OR bilby)", {"other"}),
        ('+quokka +"seen at dusk"', {"long"}),
        ("+report -harbour", {"near", "other"}),
        ("title:report AND numb*", {"long", "other"}),
    ],
)
def test_they_hold_for_the_article_as_a_whole(
    index: Index, query: str, articles: set[str], system: str
) -> None:
    """However far apart its words are; a deleted article is not found."""
    assert found(index, query, system) == articles


def test_for_passages_they_hold_for_each_by_itself(index: Index) -> None:
    """No passage has both; some passages of the long article lack one."""
    assert found(index, "+quokka +numbat", "keyword", passages=True) == set()
    assert found(index, "quokka -numbat", "keyword", passages=True) == {"long", "near"}


def test_all_passages_of_a_matching_article_are_ranked(index: Index) -> None:
    """The best of them is the hit, and the total counts articles."""
    options = Options(System.parse("keyword"))
    page = index.page("+quokka +numbat", options=options)
    assert (page.total, [hit.article.id for hit in page.hits]) == (1, ["long"])
    assert "seen at" in page.hits[0].passage.text


def test_a_phrase_reaches_into_the_next_passage(tmp_path: Path, quick: Encoder) -> None:
    """Any two words side by side are found, wherever the article was cut; not across articles."""
    names = [f"w{a}{b}{c}" for a in "bcdfghklmn" for b in "aeiou" for c in "prst"]
    with IndexWriter(tmp_path / "ix", quick) as writer:
        writer.add(Article("first", "Title", " ".join(names)))
        writer.add(Article("second", "Title", "wlast " + " ".join(names[:3])))
    index, options = Index.open(tmp_path / "ix", quick), Options(System.parse("keyword"))
    assert index.store.passage_count > 2
    assert all(
        "first" in {hit.article.id for hit in index.search(f'"{a} {b}"', options=options)}
        for a, b in pairwise(names)
    )
    assert not index.search(f'"{names[-1]} wlast"', options=options)
    alone = Options(System.parse("keyword"), passages=True)
    missed = [
        pair for pair in pairwise(names) if not index.search(f'"{" ".join(pair)}"', options=alone)
    ]
    assert len(missed) == index.store.passage_count - 2
