"""An index that is held open: what another writer commits, and what a lookup costs."""

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from plait.index.article import Article
from plait.index.errors import NotFoundError
from plait.index.files.strings import StringTable
from plait.index.local.snapshot import Snapshot
from plait.index.local.store import LocalStore
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.index import Index
from plait.search.system import System
from plait.search.systems import own_system


@pytest.fixture
def root(tmp_path: Path, quick: Encoder) -> Path:
    """Write an index of two articles."""
    with IndexWriter(tmp_path / "own", quick) as writer:
        writer.add(Article("a", "First", "Ministers met in Geneva."))
        writer.add(Article("b", "Second", "Farmers counted apples."))
    return tmp_path / "own"


def test_nothing_new_is_told_by_one_look(
    root: Path, quick: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest is not even read."""
    index = Index.open(root, quick)
    held = index.store

    def read(_: Path) -> None:
        raise AssertionError("the manifest was read")

    monkeypatch.setattr("plait.index.local.snapshot.read_manifest", read)
    assert not index.refresh()
    assert index.store is held


def test_what_another_writer_commits_is_seen(root: Path, quick: Encoder) -> None:
    """Added, changed and removed articles; until then nothing changes."""
    index = Index.open(root, quick)
    with IndexWriter(root, quick) as writer:
        writer.add(Article("c", "Third", "Sailors painted ships."))
        writer.add(Article("a", "First", "Ministers left Geneva."))
        writer.remove("b")
    assert len(index) == 2
    assert index.article("a").text == "Ministers met in Geneva."
    assert [hit.article.id for hit in index.search('"farmers counted"')] == ["b"]
    assert index.refresh()
    assert not index.refresh()
    assert len(index) == 2
    assert index.article("a").text == "Ministers left Geneva."
    assert index.search('"farmers counted"') == []
    assert [hit.article.id for hit in index.search('"sailors painted"')] == ["c"]
    assert "b" not in index


def test_segments_that_stay_are_not_opened_again(root: Path, quick: Encoder) -> None:
    """Their arrays are the very same."""
    store = LocalStore(root)
    writer = IndexWriter(root, quick)
    writer.add(Article("c", "Third", "Sailors painted ships."))
    writer.commit()
    writer.close()
    newest = store.refresh()
    assert newest is not store
    assert newest.snapshot.segments[0] is store.snapshot.segments[0]
    assert len(newest.snapshot.segments) == 2


def test_a_folder_that_is_gone_is_an_error_and_the_index_stays(root: Path, quick: Encoder) -> None:
    """What is open can still be searched."""
    index = Index.open(root, quick)
    (root / "manifest.json").rename(root / "elsewhere")
    with pytest.raises(Exception, match="no index at"):
        index.refresh()
    assert index.search('"farmers counted"')


def test_searches_of_many_threads_go_on_while_the_index_is_refreshed(
    root: Path, quick: Encoder
) -> None:
    """Each ends on the generation that it began with: every hit has the article it names."""
    index = Index.open(root, quick)

    def ask(number: int) -> None:
        if number % 5 == 0:
            index.refresh()
        for hit in index.search("ministers farmers sailors", 5):
            assert hit.passage.article_id == hit.article.id
            assert hit.article.text[hit.passage.start : hit.passage.end] == hit.passage.text

    with ThreadPoolExecutor(4) as pool, IndexWriter(root, quick) as writer:
        for number in range(10):
            asked = [pool.submit(ask, 10 * number + more) for more in range(10)]
            writer.add(Article(f"d{number}", "More", f"Sailors painted {number} ships."))
            writer.commit()
            for one in asked:
                one.result()


def test_a_search_and_its_system_are_of_one_generation(
    root: Path, quick: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the index is refreshed between the reading of one and the other."""
    index = Index.open(root, quick)
    with IndexWriter(root, quick) as writer:
        writer.remove("b")

    def read_and_refresh(text: str, place: str) -> System:
        assert index.refresh()
        return own_system(text, place)

    monkeypatch.setattr("plait.search.generation.own_system", read_and_refresh)
    assert [hit.article.id for hit in index.search('"farmers counted"')] == ["b"]


def test_an_index_says_what_it_is(root: Path, quick: Encoder) -> None:
    """Path, articles and model; and whether it is closed."""
    index = Index.open(root, quick)
    assert repr(index) == f"Index({str(root)!r}, 2 articles, quick)"
    index.close()
    assert repr(index) == f"Index({str(root)!r}, closed)"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the strings that are read one by one."""
    found: list[int] = []
    own = StringTable.__getitem__

    def counted(table: StringTable, number: int) -> bytes:
        found.append(number)
        return own(table, number)

    monkeypatch.setattr(StringTable, "__getitem__", counted)
    return found


def test_an_id_is_found_by_halving(tmp_path: Path, quick: Encoder, reads: list[int]) -> None:
    """Of a thousand ids, a dozen are read; deleted ones and others are not found."""
    names = [f"articles/{number:04}" for number in range(1000)]
    with IndexWriter(tmp_path / "own", quick) as writer:
        for name in reversed(names):
            writer.add(Article(name, "", f"Text of {name}."))
    with IndexWriter(tmp_path / "own", quick) as writer:
        writer.remove("articles/0500")
    snapshot = Snapshot(tmp_path / "own")
    assert names[0] in snapshot
    reads.clear()
    for name in names[:500] + names[501:]:
        assert name in snapshot
    assert len(reads) <= 999 * (math.log2(1000) + 3)
    assert snapshot.article("articles/0123").text == "Text of articles/0123."
    for missing in ("articles/0500", "articles/9", "", "zzz", "\ud800"):
        assert missing not in snapshot
        with pytest.raises(NotFoundError):
            snapshot.article(missing)
