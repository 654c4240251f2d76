"""Formats of many records a file: JSON lines and tables."""

import csv
import gzip
import io
import json
import tracemalloc
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from plait.index.article import Article
from plait.index.errors import ReadingError
from plait.index.reading import Failure, FieldNames, read_paths, read_records
from plait.index.reading.draft import MAX_ARTICLE_BYTES
from plait.index.reading.records import Place, digest_of
from plait.index.reading.tables import read_csv, read_tsv

BEIR = FieldNames()
# What reading cleans away, or composes anew, does not come back as it was written.
CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp", "Zs", "M"])
).filter(lambda text: unicodedata.is_normalized("NFC", text))


def read(
    folder: Path, name: str, data: bytes, fields: FieldNames = BEIR
) -> list[Article | Failure]:
    """Write one file and read it."""
    (folder / name).write_bytes(data)
    return list(read_paths([folder / name], fields))


def from_line(line: str | bytes, fields: FieldNames = BEIR) -> Article | Failure:
    """Read one line."""
    data = line if isinstance(line, bytes) else line.encode()
    (outcome,) = read_records([data], "-", fields)
    return outcome


def reasons(outcomes: Sequence[Article | Failure]) -> list[tuple[str, str]]:
    """Give place and reason of each failure."""
    return [(f.source, f.reason) for f in outcomes if isinstance(f, Failure)]


def test_a_beir_record() -> None:
    """Fields by their BEIR names; `metadata` is flattened, other values are JSON."""
    record = {
        "_id": 7,
        "title": "Rain",
        "text": "It\u00a0rained.",
        "date": "11 January 2019",
        "author": ["Jane Roe", "John Doe"],
        "url": "http://x",
        "pages": [1, 2],
        "none": None,
        "metadata": {"url": "inner", "doi": "10.1", "deep": {"é": True}},
    }
    assert from_line(json.dumps(record)) == Article(
        id="7",
        title="Rain",
        text="It rained.",
        source="-",
        date="2019-01-11",
        author="Jane Roe, John Doe",
        raw="It\u00a0rained.",
        metadata={"url": "http://x", "doi": "10.1", "deep": '{"é": true}', "pages": (1, 2)},
    )


def test_fields_under_other_names() -> None:
    """Each field can be told its name, and is then no metadata."""
    fields = FieldNames(id="key", title="head", text="body", date="day", author="by")
    line = '{"key": "k", "head": "H", "body": "B", "day": "2019", "by": "J", "id": "no id"}'
    assert from_line(line, fields) == Article(
        "k", "H", "B", source="-", date="2019", author="J", metadata={"id": "no id"}
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"_id": "a", "id": "b", "text": "x"}', "a"),
        ('{"id": "b", "text": "x"}', "b"),
        ('{"text": "x"}', f"-:{digest_of({'text': 'x'})}"),
        ('{"_id": null, "text": "x"}', f"-:{digest_of({'text': 'x'})}"),
        ('{"id": NaN, "text": "x"}', f"-:{digest_of({'text': 'x'})}"),
        ('{"id": 7.0, "text": "x"}', "7"),
        ('{"_id": " a#1 ", "text": "x"}', "a#1"),
        ('{"_id": 0, "text": "x"}', "0"),
    ],
)
def test_ids_of_records(line: str, expected: str) -> None:
    """`_id`, or else `id`, or else a digest of what is in it."""
    article = from_line(line)
    assert isinstance(article, Article)
    assert article.id == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "x"', "not valid JSON: Expecting ',' delimiter, at character 13"),
        ("nonsense", "not valid JSON"),
        ("[1]", "a JSON list, not an object"),
        ('"text"', "a JSON str, not an object"),
        ("[" * 100_000, "not readable as JSON"),
        ('{"text": ' + "1" * 5000 + "}", "not readable as JSON"),
        ('{"text": {"x": 1}}', "'text' is an object, not text"),
        ('{"text": ["x", {}]}', "'text' holds an object, not text"),
        ('{"text": [["x"]]}', "'text' holds an array, not text"),
        ('{"title": {}, "text": "x"}', "'title' is an object, not text"),
        ('{"text": "x", "text": "y"}', "two fields are named 'text'"),
        ('{"text": "", "title": " "}', "neither a title nor a text"),
        ('{"text": null, "title": null}', "neither a title nor a text"),
        ('{"header": "x"}', "neither a field 'title' nor 'text', but 'header'"),
        ('{"body": {"x": 1}}', "neither a field 'title' nor 'text', but 'body'"),
        ("{}", "neither a field 'title' nor 'text', but none"),
        ('{"_id": "", "text": "x"}', "id is empty"),
        ('{"_id": true, "text": "x"}', "id is true or false"),
        ('{"_id": 1.5, "text": "x"}', "id is a number, not text or a whole number"),
        ('{"_id": "a\\nb", "text": "x"}', "control characters"),
        (b'{"text": "caf\xe9"}', "not UTF-8 (byte 14 of the line)"),
        (b'{"text": "' + b"x" * MAX_ARTICLE_BYTES + b'"}', "longer than 10 MiB"),
    ],
)
def test_bad_lines_are_failures_with_a_reason(line: str | bytes, reason: str) -> None:
    """Each says what was found."""
    outcome = from_line(line)
    assert isinstance(outcome, Failure)
    assert outcome.source == "-:1"
    assert reason in outcome.reason


def test_what_is_not_understood_is_kept_as_metadata() -> None:
    """A strange date, author or `metadata` is not lost, and no reason to refuse the record."""
    article = from_line('{"text": "x", "date": "soon", "author": {"n": 1}, "metadata": "m"}')
    assert isinstance(article, Article)
    assert (article.date, article.author) == ("", "")
    assert article.metadata == {"date": "soon", "author": '{"n": 1}', "metadata": "m"}


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ({"published": "2019-01-11"}, "2019-01-11"),
        ({"publishedAt": "2019-01-11T10:00:00.123456+00:00"}, "2019-01-11"),
        ({"published_at": "2019-01-11 10:00:00+00"}, "2019-01-11"),
        ({"pubDate": "Fri, 11 Jan 2019 14:05:00 GMT"}, "2019-01-11"),
        ({"pub_date": "Fri, 11 Jan 2019 14:05:00 +0000"}, "2019-01-11"),
        ({"publication_date": "2019-01"}, "2019-01"),
        ({"Publication Date": "2019/01"}, "2019-01"),
        ({"datePublished": "January 11, 2019"}, "2019-01-11"),
        ({"date_publish": "2019-01-11"}, "2019-01-11"),
        ({"date": "soon", "date_published": "2019-01-11"}, "2019-01-11"),
        ({"date": "2018-01-01", "published": "2019-01-11"}, "2018-01-01"),
        ({"published": "soon", "pubdate": "2019-01-11"}, "2019-01-11"),
        ({"created_at": "2019-01-11", "timestamp": "2019-01-11", "updated": "2019-01-11"}, ""),
        ({"published": "1547200000"}, ""),
        ({"published": 1547200000}, ""),
        ({"published": True}, ""),
        ({"published": "01/02/2019"}, ""),
        ({"first_published_in": "2019-01-11"}, ""),
    ],
)
def test_a_field_of_publication_dates_a_record_without_date(
    fields: dict[str, object], date: str
) -> None:
    """Its name must say so, and the field stays in the metadata."""
    article = from_line(json.dumps({"text": "x", **fields}))
    assert isinstance(article, Article)
    assert article.date == date
    assert fields.keys() - {"date"} <= article.metadata.keys()


def test_a_bad_line_does_not_stop_the_next(tmp_path: Path) -> None:
    """Failures name the line; blank lines count but say nothing; ids name the file."""
    data = b'\xef\xbb\xbf{"text": "one"}\n\n  \nbad\r\n{"text": "two"}\r\n{"text": "three"}'
    outcomes = read(tmp_path, "a.jsonl", data)
    source = str(tmp_path / "a.jsonl")
    articles = [(a.id, a.text, a.source) for a in outcomes if isinstance(a, Article)]
    assert articles == [
        (f"a.jsonl:{digest_of({'text': text})}", text, source) for text in ("one", "two", "three")
    ]
    assert [place for place, _ in reasons(outcomes)] == [f"{source}:4"]


def test_utf16_json_is_one_failure(tmp_path: Path) -> None:
    """Not one for each line."""
    outcomes = read(tmp_path, "a.jsonl", '{"text": "x"}\n{"text": "y"}\n'.encode("utf-16"))
    assert reasons(outcomes) == [
        (f"{tmp_path / 'a.jsonl'}:1", "is UTF-16: convert the file to UTF-8")
    ]


def test_gzip_and_its_damage(tmp_path: Path) -> None:
    """What comes before the damage is read."""
    lines = b"".join(b'{"text": "number %d"}\n' % n for n in range(20_000))
    packed = gzip.compress(lines)
    assert len(read(tmp_path, "whole.jsonl.gz", packed)) == 20_000
    outcomes = read(tmp_path, "cut.jsonl.gz", packed[: len(packed) // 2])
    assert len(outcomes) > 1000
    assert "damaged" in reasons(outcomes)[0][1]
    assert "damaged" in reasons(read(tmp_path, "none.jsonl.gz", b"no gzip"))[0][1]
    flipped = packed[:2000] + bytes(64) + packed[2064:]
    assert "damaged" in reasons(read(tmp_path, "flip.jsonl.gz", flipped))[-1][1]


def test_records_are_read_one_at_a_time(tmp_path: Path) -> None:
    """Neither a large file nor a line beyond the limit is ever held whole."""
    record = b'{"text": "' + b"word " * 2000 + b'"}\n'
    with (tmp_path / "a.jsonl.gz").open("wb") as raw, gzip.open(raw, "wb", 1) as file:
        for _ in range(1000):
            file.write(record)
    tracemalloc.start()
    found = sum(isinstance(a, Article) for a in read_paths([tmp_path], BEIR))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == 1000
    assert peak < 2_000_000  # the file unpacked is 10 million bytes


@pytest.mark.parametrize("letter", [b"x", b" "])
def test_a_line_beyond_the_limit_is_skipped(tmp_path: Path, letter: bytes) -> None:
    """The next line is read."""
    with (tmp_path / "a.jsonl").open("wb") as file:
        file.write(letter * (2 * MAX_ARTICLE_BYTES + 5) + b'\n{"text": "next"}\n')
    first, second = read_paths([tmp_path], BEIR)
    assert isinstance(first, Failure)
    assert "longer than 10 MiB" in first.reason
    assert isinstance(second, Article)
    assert second.text == "next"


@given(st.lists(st.tuples(CELL, CELL), min_size=1), st.sampled_from([",", "\t"]), st.booleans())
def test_tables_come_back(
    rows: list[tuple[str, str]],
    separator: str,
    quoted: bool,  # noqa: FBT001 - Hypothesis passes by position
) -> None:
    """What Python's csv module writes is read again, quotes, separators and all."""
    text = io.StringIO(newline="")
    plain = csv.writer(text, delimiter=separator)
    writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL) if quoted else plain
    writer.writerows([("_id", "title", "text"), *((f"a{n}", *r) for n, r in enumerate(rows))])
    outcomes = list(table(text.getvalue().encode(), separator))
    expected = [(f"a{n}", *row) if any(row) else None for n, row in enumerate(rows)]
    found = [(a.id, a.title, a.text) if isinstance(a, Article) else None for a in outcomes]
    assert found[: len(rows)] == expected  # below titles alone a failure says so


def table(data: bytes, separator: str) -> list[Article | Failure]:
    """Read a table from memory."""
    reader = read_csv if separator == "," else read_tsv
    return list(reader(io.BytesIO(data), Place("t", "t"), BEIR))


def test_a_table(tmp_path: Path) -> None:
    """A header, cells over several lines, short rows, numbers of lines where rows begin."""
    data = (
        b"id , title,text,date,section\n"
        b'a,"Rain, and ""sun""","Two\nlines",2019-01-11,sky\n'
        b"b,Short row\n"
        b"\n"
        b"c,One,cell,,,too many\n"
        b"d,,  ,,\n"
        b",No id,,,\n"
        b'e,"broken" quote,x,,\n'
        b"f,Last,row,12 March 2011,\n"
    )
    outcomes = read(tmp_path, "a.csv", data)
    source = str(tmp_path / "a.csv")
    assert [a for a in outcomes if isinstance(a, Article)] == [
        Article(
            "a", 'Rain, and "sun"', "Two\nlines", source, "2019-01-11", metadata={"section": "sky"}
        ),
        Article("b", "Short row", "", source),
        Article("f", "Last", "row", source, "2011-03-12", metadata={"section": ""}),
    ]
    places = {place.removeprefix(source): reason for place, reason in reasons(outcomes)}
    assert list(places) == [":6", ":7", ":8", ":9"]
    assert "6 cells in 5 columns" in places[":6"]
    assert "neither a title nor a text" in places[":7"]
    assert "id is empty" in places[":8"]
    assert "double the quotes" in places[":9"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no header row"),
        (
            b"one,two\n1,2\n",
            "no column 'title' or 'text' in its header row, which has 'one', 'two'",
        ),
        (b'"title\n', "header cannot be read"),
        (b"title,text\n\0\0\0,\n", "NUL bytes"),
    ],
)
def test_a_table_that_is_none_is_one_failure(tmp_path: Path, data: bytes, reason: str) -> None:
    """It names the file and the remedy."""
    ((source, found),) = reasons(read(tmp_path, "a.csv", data))
    assert source == str(tmp_path / "a.csv")
    assert reason in found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_tables_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    """Spreadsheets write UTF-16 and legacy encodings; the odd letter may come late."""
    rows = ("x\t" + "plain " * 1000 + "\n") * 300
    data = f"title\ttext\n{rows}Été\tLe café était fermé\n".encode(encoding)
    last = read(tmp_path, "a.tsv", data)[-1]
    assert isinstance(last, Article)
    assert (last.title, last.text) == ("Été", "Le café était fermé")


def test_cells_may_be_articles() -> None:
    """Python's limit of 128 KiB for a cell does not hold."""
    (article,) = table(b"title,text\nT," + b"word " * 100_000, ",")
    assert isinstance(article, Article)
    assert len(article.text) == 499_999


@pytest.mark.parametrize(
    ("value", "date", "kept"),
    [
        (["2019-01-11"], "2019-01-11", False),
        (["soon", "11 January 2019", "2020-02-02"], "2019-01-11", True),
        ([2019], "2019", False),
        (["soon"], "", True),
        ([], "", True),
        ([["2019-01-11"]], "", True),
    ],
)
def test_a_date_may_be_a_list(value: list[object], date: str, kept: bool) -> None:  # noqa: FBT001 - a column of the table above
    """The first that reads counts; several stay in the metadata."""
    article = from_line(json.dumps({"text": "x", "date": value}))
    assert isinstance(article, Article)
    assert (article.date, "date" in article.metadata) == (date, kept)


def test_field_names_in_another_case() -> None:
    """Exactly first, then in any case where that is one field."""
    record = {"ID": 7, "Title": "Rain", "TEXT": "It rained.", "Date": "2019", "Author": "Jane"}
    assert from_line(json.dumps(record)) == Article("7", "Rain", "It rained.", "-", "2019", "Jane")
    both = from_line('{"text": "exact", "TEXT": "other", "Date": "2018", "DATE": "2019"}')
    assert isinstance(both, Article)
    assert (both.text, both.date) == ("exact", "")
    assert both.metadata == {"TEXT": "other", "Date": "2018", "DATE": "2019"}
    assert isinstance(from_line('{"Text": "x", "TEXT": "y"}'), Failure)


@pytest.mark.parametrize(
    "data",
    [
        b"Title,Text,Date,Author,zip\nRain,It rained.,2019,Jane,007\n",
        b"title;text;date;author;zip\nRain;It rained.;2019;Jane;007\n",
        b'\xef\xbb\xbf"Title";"Text";"Date";"Author";"zip"\r\nRain;"It rained.";2019;Jane;007\r\n',
        "TITLE;Text;DATE;author;zip\nRain;It rained.;2019;Jane;007\n".encode("utf-16"),
    ],
)
def test_tables_of_other_programs(data: bytes) -> None:
    """Headers in capitals, and semicolons where the comma is in numbers."""
    (article,) = table(data, ",")
    assert isinstance(article, Article)
    assert replace(article, id="") == Article(
        "", "Rain", "It rained.", "t", "2019", "Jane", metadata={"zip": "007"}
    )


@pytest.mark.parametrize("header", [b"one;two", b"text;text,b", b"text"])
def test_semicolons_may_be_text(header: bytes) -> None:
    """Where the header has commas as well, or names no column that is wanted."""
    if header == b"text":
        (article,) = table(header + b"\na; b\n", ",")
        assert isinstance(article, Article)
        assert article.text == "a; b"
    else:
        with pytest.raises(ReadingError, match="no column 'title'"):
            table(header + b"\na;b\n", ",")


def test_a_word_of_a_record_is_whole_behind_a_soft_hyphen() -> None:
    """Text and title; the text as it was read has the sign."""
    record = {"_id": "a", "title": "Parlia\u00ad\nment", "text": "The legisla\u00ad\r\nture met."}
    article = from_line(json.dumps(record))
    assert isinstance(article, Article)
    assert (article.title, article.text) == ("Parliament", "The legislature met.")
    assert "\u00ad" in article.raw
