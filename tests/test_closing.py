"""An index that is let go of gives back its files and memory, with or without a collector."""

import gc
import os
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from plait.index.article import Article
from plait.index.errors import IndexDirectoryError
from plait.index.local.store import LocalStore
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.index import Index
from plait.search.system import Options, System
from plait.search.why import explain_rank

QUERIES = ("ministers met", '"ministers met"', "minist* -nobody", "mnisters~ city")


@pytest.fixture
def root(tmp_path: Path, quick: Encoder) -> Path:
    """Make an index of three segments."""
    writer = IndexWriter(tmp_path / "own", quick)
    for name in "abc":
        writer.add(Article(name, f"Story {name}", f"Ministers met in the city of {name}."))
        writer.commit()
    writer.close()
    return tmp_path / "own"


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Leave what refers to itself in memory."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def open_files() -> int:
    """Count this process's descriptors."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a count is wanted


def used(root: Path, encoder: Encoder) -> Index:
    """Open an index and ask it in every way."""
    index = Index.open(root, encoder)
    for query in QUERIES:
        for mode in ("hybrid", "keyword", "dense"):
            assert index.search(query, options=Options(System.parse(mode)))
    assert "a" in index
    assert index.passages("a")
    assert explain_rank(index, "ministers", "a").standing
    return index


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("close", [True, False])
def test_three_hundred_opens_hold_nothing(root: Path, quick: Encoder, *, close: bool) -> None:
    """Not a file more than one open did, closed by hand or merely forgotten."""
    used(root, quick).close()
    before = open_files()
    for _ in range(300):
        index = Index.open(root, quick)
        assert index.search("ministers", 1)
        if close:
            index.close()
        del index
    assert open_files() == before


@pytest.mark.usefixtures("no_collector")
def test_nothing_refers_to_itself(root: Path, quick: Encoder) -> None:
    """After every kind of query, the last name of an index is the last of all it holds."""
    before = open_files()
    index = used(root, quick)
    assert open_files() >= before + 3 * 30
    assert isinstance(index.store, LocalStore)
    store, snapshot = weakref.ref(index.store), weakref.ref(index.store.snapshot)
    del index
    assert (store(), snapshot()) == (None, None)
    assert open_files() == before


@pytest.mark.usefixtures("no_collector")
def test_a_writer_that_is_done_holds_nothing(root: Path, quick: Encoder) -> None:
    """The files of its segments are free though the writer is still there."""
    before = open_files()
    with IndexWriter(root, quick) as writer:
        writer.add(Article("d", "Story d", "Nobody met."))
    assert open_files() == before
    assert writer.manifest.generation


def test_a_closed_index_says_so(root: Path, quick: Encoder) -> None:
    """Whatever is asked; closing twice is no error, and hits stay readable."""
    with Index.open(root, quick) as index:
        (hit,) = index.search("ministers", 1)
    index.close()
    for ask in (
        lambda: index.search("ministers"),
        lambda: index.article("a"),
        lambda: "a" in index,
        lambda: len(index),
        lambda: index.store,
        lambda: index.encoder,
        lambda: index.default,
    ):
        with pytest.raises(IndexDirectoryError, match="closed; open it again"):
            ask()
    assert hit.passage.text.startswith("Ministers")
