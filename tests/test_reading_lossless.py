"""Nothing of a file of records is lost, skipped or replaced without a word."""

import json
from pathlib import Path

import pytest

from plait.index.article import Article
from plait.index.ingest import bring_up_to_date
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.reading import Failure, FieldNames, read_paths, read_records
from plait.index.summary import Summary


def from_lines(*lines: str) -> list[Article | Failure]:
    """Read lines as of standard input."""
    return list(read_records([line.encode() for line in lines], "stdin", FieldNames()))


def from_file(folder: Path, name: str, data: str | bytes) -> list[Article | Failure]:
    """Write one file and read it."""
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(read_paths([folder / name], FieldNames()))


def index(folder: Path, quick: Encoder, *paths: str, stdin: str = "") -> Summary:
    """Index some paths of a folder, and lines of standard input."""
    with IndexWriter(folder / ".plait", quick) as writer:
        lines = [line.encode() for line in stdin.splitlines()]
        return bring_up_to_date(writer, [folder / path for path in paths], lines)


def texts(folder: Path, quick: Encoder) -> list[str]:
    """Return the texts of an index, in order."""
    with IndexWriter(folder / ".plait", quick) as writer:
        return sorted(own.text for i in writer.ids() if (own := writer.get(i)))


@pytest.mark.parametrize(
    "name",
    ["content", "body", "article", "description", "summary", "Body", "full_text", "articleBody"],
)
def test_another_field_stands_in_for_the_text(name: str) -> None:
    """Where `text` has nothing; it is then no metadata."""
    for own in ({}, {"text": None}, {"text": " "}):
        record = {"_id": "1", "title": "T", **own, name: "The quokka."}
        (article,) = from_lines(json.dumps(record))
        assert isinstance(article, Article)
        assert article.text == "The quokka."
        assert name not in article.metadata


def test_the_likeliest_field_stands_in_for_the_text() -> None:
    """A description beside the body is metadata; so is a body beside the text."""
    short = {"title": "T", "summary": "Short.", "description": "Longer.", "body": "All of it."}
    first, second = from_lines(json.dumps(short), json.dumps({**short, "text": "Text."}))
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.text, first.metadata) == (
        "All of it.",
        {"summary": "Short.", "description": "Longer."},
    )
    assert (second.text, second.metadata["body"]) == ("Text.", "All of it.")


def test_a_named_field_is_the_only_one() -> None:
    """Whoever says where the text is gets no other one."""
    line = b'{"title": "T", "body": "Other."}'
    found, failure = read_records([line], "-", FieldNames(text="story"))
    assert isinstance(found, Article)
    assert not found.text
    assert isinstance(failure, Failure)


def test_records_without_any_text_are_a_failure(tmp_path: Path, quick: Encoder) -> None:
    """It lists their fields; one text among them is enough."""
    titles = '{"title": "A", "prose": "x"}\n{"title": "B", "prose": "y"}\n'
    *found, failure = from_lines(*titles.splitlines())
    assert len(found) == 2
    assert isinstance(failure, Failure)
    assert "none of its records (2) has a text" in failure.reason
    assert "'title', 'prose': say which field holds the text" in failure.reason
    for name, data in (("a.jsonl", titles), ("a.csv", "title,prose\nA,x\nB,y\n")):
        (tmp_path / name).write_text(data)
        assert index(tmp_path, quick, name).failed == 1
    assert len(from_lines(*titles.splitlines(), '{"text": "z"}')) == 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("NaN", ""),
        ("null", ""),
        ("1984", "1984"),
        ("true", "true"),
        ("1.5", "1.5"),
        ('["A", "B"]', "A, B"),
        ("[]", ""),
        ("[NaN, 7]", "7"),
    ],
)
def test_a_title_may_be_any_scalar(value: str, expected: str) -> None:
    """What is missing is no title, and the text is read."""
    (article,) = from_lines(f'{{"_id": "n", "title": {value}, "text": "The quokka."}}')
    assert isinstance(article, Article)
    assert (article.title, article.text) == (expected, "The quokka.")


def test_a_text_may_be_a_list_of_paragraphs() -> None:
    """They stay paragraphs, and what is missing among metadata is left out."""
    (article,) = from_lines('{"_id": "n", "text": ["One.", null, "Two."], "score": NaN, "n": 1}')
    assert isinstance(article, Article)
    assert article.text == "One.\n\nTwo."
    assert article.metadata == {"n": 1}


def test_records_without_ids_replace_none_of_another_run(tmp_path: Path, quick: Encoder) -> None:
    """Nor of another day's file; the same record again is the same article."""
    first, second = (f'{{"title": "T{n}", "text": "Text {n}."}}' for n in (1, 2))
    assert index(tmp_path, quick, stdin=first).added == 1
    assert index(tmp_path, quick, stdin=second).added == 1
    assert index(tmp_path, quick, stdin=f"{second}\n{first}").unchanged == 2
    for number in (3, 4):
        (tmp_path / "today.jsonl").write_text(f'{{"text": "Text {number}."}}')
        assert index(tmp_path, quick, "today.jsonl").added == 1
    assert texts(tmp_path, quick) == [f"Text {n}." for n in (1, 2, 3, 4)]


def test_a_second_record_of_an_id_is_named_by_its_line(tmp_path: Path, quick: Encoder) -> None:
    """The first one stays; one that says the same is no failure."""
    rows = ["x1\tA\ta", "x2\tB\tb", "x1\tC\tc", "x2\tB\tb"]
    cells = [row.split("\t") for row in rows]
    for name, data in {
        "dup.jsonl": "\n".join(
            f'{{"_id": "{i}", "title": "{a}", "text": "{b}"}}' for i, a, b in cells
        ),
        "dup.csv": "_id,title,text\n" + "\n".join(map(",".join, cells)),
    }.items():
        source, line = tmp_path / name, 3 + name.endswith("csv")
        (failure,) = (f for f in from_file(tmp_path, name, data) if isinstance(f, Failure))
        assert failure.source == f"{source}:{line}"
        assert f"its id 'x1' is that of line {line - 2} too" in failure.reason
    done = index(tmp_path, quick, "dup.jsonl")
    assert (done.added, done.failed, done.repeated) == (2, 1, 1)
    assert "1 there twice" in str(done)
    assert texts(tmp_path, quick) == ["a", "b"]


def test_identical_records_are_no_failure(tmp_path: Path, quick: Encoder) -> None:
    """With ids and without."""
    for line in ('{"_id": "1", "text": "a", "n": [1, 2]}', '{"text": "a"}'):
        done = index(tmp_path, quick, stdin=f"{line}\n" * 3)
        assert (done.added, done.failed, done.repeated) == (1, 0, 2)


@pytest.mark.parametrize(
    "data",
    [
        '_id;title;text\ns1;Excel;"The quokka; as saved"\n',
        'sep=;\n_id;title;text\ns1;Excel;"The quokka; as saved"\n',
        'sep=;\r\n_id;title;text\r\ns1;Excel;"The quokka; as saved"\r\n',
        '"sep=|"\n_id|title|text\ns1|Excel|The quokka; as saved\n',
        "_id\ttitle\ttext\ns1\tExcel\tThe quokka; as saved\n",
        "_id|title|text\ns1|Excel|The quokka; as saved\n",
        " ID , Title , Text \ns1,Excel,The quokka; as saved\n",
        'ID;TITLE;Body\ns1;Excel;"The quokka; as saved"\n',
        "_id,title,text,,\ns1,Excel,The quokka; as saved,,\n",
        "_id,title,text\n,,\ns1,Excel,The quokka; as saved,,,\n , ,\n,,\n",
        "_id,title,text,text\ns1,Excel,,The quokka; as saved\n",
        "\n\n_id,title,text\ns1,Excel,The quokka; as saved\n",
        ",,\n , , \n_id,title,text\ns1,Excel,The quokka; as saved\n",
        '\r\nsep=;\r\n\r\n_id;title;text\r\ns1;Excel;"The quokka; as saved"\r\n',
        "\n_id|title|text\ns1|Excel|The quokka; as saved\n",
        '"_id";"title";"in short, or not";"text"\ns1;Excel;;"The quokka; as saved"\n',
        "sep=,\n_id,title,title,text\ns1,Excel,,The quokka; as saved\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tables_as_spreadsheets_save_them(tmp_path: Path, data: str, encoding: str) -> None:
    """Other separators, capitals and blanks in headers, rows and columns of nothing."""
    for name in ("a.csv", "a.tsv"):
        (article,) = from_file(tmp_path, name, data.encode(encoding))
        assert isinstance(article, Article)
        assert (article.id, article.title, article.text) == ("s1", "Excel", "The quokka; as saved")


def test_columns_of_one_name_are_all_read(tmp_path: Path) -> None:
    """Texts are paragraphs, other columns lists; two ids are refused."""
    data = "_id,title,text,text,tag,tag,n,n\n1,T,One.,Two.,a,b,1,\n2,T,,Two.,,,2,3\n"
    first, second = from_file(tmp_path, "a.csv", data)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.text, first.metadata) == ("One.\n\nTwo.", {"tag": ("a", "b"), "n": 1})
    assert (second.text, second.metadata) == ("Two.", {"tag": "", "n": (2, 3)})
    (failure,) = from_file(tmp_path, "b.csv", "_id,_id,text\n1,2,x\n")
    assert isinstance(failure, Failure)
    assert "several columns are named '_id'" in failure.reason


def test_a_line_of_the_separator_counts_as_a_line(tmp_path: Path) -> None:
    """Failures name the line of the file."""
    for above, line in (("sep=;\n", 3), ("\n\n", 4), ("\nsep=;\n\n", 5), (";;\n", 3)):
        failure, _ = from_file(tmp_path, "a.csv", f"{above}_id;text\n;x\n1;y\n")
        assert isinstance(failure, Failure)
        assert failure.source.endswith(f"a.csv:{line}")


def test_a_field_that_is_there_twice_is_lost_with_a_word() -> None:
    """Twice the same is no loss; another value under the same name would be one."""
    same, other = from_lines('{"text": "x", "n": 1, "n": 1}', '{"text": "x", "n": 1, "n": 2}')
    assert isinstance(same, Article)
    assert isinstance(other, Failure)
    assert "two fields are named 'n'" in other.reason
