"""Indexes of earlier formats: they are searched as they are, and made anew without encoding.

`golden/index-of-format-3.zip` was written by the last plait that wrote format 3, with `quick` as
its model: three articles, and a deleted one.
"""

import errno
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest
from conftest import Quick

from plait.index.errors import FingerprintError, IndexDirectoryError
from plait.index.ingest import bring_up_to_date
from plait.index.local.manifest import MANIFEST, read_manifest
from plait.index.local.snapshot import check_files
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.models.encoding import Encoded
from plait.search.index import Index
from plait.search.keeping import reindex

GOLDEN = Path(__file__).with_name("golden") / "index-of-format-3.zip"
QUERIES = ("hay", "the ferry", "islands", "farmers counted bales", '"late news"', "+rain -hay")


class NeverEncodes(Quick):
    """A model that may not be asked for passages."""

    def encode_passages(self, texts: Sequence[str], _: object = None) -> Encoded:
        """Refuse any text."""
        assert not list(texts)
        return super().encode_passages(texts)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Unpack the index."""
    root = tmp_path / "old"
    with zipfile.ZipFile(GOLDEN) as archive:
        archive.extractall(root)
    return root


def ranked(root: Path, encoder: Encoder) -> list[tuple[str, float, float | None]]:
    """Ask every query; return ids, scores and probabilities."""
    with Index.open(root, encoder) as index:
        hits = [hit for query in QUERIES for hit in index.search(query)]
        return [(hit.passage.id, hit.score, hit.probability) for hit in hits]


def test_it_is_not_searched_by_another_analyzer(old: Path, quick: Encoder) -> None:
    """The error names the remedy."""
    with pytest.raises(FingerprintError, match=r"`plait reindex -i .*old` makes it anew"):
        Index.open(old, quick)


def test_a_writer_converts_it_without_encoding(old: Path, tmp_path: Path, quick: Encoder) -> None:
    """Rankings are those of a new index to the bit; metadata, which were texts, have types."""
    assert json.loads((old / MANIFEST).read_text())["format"] == 3
    with IndexWriter(old, cast("Encoder", NeverEncodes())):
        pass
    assert json.loads((old / MANIFEST).read_text())["format"] == 8
    assert check_files(old) > 39
    with Index.open(old, quick) as index, IndexWriter(tmp_path / "new", quick) as writer:
        for article_id in index.article_ids():
            writer.add(index.article(article_id))
    assert ranked(old, quick) == ranked(tmp_path / "new", quick)
    with Index.open(old, quick) as index:
        kinds = {name: dict(facts.kinds) for name, facts in index.store.fields().items()}
        assert kinds["year"] == {"number": 2}
        assert kinds["tags"] == {"text": 2}
        assert kinds["ok"] == {"flag": 1}
        where = "date = 2019 and year >= 2019 and tags = hay and ok = true"
        assert [hit.article.id for hit in index.search("ferry", where=where)] == ["hay"]
        assert index.article("hay").metadata["year"] == "2019"


def test_it_is_made_anew_once(old: Path, quick: Encoder) -> None:
    """Opened again, it is written no more."""
    with IndexWriter(old, quick):
        pass
    generation = read_manifest(old).generation
    with IndexWriter(old, quick):
        pass
    assert read_manifest(old).generation == generation


class Interrupted(Quick):
    """A model in the midst of whose work the process is ended."""

    def encode_passages(self, texts: Sequence[str], _: object = None) -> Encoded:
        """End before any text is encoded."""
        raise KeyboardInterrupt(len(texts))


def test_a_conversion_commits_nothing_of_what_waits(
    old: Path, tmp_path: Path, quick: Encoder
) -> None:
    """A file that was read and not encoded is read again by the next run."""
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "fresh.txt").write_text("Fresh\n\nFresh hay.")
    with (
        pytest.raises(KeyboardInterrupt),
        IndexWriter(old, cast("Encoder", Interrupted())) as writer,
    ):
        bring_up_to_date(writer, [tmp_path / "news"])
    with IndexWriter(old, quick) as writer:
        assert bring_up_to_date(writer, [tmp_path / "news"]).added == 1
    with Index.open(old, quick) as index:
        assert "news/fresh.txt" in index


def test_an_upgrade_without_room_says_so(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And leaves the index as it was."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("plait.index.local.segment.save_arrays", full)
    monkeypatch.setattr("plait.search.show.writing.writing_model", lambda *_: (Quick(), ""))
    with pytest.raises(IndexDirectoryError, match="could not be made anew: No space left"):
        reindex(old)
    assert check_files(old) == 33
    assert not list(old.glob(".tmp*"))
