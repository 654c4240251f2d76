"""Pages: total, facets and hits are of one set, which brute force counts too."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings, strategies as st

from plait.index.article import Article
from plait.index.errors import QueryError
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.span import span_of
from plait.search.answer import Page
from plait.search.hit import Hit
from plait.search.index import Index
from plait.search.matches import LIKELY, NEAR
from plait.search.system import Options, System

WORDS = ["peace", "treaty", "island", "war", "talks", "harbour"]
DATES = ["2018-11-14", "2018-11-13", "2018-11", "2018", "", "", "2019-02-01T10:00", "1999-12-31"]
ALL = 1000


def articles() -> list[Article]:
    """Return articles of one to four passages, of which many have the same words and dates."""
    return [
        Article(
            f"a{n * 37 % 90:02}",
            "",
            f"{WORDS[n % 6]} {WORDS[n % 4]} " * (8 * (n % 4) + 1) + f"number {n}.",
            date=DATES[n % 8],
            metadata={"section": "sport"} if n % 3 else {"flag": n % 2 == 0},
        )
        for n in range(90)
    ]


def indexed(root: object, encoder: Encoder, made: Sequence[Article]) -> Index:
    """Index articles in three segments, the first of which has deleted ones."""
    with IndexWriter(str(root), encoder) as writer:
        for n, article in enumerate(made):
            writer.add(replace(article, text="Old peace.") if n < 5 else article)
            if n % 30 == 29:
                writer.commit()
        for article in made[:5]:
            writer.add(article)
        writer.commit()
        writer.close()  # before small segments are merged
    return Index.open(str(root), encoder)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, quick: Encoder) -> Index:
    """Index the articles in order."""
    return indexed(tmp_path_factory.mktemp("pages"), quick, articles())


@pytest.fixture(scope="module")
def shuffled(tmp_path_factory: pytest.TempPathFactory, quick: Encoder) -> Index:
    """Index the same articles in another order."""
    return indexed(tmp_path_factory.mktemp("pages"), quick, sorted(articles(), key=lambda a: a.id))


queries = st.sampled_from(
    ["peace", "island war", "harbour treaty talks", "zzqx", "+peace war", "peace -war",
     '"island island"', "har* OR talks", "number"]
)  # fmt: skip
filters = st.sampled_from(
    [None, "section = sport", "section is null", "date exists", "date >= 2018-11 or flag = true",
     "section = sport and section != sport", "id in (a01, a02, a03)"]
)  # fmt: skip


@st.composite
def asked(draw: st.DrawFn) -> Options:
    """Draw the options of a search."""
    system = draw(st.sampled_from(["keyword", "dense", "hybrid", "hybrid(fusion=rrf)"]))
    likely = st.sampled_from([None, 0.0, 0.05, 0.2, 0.9])
    return Options(
        System.parse(system),
        passages=draw(st.booleans()),
        min_probability=draw(likely) if system.startswith("hybrid") else None,
        exact=True,
        where=draw(filters),
        sort=draw(st.sampled_from(["", "date", "-date"])),
    )


def all_hits(index: Index, query: str, options: Options, size: int) -> tuple[list[Hit], Page]:
    """Return the hits of all pages of one size, and the last page, which is empty."""
    hits: list[Hit] = []
    while True:
        page = index.page(query, size, len(hits), ("section", "date:year"), options)
        hits += page.hits
        if not page.hits:
            return hits, page
        assert len(page.hits) == min(size, page.total - len(hits) + len(page.hits))


def first_day(date: str) -> str:
    """Return the first day of a date; empty for none."""
    span = span_of(date)
    return span.first[:10] if span else ""


def name_of(hit: Hit, options: Options) -> str:
    """Return the id of what is a hit."""
    return hit.passage.id if options.passages else hit.article.id


def matching(index: Index, query: str, options: Options) -> list[Hit]:
    """Return the passages that match, by the definition of a match, from complete rankings."""
    plain = replace(options, passages=True, sort="", min_probability=None)
    every = index.search(query, ALL, replace(plain, system=System.parse("dense")))
    found = index.search(query, ALL, plain)
    least, system = options.min_probability, options.system
    has_operators = index.parse(query).tree is not None
    if system is None or not system.estimates:
        return found if system and system.mode == "keyword" else every
    if least is None and options.sort and not has_operators:
        least = LIKELY
    if least == 0.0 or (least is None and has_operators):
        return found
    worded = {hit.passage.id for hit in index.search(query, ALL, replace(plain, system=KEYWORD))}

    def is_match(hit: Hit) -> bool:
        if least is None and hit.passage.id in worded:
            return True
        return (hit.probability or 0.0) >= (NEAR if least is None else least)

    return [hit for hit in found if is_match(hit)]


KEYWORD = System.parse("keyword")


@settings(max_examples=60, deadline=None, phases=set(Phase) - {Phase.shrink})
@given(query=queries, options=asked(), size=st.integers(1, 40))
def test_all_pages_are_one_set(index: Index, query: str, options: Options, size: int) -> None:
    """Each hit once, `total` of them, in an order that no page size changes; facets add up."""
    hits, last = all_hits(index, query, options, size)
    names = [name_of(hit, options) for hit in hits]
    assert len(set(names)) == len(names) == last.total
    assert [hit.rank for hit in hits] == list(range(1, last.total + 1))
    whole, first = all_hits(index, query, options, ALL)
    assert [name_of(hit, options) for hit in whole] == names
    assert (first.total, first.facets) == (last.total, last.facets)
    expected = matching(index, query, options)
    assert set(names) == {name_of(hit, options) for hit in expected}
    own = {hit.article.id: hit.article for hit in expected}
    assert sum(last.facets["section"].values()) == len(own)
    assert last.facets["section"] == Counter(a.metadata.get("section", "") for a in own.values())
    assert last.facets["date:year"] == Counter(a.date[:4] for a in own.values())
    for facet in last.facets.values():
        assert list(facet.values()) == sorted(facet.values(), reverse=True)


@settings(max_examples=30, deadline=None, phases=set(Phase) - {Phase.shrink})
@given(query=queries, options=asked())
def test_the_first_page_is_what_a_search_finds(index: Index, query: str, options: Options) -> None:
    """Where its hits are of the set; a page leaves out those that do not match."""
    options = replace(options, sort="")
    hits, _ = all_hits(index, query, options, 10)
    names = {name_of(hit, options) for hit in hits}
    searched = [hit for hit in index.search(query, 10, options) if name_of(hit, options) in names]
    first = [(hit.passage.id, hit.score, hit.probability) for hit in hits[: len(searched)]]
    assert first == [(hit.passage.id, hit.score, hit.probability) for hit in searched]


@settings(max_examples=30, deadline=None, phases=set(Phase) - {Phase.shrink})
@given(query=queries, options=asked(), sort=st.sampled_from(["date", "-date"]))
def test_pages_by_date_are_in_order(
    index: Index, shuffled: Index, query: str, options: Options, sort: str
) -> None:
    """By the first day; undated last; ties by id, in whichever order articles were indexed."""
    options = replace(options, sort=sort, passages=False)
    hits, _ = all_hits(index, query, options, 7)
    days = [first_day(hit.article.date) for hit in hits]
    dated = [day for day in days if day]
    assert days == dated + [""] * (len(days) - len(dated))
    assert dated == sorted(dated, reverse=sort == "-date")
    for day in {*days}:
        ids = [hit.article.id for hit, own in zip(hits, days, strict=True) if own == day]
        assert ids == sorted(ids)
    other, _ = all_hits(shuffled, query, options, 7)
    assert [hit.article.id for hit in other] == [hit.article.id for hit in hits]


@pytest.mark.parametrize(
    ("facet", "message"),
    [
        ("nowhere", "no field 'nowhere'"),
        ("date:week", "no facet 'date:week'; dates are counted by year, month, day"),
        ("section:year", "no facet 'section:year'"),
    ],
)
def test_an_unknown_facet_is_named(index: Index, facet: str, message: str) -> None:
    """A facet is a field, or a date by a unit."""
    with pytest.raises(QueryError, match=message):
        index.page("peace", facets=[facet])


def test_an_offset_below_zero_is_refused(index: Index) -> None:
    """Pages begin with 0."""
    with pytest.raises(QueryError, match=r"offset -1 and facets .*: wanted 0 or more"):
        index.page("peace", offset=-1)


def test_undated_articles_that_a_date_leaves_out_are_counted(index: Index) -> None:
    """Those that pass all other conditions."""
    undated = sum(1 for own in articles() if not own.date and "section" in own.metadata)
    options = Options(where="date >= 2018 and section = sport", exact=True)
    assert index.page("peace", options=options).undated == undated
    assert index.page("peace", options=Options(where="section = sport")).undated == 0
