"""Systems on the same topics: measured, compared, written down."""

import csv
import json
from dataclasses import asdict, replace
from pathlib import Path

import ir_measures
import pytest

from plait.index.errors import QualityError, QueryError, ReadingError
from plait.search.evaluation import (
    Experiment,
    Floor,
    Outcome,
    Plan,
    Topic,
    check_floors,
    greatest_changes,
    plan_of,
    read_collection,
    run_experiment,
    table,
    write_files,
)
from plait.search.evaluation.collection import judged
from plait.search.evaluation.files.trec import falling, read_run
from plait.search.evaluation.measures import DEFAULT_MEASURES, aggregate, parse_measures, per_topic
from plait.search.evaluation.names import article_names
from plait.search.evaluation.output import run_names, write_records
from plait.search.evaluation.running import compare
from plait.search.evaluation.significance import holm
from plait.search.index import Index
from plait.search.system import Options, System

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
TOPICS = tuple(Topic(f"q{n}", f"topic {n}", "odd" if n % 2 else "even") for n in range(4))
QRELS = {topic.id: {"a": 1, "b": 0} for topic in TOPICS}


def outcome(system: str, firsts: str) -> Outcome:
    """Make a system that puts the given article first, topic by topic."""
    run = {
        topic.id: falling([(first, 2.0), *((n, 1.0) for n in "abc" if n != first)])
        for topic, first in zip(TOPICS, firsts, strict=True)
    }
    return Outcome(system, run, {}, per_topic(QRELS, run, ["RR@10", "P@1"]))


def small(*outcomes: Outcome) -> Experiment:
    """Compare systems with the first."""
    measures, baseline = ("RR@10", "P@1"), outcomes[0].system
    comparisons = compare(outcomes, baseline, measures)
    return Experiment("small", 3, TOPICS, QRELS, measures, outcomes, baseline, comparisons)


@pytest.fixture(scope="module")
def experiment(seeds: Index) -> Experiment:
    """Ask the topics of one class of the seeds, of two systems."""
    whole = read_collection(str(SEEDS))
    topics = tuple(topic for topic in whole.topics if topic.kind == "hard")
    plan = plan_of(["keyword; hybrid(weight=.6)"], (), "keyword", "nDCG@10 Judged@10", 20)
    qrels = {topic.id: whole.qrels[topic.id] for topic in topics}
    return run_experiment(seeds, replace(whole, topics=topics, qrels=qrels), plan)


def test_an_experiment_holds_runs_times_and_values(seeds: Index, experiment: Experiment) -> None:
    """Everything is there for every topic, and the run is the search's ranking."""
    assert [found.system for found in experiment.outcomes] == ["keyword", "hybrid(weight=0.6)"]
    assert (experiment.articles, experiment.baseline) == (98, "keyword")
    for found in experiment.outcomes:
        for part in (found.run, found.seconds, *found.values.values()):
            assert list(part) == [topic.id for topic in experiment.topics]
        assert all(time > 0 for time in found.seconds.values())
        assert max(len(ranking) for ranking in found.run.values()) == 20
    topic = experiment.topics[0]
    options = Options(System.parse("hybrid(weight=0.6)"), operators=False)
    hits = seeds.search(topic.text, 20, options)
    ranking = experiment.outcome("hybrid(weight=0.6)").run[topic.id]
    assert [f"articles/{name}" for name in ranking] == [hit.article.id for hit in hits]
    assert list(ranking.values()) == pytest.approx([hit.score for hit in hits], rel=1e-6)


def test_measures_are_those_of_ir_measures(experiment: Experiment) -> None:
    """Per topic and on the mean, for each system."""
    for found in experiment.outcomes:
        means = ir_measures.calc_aggregate(
            [ir_measures.nDCG @ 10, ir_measures.Judged @ 10], experiment.qrels, found.run
        )
        assert {str(m): value for m, value in means.items()} == pytest.approx(
            {name: found.mean(name) for name in experiment.measures}
        )
    assert table(experiment)["keyword"]["nDCG@10"] == experiment.outcomes[0].mean("nDCG@10")


def test_comparisons_count_topics_and_correct_p() -> None:
    """Each other system against the baseline in each measure, by hand."""
    found = small(outcome("base", "abbb"), outcome("good", "aaaa"), outcome("bad", "bbbb"))
    assert [(c.system, c.measure) for c in found.comparisons] == [
        ("good", "RR@10"),
        ("good", "P@1"),
        ("bad", "RR@10"),
        ("bad", "P@1"),
    ]
    good = found.comparison("good", "RR@10")
    assert good
    # From 1, .5, .5, .5 to all 1; of 16 ways to swap, 4 are as far out.
    assert (good.baseline, good.better, good.worse, good.same) == ("base", 3, 0, 1)
    assert (good.difference, good.p) == pytest.approx((0.375, 0.25))
    assert 0 <= good.low <= good.difference <= good.high
    assert [c.p_holm for c in found.comparisons] == holm([c.p for c in found.comparisons])
    assert found.comparison("base", "P@1") is None


def test_a_topic_without_a_ranking_counts_as_the_worst() -> None:
    """It is measured as 0, also where a measure by itself leaves such topics out."""
    for name in ("nDCG@10", "Accuracy@3"):
        values = per_topic(QRELS, {"q1": {"a": 1.0, "b": 0.5}}, [name])
        assert values == {name: {"q0": 0.0, "q1": 1.0, "q2": 0.0, "q3": 0.0}}
        assert aggregate(name, values[name]) == 0.25
    assert aggregate("NumRet", {"q0": 2.0, "q1": 3.0}) == 5.0
    with pytest.raises(QueryError, match="fails on one of Accuracy@3: float division by zero"):
        per_topic(QRELS, {"q1": {"a": 1.0}}, ["Accuracy@3"])


def test_measures_have_one_name() -> None:
    """As ir-measures writes them, whatever was typed."""
    assert parse_measures("nDCG@10  P(rel=2)@5\nMAP") == ("nDCG@10", "P(rel=2)@5", "AP")
    assert parse_measures(" ".join(DEFAULT_MEASURES)) == DEFAULT_MEASURES


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  ", "no measure"),
        ("nDGC@10", "nDGC.*https://ir-measur.es"),
        ("nDCG@0", "below 1"),
        ("P@True", "below 1"),
        ("nDCG@ten", "cannot measure 'nDCG@ten'"),
        ("nDCG@1.5", "cutoff=1.5"),
        ("P", "cutoff"),
        ("nDCG(x=3)", "cannot measure"),
        ("P(rel=0)@5", "below 1"),
        ("alpha_nDCG@10", "pip install"),
        ("AP MAP", "AP is named twice"),
        ("1", "cannot measure '1'"),
    ],
)
def test_measures_that_are_refused(text: str, message: str) -> None:
    """Before any time is spent, and with what to write instead."""
    with pytest.raises(QueryError, match=message):
        parse_measures(text)


def test_articles_are_named_as_the_judgements_name_them() -> None:
    """By id, else by the name of the file; no guessing where that is not clear."""
    by_file = article_names(["x/a.txt", "x/b.txt"], {"q": {"a.txt": 1, "gone.txt": 1}})
    assert by_file == {"x/a.txt": "a.txt", "x/b.txt": "b.txt"}
    assert article_names(["x/a", "a"], {"q": {"a": 1}}) == {"x/a": "x/a", "a": "a"}
    with pytest.raises(ReadingError, match="x/a and y/a share a file name"):
        article_names(["x/a", "y/a"], {"q": {"a": 1}})
    with pytest.raises(ReadingError, match="none of them is among the 1 of the index"):
        article_names(["x/a"], {"q": {"b": 1}})


def test_the_same_topic_twice_is_refused() -> None:
    """Whatever the topics come from."""
    with pytest.raises(ReadingError, match="topic 'q1' is there twice"):
        judged("name", Path(), [Topic("q1", "a"), Topic("q2", "b"), Topic("q1", "c")], QRELS)


def test_plans_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    """Each says what to do."""
    (tmp_path / "hybrid.run").write_text("q1 Q0 a 1 1.0 hybrid\n")
    run = str(tmp_path / "hybrid.run")
    for arguments, message in (
        ((["keyword"], (), "dense", "", 100), "no system 'dense'.*choose one of keyword"),
        ((["keyword"], (), "dens", "", 100), "no system 'dens'.*choose one of keyword"),
        ((["keyword"], (), "", "", 0), "depth is 0"),
        ((["hybrid"], [run], "", "", 100), "two systems are named hybrid.*NAME=FILE"),
        ((["dense"], [run, run], "", "", 100), "two runs are named hybrid"),
    ):
        with pytest.raises(QueryError, match=message):
            plan_of(*arguments)
    with pytest.raises(QueryError, match="nothing to measure"):
        Plan(systems=())


def test_the_baseline_is_hybrid_or_the_first(tmp_path: Path) -> None:
    """Named as it is measured; a run can be one."""
    (tmp_path / "x").write_text("q1 Q0 a 1 1.0 hybrid\n")
    assert plan_of([], (), "", "", 5).compared_with == "hybrid"
    assert plan_of(["dense", "keyword"], (), "", "", 5).compared_with == "dense"
    assert plan_of(["hybrid; dense"], (), " hybrid( )", "", 5).compared_with == "hybrid"
    runs = [f"old={tmp_path / 'x'}"]
    assert plan_of(["dense"], runs, "old", "", 5).compared_with == "old"
    assert plan_of(["dense"], [str(tmp_path / "x")], "", "", 5).compared_with == "hybrid"


def test_a_run_of_another_system_joins(seeds: Index, experiment: Experiment) -> None:
    """It is measured and compared like a system, without times."""
    whole = read_collection(str(SEEDS))
    old = experiment.outcomes[0]
    plan = Plan((System.parse("keyword"),), {"old": old.run, "none": {}}, measures=("nDCG@10",))
    with pytest.raises(ReadingError, match="run none ranks none of the topics"):
        run_experiment(seeds, whole, plan)
    found = run_experiment(seeds, whole, replace(plan, runs={"old": old.run}))
    joined = found.outcome("old")
    assert joined.seconds == {}
    assert len(joined.run) == len(old.run)
    hard = {t: value for t, value in joined.values["nDCG@10"].items() if t in old.run}
    assert hard == old.values["nDCG@10"]


def test_the_greatest_changes_name_the_article_that_moved() -> None:
    """Gains before losses, the greatest first, with a command to paste."""
    found = small(outcome("base", "abba"), outcome("other", "aaac"))
    gains = greatest_changes(found, "other")
    assert [(c.topic.id, c.before, c.after, c.article, c.ranks) for c in gains] == [
        ("q1", 0.5, 1.0, "a", (2, 1)),
        ("q2", 0.5, 1.0, "a", (2, 1)),
        ("q3", 1.0, 0.5, "a", (1, 2)),
    ]
    assert greatest_changes(found, "other", count=1) == [gains[0], gains[2]]
    assert greatest_changes(found, "base") == []
    command = gains[0].command(Path("my index"), {"a": "news/a.txt"})
    assert command == "plait why --words -i 'my index' 'topic 1' news/a.txt"
    asked = replace(gains[0], system="hybrid(fusion=rrf)").command(Path("x"), {})
    assert asked == "plait why --words --system 'hybrid(fusion=rrf)' -i x 'topic 1' a"
    odd = replace(gains[0], topic=Topic("q", "-- isn't it?"))
    assert odd.command(Path("x"), {}) == """plait why --words -i x -- '-- isn'"'"'t it?' a"""


def test_the_files_of_an_experiment(experiment: Experiment, tmp_path: Path) -> None:
    """Runs that read back, all of it as JSON, and a line for each topic and system."""
    write_records(experiment, tmp_path / "new" / "out")
    folder = tmp_path / "new" / "out"
    names = ["keyword.run", "hybrid-weight=0.6.run"]
    assert {file.name for file in folder.iterdir()} == {*names, "experiment.json", "topics.csv"}
    for found, name in zip(experiment.outcomes, names, strict=True):
        assert read_run(folder / name) == (found.system, found.run)
    written = json.loads((folder / "experiment.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(asdict(experiment)))
    lines = (folder / "topics.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(lines))
    assert len(rows) == 2 * len(experiment.topics)
    first = experiment.outcomes[0]
    topic = experiment.topics[0]
    assert rows[0]["topic"] == topic.id
    assert rows[0]["class"] == "hard"
    assert rows[0]["system"] == "keyword"
    assert float(rows[0]["nDCG@10"]) == first.values["nDCG@10"][topic.id]
    assert float(rows[0]["ms"]) == pytest.approx(first.seconds[topic.id] * 1000, abs=1e-3)


def test_run_files_have_safe_and_different_names() -> None:
    """No slash, no blank, no case that some systems overlook."""
    named = ["dense", "Dense", "dense.2", "dense >> rerank(model=a/b)", "../..", "x" * 300]
    found = run_names(named)
    assert found == [
        "dense.run",
        "Dense.2.run",
        "dense.2.2.run",
        "dense-rerank-model=a-b.run",
        "run.run",
        "x" * 80 + ".run",
    ]


def test_the_report_is_among_the_files(experiment: Experiment, tmp_path: Path) -> None:
    """A page for a person, beside the files for programs."""
    write_files(experiment, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "hybrid(weight=0.6)" in page
    assert (tmp_path / "keyword.run").exists()


def test_a_floor_is_of_the_baseline() -> None:
    """At the floor is good enough; below names measure, value and floor."""
    found = small(outcome("base", "abbb"), outcome("good", "aaaa"))
    check_floors(found, [Floor("RR@10", 0.625), Floor.parse("P@1=.25", found.measures)])
    # What is printed as 0.8134 is not below it.
    base = replace(
        found.outcome("base"), values={"RR@10": dict.fromkeys([t.id for t in TOPICS], 0.81336)}
    )
    check_floors(replace(found, outcomes=(base,)), [Floor("RR@10", 0.8134)])
    with pytest.raises(QualityError, match=r"small, base: RR@10 is 0.6250, below 0.7; P@1 is 0.25"):
        check_floors(found, [Floor("RR@10", 0.7), Floor("P@1", 0.9)])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nDCG@10", "as in nDCG@10=0.73"),
        ("nDCG@10=", "as in"),
        ("=0.5", "as in"),
        ("nDCG@10=nan", "as in"),
        ("nDGC@10=0.5", "cannot measure"),
        ("R@5=0.5", r"R@5 is not measured; choose one of nDCG@10, AP\(rel=2\)"),
    ],
)
def test_floors_that_are_refused(text: str, message: str) -> None:
    """Malformed, or of what is not measured."""
    measures = ("nDCG@10", "AP(rel=2)")
    assert Floor.parse("AP(rel=2)=0.5", measures) == Floor("AP(rel=2)", 0.5)
    with pytest.raises(QueryError, match=message):
        Floor.parse(text, measures)
