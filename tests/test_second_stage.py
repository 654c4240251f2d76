"""A second stage where it is used: in an experiment, in a report, on the command line."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from plait.search.evaluation import (
    Experiment,
    Outcome,
    Topic,
    lines,
    plan_of,
    read_collection,
    run_experiment,
    write_files,
)
from plait.search.evaluation.measures import per_topic
from plait.search.evaluation.running import compare
from plait.search.evaluation.table import second_stage_lines
from plait.search.index import Index
from plait.search.system import Options, System

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
TOPICS = tuple(Topic(f"q{n}", f"topic {n}") for n in range(3))
QRELS = {topic.id: {"a": 1} for topic in TOPICS}
READ = "hybrid >> rerank(model=m, budget_ms=500)"


def outcome(system: str, firsts: str, seconds: float | None) -> Outcome:
    """Make a system that puts the given article first, topic by topic."""
    run = {topic.id: {first: 2.0, "z": 1.0} for topic, first in zip(TOPICS, firsts, strict=True)}
    times = {} if seconds is None else {t.id: seconds * n for n, t in enumerate(TOPICS, 1)}
    return Outcome(system, run, times, per_topic(QRELS, run, ["P@1"]))


def said(*outcomes: Outcome) -> list[str]:
    """Say what second stages are worth; the first system is the baseline."""
    baseline = outcomes[0].system
    comparisons = compare(outcomes, baseline, ["P@1"])
    return list(
        second_stage_lines(
            Experiment("small", 3, TOPICS, QRELS, ("P@1",), outcomes, baseline, comparisons)
        )
    )


def test_a_loss_is_said_with_its_time() -> None:
    """One topic of three, and the median of what a topic took more: .4 less .02 seconds."""
    assert said(outcome("hybrid", "aaa", 0.01), outcome(READ, "aab", 0.2)) == [
        f"Reranking loses: {READ} has P@1 0.6667, and hybrid without it 1.0000 (p 1.000).",
        f"{READ} took 380.0 ms more than hybrid (median a topic), with a budget of 500 ms.",
    ]


def test_a_gain_is_no_loss() -> None:
    """Only the time is said where the second stage ranks better or alike."""
    unbounded = "keyword >> rerank(model=m)"
    assert said(outcome("keyword", "aab", 0.01), outcome(unbounded, "aaa", 0.2)) == [
        f"{unbounded} took 380.0 ms more than keyword (median a topic), with no budget.",
    ]
    assert len(said(outcome("keyword", "aab", 0.01), outcome(unbounded, "aab", 0.2))) == 1


def test_another_baseline_gives_no_p() -> None:
    """What was not tested is not said; runs of files have no time."""
    assert said(
        outcome("dense", "aaa", 0.01), outcome("hybrid", "aaa", 0.01), outcome(READ, "bbb", None)
    ) == [f"Reranking loses: {READ} has P@1 0.0000, and hybrid without it 1.0000."]


def test_without_its_first_stage_nothing_is_said() -> None:
    """Other parameters are another system, and a run's tag is none."""
    assert said(outcome("hybrid(weight=0.6)", "aaa", 0.01), outcome(READ, "aab", 0.2)) == []
    assert said(outcome("some tag", "aaa", None), outcome("keyword", "aab", 0.2)) == []


@pytest.fixture(scope="module")
def experiment(seeds: Index, cross_encoder: Path) -> Experiment:
    """Ask some topics of the seeds of hybrid, with and without a reader of random weights."""
    whole = read_collection(str(SEEDS))
    topics = tuple(topic for topic in whole.topics if topic.kind == "hard")[:8]
    plan = plan_of([f"hybrid; hybrid >> rerank(model={cross_encoder})"], (), "", "nDCG@10", 50)
    qrels = {topic.id: whole.qrels[topic.id] for topic in topics}
    return run_experiment(seeds, replace(whole, topics=topics, qrels=qrels), plan)


def test_an_experiment_says_that_reranking_loses(
    seeds: Index, experiment: Experiment, cross_encoder: Path
) -> None:
    """A reader that knows nothing ranks worse, below the table; no article is lost."""
    system = f"hybrid >> rerank(model={cross_encoder})"
    text = "\n".join(lines(experiment, seeds))
    assert f"\nReranking loses: {system} has nDCG@10 0." in text
    assert re.search(r"took \d+\.\d ms more than hybrid \(median a topic\), with no budget", text)
    first, read = (found.run for found in experiment.outcomes)
    assert {t: set(ranking) for t, ranking in first.items()} == {
        t: set(ranking) for t, ranking in read.items()
    }


def test_the_report_names_the_system(
    experiment: Experiment, cross_encoder: Path, tmp_path: Path
) -> None:
    """As it is written everywhere else, a little escaped."""
    pytest.importorskip("altair")
    write_files(experiment, tmp_path)
    written = f"hybrid &gt;&gt; rerank(model={cross_encoder})"
    assert written in (tmp_path / "report.html").read_text(encoding="utf-8")
    records = json.loads((tmp_path / "experiment.json").read_text(encoding="utf-8"))
    names = [found["system"] for found in records["outcomes"]]
    assert names == ["hybrid", f"hybrid >> rerank(model={cross_encoder})"]


def test_the_command_line_is_short_for_the_text(seeds: Index, cross_encoder: Path) -> None:
    """`--rerank` and `--budget-ms` give what the system string gives from Python."""
    words = ["search", "peace treaty 1956", "-i", str(seeds.root), "--json", "--explain"]
    short = ["--system", "keyword", "--rerank", str(cross_encoder), "--budget-ms", "900000"]
    done = subprocess.run(
        [sys.executable, "-m", "plait.cli", *words, *short],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    system = System.parse(f"keyword >> rerank(model={cross_encoder}, budget_ms=900000)")
    hits = seeds.search("peace treaty 1956", 10, Options(system))
    printed = json.loads(done.stdout)
    assert [hit["passage"] for hit in printed] == [
        {
            "id": p.id,
            "number": p.number,
            "start": p.start,
            "end": p.end,
            "text": p.text,
        }
        for p in (hit.passage for hit in hits)
    ]
    assert [hit["score"] for hit in printed] == pytest.approx([hit.score for hit in hits])
    assert all(hit["explanation"]["rerank"]["score"] > 0 for hit in printed)
