"""`plait tune`, as it is typed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from plait.index.ingest import bring_up_to_date
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.evaluation import Topic, read_collection
from plait.search.index import Index
from plait.search.system import Options, System

GOLDEN = Path(__file__).resolve().parent / "golden"
SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def plait(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, on a terminal of a known width."""
    environment = {k: v for k, v in os.environ.items() if k != "PLAIT_INDEX"}
    return subprocess.run(
        [sys.executable, "-m", "plait.cli", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env=environment | {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"},
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """Index the seeds; judge some topics by the keyword leg, and by lot."""
    base = tmp_path_factory.mktemp("tune")
    (base / "articles").symlink_to(SEEDS / "articles")
    with IndexWriter(base / ".plait", encoder) as writer:
        bring_up_to_date(writer, [base / "articles"])
    index = Index.open(base / ".plait", encoder)
    topics = [topic for topic in read_collection(str(SEEDS)).topics if topic.kind == "meaning"]
    write(base / "topics.tsv", (f"{topic.id}\t{topic.text}" for topic in topics))
    ids = sorted(index.store.article_ids())
    lots = np.random.default_rng(1).integers(len(ids), size=len(topics))
    chance = [f"{topic.id} 0 {ids[lot]} 1" for topic, lot in zip(topics, lots, strict=True)]
    write(base / "chance.qrels", chance)
    write(base / "words.qrels", (_first(index, topic) for topic in topics))
    return base


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """Copy what was made, for a test to change."""
    return shutil.copytree(made, tmp_path / "copy", symlinks=True)


def _first(index: Index, topic: Topic) -> str:
    """Judge the file that the keyword leg puts first, by its name."""
    hits = index.search(topic.text, 1, Options(System.parse("keyword"), operators=False))
    return f"{topic.id} 0 {hits[0].article.id.rpartition('/')[2]} 1"


def write(path: Path, lines: Iterable[str]) -> None:
    """Write lines."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def info(folder: Path) -> dict[str, object]:
    """Read what `plait info` says."""
    facts: dict[str, object] = json.loads(plait("info", "--json", cwd=folder).stdout)
    return facts


def test_what_is_saved_is_searched_by_until_it_is_forgotten(folder: Path) -> None:
    """Through a later `plait index`; `--system hybrid` stays what it was."""
    done = plait("tune", "topics.tsv", "words.qrels", "--save", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "saved: the whole interval lies above zero" in done.stdout
    (folder / "articles.txt").write_text("Apples\n\nFarmers counted apples after the storm.")
    assert "1 article added" in plait("index", "articles.txt", cwd=folder).stdout
    system = str(info(folder)["system"])
    assert System.parse(system).values["weight"] <= 0.3
    for command in (("search", "melting ice", "--json"), ("context", "melting ice")):
        own = plait(*command, cwd=folder).stdout
        assert own == plait(*command, "--system", system, cwd=folder).stdout
        assert own != plait(*command, "--system", "hybrid", cwd=folder).stdout
    forgotten = plait("tune", "--forget", cwd=folder)
    assert forgotten.stdout == f".plait searches by hybrid; before, by {system}.\n"
    assert info(folder)["system"] == "hybrid"
    assert plait("check", cwd=folder).returncode == 0


def test_without_save_nothing_is_changed(folder: Path) -> None:
    """The system is printed, ready to paste."""
    before = info(folder)
    done = plait("tune", "topics.tsv", "words.qrels", "--measure", "RR@10", cwd=folder)
    assert done.stdout.startswith("RR@10, 17 topics; 84 systems tried\nfold  topics")
    assert 'better: the whole interval lies above zero. Search with --system "hybrid(weight=' in (
        done.stdout
    )
    assert info(folder) == before


def test_a_gain_that_may_be_luck_is_not_saved(folder: Path) -> None:
    """The refusal is a result, not a failure: the exit status is 0."""
    before = info(folder)
    done = plait("tune", "topics.tsv", "chance.qrels", "--save", "--json", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert (found["better"], found["saved"]) == (False, False)
    assert found["difference"]["low"] <= 0
    assert [len(fold["topics"]) for fold in found["folds"]] == [4, 4, 3, 3, 3]
    assert info(folder) == before


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ((), 2, "give a file of topics and one of judgements"),
        (("topics.tsv",), 2, "give a file of topics and one of judgements"),
        (("topics.tsv", "none"), 1, "there is no file none"),
        (("topics.tsv", "few"), 2, "9 topics have a relevant article in the index"),
        (("topics.tsv", "chance.qrels", "--measure", "nDGC"), 2, "https://ir-measur.es"),
        (("topics.tsv", "chance.qrels", "-i", "nowhere"), 1, "plait index PATH"),
        (("--forget", "--save"), 2, "--forget goes with -i alone"),
        (("--forget", "-i", "nowhere"), 1, "plait index PATH"),
    ],
)
def test_errors_name_the_remedy(
    folder: Path, words: tuple[str, ...], status: int, message: str
) -> None:
    """One line on standard error, no traceback, and the right exit status."""
    lines = (folder / "chance.qrels").read_text(encoding="utf-8").splitlines()
    write(folder / "few", lines[:9])
    done = plait("tune", *words, cwd=folder)
    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_help_text(tmp_path: Path) -> None:
    """As it is written in the golden file; write it anew where an option changed."""
    shown = plait("tune", "--help", cwd=tmp_path).stdout
    lines = [line.rstrip() for line in shown.strip().splitlines()]
    assert lines == (GOLDEN / "tune-help.txt").read_text(encoding="utf-8").splitlines()
