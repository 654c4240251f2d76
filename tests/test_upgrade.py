"""Indexes of earlier formats: they are searched as they are, and converted without encoding.

`golden/index-of-format-3.zip` was written by the last plait that wrote format 3, with `quick` as
its model: three articles, and a deleted one.
"""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest
from conftest import Quick

from plait.index.errors import FingerprintError
from plait.index.local.manifest import MANIFEST, read_manifest
from plait.index.local.snapshot import check_files
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.models.encoding import Encoded
from plait.search.index import Index

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


def test_it_is_searched_as_it_is_but_not_filtered(old: Path, quick: Encoder) -> None:
    """A filter names the remedy; a colon in a query asks for none."""
    assert len(ranked(old, quick)) >= len(QUERIES)
    with Index.open(old, quick) as index:
        assert index.search("date:2019 hay")
        with pytest.raises(FingerprintError, match=r"`plait upgrade -i .*old` adds them"):
            index.search("hay", where="date exists")


def test_a_writer_converts_it_without_encoding(old: Path, quick: Encoder) -> None:
    """Rankings are the same to the last bit; metadata, which were texts, have types."""
    before = ranked(old, quick)
    assert json.loads((old / MANIFEST).read_text())["format"] == 3
    with IndexWriter(old, cast("Encoder", NeverEncodes())):
        pass
    assert json.loads((old / MANIFEST).read_text())["format"] == 7
    assert check_files(old) > 39
    assert ranked(old, quick) == before
    with Index.open(old, quick) as index:
        kinds = {name: dict(facts.kinds) for name, facts in index.store.fields().items()}
        assert kinds["year"] == {"number": 2}
        assert kinds["tags"] == {"text": 2}
        assert kinds["ok"] == {"flag": 1}
        where = "date = 2019 and year >= 2019 and tags = hay and ok = true"
        assert [hit.article.id for hit in index.search("ferry", where=where)] == ["hay"]
        assert index.article("hay").metadata["year"] == "2019"


def test_it_is_converted_once(old: Path, quick: Encoder) -> None:
    """Opened again, it is written no more."""
    for _ in range(2):
        with IndexWriter(old, quick):
            pass
        generation = read_manifest(old).generation
    with IndexWriter(old, quick):
        pass
    assert read_manifest(old).generation == generation
