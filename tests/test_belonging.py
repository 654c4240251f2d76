"""Topics, judgements, runs and articles that do not belong together are told before measuring."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from plait.index.article import Article
from plait.index.errors import ReadingError
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.evaluation import Plan, Topic, read_collection, run_experiment
from plait.search.evaluation.belonging import notes_on
from plait.search.evaluation.collection import Collection, judged
from plait.search.evaluation.output import prepare, write_files
from plait.search.evaluation.running import open_index
from plait.search.evaluation.tuning.candidates import Questions, try_systems
from plait.search.index import Index
from plait.search.system import System

TOPICS = [Topic("a", "apples"), Topic("q2", "peace treaty"), Topic("c", "glacier ice")]
QRELS = {"a": {"b": 1}, "q2": {"b": 1, "gone": 1, "lost": 0}, "c": {"c": 2}}
NAMES = {name: name for name in "abc"}


def collection() -> Collection:
    """Make a collection of three topics, two of which have the id of an article."""
    return judged("small", (), TOPICS, QRELS)


@pytest.fixture
def index(tmp_path: Path, encoder: Encoder) -> Index:
    """Index three articles."""
    with IndexWriter(tmp_path / "ix", encoder) as writer:
        writer.add(Article("a", "Apples", "Farmers counted apples."))
        writer.add(Article("b", "Apples and peace", "Apples were served when peace was made."))
        writer.add(Article("c", "Ice", "The glacier lost its ice."))
    return Index.open(tmp_path / "ix", encoder)


def test_judged_articles_that_the_index_lacks_are_counted() -> None:
    """With one of them, and how many are relevant; the article that is a topic is a note too."""
    assert notes_on(collection(), NAMES, {}) == [
        (
            "2 of 4 judged articles are not among the 3 of the index, such as 'gone'; 1 of them "
            "relevant, which no system can find"
        ),
        "left out of the rankings of 1 topic, as BEIR does: the article with the topic's id",
    ]
    names = {name: name for name in ("b", "c", "gone", "lost", "other")}
    assert notes_on(collection(), names, {}) == []


def test_runs_of_other_articles_and_topics_are_told() -> None:
    """Some of its articles or topics are counted; with none of them the run is refused."""
    runs = {"old": {"a": {"b": 2.0, "zz": 1.0}, "q9": {"b": 1.0}}}
    assert notes_on(collection(), NAMES, runs)[2:] == [
        "run old: 1 of 2 articles are not in the index, such as 'zz'",
        "run old ranks nothing for 2 topics, counted as 0",
        "run old: 1 topic of others, which are not measured",
    ]
    for run, message in (
        ({"a": {"zz": 1.0}}, "'zz', and none is among the 3 of the index; do the files belong"),
        ({"q9": {"b": 1.0}}, "run old ranks none of the topics of small"),
    ):
        with pytest.raises(ReadingError, match=message):
            notes_on(collection(), NAMES, {"old": run})
    # What was judged and is not in the index may be ranked: the run is of the same collection.
    assert notes_on(collection(), NAMES, {"old": {"q2": {"gone": 1.0}}})


def test_an_article_that_is_the_topic_is_left_out_of_rankings(index: Index) -> None:
    """Unless it is judged relevant; another takes its place, in every system and run."""
    old = {topic.id: {"a": 3.0, "b": 2.0, "c": 1.0} for topic in TOPICS}
    systems = (System.parse("keyword"), System.parse("hybrid"))
    plan = Plan(systems, {"old": old}, measures=("RR@1",), depth=1)
    found = run_experiment(index, collection(), plan)
    for outcome in found.outcomes[:2]:
        assert [list(ranking) for ranking in outcome.run.values()] == [["b"], ["b"], ["c"]]
    assert found.outcome("keyword").values["RR@1"] == {"a": 1.0, "q2": 1.0, "c": 1.0}
    joined = found.outcome("old")
    assert [list(ranking) for ranking in joined.run.values()] == [
        list("bc"),
        list("abc"),
        list("abc"),
    ]
    assert "as BEIR does" in found.notes[-1]
    questions = Questions.of(index, collection(), "RR@1")
    assert try_systems(questions, [System()], lambda _: None).values.tolist() == [[1.0, 1.0, 1.0]]


def test_an_experiment_says_how_it_was_made(index: Index, tmp_path: Path) -> None:
    """Version, model, recipe, parameters, command and notes; in the file and on the page."""
    systems = (System.parse("hybrid(weight=0.6, recency=30d)"), System.parse("keyword"))
    plan = Plan(systems, measures=("RR",), where=("id != 'x'",), command="plait bench small <b>")
    found = run_experiment(index, collection(), plan)
    assert write_files(found, tmp_path / "out") == []
    kept = json.loads((tmp_path / "out" / "experiment.json").read_text(encoding="utf-8"))
    made = kept["provenance"]
    assert made["command"] == "plait bench small <b>"
    assert made["model"] == made["recipe"]["encoder"] == index.store.recipe.encoder
    assert made["recipe"]["analyzer"] == index.analyzer.fingerprint
    assert made["systems"]["keyword"] == {"k1": 0.9, "b": 0.4, "title": 0.2}
    assert made["systems"][str(systems[0])]["weight"] == 0.6
    assert (made["settings"]["articles_per_topic"], made["where"]) == (100, ["id != 'x'"])
    assert made["libraries"].keys() >= {"numpy", "python"}
    assert made["date"].endswith("+00:00")
    assert kept["notes"] == list(found.notes)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<h2>How it was made</h2>" in page
    assert "plait bench small &lt;b&gt;" in page
    assert "such as &#x27;gone&#x27;" in page


def test_a_folder_is_tried_out_before_the_work(tmp_path: Path) -> None:
    """A file in its place, one that cannot be written over, too little room."""
    assert prepare(tmp_path / "new" / "out", ["hybrid"], 10) == []
    assert [*(tmp_path / "new" / "out").iterdir()] == []
    (tmp_path / "file").write_text("mine")
    (tmp_path / "out" / "hybrid.run").mkdir(parents=True)
    for folder, ranked, message in (
        ("file", 10, "cannot write into .*file: .*; name another --out"),
        ("file/below", 10, "cannot write into"),
        ("out", 10, r"cannot write over .*hybrid\.run"),
        ("new", 10**15, "MB free, and about .* MB are needed"),
    ):
        with pytest.raises(Exception, match=message):
            prepare(tmp_path / folder, ["hybrid"], ranked)


def test_what_cannot_be_written_is_left_out_and_told(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run whose ids no columns hold, and the report without its libraries; the rest is there."""
    found = run_experiment(index, collection(), Plan(systems=(System(),), measures=("RR",)))
    (old,) = found.outcomes
    odd = replace(old, system="odd", run={"a": {"tab\tbed": 1.0}})
    wide = replace(old, system="wide", run={"a": {"my notes": 1.0}})
    (tmp_path / "report.html").write_text("of an earlier experiment")
    monkeypatch.setitem(sys.modules, "altair", None)
    notes = write_files(replace(found, outcomes=(old, odd, wide)), tmp_path)
    assert [note.partition(":")[0] for note in notes] == [
        "odd.run is not written",
        "ids hold blanks, so that tabs separate the columns of runs, unlike TREC's",
        "report.html is not written",
    ]
    assert "pip install 'plait[report]'" in notes[-1]
    assert prepare(tmp_path, ["hybrid"], 1) == [notes[-1]]
    written = {path.name for path in tmp_path.iterdir()} - {"ix"}
    assert written == {"experiment.json", "topics.csv", "hybrid.run", "wide.run"}


def test_ids_with_blanks_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As BEIR's Climate-FEVER has them: `Treaty of Rome` between two tabs is one id."""
    (tmp_path / "blanks" / "qrels").mkdir(parents=True)
    ids = ("Treaty of Rome", "0 d1", "One")
    texts = ("A treaty was signed.", "Apples were counted.", "The ice melted.")
    pairs = list(zip(ids, texts, strict=True))
    for name, rows in (
        ("corpus.jsonl", [{"_id": own, "title": "", "text": text} for own, text in pairs]),
        ("queries.jsonl", [{"_id": f"q {own}", "text": text} for own, text in pairs]),
    ):
        (tmp_path / "blanks" / name).write_text("\n".join(map(json.dumps, rows)))
    lines = "".join(f"q {own}\t{own}\t1.0\n" for own in ids)
    (tmp_path / "blanks" / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{lines}")
    monkeypatch.chdir(tmp_path)
    found = read_collection("blanks")
    index, failures = open_index(found, None, lambda _: None)
    assert not failures
    plan = Plan((System.parse("keyword"),), measures=("RR@10",))
    assert run_experiment(index, found, plan).outcomes[0].mean("RR@10") == 1.0
