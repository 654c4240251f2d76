"""The dense leg's arithmetic: who is nearest, exactly or by signs, and cosines to the last bit."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from plait.index.article import Article
from plait.index.dense.vectors import inner_products, nearest, shortlist, signs_of
from plait.index.local.manifest import read_manifest
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.store import StoreSettings
from plait.search.index import Index
from plait.search.settings import Settings
from plait.search.stages.second_look import cosines_among
from plait.search.system import Options, System


def units(seed: int, rows: int, dimension: int) -> NDArray[np.float32]:
    """Make unit vectors of twenty independent traits, for those of texts have no more."""
    traits = np.random.default_rng(0).normal(size=(20, dimension))
    made = np.random.default_rng(seed).normal(size=(rows, 20)) @ traits
    unit: NDArray[np.float32] = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(
        np.float32
    )
    return unit


@given(st.integers(1, 60), st.integers(1, 70))
def test_nearest_is_the_greatest_inner_product(rows: int, k: int) -> None:
    """FAISS over the rows gives what sorting all inner products gives."""
    matrix, query = units(rows * 100 + k, rows, 8), units(k, 1, 8)[0]
    wanted = np.argsort(-(matrix @ query))[:k]
    assert sorted(nearest(matrix, query, k)) == sorted(wanted)


@pytest.mark.parametrize("k", [1, 5, 30])
def test_all_copies_are_as_near(k: int) -> None:
    """However few are wanted, by vectors and by signs."""
    matrix = np.concatenate([units(1, 300, 64), np.repeat(units(2, 1, 64), 200, axis=0)])
    copies, query = set(range(300, 500)), matrix[-1]
    assert copies <= set(nearest(matrix, query, k).tolist())
    few = StoreSettings(shortlist_rows=10)
    found = set(shortlist(signs_of(matrix), query, k, few).tolist())
    assert copies <= found
    assert len(found) < 400


@given(st.integers(0, 99), st.lists(st.integers(0, 39), max_size=70))
def test_inner_products_of_chosen_rows(seed: int, chosen: list[int]) -> None:
    """NumPy's, and alike to the last bit whichever other rows are asked for."""
    matrix, query = units(seed, 40, 48), units(seed + 1, 1, 48)[0]
    rows = np.array(chosen, np.int64)
    found = inner_products(matrix, query, rows)
    np.testing.assert_allclose(found, matrix[rows] @ query, atol=1e-6, rtol=0)
    np.testing.assert_array_equal(found, inner_products(matrix, query, np.arange(40))[rows])


def test_inner_products_of_arrays_of_other_kinds() -> None:
    """Addresses are handed to FAISS: what lies there is made what it expects."""
    matrix, query = units(1, 6, 8).astype(np.float64), units(2, 1, 16)[0, ::2]
    found = inner_products(matrix, query, np.array([4, 1], np.int32))  # type: ignore[arg-type]
    np.testing.assert_allclose(found, matrix[[4, 1]] @ query, atol=1e-6, rtol=0)


@pytest.mark.parametrize("row", [-1, 3, 10**12])
def test_rows_that_are_not_there_are_refused(row: int) -> None:
    """FAISS would read what lies there."""
    with pytest.raises(IndexError, match="of 3"):
        inner_products(units(1, 3, 8), units(1, 1, 8)[0], np.array([0, row]))


def test_a_query_of_another_dimension_is_refused() -> None:
    """FAISS would read past its end."""
    with pytest.raises(ValueError, match="wanted"):
        inner_products(units(1, 3, 8), units(1, 1, 7)[0], np.arange(3))


def test_signs_find_the_nearest_of_many() -> None:
    """A shortlist is given, and the best ten are on it."""
    matrix, queries = units(1, 20_000, 384), units(2, 50, 384)
    signs, found = signs_of(matrix), 0
    for query in queries:
        rows = shortlist(signs, query, 10, StoreSettings())
        assert 1000 <= len(rows) == len(set(rows.tolist())) < 1500
        found += np.isin(np.argsort(-(matrix @ query))[:10], rows).sum()
    assert found / 500 >= 0.98


def test_a_search_leaves_the_threads_of_faiss_as_they_were() -> None:
    """One thread for a query; whoever else uses FAISS keeps the number they set."""
    faiss.omp_set_num_threads(2)
    nearest(units(3, 50, 8), units(4, 1, 8)[0], 5)
    assert faiss.omp_get_max_threads() == 2


@given(st.integers(0, 100), st.integers(1, 70))
def test_cosines_are_exact_in_any_order(seed: int, rows: int) -> None:
    """Shuffled rows have the same cosines to the last bit, and NumPy's to eight digits."""
    matrix = units(seed, rows, 48)
    order = np.random.default_rng(seed).permutation(rows)
    cosines = cosines_among(matrix)
    np.testing.assert_array_equal(cosines_among(matrix[order]), cosines[np.ix_(order, order)])
    wide = matrix.astype(np.float64)
    np.testing.assert_allclose(cosines, wide @ wide.T, atol=1e-7, rtol=0)


def test_the_recall_of_a_segment_is_recorded(tmp_path: Path, encoder: Encoder) -> None:
    """A small one is searched exactly; of one searched by signs the recall is measured."""
    articles = [Article(f"a{n}", "", f"The treaty of {n} was signed in May.") for n in range(60)]

    def index(name: str, settings: StoreSettings) -> dict[str, str | int]:
        with IndexWriter(tmp_path / name, encoder) as writer:
            writer.settings = settings
            for article in articles:
                writer.add(article)
        return read_manifest(tmp_path / name).facts()

    by_signs = StoreSettings(exact_rows=30, shortlist_rows=12, shortlist_per_hit=1)
    assert index("small", StoreSettings())["dense"] == "exact"
    shown = str(index("large", by_signs)["dense"])
    assert shown.startswith("by signs; recall@10 against exact 0.")
    assert 0.3 < float(shown.rsplit(maxsplit=1)[-1]) < 1
    whole = index("whole", replace(by_signs, shortlist_rows=60))
    assert whole["dense"] == "by signs; recall@10 against exact 1.0000"


def test_deleted_passages_take_no_place_on_a_shortlist(tmp_path: Path, encoder: Encoder) -> None:
    """Of sixty near ones fifty are deleted: the ten that are left are found."""
    by_signs = StoreSettings(exact_rows=0, shortlist_rows=12, shortlist_per_hit=1)
    with IndexWriter(tmp_path / "index", encoder) as writer:
        writer.settings = by_signs
        for number in range(60):
            writer.add(Article(f"a{number:02}", "", f"The treaty of {number} was signed in May."))
        writer.commit()
        for number in range(50):
            writer.remove(f"a{number:02}")
    index = Index.open(tmp_path / "index", encoder, Settings(store=by_signs))
    hits = index.search("treaty", 20, Options(System.parse("dense")))
    assert sorted(hit.article.id for hit in hits) == [f"a{number}" for number in range(50, 60)]


def test_many_threads_open_an_index_at_once(seeds: Index) -> None:
    """NumPy's reading of headers is guarded: it fails in threads before Python 3.12."""
    root = seeds.root
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: len(Index.open(root)), range(80)))
    assert opened == [98] * 80
