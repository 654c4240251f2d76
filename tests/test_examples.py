"""The programs of examples/ run as they stand, each on a few articles."""

import io
import runpy
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
SEEDS = EXAMPLES.parent / "seeds" / "articles"
LONGEST_EXAMPLE = 40
"""Lines."""


def run(name: str, *words: object) -> str:
    """Run an example in this process, which has the model already; return what it prints."""
    printed, before = io.StringIO(), sys.argv
    sys.argv = [f"{name}.py", *map(str, words)]
    try:
        with redirect_stdout(printed):
            runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    finally:
        sys.argv = before
    return printed.getvalue()


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Index the example's own articles by the example."""
    root = tmp_path_factory.mktemp("news") / "news.plait"
    assert run("index", EXAMPLES, root) == f"8 articles added. {root} holds 8 articles.\n"
    return root


def test_each_is_run_and_short() -> None:
    """No example is without a test, and each fits on a page."""
    names = {file.stem for file in EXAMPLES.glob("*.py")}
    text = Path(__file__).read_text(encoding="utf-8")
    assert names == {name for name in names if f'"{name}"' in text or f'"{name}.py"' in text}
    assert len(names) >= 6
    for name in names:
        assert len((EXAMPLES / f"{name}.py").read_text("utf-8").splitlines()) < LONGEST_EXAMPLE


def test_index_again(news: Path) -> None:
    """What did not change is not read again."""
    assert "1 file unchanged" in run("index", EXAMPLES, news)


def test_search(news: Path) -> None:
    """It prints three hits, and parts that add up to the first one's score."""
    first, second, third, *parts = run("search", news, "strike on the ferries").splitlines()
    assert first.startswith("1. Ferry crews strike for a day (")
    assert (second[:3], third[:3]) == ("2. ", "3. ")
    score = float(first.partition(" (")[2].partition(",")[0])
    assert sum(float(part.split()[1]) for part in parts) == pytest.approx(score, abs=0.03)


def test_filter(news: Path) -> None:
    """Total, counts and pages are of the same five articles, the newest first."""
    head, *lines = run("filter", news, "ferries to the islands", "2018").splitlines()
    total = int(head.partition(" ")[0])
    hits = [line for line in lines if not line.startswith("  ")]
    counts = [line.split(": ") for line in lines if line.startswith("  ")]
    dates = [hit.split()[1] for hit in hits]
    assert head.endswith("1 without a date are left out")
    assert len(hits) == total == sum(int(count) for _, count in counts) >= 3
    assert dates == sorted(dates, reverse=True)
    assert {date[:4] for date in dates} == {year.strip() for year, _ in counts}


def test_chatbot(news: Path) -> None:
    """The prompt has numbered passages; for a question of another field it has none."""
    prompt = run("chatbot", news, "Why did the ferries stay in port?")
    assert "[1] Ferry crews strike for a day (" in prompt
    assert prompt.endswith("Question: Why did the ferries stay in port?\n")
    assert "(No passage was found.)" in run("chatbot", news, "How do I knead sourdough bread?")


def test_evaluate(tmp_path: Path) -> None:
    """On a collection of two topics, hybrid is measured beside keyword search."""
    folder = tmp_path / "two"
    (folder / "articles").mkdir(parents=True)
    for own in ("kuril-irkutsk-2001.txt", "higgs-2012.txt", "oil-below-zero.txt"):
        shutil.copy(SEEDS / own, folder / "articles" / own)
    (folder / "topics.jsonl").write_text(
        '{"_id": "1", "text": "boson", "class": "words"}\n'
        '{"_id": "2", "text": "when fuel was worth less than nothing", "class": "meaning"}\n'
    )
    (folder / "qrels.tsv").write_text(
        "query-id\tcorpus-id\tscore\n1\thiggs-2012.txt\t2\n2\toil-below-zero.txt\t2\n"
    )
    printed = run("evaluate", folder, tmp_path / "two.plait").splitlines()
    assert printed[1] == "hybrid   nDCG@10 1.00 RR@10 1.00"
    assert printed[0].startswith("keyword  nDCG@10 ")
    assert printed[2].startswith("nDCG@10: +0.")


def test_own_reader(tmp_path: Path) -> None:
    """A file with a suffix of its own is read, and its topic is a field; as a user runs it."""
    (tmp_path / "a.note").write_text("Ferries\nTopic: boats\nThe ferries stay in port.\n")
    words = (EXAMPLES / "own_reader.py", tmp_path, tmp_path / "notes.plait")
    program = [sys.executable, *map(str, words)]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    assert done.stdout == "boats: Ferries\n"
