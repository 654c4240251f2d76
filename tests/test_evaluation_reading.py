"""Topics, judgements, runs and collections: what is read, and what is refused."""

import gzip
import json
import sys
from pathlib import Path

import ir_datasets
import numpy as np
import pytest
from hypothesis import given, strategies as st

from plait.index.errors import PlaitError, QueryError, ReadingError
from plait.search.evaluation import Sources, Topic, read_collection
from plait.search.evaluation.files.topics import read_topics
from plait.search.evaluation.files.trec import falling, read_qrels, read_run, write_run

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
CLASSIC = """<top>
<num> Number: 051
<title> Topic:  Airbus
  Subsidies
<desc> Description:
What is said?
</top>

<top><num>MB01</num><title>world cup</title></top>
"""
SCORES = st.lists(st.floats(-1e6, 1e6, width=32), max_size=20).map(lambda s: sorted(s)[::-1])


def write(path: Path, text: str) -> Path:
    """Write a file, compressed if it is named so."""
    raw = text.encode()
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        (
            '{"_id": 1, "text": "a b", "class": "words"}\n\n{"_id": "2", "text": "c"}\n',
            [Topic("1", "a b", "words"), Topic("2", "c")],
        ),
        (
            "\ufeffq1\tpeace treaty\r\nq2\tislands\n",
            [Topic("q1", "peace treaty"), Topic("q2", "islands")],
        ),
        (CLASSIC, [Topic("51", "Airbus Subsidies"), Topic("MB01", "world cup")]),
    ],
)
@pytest.mark.parametrize("name", ["topics.txt", "topics.gz"])
def test_three_forms_of_topics(tmp_path: Path, name: str, text: str, topics: list[Topic]) -> None:
    """JSON lines, two columns, and TREC's classic form; packed or not."""
    assert read_topics(write(tmp_path / name, text)) == topics


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no topic"),
        ('{"_id": "1"}', r"topics:1: .*wanted \{"),
        ('{"_id": "1", "text": "a"}\n[1]', "topics:2: "),
        ('{"_id": "1", "text": "a"}\n{"_id": "1", "text": "b"}', "'1' is there twice"),
        ("no tab here", "topics:1: .*wanted ID<tab>TEXT"),
        ("q1\t \n", "no id or no text"),
        ("<top><num>1</top>", "topic 1 has no <num> or no <title>"),
        ("<top><num>1<title>a", "wanted <top> … </top>"),
    ],
)
def test_topics_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    """The message names the file, and the line where there is one."""
    with pytest.raises(ReadingError, match=message):
        read_topics(write(tmp_path / "topics", text))


@pytest.mark.parametrize(
    "text",
    [
        "query-id\tcorpus-id\tscore\nq1\ta\t2\nq1\tb\t0\nq2\ta\t-1\n",
        "q1 0 a 2\nq1 0 b 0\nq2 0 a -1\n",
        "q1\t0\ta\t2\nq1\t0\ta\t2\nq1\t0\tb\t0\nq2\t0\ta\t-1\n",
    ],
)
def test_two_forms_of_judgements(tmp_path: Path, text: str) -> None:
    """BEIR's columns and TREC's say the same; a line may be there twice."""
    assert read_qrels(write(tmp_path / "qrels", text)) == {"q1": {"a": 2, "b": 0}, "q2": {"a": -1}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no judgement"),
        ("query-id\tcorpus-id\tscore\n", "holds no judgement"),
        ("q1\ta\t1\nq1\ta\n", "qrels:2: .*wanted TOPIC"),
        ("q1 0 a high\n", "qrels:1: "),
        ("q1\ta\t1\nq1\ta\t2\n", "qrels:2: 'a' was judged otherwise above"),
        ("q1\ta\t1.5\nq1\tb\tnan\n", "qrels:2: "),
    ],
)
def test_judgements_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    """The message names file and line."""
    with pytest.raises(ReadingError, match=message):
        read_qrels(write(tmp_path / "qrels", text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no ranking"),
        ("q1 Q0 a 1 1.0\n", "run:1: .*wanted TOPIC Q0 ARTICLE RANK SCORE TAG"),
        ("q1 Q0 a 1 high tag\n", "run:1: "),
        ("q1 Q0 a 1 nan tag\n", "run:1: the score is nan"),
        ("q1 Q0 a 1 inf tag\n", "run:1: the score is inf"),
        ("q1 Q0 a 1 2 tag\nq1 Q0 a 2 1 tag\n", "run:2: 'a' is there twice for 'q1'"),
        ("q1 Q0 a 1 2 tag\nq1 Q0 b 2 1 gat\n", "run:2: the tag is 'gat', and 'tag' above"),
    ],
)
def test_runs_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    """The message names file and line."""
    with pytest.raises(ReadingError, match=message):
        read_run(write(tmp_path / "run", text))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Missing, not UTF-8, cut off."""
    (tmp_path / "latin").write_bytes(b"q1\tna\xefve\n")
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"q1\ta\n" * 500)[:-30])
    (tmp_path / "plain.gz").write_bytes(b"q1\ta\n")
    for name, message in (
        ("none", "there is no file"),
        ("latin", "on at line 1"),
        ("cut.gz", "on at line"),
        ("plain.gz", "on at line 0"),
    ):
        with pytest.raises(ReadingError, match=message):
            read_topics(tmp_path / name)


@given(SCORES)
def test_scores_fall_strictly_and_stay_near(scores: list[float]) -> None:
    """In 32 bits as in 64, no two scores of a ranking are equal."""
    ranking = [(str(place), score) for place, score in enumerate(scores)]
    fallen = falling(ranking)
    assert list(fallen) == [article for article, _ in ranking]
    as_read = np.array(list(fallen.values()), dtype=np.float32)
    assert (np.diff(as_read) < 0).all()
    assert list(fallen.values()) == pytest.approx(scores, rel=1e-5, abs=1e-40)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from([0.5, 1.0, 2.0]), min_size=1))
def test_a_run_is_read_as_trec_eval_ranks_it(
    tmp_path_factory: pytest.TempPathFactory, scores: dict[str, float]
) -> None:
    """The greater score first, then the greater id; writing and reading changes nothing."""
    folder = tmp_path_factory.mktemp("runs")
    lines = "".join(f"q1 Q0 {article} 1 {score} tag\n" for article, score in scores.items())
    tag, run = read_run(write(folder / "first", lines))
    wanted = sorted(scores, key=lambda article: (scores[article], article), reverse=True)
    assert (tag, list(run["q1"])) == ("tag", wanted)
    write_run(folder / "second", run, "hybrid(weight=0.6, b=1)")
    assert read_run(folder / "second") == ("hybrid(weight=0.6,b=1)", run)


def test_a_run_file_to_the_letter(tmp_path: Path) -> None:
    """Six columns, ranks from 1, equal scores told apart."""
    run = {"q1": falling([("a", 2.5), ("b", 1.0), ("c", 1.0)]), "q2": falling([("a", -0.1)])}
    write_run(tmp_path / "run", run, "dense")
    assert (tmp_path / "run").read_text() == (
        "q1 Q0 a 1 2.5 dense\nq1 Q0 b 2 1 dense\nq1 Q0 c 3 0.99999994 dense\n"
        "q2 Q0 a 1 -0.100000001 dense\n"
    )
    with pytest.raises(PlaitError, match="has a blank"):
        write_run(tmp_path / "run", {"q1": {"my notes.txt": 1.0}}, "dense")


def test_the_seeds_are_a_collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By their path, and by name where there is nothing of that name."""
    here = read_collection(str(SEEDS))
    assert (here.name, len(here.topics), here.corpus, here.note) == (
        "seeds",
        88,
        SEEDS / "articles",
        "",
    )
    assert {topic.kind for topic in here.topics} == {"words", "meaning", "both", "hard", "exact"}
    monkeypatch.chdir(tmp_path)
    assert read_collection("seeds").topics == here.topics
    (tmp_path / "seeds").mkdir()
    with pytest.raises(ReadingError, match=r"corpus.jsonl or corpus.jsonl.gz"):
        read_collection("seeds")


def beir(folder: Path) -> Path:
    """Write a small BEIR folder, with a topic nobody judged and a judgement of no topic."""
    (folder / "qrels").mkdir(parents=True)
    write(folder / "corpus.jsonl", '{"_id": "a", "title": "", "text": "apples"}\n')
    write(folder / "queries.jsonl.gz", '{"_id": "q1", "text": "x"}\n{"_id": "q2", "text": "y"}\n')
    write(folder / "qrels" / "test.tsv", "q\tc\ts\nq1\ta\t1\nq3\ta\t1\nq4\ta\t1\n")
    write(folder / "qrels" / "dev.tsv", "q9\ta\t1\n")
    return folder


def test_a_beir_folder_says_what_it_leaves_out(tmp_path: Path) -> None:
    """Topics without judgement, and the reverse, are counted and not measured."""
    found = read_collection(str(beir(tmp_path / "small")))
    assert (found.name, found.topics, found.qrels) == (
        "small",
        (Topic("q1", "x"),),
        {"q1": {"a": 1}},
    )
    assert found.note == "left out: 1 topics without a judgement, 2 judged topics without a text"
    with pytest.raises(ReadingError, match="no topic is judged"):
        read_collection(str(tmp_path / "small"), Sources("dev"))
    with pytest.raises(ReadingError, match=r"no train.tsv or train.tsv.gz"):
        read_collection(str(tmp_path / "small"), Sources("train"))


def test_articles_of_any_kind_with_files_of_topics_and_judgements(tmp_path: Path) -> None:
    """A folder or a file that `plait index` reads, and two files beside it."""
    (tmp_path / "news").mkdir()
    topics, qrels = write(tmp_path / "t.tsv", "1\tpeace\n"), write(tmp_path / "q.txt", "1 0 a 1\n")
    found = read_collection(str(tmp_path / "news"), Sources(topics=topics, qrels=qrels))
    assert (found.corpus, found.topics) == (tmp_path / "news", (Topic("1", "peace"),))
    assert list(found.paths) == [tmp_path / "news"]
    assert list(found.records) == []
    with pytest.raises(ReadingError, match="to index"):
        read_collection(str(tmp_path / "olds"), Sources(topics=topics, qrels=qrels))
    # A folder that holds its own topics would be searched for them, and find them.
    with pytest.raises(ReadingError, match="would be indexed as an article"):
        read_collection(str(tmp_path), Sources(topics=topics, qrels=qrels))
    with pytest.raises(QueryError, match="give both"):
        Sources(topics=topics)
    with pytest.raises(QueryError, match="--qrels or --qrels-file"):
        Sources("dev", topics, qrels)


def test_two_collections_of_one_name_have_two_indexes(tmp_path: Path) -> None:
    """The name of the index folder tells their places apart."""
    one, two = (read_collection(str(beir(tmp_path / n / "same"))) for n in ("one", "two"))
    assert one.index_name != two.index_name
    assert one.index_name.startswith("same-")


def test_a_registered_data_set(tmp_path: Path) -> None:
    """What ir-datasets knows becomes topics, judgements and JSON lines; nothing is fetched."""
    docs = write(tmp_path / "docs.tsv", "d1\tTwo leaders signed a treaty.\nd2\tApples.\n")
    queries = write(tmp_path / "queries.tsv", "1\ttreaty\n")
    qrels = write(tmp_path / "qrels", "1 0 d1 1\n")
    data = ir_datasets.create_dataset(str(docs), str(queries), str(qrels))
    ir_datasets.registry.register("plait-test/small", data)
    found = read_collection("ir_datasets:plait-test/small")
    assert (found.topics, found.qrels) == ((Topic("1", "treaty"),), {"1": {"d1": 1}})
    assert [json.loads(line) for line in found.records] == [
        {"_id": "d1", "title": "", "text": "Two leaders signed a treaty."},
        {"_id": "d2", "title": "", "text": "Apples."},
    ]
    assert found.source == "stdin"
    assert found.index_name.startswith("plait-test-small-")
    with pytest.raises(ReadingError, match="there is no ir_datasets:plait-test/small to index"):
        read_collection("ir_datasets:plait-test/small", Sources(topics=queries, qrels=qrels))
    with pytest.raises(QueryError, match="leave --qrels out"):
        read_collection("ir_datasets:plait-test/small", Sources("dev"))


def test_registered_data_sets_that_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown id, data that are not there, a set without judgements, no such package."""
    docs = write(tmp_path / "docs.tsv", "d1\ttext\n")
    ir_datasets.registry.register("plait-test/docs", ir_datasets.create_dataset(str(docs)))
    gone = str(tmp_path / "gone")
    ir_datasets.registry.register("plait-test/gone", ir_datasets.create_dataset(gone, gone, gone))
    for name, message in (
        ("nobody/knows", "KeyError: .*https://ir-datasets.com"),
        ("plait-test/docs", "has no queries"),
        ("plait-test/gone", "FileNotFoundError"),
    ):
        with pytest.raises(ReadingError, match=message):
            read_collection(f"ir_datasets:{name}")
    monkeypatch.setitem(sys.modules, "ir_datasets", None)
    with pytest.raises(ReadingError, match=r"pip install 'plait\[datasets\]'"):
        read_collection("ir_datasets:any")
