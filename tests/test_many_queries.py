"""Many queries at once: in Python, and from a file on the command line."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from plait.index.article import Article
from plait.index.errors import QueryError, ReadingError
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.evaluation.files.queries import read_queries
from plait.search.index import Index

QUERIES = ["apples", "peace treaty", "melting ice"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """Index three articles."""
    path = tmp_path_factory.mktemp("many") / "ix"
    with IndexWriter(path, encoder) as writer:
        writer.add(Article("a", "Apples", "Farmers counted apples."))
        writer.add(Article("b", "Peace", "Two leaders signed a peace treaty."))
        writer.add(Article("c", "Ice", "The glacier lost its ice.", date="2019-01-02"))
    return path


def search(*words: str, root: Path) -> subprocess.CompletedProcess[str]:
    """Search as it is typed, in the folder above the index."""
    environment = {k: v for k, v in os.environ.items() if k != "PLAIT_INDEX"}
    return subprocess.run(
        [sys.executable, "-m", "plait.cli", "search", "-i", "ix", *words],
        cwd=root.parent,
        capture_output=True,
        text=True,
        check=False,
        env=environment | {"COLUMNS": "80", "NO_COLOR": "1"},
    )


def test_many_queries_have_the_hits_of_each(root: Path, encoder: Encoder) -> None:
    """By the same options, in order, from any iterable."""
    index = Index.open(root, encoder)
    assert index.search_many(iter(QUERIES), 2) == [index.search(query, 2) for query in QUERIES]
    dated = index.search_many(QUERIES, system="dense", where="date = 2019")
    assert [[hit.article.id for hit in hits] for hits in dated] == [["c"]] * 3
    assert index.search_many([]) == []


@pytest.mark.parametrize(
    ("queries", "message"),
    [
        ("apples", "'apples' is one query; wanted a list"),
        (["apples", " "], "query 2: the query is empty"),
        (["apples", "a", None], "query 3: the query is None, no text"),
    ],
)
def test_the_query_that_fails_is_named(
    root: Path, encoder: Encoder, queries: list[str], message: str
) -> None:
    """A text in place of a list, an empty query, none at all."""
    with pytest.raises(QueryError, match=message):
        Index.open(root, encoder).search_many(queries)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("apples\n\n melting ice \n", [("1", "apples"), ("3", "melting ice")]),
        ("\ufeffq1\tapples\r\nq2\tice\r\n", [("q1", "apples"), ("q2", "ice")]),
        ('{"_id": 1, "query": "apples"}\n', [("1", "apples")]),
        ("<top>\n<num> Number: 7\n<title> apples\n", [("7", "apples")]),
    ],
)
def test_forms_of_a_file_of_queries(
    tmp_path: Path, text: str, found: list[tuple[str, str]]
) -> None:
    """One a line, by its number, or any form of topics."""
    (tmp_path / "queries").write_text(text, encoding="utf-8")
    read = read_queries(tmp_path / "queries")
    assert [(topic.id, topic.text) for topic in read] == found


def test_files_without_queries_are_refused(tmp_path: Path) -> None:
    """An empty one, and one that mixes forms."""
    (tmp_path / "queries").write_text("\n", encoding="utf-8")
    with pytest.raises(ReadingError, match="holds no query"):
        read_queries(tmp_path / "queries")
    (tmp_path / "queries").write_text("q1\tapples\nice\n", encoding="utf-8")
    with pytest.raises(ReadingError, match="queries:2: 'ice'; wanted"):
        read_queries(tmp_path / "queries")


def test_a_file_of_queries_is_asked_as_each_is_typed(root: Path) -> None:
    """A heading for each as text, a record for each as JSON, a column in a table."""
    (root.parent / "q.tsv").write_text("q1\tapples\nq2\tpeace -treaty\n")
    options = ("--queries", "q.tsv", "-k", "1", "--system", "keyword")
    shown = search(*options, root=root)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith("==> q1: apples <==\n  1  Apples\n")
    assert "==> q2: peace -treaty <==\nNothing found for 'peace -treaty'" in shown.stdout
    records = json.loads(search(*options, "--json", root=root).stdout)
    alone = json.loads(
        search("apples", "-k", "1", "--system", "keyword", "--json", root=root).stdout
    )
    assert [(own["id"], own["query"], own["total"]) for own in records] == [
        ("q1", "apples", 1),
        ("q2", "peace -treaty", 0),
    ]
    assert records[0]["hits"] == alone
    lines = search(*options, "--format", "jsonl", root=root).stdout.splitlines()
    assert [json.loads(line) for line in lines] == records
    rows = csv.DictReader(search(*options, "--format", "csv", root=root).stdout.splitlines())
    assert [(row["query"], row["id"]) for row in rows] == [("q1", "a")]


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("--queries", "q.txt", "words"), 2, "leave the words out"),
        (("--queries", "q.txt", "--format", "md"), 2, "text, json, jsonl or csv, not md"),
        (("--queries", "none"), 1, "there is no file none"),
        (("--queries", "bad"), 2, "bad, query 2: "),
        ((), 2, "type some words"),
    ],
)
def test_errors_of_a_file_of_queries(
    root: Path, words: tuple[str, ...], status: int, message: str
) -> None:
    """What was typed, or the query by its id."""
    (root.parent / "q.txt").write_text("apples\n")
    (root.parent / "bad").write_text("apples\ndate:[2018 TO\n")
    done = search(*words, root=root)
    assert (done.returncode, message in done.stderr) == (status, True), done.stderr
