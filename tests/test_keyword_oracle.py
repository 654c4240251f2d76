"""The keyword leg against stock Whoosh: the same passages, the same scores."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import Phase, given, settings, strategies as st
from whoosh.filedb.filestore import RamStorage
from whoosh.matching import AndNotMatcher
from whoosh.query import Or, Term

from plait.index.errors import QueryError
from plait.index.files.strings import SortedTable, StringTable
from plait.index.keyword.bm25 import WhooshBM25
from plait.index.keyword.forms import Forms
from plait.index.keyword.leg import KeywordLeg
from plait.index.keyword.merging import OCCURRENCES_MERGED_AT_ONCE, merge_postings
from plait.index.keyword.postings import (
    Postings,
    build_postings,
    stable_order,
)
from plait.index.keyword.reader import KeywordReader
from plait.index.language.analyzer import TextAnalyzer
from plait.index.leg import BM25, TITLE_BOOST, TITLE_WEIGHT
from plait.search.query.parser import parse_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WORDS = ["treaty", "treaties", "island", "peace", "1956", "FY26", "soviet", "talks", "the", "naïve"]
TEXT = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
COLLECTION = st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=15)
QUERIES = [
    "peace treaty 1956",
    '"peace treaty"',
    "+soviet talks",
    "island -peace",
    "title:treaty island",
    "treat*",
    "isl* talks",
    "sovet~",
    "peace AND (island OR talks)",
    "treaty NOT peace",
    "+soviet -island",
    "(+soviet NOT title:peace talks)",
    "+(island +talks) peace",
    "well-known -peace sovet~2",
    "treaty AND NOT peace",
    '"peace treaty" +1956',
    "island -treat*",
    "+treat* (peace isl*)",
    "talks NOT title:isl*",
]
ANALYZER = TextAnalyzer()


def fields(rows: list[tuple[str, str]]) -> dict[str, Postings]:
    """Invert titles and texts."""
    number = ANALYZER.number
    return {
        "title": build_postings(number(title for title, _ in rows)),
        "text": build_postings(number(text for _, text in rows)),
    }


def ours(reader: KeywordReader, query: str) -> dict[int, float]:
    """Ask plait."""
    found = KeywordLeg(reader).ask(parse_query(query, ANALYZER))
    scores = found.scores(found.best(len(reader)))
    return dict(zip(scores.passages.tolist(), scores.scores.tolist(), strict=True))


class ExactLengths(WhooshBM25):
    """Stock Whoosh rounds lengths to one byte, and counts stop words; the oracle counts alike."""

    def __init__(self, rows: list[tuple[str, str]]) -> None:
        super().__init__(BM25())
        self.lengths = {
            field: [len(ANALYZER.terms(row[column])) for row in rows]
            for column, field in enumerate(("title", "text"))
        }

    def scorer(self, searcher: Any, fieldname: str, text: str | bytes, qf: int = 1) -> Any:
        """Give the scorer of one term, with lengths counted anew."""
        lengths = self.lengths[fieldname]
        exact = SimpleNamespace(
            doc_frequency=searcher.doc_frequency,
            doc_count=searcher.doc_count,
            field_length=lambda _: sum(lengths),
            doc_field_length=lambda docnum, _: lengths[docnum],
        )
        return super().scorer(exact, fieldname, text, qf)


def mended_find_first(self: Any) -> None:
    """Start Whoosh's matcher for exclusion as it goes on.

    As released, it never looks at its first match where the first passage with an
    unwanted word comes before it, and returns what was to be excluded.
    """
    if self.a.is_active() and self.b.is_active():
        self._find_next()


def stock(rows: list[tuple[str, str]], query: str) -> dict[int, float]:
    """Ask stock Whoosh in memory, with the same formula."""
    index = RamStorage().create_index(ANALYZER.schema)
    writer = index.writer()
    for title, text in rows:
        writer.add_document(title=title, text=text)
    writer.commit()
    parsed = parse_query(query, ANALYZER)
    tree = parsed.tree
    if tree is None:
        tree = Or(
            [
                Term(field, term, boost=boost * count)
                for field, boost in (("title", TITLE_WEIGHT), ("text", 1.0))
                for term, count in parsed.terms
            ]
        )
    for leaf in cast("Iterable[Any]", tree.leaves()):
        leaf.boost = TITLE_WEIGHT if leaf.boost == TITLE_BOOST else leaf.boost
    mended = patch.object(AndNotMatcher, "_find_first", mended_find_first)
    with mended, index.searcher(weighting=ExactLengths(rows)) as searcher:
        matcher = tree.matcher(searcher, searcher.context())
        found = {}
        while matcher.is_active():
            found[matcher.id()] = matcher.score()
            matcher.next()
    return found


@pytest.mark.parametrize("query", QUERIES)
@given(rows=COLLECTION)
@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_same_matches_and_scores_as_stock_whoosh(query: str, rows: list[tuple[str, str]]) -> None:
    """Every kind of query finds what stock Whoosh finds, with the same scores."""
    everything = np.ones(len(rows), dtype=bool)
    reader = KeywordReader([(fields(rows), everything)])
    assert ours(reader, query) == pytest.approx(stock(rows, query), rel=1e-9)


@given(rows=COLLECTION, data=st.data())
@settings(max_examples=50, deadline=None)
def test_an_index_that_grew_and_shrank_is_the_index_built_at_once(
    rows: list[tuple[str, str]], data: st.DataObject
) -> None:
    """Two segments with deletions score as one segment of what remains; so does their merge."""
    cut = data.draw(st.integers(0, len(rows)))
    alive = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))))
    parts = [(fields(rows[:cut]), alive[:cut]), (fields(rows[cut:]), alive[cut:])]
    kept = [row for row, stays in zip(rows, alive, strict=True) if stays]
    fresh = fields(kept)
    grown = ours(KeywordReader(parts), "peace treaty 1956 island")
    number = np.cumsum(alive) - 1
    renumbered = {int(number[p]): score for p, score in grown.items()}
    built = KeywordReader([(fresh, np.ones(len(kept), dtype=bool))])
    assert renumbered == pytest.approx(ours(built, "peace treaty 1956 island"), rel=1e-9)
    most = data.draw(st.sampled_from([1, 5, OCCURRENCES_MERGED_AT_ONCE]))
    for field, postings in fresh.items():
        of_field = [(part[field], flags) for part, flags in parts]
        chunks = list(merge_postings(field, of_field, most))
        whole = {
            name: np.concatenate([chunk[name] for chunk in chunks if name in chunk])
            for name in postings.arrays(field)
        }
        for name, array in postings.arrays(field).items():
            assert whole[name].dtype == array.dtype, name
            if ".forms." not in name:
                np.testing.assert_array_equal(whole[name], array, err_msg=name)
        forms = Forms(
            StringTable(whole[f"{field}.forms.blob"], whole[f"{field}.forms.offsets"]),
            whole[f"{field}.forms.starts"],
        )
        before = set().union(*(spelt(own.terms, own.forms) for own, _ in of_field))
        # A form may outlive its last passage; none is lost, and none is invented.
        merged = spelt(postings.terms, forms)
        assert spelt(postings.terms, postings.forms) <= merged <= before


def spelt(terms: SortedTable, forms: Forms) -> set[tuple[bytes, bytes]]:
    """Return each term with each of its forms."""
    owners = np.repeat(np.arange(len(terms.strings)), np.diff(forms.starts)).tolist()
    return {(terms.strings[own], form) for own, form in zip(owners, forms.strings, strict=True)}


NEAR = st.text("ab", min_size=6, max_size=10).map(str.encode)


@given(st.sets(NEAR), st.lists(NEAR))
def test_strings_are_found_where_they_lie(strings: set[bytes], others: list[bytes]) -> None:
    """Shorter than what is compared at once, as long, and longer with the same beginning."""
    ordered = sorted(strings)
    keys = ordered + others
    wanted = [ordered.index(key) if key in strings else None for key in keys]
    assert SortedTable.of(ordered).find(keys) == wanted


@given(st.lists(st.integers(0, 9)))
def test_sorting_by_counting(keys: list[int]) -> None:
    """Equal numbers keep their order, as in NumPy's stable sort."""
    found = stable_order(np.array(keys, dtype=np.int32), 10)
    assert found.tolist() == np.argsort(keys, kind="stable").tolist()


@given(TEXT | st.text())
def test_the_remembering_analyzer_is_whooshs_chain(text: str) -> None:
    """Terms, their order and their positions are what Whoosh's own chain gives."""
    tokens = ANALYZER.chain(text, positions=True, chars=True)
    found = [(token.text, token.pos, token.startchar, token.endchar) for token in tokens]
    assert found == [(own.text, own.at, own.start, own.end) for own in ANALYZER.found(text)]


@pytest.mark.parametrize(
    ("typed", "words", "operators"),
    [
        ("What are the islands?", "What are the islands?", False),
        ("temperature of -20 C", "temperature of -20 C", False),
        ('an "unbalanced quote', 'an "unbalanced quote', False),
        ("C++ (programming) a/b", "C++ (programming) a/b", False),
        ("treaty -japan", "treaty", True),
        ('"peace treaty" +1956', "peace treaty 1956", True),
        ("peace NOT war", "peace", True),
        ("title:treaty isl* sovet~2", "treaty isl sovet", True),
        ('"the"', "the", True),
    ],
)
def test_what_is_an_operator_and_what_the_encoder_reads(
    typed: str, words: str, *, operators: bool
) -> None:
    """Everyday punctuation is no operator; unwanted words are kept from the encoder."""
    query = parse_query(typed, ANALYZER)
    assert (query.words, query.tree is not None) == (words, operators)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("toky*", {0, 2}),
        ("Tokyo -mosc*", {2}),
        ("tokyo +mosc*", {0, 1, 3}),
        ("mosc* -(toky* osaka)", {1, 3}),
        ("mosc* NOT title:toky*", {0, 1, 3}),
        ("treaties*", {3}),
    ],
)
def test_prefixes_are_as_typed_and_can_be_wanted_or_not(query: str, found: set[int]) -> None:
    """A prefix is not stemmed, nor is an operator before it taken for a letter of it."""
    rows = [("", "Tokyo Moscow"), ("", "Moscow"), ("", "Tokyo"), ("", "Moscow treaties")]
    reader = KeywordReader([(fields(rows), np.ones(len(rows), dtype=bool))])
    assert set(ours(reader, query)) == found


@given(rows=COLLECTION)
@settings(max_examples=40, deadline=None)
def test_excluded_words_never_come_back(rows: list[tuple[str, str]]) -> None:
    """By sets of terms, without Whoosh: a match has what is wanted and lacks what is not."""
    have = [set(ANALYZER.terms(f"{title} {text}")) for title, text in rows]
    wanted: dict[str, Callable[[set[str]], bool]] = {
        "+soviet -island": lambda terms: "soviet" in terms and "island" not in terms,
        "talks NOT peace": lambda terms: "talk" in terms and "peac" not in terms,
        "(+soviet NOT peace talks)": lambda terms: "soviet" in terms and "peac" not in terms,
        "peace AND NOT (talks OR soviet)": lambda terms: (
            "peac" in terms and not {"talk", "soviet"} & terms
        ),
    }
    rows_with_title_in_text = [(title, f"{title} {text}") for title, text in rows]
    reader = KeywordReader([(fields(rows_with_title_in_text), np.ones(len(rows), dtype=bool))])
    for query, matches in wanted.items():
        assert set(ours(reader, query)) == {i for i, terms in enumerate(have) if matches(terms)}


@given(st.text(alphabet='ab "()+-*~:12\ud800ANDORT', max_size=40))
@settings(max_examples=300, deadline=None)
def test_nothing_that_is_typed_breaks_the_parser(typed: str) -> None:
    """Any mixture of operators is searched, or refused by an error of ours."""
    rows = [("a b", "ab a"), ("b", "ba aa")]
    reader = KeywordReader([(fields(rows), np.ones(2, dtype=bool))])
    try:
        found = ours(reader, typed)
    except QueryError:
        return
    assert set(found) <= {0, 1}


@pytest.mark.parametrize(
    "typed", ["+war " + "(" * 1200 + "a" + ")" * 1200, "+war " * 2000, "treaty~9 AND war"]
)
def test_excess_is_text(typed: str) -> None:
    """Deep nesting, pasted text and wild fuzziness neither break nor take for ever."""
    rows = [(f"word{n}", "treaty war a") for n in range(200)]
    reader = KeywordReader([(fields(rows), np.ones(200, dtype=bool))])
    assert len(ours(reader, typed)) == 200
