"""A file that is named is read as what it is, or refused by the name of its format."""

import gzip
import json
from pathlib import Path

import pytest

from plait.index.article import Article
from plait.index.reading import Failure, FieldNames, read_paths

ONE = {"_id": "j1", "title": "Harbour", "text": "The quokka."}
TWO = {"_id": "j2", "title": "Bridge", "text": "The bilby."}
BOTH = ["j1", "j2"]


def read(folder: Path, name: str, data: str | bytes) -> list[Article | Failure]:
    """Write one file, and read it as one that was named."""
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(read_paths([folder / name], FieldNames()))


def ids(outcomes: list[Article | Failure]) -> list[str]:
    """Return the ids of articles, and the reasons of failures."""
    return [one.id if isinstance(one, Article) else one.reason for one in outcomes]


@pytest.mark.parametrize(
    "whole",
    [
        [ONE, TWO],
        {"articles": [ONE, TWO]},
        {"status": "ok", "totalResults": 2, "data": {"items": [ONE, TWO], "page": 1}},
        {"response": {"numFound": 2, "result": {"docs": [ONE, TWO]}}},
        {"title": "A feed", "description": "Of news", "items": [ONE, TWO]},
        {"train": [ONE], "test": [TWO]},
        {"j1": {"title": "Harbour", "text": "a"}, "j2": {"text": "b"}},
    ],
    ids=["array", "object", "data", "nested", "feed", "parts", "by id"],
)
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_of_records(tmp_path: Path, whole: object, indent: int | None, encoding: str) -> None:
    """An array, or an object around one, on one line or many; so too without a suffix."""
    data = json.dumps(whole, indent=indent).encode(encoding)
    assert ids(read(tmp_path, "news.json", data)) == BOTH
    if encoding != "utf-16":
        assert ids(read(tmp_path, "news", data)) == BOTH


@pytest.mark.parametrize("between", ["\n", "\n\n", " "])
@pytest.mark.parametrize("indent", [None, 1])
def test_json_one_after_another(tmp_path: Path, between: str, indent: int | None) -> None:
    """JSON lines under another name, and objects of several lines each."""
    data = between.join(json.dumps(one, indent=indent) for one in (ONE, TWO))
    assert ids(read(tmp_path, "news.json", data)) == BOTH


def test_json_of_one_article(tmp_path: Path) -> None:
    """Its comments are no articles."""
    one = {"id": 7, "headline": "H", "body": "The quokka.", "comments": [{"text": "First!"}]}
    (article,) = read(tmp_path, "a.json", json.dumps(one, indent=1))
    assert isinstance(article, Article)
    assert (article.id, article.text) == ("7", "The quokka.")


def test_failures_in_json_name_their_lines(tmp_path: Path) -> None:
    """Of a broken array, what is before the damage is read; records without ids have one."""
    data = '[\n {"text": "a"},\n 7,\n {"text": "b", "n": 1, "n": 2},\n {"text": "c"},\n {"text": }]'
    first, number, twice, third, broken = read(tmp_path, "a.json", data)
    assert isinstance(first, Article)
    assert first.id.startswith("a.json:")
    assert isinstance(third, Article)
    for failure, line, reason in (
        (number, 3, "a number of JSON, where an object is wanted"),
        (twice, 4, "two fields are named 'n'"),
        (broken, 6, "not valid JSON: Expecting value"),
    ):
        assert isinstance(failure, Failure)
        assert failure.source.endswith(f"a.json:{line}")
        assert reason in failure.reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "empty: it holds no text"),
        ("[" * 100_000, "not readable as JSON"),
        ('{"name": "plait", "scripts": {"test": "x"}}', "neither a field 'title' nor 'text'"),
        ('{"type": "FeatureCollection", "features": [{"geometry": null}]}', "neither a field"),
        ('["a", "b"]', "where an object is wanted"),
        ("once upon a time", "not valid JSON"),
    ],
)
def test_json_without_records_is_refused(tmp_path: Path, data: str, reason: str) -> None:
    """It is never a text of brackets."""
    found = ids(read(tmp_path, "a.json", data))
    assert found
    assert all(reason in one for one in found)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("feed.xml", '<?xml version="1.0"?>\n<rss><channel/></rss>', "is XML"),
        ("feed", "<feed xmlns='http://www.w3.org/2005/Atom'></feed>", "is XML"),
        ("ft911", "<DOC>\n<DOCNO>FT911-1</DOCNO>\n<TEXT>x</TEXT></DOC>", "is XML"),
        ("a.atom", "\ufeff<?xml version='1.0'?><feed/>", "is XML"),
        ("a.eml", "Subject: The quokka\nFrom: a@b.example\n\nText.", "is e-mail"),
        ("a", "Received: from x\n\tby y\nSubject: The quokka\n\nText.", "is e-mail"),
        ("inbox", "From a@b Tue Nov 5 2019\nSubject: x\nMIME-Version: 1.0\n\nText.", "is e-mail"),
        ("a.rtf", "{\\rtf1\\ansi The quokka.}", "is RTF"),
        ("a.doc", "{\\rtf1\\ansi The quokka.}", "is RTF"),
        ("a.pdf", "%PDF-1.4\n%text", "is PDF"),
        ("a.docx", b"PK\x03\x04\x14\0\x06\0", "is a ZIP archive"),
        ("a.csv.gz", gzip.compress(b"text\nx\n"), "is packed: unpack it"),
    ],
)
def test_what_is_no_plain_text_is_refused_by_name(
    tmp_path: Path, name: str, data: str | bytes, reason: str
) -> None:
    """By its first bytes, or else its suffix, with what to do."""
    (found,) = ids(read(tmp_path, name, data))
    assert found.startswith(reason)
    assert "plait does not read it" in found


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("notes", "The quokka\n\nIt was seen."),
        ("notes.log", "[[The quokka]]\n\nIt was seen."),
        ("brief", "{The quokka}\n\nIt was seen."),
        ("letter", "From the harbour: the quokka\n\nIt was seen."),
        ("talk.rst", "Subject: The quokka\n\nIt was seen."),
        ("math", "a < b, of the quokka\n\nIt was seen."),
    ],
)
def test_other_files_that_are_named_are_plain_text(tmp_path: Path, name: str, data: str) -> None:
    """As before."""
    (article,) = read(tmp_path, name, data)
    assert isinstance(article, Article)
    assert "quokka" in article.title
    assert article.text == "It was seen."


def test_a_page_of_another_suffix_is_a_page(tmp_path: Path) -> None:
    """As servers name them."""
    page = f"<html><head><title>Zoo</title></head><body><p>{'The quokka was seen. ' * 9}</p></body>"
    for name, head in (("index.php", "<!DOCTYPE html>\n"), ("news.asp", ""), ("zoo", "<?xml?>\n")):
        (article,) = read(tmp_path, name, head + page)
        assert isinstance(article, Article)
        assert article.title == "Zoo"
        assert "<" not in article.text


def test_json_and_xml_of_folders_are_no_articles(tmp_path: Path) -> None:
    """A folder has such files of programs; they are counted as of other kinds."""
    (tmp_path / "package.json").write_text('{"title": "x", "text": "y"}')
    (tmp_path / "pom.xml").write_text("<project/>")
    assert not list(read_paths([tmp_path], FieldNames()))
