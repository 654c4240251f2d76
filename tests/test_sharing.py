"""What a process opens twice it holds once: models, and generations of an index."""

import gc
import os
import shutil
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from plait.index.article import Article
from plait.index.errors import CorruptIndexError, IndexDirectoryError
from plait.index.files.shared import Shared
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder, load_encoder
from plait.index.models.onnx.models import DEFAULT_MODEL
from plait.index.models.user_cache import cache_home
from plait.index.store import StoreSettings
from plait.search.index import Index
from plait.search.settings import Settings


@pytest.fixture
def root(tmp_path: Path, encoder: Encoder) -> Path:
    """Write an index with the default model."""
    with IndexWriter(tmp_path / "own", encoder) as writer:
        writer.add(Article("a", "First", "Ministers met in Geneva."))
    return tmp_path / "own"


def open_files() -> int:
    """Count this process's descriptors."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a count is wanted


class Opened:
    """What a toy table opens."""


@pytest.fixture
def once() -> Callable[[], Opened]:
    """Open one thing, and fail when asked again."""
    left = [Opened()]
    return left.pop


def test_of_many_threads_one_opens(once: Callable[[], Opened]) -> None:
    """All get the same."""
    table: Shared[Opened] = Shared()
    start = Barrier(8)

    def get(_: int) -> Opened:
        start.wait()
        return table.get("key", once)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(get, range(8)))
    assert len({id(own) for own in found}) == 1


def test_what_nobody_uses_is_let_go_of() -> None:
    """The table alone keeps nothing, and opens again what is asked for again."""
    table: Shared[Opened] = Shared()
    held = table.get("key", Opened)
    gone, other = weakref.ref(held), table.get("other", Opened)
    assert table.get("key", Opened) is held is not other
    del held
    gc.collect()
    assert gone() is None
    assert table.get("key", Opened) is not other


def test_the_last_may_be_kept() -> None:
    """Until another is asked for."""
    table: Shared[Opened] = Shared(keep_last=True)
    first = weakref.ref(table.get("first", Opened))
    assert table.get("first", Opened) is first()
    table.get("second", Opened)
    gc.collect()
    assert first() is None


def test_what_cannot_be_opened_can_be_tried_again() -> None:
    """An error is not remembered, and locks nobody out."""
    table: Shared[Opened] = Shared()

    def fail() -> Opened:
        raise OSError

    with pytest.raises(OSError, match=r"^$"):
        table.get("key", fail)
    assert isinstance(table.get("key", Opened), Opened)


def test_fifty_indexes_share_model_and_files(root: Path) -> None:
    """One encoder and one store, however many are open; each index finds by itself."""
    first = Index.open(root)
    assert first.search("ministers")
    held = open_files()
    indexes = [Index.open(root) for _ in range(50)]
    assert all(index.search("ministers", 1) for index in indexes)
    assert {id(index.encoder) for index in indexes} == {id(first.encoder)}
    assert {id(index.store) for index in indexes} == {id(first.store)}
    assert open_files() == held


def test_closing_one_index_takes_nothing_from_another(root: Path) -> None:
    """Whichever way it ends: closed, left as a block, or forgotten."""
    kept = Index.open(root)
    encoder = kept.encoder
    with Index.open(root) as other:
        assert other.encoder is encoder
    Index.open(root).search("ministers")
    gc.collect()
    with pytest.raises(IndexDirectoryError, match="was closed"):
        other.search("ministers")
    assert kept.encoder is encoder
    assert kept.search("ministers")


def test_the_last_index_takes_all_with_it(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are let go of when nobody has them any more; the model, when there is another."""
    name = DEFAULT_MODEL.folder_name("int8")
    shutil.copytree(cache_home() / name, tmp_path / "cache" / name)
    monkeypatch.setenv("PLAIT_CACHE", str(tmp_path / "cache"))  # a model that no fixture holds
    before = open_files()
    indexes = [Index.open(root) for _ in range(3)]
    encoder, store = weakref.ref(indexes[0].encoder), weakref.ref(indexes[0].store)
    for number in (1, 2):
        assert indexes[number].encoder is encoder()
        indexes[number].close()
    assert indexes[0].encoder is encoder()
    indexes.clear()
    gc.collect()
    assert store() is None
    assert open_files() == before
    with Index.open(root) as index:
        assert index.encoder is encoder()
    monkeypatch.undo()
    load_encoder()
    gc.collect()
    assert encoder() is None


def test_two_hundred_opens_leave_no_file_open(root: Path) -> None:
    """With the index's own model, dropped without a word."""
    with Index.open(root) as index:
        index.search("ministers")
    before = open_files()
    for _ in range(200):
        assert len(Index.open(root)) == 1
    assert open_files() == before


def test_a_commit_is_another_generation(root: Path, encoder: Encoder) -> None:
    """Who opens after it sees it, who opened before does not, and both refresh to one store."""
    old, older = Index.open(root), Index.open(root)
    with IndexWriter(root, encoder) as writer:
        writer.add(Article("b", "Second", "Farmers counted apples."))
    new = Index.open(root)
    assert (len(old), len(new)) == (1, 2)
    assert old.refresh()
    assert older.refresh()
    assert old.store is older.store is new.store


def test_other_settings_have_another_store(root: Path) -> None:
    """Sizes by which one index works are not another's."""
    plain = Index.open(root)
    small = Index.open(root, settings=Settings(store=StoreSettings(legs_cached=1)))
    assert plain.store is not small.store


def test_damage_is_seen_though_the_index_is_open(root: Path) -> None:
    """Opening it again compares the sizes of files, as the first time."""
    held = Index.open(root)
    (damaged,) = root.glob("segment-*/vectors.npy")
    damaged.unlink()
    with pytest.raises(CorruptIndexError, match=r"vectors\.npy: missing"):
        Index.open(root)
    assert len(held) == 1
