"""Filters find what an oracle finds that looks at one article, one condition at a time."""

import math
from collections.abc import Callable, Iterable
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from filter_oracle import counted, passes
from hypothesis import Phase, given, settings, strategies as st

from plait.index.article import Article, FieldValue, Scalar
from plait.index.filter import All, Compare, Either, Exists, Field, Filter, Not, OneOf, Value
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.span import span_of
from plait.search.index import Index
from plait.search.system import Options

LONG = "Long " * 60 + "end"
"""Text that no column holds."""
TEXTS = ["a", "A", "ab", "abc", "a b", "Straße", "STRASSE", "İzmir", "i\u0307zmir", "[x]",
         "x", "a[b]c", "5", "true", "in May", "", LONG, LONG.upper() + "!", "µ", "μ",
         "日本 語", "a*b"]  # fmt: skip
DATES = ["2018", "2018-11", "2018-11-14", "2018-11-30", "2019-01-01", "2018-11-14T09:30",
         "2018-11-14T23:30-05:00", "2018-02-30", "1999", "2020-02"]  # fmt: skip
NUMBERS: list[int | float] = [
    0, -0.0, 1, 1.0, -1, 5, 5.5, -2.5e300, 2**53, 2**53 + 1, 2.0**53, 10**63, 10**70, -(10**70),
    math.inf, math.nan, 1e-7,
]  # fmt: skip
FIELDS = ["section", "n", "my field", "date", "author", "source", "id", "metadata.id", "language",
          "no field"]  # fmt: skip
IDS = ["a.txt", "b/a.txt", "B/ß.txt", "7", "2018-11-14", "c", "d", "e"]

scalars: st.SearchStrategy[Scalar] = st.one_of(
    st.sampled_from(TEXTS), st.sampled_from(DATES), st.sampled_from(NUMBERS), st.booleans()
)
values = st.one_of(scalars, st.lists(scalars, max_size=4).map(tuple))
metadata = st.dictionaries(
    st.sampled_from(["section", "n", "my field", "date", "author", "id", "language", "source"]),
    values,
    max_size=4,
)
sources = st.sampled_from(
    ["", "{}", "/data/News/{}", "https://www.example.org/{}", "https://example.org/x", "stdin",
     "/Data/" + "f" * 300 + "/x"]
)  # fmt: skip


@st.composite
def articles(draw: st.DrawFn, article_id: str) -> Article:
    """Draw an article with an id."""
    return Article(
        article_id,
        "Title",
        draw(st.sampled_from(["Peace came.", "War came.", "Long words. " * 40])),
        draw(sources).format(article_id),
        draw(st.sampled_from(["", *DATES])),
        draw(st.sampled_from(["", "Ann Lee", "ann lee", *TEXTS])),
        metadata=draw(metadata),
    )


wanted: st.SearchStrategy[Value] = st.one_of(
    scalars,
    st.sampled_from([span for span in map(span_of, DATES) if span]),
    st.sampled_from(["*", "a*", "?", "*b?", "News", "example.org", "data/news", "/data/*", "--",
                     "[",
                     *IDS, "https://www.example.org/7", "ann"]),
)  # fmt: skip
operators = st.sampled_from(["=", ">", ">=", "<", "<=", "contains", ":", "like"])
leaves: st.SearchStrategy[Filter] = st.one_of(
    st.builds(Compare, st.sampled_from(FIELDS), operators, wanted),
    st.builds(OneOf, st.sampled_from(FIELDS), st.lists(wanted, max_size=3).map(tuple)),
    st.builds(Exists, st.sampled_from(FIELDS)),
)
trees = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.builds(Not, parts),
        st.builds(All, st.lists(parts, max_size=3).map(tuple)),
        st.builds(Either, st.lists(parts, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)


def found_ids(index: Index, tree: Filter) -> list[str]:
    """Return the ids of the articles that a filter lets through."""
    passages = index.store.passage_ids(index.store.within(tree))
    return sorted({own.rpartition("#")[0] for own in passages})


@settings(max_examples=25, deadline=None, phases=set(Phase) - {Phase.explain, Phase.shrink})
@given(data=st.data())
def test_a_filter_lets_through_what_the_oracle_does(quick: Encoder, data: st.DataObject) -> None:
    """After several commits, replacements, removals and sometimes a merge."""
    kept: dict[str, Article] = {}
    with TemporaryDirectory() as folder:
        with IndexWriter(folder, quick) as writer:
            for _ in range(data.draw(st.integers(1, 3))):
                for article_id in data.draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=6)):
                    kept[article_id] = data.draw(articles(article_id))
                    writer.add(kept[article_id])
                gone = data.draw(st.sampled_from(["", *kept]))
                if gone and len(kept) > 1:
                    del kept[gone]
                    writer.remove(gone)
                writer.commit()
            if data.draw(st.booleans()):
                writer.merge()
            index = Index.open(folder, quick)
        for tree in data.draw(st.lists(trees, min_size=1, max_size=25)):
            expected = sorted(own.id for own in kept.values() if passes(own, tree))
            assert found_ids(index, tree) == expected, tree
        check_counts(index, kept.values())


def check_counts(index: Index, kept: Iterable[Article]) -> None:
    """Compare counts of all fields with those of the oracle."""
    everything = np.unique(index.store.owners(index.store.live()))
    by_id = {article.id: article for article in kept}
    for field in ("section", "n", "my field", "author", "language"):
        assert index.store.counts(field, everything) == counted(by_id.values(), field)
    by_year = index.store.counts("date", everything, "year")
    assert by_year == counted(by_id.values(), "date", 4)


YES = True


def test_truth_and_one_are_two_filters() -> None:
    """Python takes `True` for 1; a cache of filters must not."""
    assert Compare("n", "=", YES) != Compare("n", "=", 1)
    assert OneOf("n", (True,)) != OneOf("n", (1,))
    assert len({Compare("n", "=", YES), Compare("n", "=", 1), Compare("n", "=", 1)}) == 2
    assert len({OneOf("n", (True,)), OneOf("n", (1,)), OneOf("n", (1,))}) == 2


def test_a_long_chain_of_conditions_is_no_deep_tree(corpus: Index) -> None:
    """More conditions than Python calls deep are joined by `&` or `|`, and read."""
    either, both = Field("n") == 1, Field("n") != -1
    for number in range(1200):
        either |= Field("n") == number
        both &= Field("n") != number
    assert len(corpus.search("peace", 500, where=either)) == ARTICLES
    assert corpus.search("peace", 500, where=both) == []


def test_ten_thousand_ids_are_one_look(
    corpus: Index, calls: Callable[[Callable[[], object]], int]
) -> None:
    """A list of ids costs one look at each article, not one for each id on the list."""
    few, many = (Field("id").one_of(*(f"x{n}" for n in range(count))) for count in (10, 10_000))
    steps = [calls(lambda tree=tree: corpus.store.within(tree)) for tree in (few, many)]  # type: ignore[misc]
    assert steps[1] < steps[0] + 20 * 10_000


ARTICLES, DELETED = 120, range(5, 120, 17)
SHARES = ["n < 1", "n < 3", "n < 12", "n < 60", "n >= 0", "n = 1000", "section = sport"]
"""Filters from one article to all, and none."""
WORDS = ["peace", "treaty", "island", "war", "talks", "minister", "harbour", "1956"]
QUERIES = ["peace treaty", "island war 1956", "the minister of talks", "harbour zzqx"]
OPERATORS = ["+peace treaty", "+peace -war", '"peace treaty"', "island AND NOT talks", "harb* ~war"]
EXACT = "hybrid(late=0, neighbours=0, trust=off)"
TERMS = Options(exact=True, passages=True)


def text_of(number: int) -> str:
    """Write a text of two passages or more, whose words depend on a number."""
    draw = np.random.default_rng(number)
    return " ".join(". ".join(" ".join(draw.choice(WORDS, 9)) for _ in range(5)).split()) + "."


def article(number: int, text: str = "") -> Article:
    """Return an article with a number, and a section."""
    section = ("sport", "world", "arts")[number % 3]
    date = f"20{number % 20:02}-0{number % 9 + 1}-11" if number % 7 else ""
    made: dict[str, FieldValue] = {"n": number, "section": section, "flag": not number % 2}
    return Article(f"a{number:03}", "", text or text_of(number), date=date, metadata=made)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, quick: Encoder) -> Index:
    """Index articles in four segments; some were replaced, some are deleted."""
    root = tmp_path_factory.mktemp("corpus")
    with IndexWriter(root, quick) as writer:
        for number in range(ARTICLES + len(DELETED)):
            writer.add(article(number, "Old peace treaty." if number % 10 == 3 else ""))
            if number % 40 == 39:
                writer.commit()
        for number in range(3, ARTICLES, 10):
            writer.add(article(number))
        for number in range(ARTICLES, ARTICLES + len(DELETED)):
            writer.remove(f"a{number:03}")
        writer.commit()
        assert len(writer.manifest.segments) == 4
        writer.close()  # before small segments are merged
    index = Index.open(root, quick)
    assert len(index) == ARTICLES
    return index


def passing(index: Index, where: str) -> set[str]:
    """Return the passages of the articles that pass a filter."""
    return {hit.passage.id for hit in index.search("x", 1000, TERMS, system="dense", where=where)}


def full(index: Index, query: str, system: str) -> list[tuple[str, float]]:
    """Return all passages that a search finds, and their scores."""
    hits = index.search(query, index.store.passage_count, TERMS, system=system)
    return [(hit.passage.id, hit.score) for hit in hits]


@pytest.mark.parametrize("where", SHARES)
@pytest.mark.parametrize("system", ["keyword", "dense", EXACT])
def test_a_filtered_search_is_the_rest_of_the_whole_ranking(
    corpus: Index, system: str, where: str
) -> None:
    """The same passages in the same order with the same scores, to the last bit."""
    allowed = passing(corpus, where)
    for query in [*QUERIES, *OPERATORS]:
        expected = [own for own in full(corpus, query, system) if own[0] in allowed]
        for k in (1, 7, 1000):
            hits = corpus.search(query, k, TERMS, system=system, where=where)
            assert [(hit.passage.id, hit.score) for hit in hits] == expected[:k]


@pytest.mark.parametrize("where", SHARES)
def test_a_filter_changes_no_leg_and_no_probability(corpus: Index, where: str) -> None:
    """Of plain `hybrid` only the second look compares candidates with each other."""
    for query in [*QUERIES, *OPERATORS]:
        hits = corpus.search(query, 1000, TERMS, system="hybrid")
        whole = {hit.passage.id: hit for hit in hits}
        for hit in corpus.search(query, 1000, TERMS, system="hybrid", where=where):
            own = whole[hit.passage.id]
            assert hit.explanation.legs == own.explanation.legs
            assert hit.probability == own.probability
            assert hit.explanation.exact == own.explanation.exact
