"""The index's own way of searching: recorded, kept by later commits, followed by readers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from plait.index.article import Article
from plait.index.errors import CorruptIndexError, LockedError, NoIndexError
from plait.index.local.generations import record_system
from plait.index.local.manifest import MANIFEST, read_manifest
from plait.index.local.snapshot import check_files
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.context import context
from plait.search.index import Index
from plait.search.system import Options, System

Rewrite: TypeAlias = Callable[[Path, Callable[[Any], object]], None]

STORIES = [
    Article("words", "Rain", "Glacier, said the sign. The shop sold raincoats and umbrellas."),
    Article("meaning", "Ice", "The last frozen river of the island thawed away in the heat."),
]
QUERY = "glacier melting"


@pytest.fixture
def root(tmp_path: Path, encoder: Encoder) -> Path:
    """Index two stories: one has the word, the other the meaning."""
    with IndexWriter(tmp_path / "own", encoder) as writer:
        for story in STORIES:
            writer.add(story)
    return tmp_path / "own"


def first(root: Path, encoder: Encoder, options: Options | None = None) -> str:
    """Name the first hit."""
    return Index.open(root, encoder).search(QUERY, 1, options)[0].article.id


def test_a_new_index_has_plaits_own_default(root: Path, encoder: Encoder) -> None:
    """Nothing is recorded, and a person reads `hybrid`."""
    assert read_manifest(root).system == ""
    assert read_manifest(root).facts()["system"] == "hybrid"
    assert Index.open(root, encoder).default == System()


def test_what_is_recorded_is_followed_where_nothing_else_is_asked(
    root: Path, encoder: Encoder
) -> None:
    """By searches, with options too, and by a chatbot's context; `hybrid` stays plain."""
    for system, found in (("keyword", "words"), ("dense", "meaning")):
        record_system(root, system)
        opened = Index.open(root, encoder)
        assert opened.default == System.parse(system)
        assert first(root, encoder) == first(root, encoder, Options(operators=False)) == found
        assert context(opened, QUERY, 100)[0].article.id == found
        assert opened.search(QUERY) == opened.search(QUERY, options=Options(opened.default))
        plain = opened.search(QUERY, options=Options(System.parse("hybrid")))
        assert all(hit.explanation.keyword and hit.explanation.dense for hit in plain)
    assert read_manifest(root).facts()["system"] == "dense"


def test_a_reader_keeps_what_it_opened(root: Path, encoder: Encoder) -> None:
    """A generation is what it was, and so is its system."""
    before = Index.open(root, encoder)
    generation = read_manifest(root).generation
    assert record_system(root, "keyword") == ""
    assert before.default == System()
    assert read_manifest(root).generation == generation + 1
    assert record_system(root, "keyword") == "keyword"
    assert read_manifest(root).generation == generation + 1
    assert check_files(root)


def test_later_commits_keep_it_and_it_can_be_forgotten(root: Path, encoder: Encoder) -> None:
    """Through adding, removing and merging, until it is taken back."""
    record_system(root, "hybrid(weight=0.9)")
    with IndexWriter(root, encoder) as writer:
        writer.add(Article("more", "More", "Something else."))
        writer.commit()
        writer.remove("words")
        writer.merge()
    assert Index.open(root, encoder).default == System.parse("hybrid(weight=0.9)")
    assert record_system(root, "") == "hybrid(weight=0.9)"
    assert Index.open(root, encoder).default == System()
    assert check_files(root)


def test_an_index_of_an_earlier_version_opens(root: Path, encoder: Encoder) -> None:
    """Its manifest says nothing of a system, and has no checksum."""
    record = json.loads((root / MANIFEST).read_text()) | {"format": 3}
    del record["system"], record["checksum"]
    for segment in record["segments"]:
        del segment["illegible"]
        segment["files"] = [f for f in segment["files"] if "illegible" not in f["path"]]
        (root / segment["name"] / "illegible.npy").unlink()
    (root / MANIFEST).write_text(json.dumps(record))
    assert Index.open(root, encoder).default == System()


def test_what_cannot_be_read_says_how_to_get_rid_of_it(
    root: Path, encoder: Encoder, rewrite: Rewrite
) -> None:
    """Whatever names its system is searched still."""
    record_system(root, "hybrid(spin=3)")
    opened = Index.open(root, encoder)
    with pytest.raises(CorruptIndexError, match=r"spin.*plait tune --forget"):
        opened.search(QUERY)
    assert opened.search(QUERY, options=Options(System.parse("keyword")))
    rewrite(root, lambda record: record.update(system=3))
    with pytest.raises(CorruptIndexError, match="3 is no text"):
        read_manifest(root)


def test_only_one_writes_and_only_into_an_index(
    root: Path, tmp_path: Path, encoder: Encoder
) -> None:
    """Another writer is waited for by hand; a folder that is none is left as it was."""
    with IndexWriter(root, encoder), pytest.raises(LockedError):
        record_system(root, "keyword")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoIndexError):
        record_system(tmp_path / "empty", "keyword")
    assert not list((tmp_path / "empty").iterdir())
