"""Filters, facets, pages and fields from the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from plait.index.errors import QueryError
from plait.index.ingest import Indexing
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.reading import FieldNames
from plait.search.days import day_of
from plait.search.show.asked import where_of

RECORDS = [
    {"_id": "a", "text": "A treaty.", "date": "2018-11-14", "section": "world", "words": 900},
    {"_id": "b", "text": "A treaty on fish.", "date": "2018", "section": "world", "words": "n/a"},
    {"_id": "c", "text": "Peace and a treaty.", "section": "sport", "tags": ["cup", "final"]},
    {"_id": "d", "text": "No more war: a treaty.", "date": "2019-02-01", "author": "Jo Smith"},
]  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """Index four records."""
    base = tmp_path_factory.mktemp("filters")
    lines = "\n".join(json.dumps(record) for record in RECORDS)
    (base / "news.jsonl").write_text(lines)
    with IndexWriter(base / ".plait", encoder) as writer:
        Indexing(writer, FieldNames()).run([base / "news.jsonl"])
    return base


def plait(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    environment = {k: v for k, v in os.environ.items() if k != "PLAIT_INDEX"} | {"COLUMNS": "80"}
    return subprocess.run(
        [sys.executable, "-m", "plait.cli", *words],
        cwd=cwd, capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip


def found(*words: str, cwd: Path) -> set[str]:
    """Search for a treaty by words; return the ids."""
    run = plait("search", "treaty", "--system", "keyword", "--json", *words, cwd=cwd)
    assert run.returncode == 0, run.stderr
    return {hit["id"] for hit in json.loads(run.stdout)}


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--where", "date >= 2018 and date < 2019"], "ab"),
        (["--since", "2018-11"], "ad"),
        (["--until", "2018", "--where", "section = world"], "ab"),
        (["--where", "date = 'last 30 days'", "--now", "2018-12-01"], "a"),
        (["--as-of", "2018-12-31"], "abc"),
        (["--where", "words > 800"], "a"),
        (["--where", "tags = cup or author:smith"], "cd"),
        (["--where", "not section exists"], "d"),
    ],
)
def test_options_filter(base: Path, options: list[str], ids: str) -> None:
    """Each option, and several together."""
    assert found(*options, cwd=base) == set(ids)


def test_a_query_line_filters_as_where_does(base: Path) -> None:
    """The same hits, scores included; and a note on what has no date."""
    words = "--system", "keyword", "--json"
    line = plait("search", "treaty date:[2018 TO 2018]", *words, cwd=base)
    where = plait("search", "treaty", "--where", "date:[2018 TO 2018]", *words, cwd=base)
    assert json.loads(line.stdout) == json.loads(where.stdout)
    assert "1 article has no date, and the filter leaves it out" in line.stderr


def test_a_page_tells_its_total_and_its_facets(base: Path) -> None:
    """Beside the hits for a person; in one object for a program."""
    shown = plait(
        "search", "treaty", "-k", "3", "--facet", "section", "--facet", "date:year", cwd=base
    )
    assert "1 to 3 of 4 articles; --offset 3 shows more" in shown.stdout
    assert "section\n       2  world\n       1  (none)\n       1  sport\n" in shown.stdout
    assert "date:year\n       2  2018\n       1  (none)\n       1  2019\n" in shown.stdout
    record = json.loads(
        plait("search", "treaty", "--facet", "section", "--offset", "3", "--json", cwd=base).stdout
    )
    assert record["total"] == 4
    assert record["facets"] == {"section": {"world": 2, "": 1, "sport": 1}}
    assert [hit["rank"] for hit in record["hits"]] == [4]
    assert "goes with --format text or json" in (
        plait("search", "treaty", "--facet", "section", "--format", "csv", cwd=base).stderr
    )


def test_hits_by_date(base: Path) -> None:
    """Newest first, those without a date last; likely ones only."""
    words = "search", "treaty", "--sort=-date", "--min-p", "0", "--format", "jsonl"
    lines = plait(*words, cwd=base).stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["d", "a", "b", "c"]
    assert "no order 'size'; choose one of date, -date" in (
        plait("search", "treaty", "--sort", "size", cwd=base).stderr
    )


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("sectoin = world", "no field 'sectoin'. Did you mean section? The articles have: author"),
        ("date > soon", "date holds dates (as in"),
        ("section > world", "texts have no order"),
        ("date >= 2018 and", "wanted the name of a field at its end"),
    ],
)
def test_a_wrong_filter_is_bad_usage(base: Path, where: str, said: str) -> None:
    """It exits with 2, and says what there is."""
    run = plait("search", "treaty", "--where", where, cwd=base)
    assert run.returncode == 2
    assert said in " ".join(run.stderr.split())


def test_a_list_is_filtered_and_paged(base: Path) -> None:
    """As hits are."""
    words = "list", "--format", "csv", "--where", "date exists", "--sort", "-date"
    lines = plait(*words, "--offset", "1", "-k", "1", cwd=base).stdout.splitlines()
    assert [line.split(",")[0] for line in lines] == ["id", "a"]


def test_info_lists_fields(base: Path) -> None:
    """Kinds, counts and examples; and how many articles have no date."""
    lines = plait("info", "--fields", cwd=base).stdout.splitlines()
    assert "words     number or text, in 2 articles: 900, n/a" in lines
    assert "date      date, in 3 articles: 2018, 2018-11-14, 2019-02-01" in lines
    assert "undated     1 of 4 articles" in plait("info", cwd=base).stdout.splitlines()
    records = json.loads(plait("info", "--fields", "--json", cwd=base).stdout)
    assert {"name": "tags", "kinds": {"text": 2}, "articles": 1, "examples": ["cup", "final"]} in (
        records
    )


def test_why_context_and_bench_are_filtered_too(base: Path) -> None:
    """An article that does not pass is lost to the filter."""
    why = plait("why", "treaty", "c", "--where", "section = world", cwd=base)
    assert "the filter or the operators of the query leave it out" in " ".join(why.stdout.split())
    chosen = plait("context", "a treaty", "--where", "section = sport", "--json", cwd=base)
    assert [excerpt["article"]["id"] for excerpt in json.loads(chosen.stdout)] == ["c"]


def test_a_field_that_changes_type_is_reported_once(base: Path, tmp_path: Path) -> None:
    """With the remedy, which makes them one; nothing is dropped."""
    run = plait("index", str(base / "news.jsonl"), cwd=tmp_path)
    assert run.stderr.count("field 'words' was a number and is a text in b (n/a)") == 1
    run = plait("index", str(base / "news.jsonl"), "--field", "words=text", cwd=tmp_path)
    assert "words" not in run.stderr
    line = "words     text, in 2 articles: 900, n/a"
    assert line in plait("info", "--fields", cwd=tmp_path).stdout.splitlines()
    wrong = plait("index", ".", "--field", "words=size", cwd=tmp_path)
    assert "wanted NAME=TYPE, with one of text, number, date, flag" in " ".join(
        wrong.stderr.split()
    )


def test_an_index_of_this_plait_needs_no_remaking(base: Path) -> None:
    """It says so, by the earlier name of the command as well."""
    for command in ("reindex", "upgrade"):
        assert "needs no remaking: 4 articles" in plait(command, cwd=base).stdout


def test_short_forms_make_one_filter() -> None:
    """In any combination; a day is a day."""
    assert where_of(None) is None
    assert where_of(["a = 1", "b = 2"], until="2018") == ("a = 1", "b = 2", "date <= 2018")
    assert str(day_of("now", "2018-11-14")) == "2018-11-14"
    with pytest.raises(QueryError, match="now is '2018'; wanted a day, such as 2018-11-14"):
        day_of("now", "2018")
