"""`plait bench`, as it is typed."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from plait.index.local.generations import record_system

GOLDEN = Path(__file__).resolve().parent / "golden"
STORIES = {
    "apples": "Farmers counted apples after the storm.",
    "treaties": "Two leaders signed a peace treaty in Geneva.",
    "glaciers": "The glacier lost its ice, and a plaque remembers it.",
}
TOPICS = {"q1": "apples", "q2": "who made peace?", "q3": "melting ice"}


def bench(
    *words: str, cwd: Path, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, on a terminal of a known width."""
    environment = {k: v for k, v in os.environ.items() if k != "PLAIT_INDEX"}
    return subprocess.run(
        [sys.executable, "-m", "plait.cli", "bench", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env=environment | {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"} | dict(more or {}),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write three stories in BEIR's layout and as files, and the topics in TREC's."""
    base = tmp_path_factory.mktemp("bench")
    (base / "small" / "qrels").mkdir(parents=True)
    (base / "news").mkdir()
    records = [{"_id": name, "title": "", "text": text} for name, text in STORIES.items()]
    (base / "small" / "corpus.jsonl").write_text("\n".join(map(json.dumps, records)))
    queries = [{"_id": name, "text": text} for name, text in TOPICS.items()]
    (base / "small" / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    judged = list(zip(TOPICS, STORIES, strict=True))
    rows = "".join(f"{topic}\t{article}\t1\n" for topic, article in judged)
    (base / "small" / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{rows}")
    for name, text in STORIES.items():
        (base / "news" / f"{name}.txt").write_text(f"{name}\n\n{text}\n")
    (base / "topics.tsv").write_text("".join(f"{n}\t{text}\n" for n, text in TOPICS.items()))
    (base / "qrels").write_text("".join(f"{t} 0 {article}.txt 1\n" for t, article in judged))
    (base / "old.run").write_text("q1 Q0 glaciers 1 2 old\nq1 Q0 apples 2 1 old\n")
    return base


def test_a_table_of_three_systems_with_p(folder: Path) -> None:
    """By default both legs and the hybrid, and what changed."""
    done = bench("small", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "small: 3 articles, 3 topics"
    assert lines[1].split() == ["nDCG@10", "p", "R@100", "p", "AP", "p", "RR@10", "p", "ms"]
    assert [line.split()[0] for line in lines[2:5]] == ["keyword", "dense", "hybrid"]
    assert re.fullmatch(r"hybrid( +1\.0000 +-){4} +\d+\.\d", lines[4])
    assert lines[5].startswith("p: against hybrid, paired randomisation test, Holm over 8 ")


def test_systems_runs_measures_and_json(folder: Path) -> None:
    """Systems by one option or several, a run beside them, measures by name."""
    words = ("--systems", "keyword; hybrid(weight=.6)", "-s", "dense", "--run", "old.run")
    chosen = ("--measures", "nDCG@10 Judged@2", "--baseline", "old", "--depth", "2", "--json")
    done = bench("small", *words, *chosen, cwd=folder)
    assert done.stderr.splitlines() == [
        "plait: rankings end at 2, above nDCG@10",
        "plait: run old ranks nothing for 2 topics, counted as 0",
    ]
    table = json.loads(done.stdout)
    assert list(table) == ["keyword", "hybrid(weight=0.6)", "dense", "old"]
    assert table["hybrid(weight=0.6)"]["nDCG@10"] == 1.0
    assert table["old"]["nDCG@10"] == pytest.approx(0.6309 / 3, abs=1e-4)
    assert list(table["dense"]["p_holm"]) == ["nDCG@10", "Judged@2"]
    assert table["old"]["p_holm"] == {}


def test_changed_topics_come_with_a_command(folder: Path) -> None:
    """The word leg finds nothing for `melting`; the line says where to look."""
    done = bench("small", "-s", "hybrid", "--run", "old.run", cwd=folder)
    assert "old against hybrid, nDCG@10:" in done.stdout
    assert "  1.000 -> 0.631  q1: apples, rank 1 -> 2" in done.stdout
    assert re.search(r"plait why --words -i \.plait-bench/small-\w+ apples apples\n", done.stdout)


def test_any_articles_with_topics_and_judgements(folder: Path) -> None:
    """A folder of texts, TREC's judgements by file name."""
    files = ("--topics", "topics.tsv", "--qrels-file", "qrels")
    table = json.loads(bench("news", *files, "--json", cwd=folder).stdout)
    assert table["hybrid"]["nDCG@10"] == 1.0


def test_an_index_of_other_articles_is_refused(folder: Path) -> None:
    """Two collections in one index would be measured as one."""
    assert bench("small", "-i", "shared", cwd=folder).returncode == 0
    files = ("--topics", "topics.tsv", "--qrels-file", "qrels")
    done = bench("news", *files, "-i", "shared", cwd=folder)
    assert (done.returncode, "Name another index with -i" in done.stderr) == (1, True)


def test_the_indexs_own_system_is_measured_too(folder: Path) -> None:
    """Where no system is named; bringing the index up to date keeps it."""
    words = ("small", "-i", "own", "--measures", "nDCG@10", "--json")
    modes = ["keyword", "dense", "hybrid"]
    assert list(json.loads(bench(*words, cwd=folder).stdout)) == modes
    record_system(folder / "own", "hybrid(weight=1)")
    assert list(json.loads(bench(*words, cwd=folder).stdout)) == [*modes, "hybrid(weight=1)"]
    assert list(json.loads(bench(*words, "-s", "dense", cwd=folder).stdout)) == ["dense"]


def test_files_of_another_collection_are_told_first(folder: Path) -> None:
    """One note for each kind, with counts; the table follows, and the files say so as well."""
    (folder / "other").write_text("q1\tapples\t1.0\nq1\tpears of 1999\t2\nq2\ttreaties\t0\n")
    (folder / "odd.run").write_text("q1 Q0 apples 1 2 odd\nq1 Q0 zz 2 1 odd\n")
    (folder / "titles").write_text(
        "<top>\n<num> Number: q1\n<title> price < 5\n<desc> Description:\napples\n</top>\n"
        "<top>\n<num> Number: q2\n<title> x\n<desc> who made peace?\n</top>\n"
    )
    files = ("--topics", "titles", "--qrels-file", "other", "--topic-field", "desc")
    words = ("small/corpus.jsonl", *files, "--run", "odd.run", "-s", "keyword", "--out", "kept")
    done = bench(*words, cwd=folder)
    assert (done.returncode, done.stderr.splitlines()) == (
        0,
        [
            "plait: counted as 0: 1 topic without a relevant article",
            (
                "plait: 1 of 3 judged articles are not among the 3 of the index, such as "
                "'pears of 1999'; 1 of them relevant, which no system can find"
            ),
            "plait: run odd: 1 of 2 articles are not in the index, such as 'zz'",
            "plait: run odd ranks nothing for 1 topic, counted as 0",
        ],
    )
    kept = json.loads((folder / "kept" / "experiment.json").read_text(encoding="utf-8"))
    assert [topic["text"] for topic in kept["topics"]] == ["apples", "who made peace?"]
    assert kept["provenance"]["command"].startswith(
        "plait bench small/corpus.jsonl --topics titles"
    )
    assert len(kept["notes"]) == 4


def test_without_the_libraries_of_the_report_the_rest_is_written(folder: Path) -> None:
    """Said first, and the table is printed."""
    (folder / "without" / "altair").mkdir(parents=True)
    (folder / "without" / "altair" / "__init__.py").write_text("raise ImportError(name='altair')\n")
    without = {"PYTHONPATH": str(folder / "without")}
    done = bench("small", "-s", "keyword", "--out", "bare", cwd=folder, more=without)
    assert done.returncode == 0
    assert done.stderr.count("report.html is not written") == 1
    assert "pip install 'plait[report]'" in done.stderr
    assert done.stdout.startswith("small: 3 articles, 3 topics")
    names = {path.name for path in (folder / "bare").iterdir()}
    assert names == {"experiment.json", "topics.csv", "keyword.run"}


def test_a_floor_decides_the_exit_status(folder: Path) -> None:
    """The table is printed first; below the floor the status is 1."""
    words = ("small", "-s", "hybrid; keyword", "--fail-under", "nDCG@10=0.99")
    good = bench(*words, cwd=folder)
    assert good.returncode == 0
    run = ("--run", "old.run", "--baseline", "old", "--fail-under", "AP=.95")
    bad = bench(*words, *run, cwd=folder)
    assert (bad.returncode, "keyword" in bad.stdout) == (1, True)
    assert "small, old: nDCG@10 is 0.2103, below 0.99; AP is 0.1667, below 0.95" in bad.stderr


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("small", "--fail-under", "nDCG@10"), 2, "as in nDCG@10=0.73"),
        (("small", "--measures", "nDGC@10"), 2, "https://ir-measur.es"),
        (("small", "--systems", "keyword; magic"), 2, "hybrid, keyword, dense"),
        (("small", "--baseline", "hybrid(weight=0.5)"), 2, "choose one of keyword; dense; hybrid"),
        (("small", "--topics", "topics.tsv"), 2, "--qrels-file"),
        (("small", "--qrels", "dev"), 1, "dev.tsv"),
        (("seeds", "--qrels", "dev"), 2, "leave --qrels out"),
        (("small", "--run", "none"), 1, "there is no file none"),
        (("small", "-s", "hybrid >> rerank(model=./absent)"), 1, "no model folder absent"),
        (("small", "-s", "hybrid >> rerank(depth=5)"), 2, "write rerank(model=NAME)"),
        (("nowhere",), 1, "topics.jsonl"),
        (("ir_datasets:no/such",), 1, "https://ir-datasets.com"),
        (("small", "--out", "qrels"), 1, "qrels"),
    ],
)
def test_errors_name_the_remedy(
    folder: Path, words: tuple[str, ...], status: int, message: str
) -> None:
    """One line on standard error, no traceback, and the right exit status."""
    done = bench(*words, cwd=folder)
    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_help_text(folder: Path) -> None:
    """As it is written in the golden file; write it anew where an option changed."""
    shown = bench("--help", cwd=folder).stdout
    lines = [line.rstrip() for line in shown.strip().splitlines()]
    assert lines == (GOLDEN / "bench-help.txt").read_text(encoding="utf-8").splitlines()
