"""A NUL costs the character in whose place it stands, and not the file; a binary file is none."""

import io
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from plait.index.article import Article
from plait.index.reading import Failure, FieldNames, read_paths
from plait.index.reading.decoding import decode

STORY = "The ferry to the island stopped on Friday, and the café’s owner said “no”."


def read(folder: Path, name: str, data: bytes) -> list[Article | Failure]:
    """Write one file and read it."""
    (folder / name).write_bytes(data)
    return list(read_paths([folder / name], FieldNames()))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", f"Ferry\n\n{STORY}\0\n"),
        ("a.txt", f"\0Ferry\n{STORY[:20]}\0{STORY[20:]}\0\n"),
        ("a.md", f"---\ntitle: Fer\0ry\n---\n{STORY}"),
        ("a.html", f"<html><title>Ferry</title><article><h1>Ferry</h1><p>{STORY}\0</p></article>"),
        ("a.jsonl", f'{{"title": "Ferry", "text": "{STORY}\0"}}\n'),
        ("a.csv", f'title,text\nFerry,"{STORY}\0"\n'),
        ("a.tsv", f"title\ttext\n\0Ferry\t{STORY}\n"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_nul_costs_one_character(tmp_path: Path, name: str, data: str, encoding: str) -> None:
    """In every format, and in encodings other than UTF-8 where the format has them."""
    if name == "a.jsonl":
        encoding = "utf-8"
    (article,) = read(tmp_path, name, data.encode(encoding))
    assert isinstance(article, Article)
    assert (article.title, article.text) == ("Ferry", STORY)


def test_few_nuls_in_a_long_text_are_damage() -> None:
    """One to a line, as where a program cut lines into pieces of a fixed size."""
    assert decode(f"{STORY}\0\n".encode() * 50) == f"{STORY}\n" * 50


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
def test_utf16_without_its_mark_is_read(tmp_path: Path, name: str, encoding: str) -> None:
    """Its NULs are halves of letters; Russian and Japanese have blanks and line ends between."""
    for story in (STORY, "Паром в город, как и в прошлом году, не пришёл.", "船, 島, 海, 波。"):
        data = f"Ferry\n{story}\n" if name == "a.txt" else f'title,text\nFerry,"{story}"\n'
        (article,) = read(tmp_path, name, data.encode(encoding))
        assert isinstance(article, Article)
        assert (article.title, article.text) == ("Ferry", story)


def test_utf16_json_lines_are_refused(tmp_path: Path) -> None:
    """Its letters without their NULs would be others."""
    found = read(tmp_path, "a.jsonl", '{"text": "船は島"}\n{"text": "b"}\n'.encode("utf-16-le"))
    (failure,) = found
    assert isinstance(failure, Failure)
    assert "is UTF-16-LE: convert the file to UTF-8" in failure.reason


def archives() -> dict[str, bytes]:
    """Return files of other programs."""
    packed, taped = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", STORY * 100)
    with tarfile.open(fileobj=taped, mode="w") as tape:
        info = tarfile.TarInfo("a.txt")
        info.size = len(STORY.encode() * 5)
        tape.addfile(info, io.BytesIO(STORY.encode() * 5))
    picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0\x08\x06\0\0\0" + zlib.compress(
        bytes(i * i % 251 for i in range(9999))
    )
    numbers = b"".join(n.to_bytes(2, "little") for n in range(2000))
    return {"zip": packed.getvalue(), "tar": taped.getvalue(), "png": picture, "int16": numbers}


@pytest.mark.parametrize("kind", archives())
def test_binary_files_are_refused_as_before(tmp_path: Path, kind: str) -> None:
    """Though a name says that they are text."""
    (failure,) = read(tmp_path, "a.txt", archives()[kind])
    assert isinstance(failure, Failure)
    assert "looks binary" in failure.reason
