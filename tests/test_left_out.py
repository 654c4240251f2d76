"""What a run of indexing leaves out is named by kind in its last line."""

from pathlib import Path

import pytest

from plait.index.ingest import bring_up_to_date
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.summary import Summary


def index(folder: Path, quick: Encoder, *paths: str) -> Summary:
    """Index some paths of a folder, in an index that lies in it and is not hidden."""
    with IndexWriter(folder / "own.index", quick) as writer:
        return bring_up_to_date(writer, [folder / path for path in paths])


def write(folder: Path, *files: str) -> None:
    """Write small files, with their folders."""
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"Title of {name}\nText.")


def test_files_of_other_kinds_are_counted(tmp_path: Path, quick: Encoder) -> None:
    """In all folders, capitals or not, the commonest kinds first; the second time, too."""
    write(tmp_path, "a.txt", "a.eml", "in/b.EML", "in/c.eml", "x.pdf", "y.PDF", "in/LICENCE")
    expected = "6 files of other kinds left out: 3 .eml, 2 .pdf, 1 without suffix."
    assert index(tmp_path, quick, ".").others() == expected
    assert index(tmp_path, quick, ".").others() == expected


def test_a_file_is_counted_once(tmp_path: Path, quick: Encoder) -> None:
    """However often it was found; and not where it is named, for then it is read."""
    write(tmp_path, "in/a.log", "in/b.log", "in/c.txt")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    found = index(tmp_path, quick, "in/b.log", "in", ".", "link")
    assert found.others() == "1 file of other kinds left out: 1 .log."
    assert found.added == 2


def test_neither_hidden_files_nor_those_of_the_index_are_counted(
    tmp_path: Path, quick: Encoder
) -> None:
    """Nor are folders and pipes: nobody missed them."""
    write(tmp_path, ".DS_Store", ".git/config", "old.folder/a.txt")
    assert not index(tmp_path, quick, ".").others()
    assert any((tmp_path / "own.index").rglob("*.*"))
    assert not index(tmp_path, quick, ".").others()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("report.v1.2", "without suffix"),
        ("Mr. Smith's letter", "without suffix"),
        ("archive.tar.gz", ".gz"),
        ("tape.mp3", ".mp3"),
        ("a.txt~", ".txt~"),
        ("écrit.Ünïcode", ".ünïcode"),
    ],
)
def test_kinds_are_suffixes(tmp_path: Path, quick: Encoder, name: str, kind: str) -> None:
    """What is after the dot of a sentence or a version is none."""
    write(tmp_path, name, "a.txt")
    assert index(tmp_path, quick, ".").others() == f"1 file of other kinds left out: 1 {kind}."


def test_the_rest_of_many_kinds_is_summed_up(tmp_path: Path, quick: Encoder) -> None:
    """The line stays a line."""
    write(tmp_path, *(f"{n}.k{n}" for n in range(11)))
    line = index(tmp_path, quick, ".").others()
    assert line.startswith("11 files of other kinds left out: 1 .k0, 1 .k1, 1 .k10, ")
    assert line.endswith(", 3 of 3 more kinds.")
