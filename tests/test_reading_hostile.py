"""Files made to break their reader: each is a failure after little work, or is read."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from plait.index.article import Article
from plait.index.errors import ReadingError
from plait.index.ingest import FAILURES_PER_SOURCE, bring_up_to_date
from plait.index.language.letters import FOLDED_AT_ONCE
from plait.index.language.terms import fold
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.models.onnx import encoder as onnx_encoder
from plait.index.models.onnx.encoder import OnnxEncoder, blocks, encodable
from plait.index.reading import (
    Failure,
    FieldNames,
    Format,
    bounded_lines,
    one_article,
    read_paths,
    read_records,
)
from plait.index.reading.draft import MAX_ARTICLE_BYTES, Draft
from plait.index.reading.jsonlines import MAX_VALUES, Unpacked
from plait.index.reading.registry import REGISTRY
from plait.index.reading.tables import MAX_COLUMNS
from plait.index.reading.webpage import MAX_ROW_CELLS, MAX_TAGS, read_webpage

TEXT = "The treaty was signed in the capital on Monday, after years of talks. " * 5


def read_one(folder: Path, name: str, data: bytes) -> Article | Failure:
    """Read a file that holds one article."""
    (folder / name).write_bytes(data)
    [outcome] = read_paths([folder / name], FieldNames())
    return outcome


def reason(outcome: Article | Failure) -> str:
    """Give the reason of what has to be a failure."""
    assert isinstance(outcome, Failure)
    return outcome.reason


@pytest.mark.parametrize("error", [RecursionError("too deep"), MemoryError(), OverflowError("big")])
def test_whatever_a_reader_raises_is_a_failure_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """The kind of error is named, and the next file is read."""

    def broken(_: bytes) -> Draft:
        raise error

    failing = Format("broken", (".md",), "text/markdown", one_article(broken))
    monkeypatch.setitem(REGISTRY._formats, ".md", failing)
    (tmp_path / "a.md").write_text("# Title")
    (tmp_path / "b.txt").write_text("Title")
    first, second = read_paths([tmp_path], FieldNames())
    assert type(error).__name__ in reason(first)
    assert isinstance(second, Article)


def test_whatever_a_record_raises_is_a_failure_of_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line is named, and the next one is read."""
    finish = Draft.finish

    def broken(draft: Draft, article_id: str, source: str) -> Article:
        if draft.text == "bad":
            raise RecursionError
        return finish(draft, article_id, source)

    monkeypatch.setattr(Draft, "finish", broken)
    first, second = read_records([b'{"text": "bad"}', b'{"text": "good"}'], "-", FieldNames())
    assert first == Failure("-:1", "cannot be read (RecursionError): save it anew, or leave it out")
    assert isinstance(second, Article)


def test_brackets_in_front_matter_are_one_list(tmp_path: Path) -> None:
    """Two kilobytes of nested ones are no reason to give up."""
    front = "---\ntags: " + "[" * 1000 + "a" + "]" * 1000 + "\n---\nTitle\nText"
    found = read_one(tmp_path, "a.md", front.encode())
    assert isinstance(found, Article)
    assert found.metadata["tags"] == "[" * 999 + "a" + "]" * 999


def test_front_matter_without_end_is_text(tmp_path: Path) -> None:
    """Ten thousand lines of fields are none of an article."""
    front = "".join(f"k{number}: v\n" for number in range(10_000))
    found = read_one(tmp_path, "a.md", f"---\n{front}---\nText".encode())
    assert isinstance(found, Article)
    assert not found.metadata
    assert "k9999: v" in found.text


def test_a_heading_of_blanks_is_read_once(tmp_path: Path) -> None:
    """A pattern that shares them out in every way would try 300 million for each line."""
    lines = ("#" + " " * 280 + "x y ## ##\n", "## Other" + " " * 200 + "#" * 80 + "\n")
    found = read_one(tmp_path, "a.md", "".join(lines).encode() * 50)
    assert isinstance(found, Article)
    assert found.title == "x y ##"


def test_failures_of_a_file_are_counted_and_few_are_kept(tmp_path: Path, encoder: Encoder) -> None:
    """The record after them is read; the number is true."""
    bad = tmp_path / "bad.jsonl"
    bad.write_text("x\n" * 1000 + '{"_id": "good", "text": "x"}\n')
    with IndexWriter(tmp_path / "i", encoder) as writer:
        summary = bring_up_to_date(writer, [bad, tmp_path / "gone"])
        assert writer.ids() == ["good"]
    assert (summary.added, summary.failed) == (1, 1001)
    assert "1,001 failures" in str(summary)
    *kept, more, gone = summary.failures
    assert [failure.source for failure in kept] == [
        f"{bad}:{number}" for number in range(1, FAILURES_PER_SOURCE + 1)
    ]
    assert str(more) == f"skipped {bad}: and 990 more lines like these"
    assert gone.source.endswith("gone")


def test_a_source_of_failures_alone_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a million of them, or of blank lines, nothing more is read."""
    monkeypatch.setattr("plait.index.reading.records.MAX_FAILURES", 100)
    monkeypatch.setattr("plait.index.reading.jsonlines.MAX_BLANK_LINES", 100)
    monkeypatch.setattr("plait.index.reading.tables.MAX_BLANK_LINES", 100)
    (tmp_path / "bad.jsonl").write_text("x\n" * 200)
    (tmp_path / "blank.csv").write_text("text\n" + "\n" * 200 + "a\n")
    (tmp_path / "blank.jsonl").write_text("\n" * 200 + '{"text": "x"}\n')
    *bad, given_up, table, lines = read_paths([tmp_path], FieldNames())
    assert len(bad) == 100
    assert "failures: what comes after" in reason(given_up)
    assert "blank lines in a row" in reason(table)
    assert "blank lines in a row" in reason(lines)


def test_a_lot_of_one_letter_is_not_unpacked(tmp_path: Path) -> None:
    """What comes before it is read; the file, of one member or of many, is not read to its end."""
    good = gzip.compress(b'{"text": "x"}\n')
    packed = good + gzip.compress(b"x" * MAX_ARTICLE_BYTES) * 20
    (tmp_path / "a.jsonl.gz").write_bytes(packed)
    first, *_, last = read_paths([tmp_path], FieldNames())
    assert isinstance(first, Article)
    assert "more than 100 times its size" in reason(last)
    with (tmp_path / "a.jsonl.gz").open("rb") as file:
        with pytest.raises(ReadingError, match="100 times"):
            Unpacked(file).readall()
        assert file.tell() < len(packed) // 4


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ('{"text": "x", "n": [' + "0," * MAX_VALUES + "0]}", "more than 100,000 values"),
        (json.dumps({"title": "x" * 200_000, "text": "x" * 60_000}), "its title has 200,000"),
        (json.dumps({"text": "\ufdfa" * 2000}), "stand for more than 4 others each"),
        (json.dumps({"_id": "x\n" * 100_000, "text": "x"}), "its id takes 199999 bytes"),
        (json.dumps(dict.fromkeys(map(str, range(5000)), "x")), "and 4,988 more: say which"),
    ],
    ids=["values", "title", "letters", "id", "fields"],
)
def test_records_of_absurd_cost_are_failures(record: str, why: str) -> None:
    """Few bytes of them would take gigabytes; the message is short."""
    [outcome] = read_records([record.encode()], "-", FieldNames())
    assert why in reason(outcome)
    assert len(reason(outcome)) < 400


@pytest.mark.parametrize(
    "record",
    [
        {"text": "1,[{" * MAX_VALUES + '\\"'},
        {"text": "\ufdfa"},
        {"text": "\ud55c\uae00 " * 2000},
        {"title": "x" * 5000, "text": TEXT * 1000},
    ],
    ids=["commas", "one letter", "Korean", "long title"],
)
def test_honest_records_are_read(record: dict[str, str]) -> None:
    """Commas in a text are no values, and letters that stand for three others are a language."""
    [outcome] = read_records([json.dumps(record).encode()], "-", FieldNames())
    assert isinstance(outcome, Article)


def test_standard_input_is_read_in_bounded_lines(tmp_path: Path) -> None:
    """Of a line that is too long the rest is passed over."""
    (tmp_path / "piped").write_bytes(b"x" * (2 * MAX_ARTICLE_BYTES) + b'\n{"text": "next"}\n')
    with (tmp_path / "piped").open("rb") as piped:
        first, second = read_records(bounded_lines(piped), "stdin", FieldNames())
    assert "longer than 10 MiB" in reason(first)
    assert isinstance(second, Article)


def test_tables_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns by their number; each row by its size, in one line or over many."""
    header = "text," + ",".join(f"c{n}" for n in range(MAX_COLUMNS))
    wide = read_one(tmp_path, "wide.csv", header.encode())
    assert "16,385 columns, at most 16,384" in reason(wide)
    monkeypatch.setattr("plait.index.reading.tables.MAX_ARTICLE_BYTES", 1000)
    rows = ["good " * 100] * 10
    (tmp_path / "long.csv").write_text("\n".join(["text", *rows, '"x\n",' * 201, "lost"]))
    *good, long = read_paths([tmp_path / "long.csv"], FieldNames())
    assert all(isinstance(article, Article) for article in good)
    assert len(good) == len(rows)
    assert "a row is longer than" in reason(long)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("<p>" * MAX_TAGS, "holds 30,003 tags"),
        ("<table><tr>" + "<td>x" * (MAX_ROW_CELLS + 1), "1,001 cells in a row"),
        (f"<p class='{'x ' * 500_001}'>x</p>", "1,000,002 characters of class names"),
        (("<div>" * 200 + "</div>" * 200) * 60, "elements around elements"),
    ],
    ids=["tags", "cells", "names", "nesting"],
)
def test_pages_are_bounded_by_what_takes_time(tmp_path: Path, body: str, why: str) -> None:
    """Each kind has its limit, which counts the same on a busy machine."""
    page = f"<html><body><p>{TEXT}</p>{body}</body></html>"
    assert why in reason(read_one(tmp_path, "a.html", page.encode()))


def test_long_pages_are_read(tmp_path: Path) -> None:
    """An article of ten thousand elements, links and a table among them."""
    row = "<tr>" + "<td class='cell'>word</td>" * 9 + "</tr>"
    body = f"<p>{TEXT}<a href='/x'>more</a></p>" * 2500 + f"<table>{row * 500}</table>"
    page = f"<html><body><article>{body}</article></body></html>"
    assert isinstance(read_one(tmp_path, "a.html", page.encode()), Article)


def test_word_pieces_are_found_in_blocks(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ends are those of the whole text, special pieces and odd letters among them."""
    assert isinstance(encoder, OnnxEncoder)
    words = "A [SEP] e\u0301t\u00e9, (na\u00efve)\n\u6f22\u5b57 x\ufb03 \ud800"
    text = f"{words} \u2014 Caf\u00e9s\u2019 1.5 \U0001f600! " * 20
    whole = encoder.token_ends(text)
    encoding = encoder._tokenizer.encode(encodable(text), add_special_tokens=False)
    np.testing.assert_array_equal(whole, [end for _, end in encoding.offsets])
    for size in (9, 16, 50):
        monkeypatch.setattr(onnx_encoder, "CHARACTERS_SPLIT_AT_ONCE", size)
        cut = list(blocks(text))
        assert max(stop - start for start, stop in cut) <= 2 * size
        assert "".join(text[start:stop] for start, stop in cut) == text
        np.testing.assert_array_equal(encoder.token_ends(text), whole)


def test_a_word_without_end_is_cut_into_blocks(encoder: Encoder) -> None:
    """No block is longer than two, whatever the text."""
    text = "x" * (5 * onnx_encoder.CHARACTERS_SPLIT_AT_ONCE)
    assert (
        max(stop - start for start, stop in blocks(text))
        == 2 * onnx_encoder.CHARACTERS_SPLIT_AT_ONCE
    )
    assert encoder.token_ends(text)[-1] == len(text)


def test_long_words_are_folded_as_short_ones() -> None:
    """An accent may begin a piece."""
    word = "x" * (FOLDED_AT_ONCE - 1) + "e\u0301\u0323" + "\u00e9\ufb03" * FOLDED_AT_ONCE
    assert fold(word) == "x" * (FOLDED_AT_ONCE - 1) + "e" + "effi" * FOLDED_AT_ONCE


def test_an_element_with_a_thousand_attributes_is_refused() -> None:
    """The parser compares them all; a picture in one attribute is none of it."""
    many = " ".join(f'a{n}="{n}"' for n in range(2000))
    with pytest.raises(ReadingError, match="attributes of one element, at most 1,000"):
        read_webpage(f"<html><body><p {many}>Text</p></body></html>".encode())
    with pytest.raises(ReadingError, match="attributes of one element"):
        read_webpage(f"<html><body><p title='a > b' {many}>Text</p></body></html>".encode())
    words = "The ferry to the island stopped on Friday because of high waves. " * 5
    picture = "x = y z " * 5000
    page = f'<html><body><article><img src="{picture}"/><p>{words}</p></article></body></html>'
    assert "ferry" in read_webpage(page.encode()).text


def test_a_field_name_that_no_record_can_have_is_refused() -> None:
    """Bytes of a command line that are no UTF-8 come as halves of surrogate pairs."""
    with pytest.raises(ReadingError, match="no UTF-8"):
        FieldNames(id="\udcff")
