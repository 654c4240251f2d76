"""Searching the seeds: rankings, explanations, excerpts, quality."""

import subprocess
import sys
from pathlib import Path

import pytest

from plait.index.article import Article
from plait.index.errors import NotFoundError, QueryError
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.context import context
from plait.search.index import Index
from plait.search.system import Options, System

QUERIES = [
    "peace treaty 1956 declaration",
    "islands taken by Soviet troops",
    '"peace treaty" +Putin',
]


def test_the_owners_query_finds_the_1956_declaration(seeds: Index) -> None:
    """The demo's first hit is about the 1956 declaration."""
    best = seeds.search("peace treaty 1956 declaration", k=5)
    assert "1956" in best[0].article.title
    assert [hit.rank for hit in best] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(
    "system",
    [
        "keyword",
        "dense",
        "hybrid",
        "hybrid(neighbours=0)",
        "hybrid(late=0)",
        "hybrid(fusion=minmax, weight=0.4)",
        "hybrid(fusion=rrf)",
        "keyword(k1=1.2, b=0.75, title=0.5)",
        "hybrid(k1=0, title=0)",
    ],
)
def test_a_score_is_the_sum_of_its_explanation(seeds: Index, query: str, system: str) -> None:
    """Terms add up to BM25, and the legs' parts to the score."""
    hits = seeds.search(query, 10, Options(System.parse(system)))
    assert hits
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        legs = [leg for leg in (hit.explanation.keyword, hit.explanation.dense) if leg]
        parts = sum(leg.part for leg in legs) + hit.explanation.late + hit.explanation.neighbours
        assert hit.score == pytest.approx(parts)
        if hit.explanation.keyword:
            terms = sum(term.score for term in hit.explanation.terms)
            assert hit.explanation.keyword.score == pytest.approx(terms)


def test_articles_come_once_unless_passages_are_asked(seeds: Index) -> None:
    """Grouping is the default; `passages=True` lists all."""
    grouped = [hit.article.id for hit in seeds.search("northern islands", 20)]
    single = seeds.search("northern islands", 20, Options(passages=True))
    assert len(set(grouped)) == len(grouped)
    assert len({hit.passage.id for hit in single}) == len(single)
    assert all(h.article.text[h.passage.start : h.passage.end] == h.passage.text for h in single)


def test_a_ranking_does_not_depend_on_how_much_of_it_is_asked_for(seeds: Index) -> None:
    """The best of many are the best of few, and score the same; so with passages."""
    for options in (Options(), Options(passages=True)):
        few, many = (seeds.search("northern islands", k, options) for k in (5, 150))
        assert [(h.passage.id, h.score) for h in few] == [(h.passage.id, h.score) for h in many[:5]]


def test_the_second_look_is_at_the_best_alone(seeds: Index) -> None:
    """Thirty passages at most have a late part, and a hundred are drawn to others."""
    everything = seeds.search("treaty on the islands", 163, Options(passages=True))
    assert len(everything) > 100
    late = [hit for hit in everything if hit.explanation.late]
    drawn = [hit for hit in everything if hit.explanation.neighbours]
    assert 20 < len(late) < 30  # the least of thirty has none
    assert 90 < len(drawn) <= 100
    assert all(hit.rank <= 100 for hit in drawn)


def test_copies_score_alike_however_many_they_are(tmp_path: Path, encoder: Encoder) -> None:
    """More copies than are looked at again: all of them are, or none; and they go by id."""
    names = [*"abcdefgh"]
    texts = {
        f"{n}": f"The {n}-island treaty was signed in Moscow in 19{50 + i}."
        for i, n in enumerate(names)
    }
    texts |= {f"copy-{n:03}": "The peace treaty on the islands was signed." for n in range(120)}
    with IndexWriter(tmp_path / "copies", encoder) as writer:
        for id_, text in reversed(texts.items()):
            writer.add(Article(id_, "", text))
    for query in ("peace treaty islands", "who signed in Moscow?", "fishing"):
        hits = Index.open(tmp_path / "copies", encoder).search(query, 128)
        copies = [hit for hit in hits if hit.article.id.startswith("copy")]
        assert len(copies) == 120
        assert len({hit.score for hit in copies}) == 1
        assert [hit.article.id for hit in copies] == sorted(hit.article.id for hit in copies)


def test_operators_filter(seeds: Index) -> None:
    """Only what the operators match is returned, whichever leg ranks."""
    terms = seeds.analyzer.terms
    for mode in ("hybrid", "keyword", "dense"):
        hits = seeds.search("treaty -japan title:declaration", 20, Options(System.parse(mode)))
        assert hits
        for hit in hits:
            title, text = terms(hit.article.title), terms(hit.passage.text)
            assert "declar" in title or "treati" in title + text
            assert "japan" not in title + text


@pytest.mark.parametrize(("query", "k"), [("", 3), ("  ", 3), ("peace", 0), ("peace", 2.5)])
def test_unusable_searches_are_refused(seeds: Index, query: str, k: int) -> None:
    """An empty query and a k below one are errors that say so."""
    with pytest.raises(QueryError):
        seeds.search(query, k)


def test_unknown_names_are_refused(seeds: Index) -> None:
    """An unknown mode or article is an error."""
    with pytest.raises(QueryError, match=r"System.parse\('keyword'\)"):
        Options("keyword")  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="no word is wanted"):
        seeds.search("-war NOT peace")
    with pytest.raises(NotFoundError):
        seeds.article("nothing.txt")


def test_context_keeps_its_budget_and_repeats_nothing(seeds: Index) -> None:
    """Excerpts fit the budget in word pieces, and no character is given twice."""
    excerpts = context(seeds, "who signed the 1956 declaration?", 800)
    assert len(excerpts) > 1
    assert sum(len(seeds.encoder.token_ends(str(e))) for e in excerpts) <= 800
    seen: set[tuple[str, int]] = set()
    for excerpt in excerpts:
        places = {(excerpt.article.id, at) for at in range(excerpt.start, excerpt.end)}
        assert not places & seen
        seen |= places
        assert excerpt.article.text[excerpt.start : excerpt.end] == excerpt.text


@pytest.mark.folder
def test_a_query_imports_no_framework_and_opens_no_socket(seeds: Index) -> None:
    """The default model's query path needs neither torch nor transformers nor a network.

    Nor SciPy, nor FAISS where all passages are candidates; on the seeds they are.
    """
    code = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise AssertionError('network')\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "from plait import Index\n"
        f"print(len(Index.open({str(seeds.root)!r}).search('peace treaty', k=3)))\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'onnx', 'trafilatura',"
        " 'faiss', 'scipy'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "3\n"), done.stderr


def test_what_nothing_answers_is_told_from_what_something_does(seeds: Index) -> None:
    """A threshold keeps the answered question's hits and leaves the others none."""
    options = Options(min_probability=0.15)
    assert seeds.search("peace treaty 1956 declaration", 5, options)
    for foreign in ("how to knead sourdough bread", "kubernetes pod eviction policy"):
        assert seeds.search(foreign, 5)
        assert seeds.search(foreign, 5, options) == []
        assert context(seeds, foreign, 800, options) == []


def test_a_threshold_leaves_out_what_is_less_likely(seeds: Index) -> None:
    """The rest keeps its order and is numbered anew."""
    everything = seeds.search("northern islands", 98)
    likely = [hit.passage.id for hit in everything if (hit.probability or 0) >= 0.3]
    assert 0 < len(likely) < len(everything)
    for k in (1, 5, 98):
        some = seeds.search("northern islands", k, Options(min_probability=0.3))
        # Whatever is likely enough counts, further down than k too.
        assert [hit.passage.id for hit in some] == likely[:k]
        assert [hit.rank for hit in some] == list(range(1, len(some) + 1))


def test_a_probability_needs_both_legs(seeds: Index) -> None:
    """A single leg gives none, and refuses a threshold."""
    for mode in ("keyword", "dense"):
        hits = seeds.search("peace treaty", 3, Options(System.parse(mode)))
        assert [hit.probability for hit in hits] == [None] * 3
        with pytest.raises(QueryError, match="hybrid does"):
            Options(System.parse(mode), min_probability=0.2)
    with pytest.raises(QueryError, match="0 to 1"):
        Options(min_probability=1.5)
    ranks = Options(System.parse("hybrid(fusion=rrf)"))
    assert all(hit.probability for hit in seeds.search("peace", 3, ranks))
