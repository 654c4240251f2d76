"""The manifest: what it must not say, whoever wrote it, and what no bit of it can change."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from plait.index.article import Article
from plait.index.errors import CorruptIndexError, FingerprintError
from plait.index.local.entries import FileEntry
from plait.index.local.manifest import MANIFEST, MANIFEST_BYTES, record_checksum
from plait.index.local.snapshot import Snapshot, check_files
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder

Rewrite: TypeAlias = Callable[[Path, Callable[[Any], object]], None]
Errors = (CorruptIndexError, FingerprintError)


@pytest.fixture
def root(tmp_path: Path, encoder: Encoder) -> Path:
    """Make an index of two segments, one with a deletion."""
    folder = tmp_path / "own"
    with IndexWriter(folder, encoder) as writer:
        for name in ("one", "two", "three", "four"):
            writer.add(Article(name, f"Story {name}", f"Ministers met. They spoke of {name}."))
        writer.sources["/news/one.txt"] = (7, 11, "way")
    writer = IndexWriter(folder, encoder)
    writer.remove("two")
    writer.add(Article("five", "Story five", "Nobody met."))
    writer.commit()
    assert len(writer.manifest.segments) == 2
    writer.close()  # leaving a block would merge them
    return folder


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("generation",), None),
        (("generation",), 1),  # less than the numbers in names
        (("generation",), -1),
        (("generation",), 1 << 80),
        (("generation",), 1.5),
        (("recipe", "dimension"), "384"),
        (("recipe", "dimension"), 383),
        (("recipe", "dimension"), 1 << 40),
        (("recipe", "dimension"), -1),
        (("recipe",), []),
        (("segments",), 7),
        (("segments", 0, "name"), "../elsewhere/segment-1"),
        (("segments", 0, "name"), None),
        (("segments", 0, "files", 0, "path"), "../../etc/passwd"),
        (("segments", 0, "files", 0, "path"), "segment-1/../../passwd"),
        (("segments", 0, "files", 0, "path"), "segment-1/\0.npy"),
        (("segments", 0, "files", 0, "size"), None),
        (("segments", 0, "files", 0, "size"), -1),
        (("segments", 0, "files"), []),
        (("segments", 0, "articles"), 5),
        (("segments", 0, "articles"), -3),
        (("segments", 0, "passages"), 1),
        (("segments", 0, "recall"), 2),
        (("segments", 0, "illegible"), 1),
        (("segments", 0, "illegible"), 3),
        (("segments", 0, "illegible"), -1),
        (("segments", 0, "illegible"), 0.0),
        (("segments", 0, "illegible"), None),
        (("segments", 0, "deletions"), 7),
        (("segments", 0, "deletions"), None),
        (("sources", "path"), ""),
        (("sources", "path"), "segment-1/ids.blob.npy"),
        (("system",), 3),
        (("system",), "x" * 10_000),
        (("generation",), 10**15),
        (("format",), 1),
        (("format",), 99),
    ],
)
def test_what_no_manifest_says_is_refused(
    root: Path, place: tuple[str | int, ...], value: object, rewrite: Rewrite
) -> None:
    """By readers and by `plait check`, though the checksum is right: wrong types, counts, paths."""

    def change(record: Any) -> None:
        for key in place[:-1]:
            record = record[key]
        record[place[-1]] = value

    rewrite(root, change)
    for read in (Snapshot, check_files):
        with pytest.raises(Errors, match="again"):
            read(root)


def test_a_segment_listed_twice_is_refused(root: Path, rewrite: Rewrite) -> None:
    """Its articles would be found twice."""
    rewrite(root, lambda record: record["segments"].append(record["segments"][0]))
    with pytest.raises(CorruptIndexError, match="twice"):
        check_files(root)


def test_a_file_that_is_not_listed_is_missed(root: Path, rewrite: Rewrite) -> None:
    """A shorter list would leave a file without a checksum."""
    rewrite(root, lambda record: record["segments"][0]["files"].pop())
    with pytest.raises(CorruptIndexError, match="other files"):
        check_files(root)


def test_no_digit_of_a_manifest_can_change_unseen(root: Path) -> None:
    """Each digit, raised by one: no reader takes it, nor does a check."""
    text = (root / MANIFEST).read_text()
    digits = [place for place, letter in enumerate(text) if letter.isdigit()]
    for place in digits:
        altered = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
        (root / MANIFEST).write_text(altered)
        with pytest.raises(Errors):
            Snapshot(root)
        with pytest.raises(Errors):
            check_files(root)
    assert len(digits) > 100


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "7",
        "nonsense",
        '{"a": 1}',
        "[" * 100_000,
        '{"format": 5, "generation": 1e999}',
        '{"format": 5, "segments": ' + "[" * 900 + "]" * 900 + "}",
        "9" * 5000,
        " " * (MANIFEST_BYTES + 1),
    ],
    ids=lambda text: text[:30],
)
def test_a_manifest_that_is_none(root: Path, encoder: Encoder, text: str) -> None:
    """Neither a reader nor a writer falls over it, however deep or long it is."""
    (root / MANIFEST).write_text(text)
    for use in (Snapshot, check_files, lambda folder: IndexWriter(folder, encoder)):
        with pytest.raises(Errors):
            use(root)


@pytest.mark.parametrize("text", ["", "[]", "nonsense", '{"a": 1}', "[" * 100_000])
def test_sources_that_are_none(root: Path, encoder: Encoder, text: str, rewrite: Rewrite) -> None:
    """A writer refuses them, whether or not the manifest knows their size and checksum."""
    (sources,) = root.glob("sources-*.json")
    sources.write_text(text)
    with pytest.raises(CorruptIndexError, match="damaged"):
        IndexWriter(root, encoder)
    entry = asdict(FileEntry.of(root, sources))
    rewrite(root, lambda record: record.update(sources=entry))
    with pytest.raises(CorruptIndexError, match="damaged"):
        IndexWriter(root, encoder)


@pytest.mark.parametrize("name", [MANIFEST, "sources", "segment", "array"])
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_links_and_pipes_are_not_read(root: Path, encoder: Encoder, name: str, kind: str) -> None:
    """A link could lead anywhere, and a pipe would be waited for."""
    (sources,) = root.glob("sources-*.json")
    (array, *_) = sorted(root.glob("segment-*/vectors.npy"))
    places = {
        MANIFEST: root / MANIFEST,
        "sources": sources,
        "segment": array.parent,
        "array": array,
    }
    place = places[name]
    place.rename(root.parent / "moved")
    if kind == "link":
        place.symlink_to(root.parent / "moved")
    else:
        os.mkfifo(place)
    with pytest.raises(CorruptIndexError, match="new folder"):
        check_files(root)
    with pytest.raises(CorruptIndexError, match="new folder"):
        IndexWriter(root, encoder)


def test_a_checksum_is_of_what_is_said_and_not_of_how() -> None:
    """Blanks and the order of names make no other manifest."""
    one = json.loads('{"a": 1, "b": [2.5, "c"]}')
    other = json.loads('{ "b":[2.50,"c"],"a":1 }')
    assert record_checksum(one) == record_checksum(other)
    assert record_checksum(one) != record_checksum(one | {"a": 2})
