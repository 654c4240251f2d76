"""Leaves by arrays against Whoosh's own matchers: the same passages and scores."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray
from whoosh.filedb.filestore import RamStorage
from whoosh.query import FuzzyTerm, Phrase, Prefix, Query as Tree, Term, Wildcard
from whoosh.searching import Searcher

from plait.index.files.strings import StringTable
from plait.index.keyword.bm25 import WhooshBM25, length_norm
from plait.index.keyword.codec import whoosh_reader
from plait.index.keyword.leaves import FEW_PASSAGES, Found, Leaves
from plait.index.keyword.postings import Postings, build_postings
from plait.index.keyword.reader import KeywordReader
from plait.index.keyword.spellings import Spellings
from plait.index.language.analyzer import TextAnalyzer
from plait.index.leg import BM25, Scores

ANALYZER = TextAnalyzer()
WORD = st.text("abé", min_size=1, max_size=6)
TEXTS = st.lists(st.lists(st.sampled_from("xyz"), max_size=9).map(" ".join), min_size=1, max_size=9)


def segment(texts: list[str], alive: list[bool]) -> tuple[dict[str, Postings], NDArray[np.bool_]]:
    """Invert texts."""
    return {"text": build_postings(ANALYZER.number(texts))}, np.array(alive, bool)


def leaves_of(reader: KeywordReader) -> Leaves:
    """Run leaves with plain BM25."""

    def norms(field: str) -> Scores:
        lengths = reader.lengths(field).astype(np.float64)
        return length_norm(BM25(), lengths, reader.mean_length(field))

    return Leaves(reader, cache(norms), np.arange(len(reader)))


def walked(leaf: Tree, searcher: Searcher) -> dict[int, float]:
    """Run Whoosh's matcher of a leaf."""
    matcher = leaf.matcher(searcher, searcher.context())
    found = {}
    while matcher.is_active():
        found[matcher.id()] = float(matcher.score())
        matcher.next()
    return found


def by_passage(found: Found) -> dict[int, float]:
    """Return the score of each passage."""
    passages, scores = found
    return dict(zip(passages.tolist(), scores.tolist(), strict=True))


@given(
    texts=TEXTS,
    words=st.lists(st.sampled_from("xyz"), min_size=2, max_size=5),
    slop=st.sampled_from([1, 2, 3, 10**30]),
    data=st.data(),
)
@settings(max_examples=300, deadline=None)
def test_phrases_and_words_are_whooshs(
    texts: list[str], words: list[str], slop: int, data: st.DataObject
) -> None:
    """Over the same arrays, in two segments with deletions, repeated words and any distance."""
    count = len(texts)
    alive = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    cut = data.draw(st.integers(0, count))
    parts = [segment(texts[:cut], alive[:cut]), segment(texts[cut:], alive[cut:])]
    reader = KeywordReader(parts)
    searcher = Searcher(whoosh_reader(reader, ANALYZER.schema), weighting=WhooshBM25(BM25()))
    for leaf in (Phrase("text", words, slop=slop, boost=0.2), Term("text", words[0], boost=0.2)):
        assert by_passage(leaves_of(reader).run(leaf)) == pytest.approx(walked(leaf, searcher))


def stock(texts: list[str]) -> Searcher:
    """Index texts with stock Whoosh, in memory; all are of one length, which it cannot round."""
    index = RamStorage().create_index(ANALYZER.schema)
    writer = index.writer()
    for text in texts:
        writer.add_document(text=text)
    writer.commit()
    searcher: Searcher = index.searcher(weighting=WhooshBM25(BM25()))
    return searcher


@pytest.mark.parametrize("count", [20, FEW_PASSAGES, FEW_PASSAGES + 1])
def test_prefixes_fuzzy_words_and_wildcards_are_stock_whooshs(count: int) -> None:
    """Few terms are scored and many are not; how few depends on the size of the index."""
    draw = np.random.default_rng(4)
    # Rare and common ones, of which a passage has several: their sum depends on the order.
    words = [f"w{a}{b}" for a in "abcdef" for b in "xyz"] + ["other", "öther", "tab", "tax"]
    chances = 1 / np.arange(1, len(words) + 1)
    picked = draw.choice(words, (count, 8), p=chances / chances.sum())
    texts = [" ".join(row) for row in picked.tolist()]
    runner = leaves_of(KeywordReader([segment(texts, [True] * count)]))
    with stock(texts) as searcher:
        for leaf in (
            Prefix("text", "w", boost=0.2),
            Prefix("text", "wa", boost=0.2),
            Prefix("text", "ta", boost=0.2),
            Prefix("text", "other"),
            Prefix("text", "none"),
            FuzzyTerm("text", "wax", boost=0.2, maxdist=1, prefixlength=0),
            FuzzyTerm("text", "wqq", boost=0.2, maxdist=2, prefixlength=0),
            FuzzyTerm("text", "bther", maxdist=1, prefixlength=0),
            Wildcard("text", "w?x", boost=0.2),
            Wildcard("text", "wa?", boost=0.2),
            Wildcard("text", "*ax"),
            Wildcard("text", "t*x"),
            Wildcard("text", "?the*", boost=0.2),
            Wildcard("text", "*the*"),
            Wildcard("text", "ta*ab"),
        ):
            assert by_passage(runner.run(leaf)) == pytest.approx(walked(leaf, searcher)), leaf


def test_a_prefix_with_no_letter_left_has_every_passage_of_the_field() -> None:
    """As Whoosh's `Every`, which is its prefix of nothing: the boost is the score."""
    reader = KeywordReader([segment(["x", "", "y z", "x"], [True, True, True, False])])
    leaf = Prefix("text", "", boost=0.2)
    assert by_passage(leaves_of(reader).run(leaf)) == {0: 0.2, 2: 0.2}


def test_a_term_of_several_segments_counts_once() -> None:
    """Two terms are scored though three rows of tables hold them; deleted ones do not count."""
    first = segment(["wa wb", "wc"], [True, False])
    second = segment(["wb wd", "wa"], [False, True])
    reader = KeywordReader([first, second, segment(["wb wb"], [True])])
    found, scores = leaves_of(reader).run(Prefix("text", "w"))
    assert found.tolist() == [0, 3, 4]
    assert not (scores == 1.0).any()


def distance(first: str, second: str) -> int:
    """Count edits, one row of the textbook's table at a time; neighbours that swap are one."""
    before, row = list[int](), list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        above, row = row, [i]
        for j, other in enumerate(second, 1):
            row.append(min(row[-1] + 1, above[j] + 1, above[j - 1] + (letter != other)))
            if i > 1 < j and (letter, first[i - 2]) == (second[j - 2], other):
                row[j] = min(row[j], before[j - 2] + 1)
        before = above
    return row[-1]


@given(terms=st.sets(WORD), word=WORD | st.just(""), edits=st.integers(0, 3))
@settings(max_examples=300, deadline=None)
def test_terms_spelled_almost_alike(terms: set[str], word: str, edits: int) -> None:
    """Letters are counted and not bytes; two neighbours that changed places are one edit."""
    ordered = sorted(terms)
    spellings = Spellings.of(StringTable.of(term.encode() for term in ordered))
    near = [ordered[number] for number in spellings.near(word, edits).tolist()]
    assert near == [term for term in ordered if distance(term, word) <= edits]
