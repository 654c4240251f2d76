"""Folders: what is found, in which order, and what a dirty one does."""

import inspect
import os
import socket
import sys
from pathlib import Path

import pytest

from plait.index.article import Article
from plait.index.reading import (
    Failure,
    FieldNames,
    SourceFile,
    find_files,
    read_file,
    read_paths as read_all,
)
from plait.index.reading.draft import MAX_ARTICLE_BYTES


def names(paths: list[Path]) -> list[str]:
    """Give the names of the files found, and the reasons of failures."""
    return [f.name if isinstance(f, SourceFile) else f.reason for f in find_files(paths)]


def write(folder: Path, *files: str) -> None:
    """Write small files, with their folders."""
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"Title of {name}\nText.")


def test_folders_are_walked_by_name(tmp_path: Path) -> None:
    """Hidden names and unknown formats are passed over; capitals in a suffix do not matter."""
    write(tmp_path, "b/z.txt", "b/a.md", "c.JSONL.GZ", "a.Txt", "a/x.html", ".git/x.txt")
    write(
        tmp_path, ".hidden.txt", "b/.plait/y.txt", "picture.png", "txt", "x.json", "t.csv", "t.tsv"
    )
    expected = ["a/x.html", "a.Txt", "b/a.md", "b/z.txt", "c.JSONL.GZ", "t.csv", "t.tsv"]
    assert names([tmp_path]) == [f"{tmp_path.name}/{name}" for name in expected]


def test_what_is_named_is_found(tmp_path: Path) -> None:
    """A file named itself is read whatever its name, in the order given, once."""
    write(tmp_path, "b.txt", "a.txt", ".hidden/c.txt", "notes", "d.unknown")
    paths = [
        tmp_path / p for p in ("notes", ".hidden", "b.txt", "d.unknown", ".", "a.txt", "b.txt")
    ]
    expected = ["notes", ".hidden/c.txt", "b.txt", "d.unknown", f"{tmp_path.name}/a.txt"]
    assert names(paths) == expected
    (found,) = find_files([tmp_path / "notes"])
    assert isinstance(found, SourceFile)
    (article,) = read_file(found, FieldNames())
    assert isinstance(article, Article)
    assert article.title == "Title of notes"


def test_a_source_file_says_where_and_when(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are absolute; the name begins with that of the folder, or is that of the file."""
    write(tmp_path, "in/a.txt", "out/b.txt")
    monkeypatch.chdir(tmp_path)
    state = (tmp_path / "in/a.txt").stat()
    inside, outside = find_files([Path("in"), Path("in/../out/b.txt")])
    assert inside == SourceFile(tmp_path / "in/a.txt", "in/a.txt", state.st_size, state.st_mtime_ns)
    assert isinstance(outside, SourceFile)
    assert (outside.path, outside.name) == (tmp_path / "out/b.txt", "b.txt")


def test_links_are_followed_once(tmp_path: Path) -> None:
    """A loop ends, and two ways to one file give one article."""
    write(tmp_path, "real/a.txt")
    (tmp_path / "real/loop").symlink_to(tmp_path)
    (tmp_path / "zz").symlink_to(tmp_path / "real")
    (tmp_path / "aa.txt").symlink_to(tmp_path / "real/a.txt")
    assert names([tmp_path]) == [f"{tmp_path.name}/aa.txt"]


def test_what_cannot_be_found_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing paths, broken and circular links, and folders that may not be listed."""
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    (tmp_path / "locked").mkdir()
    write(tmp_path, "z.txt")
    list_folder = Path.iterdir

    def refuse(self: Path) -> object:
        if self.name == "locked":
            raise PermissionError(13, "Permission denied", str(self))
        return list_folder(self)

    monkeypatch.setattr(Path, "iterdir", refuse)  # root may list any folder
    found = names([tmp_path / "missing", tmp_path])
    assert found[0] == "No such file or directory"
    assert found[1] == "broken link (No such file or directory)"
    assert found[2].startswith("broken link (Too many levels")
    assert found[3:] == ["Permission denied", f"{tmp_path.name}/z.txt"]


def test_deep_folders(tmp_path: Path) -> None:
    """A tree deeper than the stack that is left is walked to its end."""
    deep = tmp_path.joinpath(*"d" * 200)
    write(deep, "a.txt")
    limit = sys.getrecursionlimit()
    # Not 1500 folders under the usual limit: pytest could not delete them.
    sys.setrecursionlimit(len(inspect.stack()) + 100)
    try:
        (found,) = find_files([tmp_path])
    finally:
        sys.setrecursionlimit(limit)
    assert isinstance(found, SourceFile)
    assert found.name == f"{tmp_path.name}/" + "d/" * 200 + "a.txt"


@pytest.fixture
def dirty(tmp_path: Path) -> Path:
    """Make a folder of everything that goes wrong."""
    folder = tmp_path / "news"
    write(folder, "good.txt")
    (folder / "empty.txt").touch()
    (folder / "binary.txt").write_bytes(b"\x7fELF\0\0\0")
    (folder / "noise.txt").write_bytes(bytes(range(128, 256)) * 40)
    (folder / "oneline.txt").write_bytes(b"word " * 2_000_000)
    (folder / "utf8.txt").write_bytes("Île\nDéjà vu \xe9".encode() + b"\xff\xfe again")
    (folder / "latin.txt").write_bytes("Île\nDéjà vu à l'été".encode("cp1252"))
    (folder / "loop").symlink_to(folder)
    (folder / "dangling.txt").symlink_to(folder / "gone")
    os.mkfifo(folder / "pipe.txt")
    with (folder / "huge.txt").open("wb") as file:
        file.truncate(MAX_ARTICLE_BYTES + 1)
    (folder / "bad\nname.txt").write_text("Title\nText")
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("Title\nText")
    return folder


def test_a_dirty_folder(dirty: Path) -> None:
    """Everything that can be read is read, and everything else is reported."""
    outcomes = list(read_all([dirty], FieldNames()))
    articles = {a.id: a for a in outcomes if isinstance(a, Article)}
    assert list(articles) == [f"news/{n}.txt" for n in ("good", "latin", "oneline", "utf8")]
    assert articles["news/latin.txt"].text == "Déjà vu à l'été"
    assert articles["news/utf8.txt"].text == "Déjà vu \xe9\ufffd\ufffd again"
    line = articles["news/oneline.txt"]
    assert (line.title, len(line.text)) == ("", 9_999_999)
    failures = {
        f.source.removeprefix(f"{dirty}/"): f.reason for f in outcomes if isinstance(f, Failure)
    }
    assert {name: reason.split(":")[0] for name, reason in failures.items()} == {
        "bad\nname.txt": "its id 'news/bad\\nname.txt' has control characters or is no UTF-8",
        "binary.txt": "looks binary (it holds NUL bytes)",
        "caf\\xe9.txt": "its id 'news/caf\\udce9.txt' has control characters or is no UTF-8",
        "dangling.txt": "broken link (No such file or directory)",
        "empty.txt": "empty",
        "huge.txt": "larger than 10 MiB, the most for one article",
        "noise.txt": "looks binary, not text",
        "pipe.txt": "not a regular file (a pipe, socket or device)",
    }


def test_a_socket_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named like an article it is a failure; under any other name it is passed over."""
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as first, socket.socket(socket.AF_UNIX) as second:
        first.bind("s.txt")
        second.bind("server")
        (reason,) = names([tmp_path])
    assert "pipe, socket or device" in reason


def test_a_file_that_goes_away_is_a_failure(tmp_path: Path) -> None:
    """Between finding and reading anything can happen."""
    write(tmp_path, "a.txt", "b.jsonl")
    found = list(find_files([tmp_path]))
    (tmp_path / "a.txt").unlink()
    (tmp_path / "b.jsonl").unlink()
    files = [file for file in found if isinstance(file, SourceFile)]
    outcomes = [outcome for file in files for outcome in read_file(file, FieldNames())]
    assert outcomes == [
        Failure(str(tmp_path / name), "No such file or directory") for name in ("a.txt", "b.jsonl")
    ]
