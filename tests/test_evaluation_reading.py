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
from plait.search.evaluation import Sources, Topic, read_collection, read_judged
from plait.search.evaluation.files.judgements import read_qrels
from plait.search.evaluation.files.topics import read_topics
from plait.search.evaluation.files.trec import falling, read_run, write_run

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
        (CLASSIC, [Topic("051", "Airbus Subsidies"), Topic("MB01", "world cup")]),
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
        ('{"_id": "1"}', r"topics:1: topic '1' has no text"),
        ('{"text": "a"}', r"topics:1: no id among text; wanted \{"),
        (
            '{"_id": "1", "text": "a"}\n\n{"_id": "2", "text": null}',
            "topics:3: topic '2' has no text",
        ),
        ('{"_id": "1", "text": NaN}', "topics:1: topic '1' has no text"),
        ('{"_id": "1", "text": ["a"]}', r"topics:1: topic '1' has \['a'\] where a text is wanted"),
        ('{"_id": null, "text": "a"}', "topics:1: no id"),
        ('{"_id": "1", "text": "a"}\n[1]', "topics:2: "),
        ('{"_id": "1", "text": "a"}\n{"_id": "1", "text": "b"}', "'1' is there twice"),
        ("no tab here", "topics:1: .*ID<tab>TEXT"),
        ("q1\t \n", "topics:1: topic 'q1' has no text"),
        ("<top><num>1</top>", "topics:1: topic '1' has no text"),
        ("<top>\n<title>a\n</top>", "topics:1: no id"),
        ("<top><num>1<title>a\n<top><num>1<title>b", "topics:2: topic '1' is there twice"),
        ("<top><num>1<desc>a</top>", "topics:1: .*it has desc, and none of text, title"),
        ("<xml>\n", "topics:1: .*<top> … </top>"),
        ("q1\t0\td1\t1\nq2\t0\td1\t1\n", "holds judgements or a run, and no topics"),
        ("query-id\tcorpus-id\tscore\nq1\td1\t1\n", "holds judgements or a run, and no topics"),
        ("q1\tQ0\td1\t1\t9\ttag\n", "holds judgements or a run, and no topics"),
        ("q1\t???\n", r"topics:1: topic 'q1' has no word in '[?]{3}'"),
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
        "\ufeffQuery-ID\tCorpus-ID\tScore\r\nq1\ta\t2.0\r\n\r\nq1\tb\t0\r\nq2\ta\t-1.0\r\n",
        "# judged by Ann 1\nqid 0 docno rel\nq1  0\ta  2\nq1\t0 b 0\nq2 Q0 a\t-1\t\n",
        "q1\t0 a\t2\nq1\t0 b\t0\nq2\t0 a\t-1\n",
        "q1 a +2\nq1 b 0\nq2 a -1\n",
        'query-id\tcorpus-id\tscore\n"q1"\t"a"\t2\nq1\tb\t0\nq2\ta\t-1\n',
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
        ("q1\ta\t1.5\nq1\tb\t1\n", "qrels:1: the grade is 1.5; .* whole grades"),
        ("q1\ta\t1\nq1\tb\tnan\n", "qrels:2: the grade is nan"),
        ("q1\ta\t1\nq1\tb\t1e9\n", "qrels:2: the grade is 1e9"),
        ("q1\ta\thigh\nq1\tb\t1\n", "qrels:1: the grade is 'high', no number"),
        ("q1 0 a 1 x\n", "qrels:1: 5 columns in 'q1 0 a 1 x'"),
        ("q1,a,1\n", "qrels:1: 1 column in"),
        ("q1\tpeace treaty 1956\nq2\tmelting ice 2004\n", "qrels:2: column 2 is 'melting'"),
        ('{"_id": "1", "text": "a"}\n', "qrels:1: this is a topic .*are two files exchanged"),
        ("<top>\n<num>1\n<title> a b\n</top>", "qrels:1: this is a topic"),
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
        ("q1 Q0 a 1 high tag\n", "run:1: the score is 'high', no number; wanted TOPIC"),
        ("q1 Q0 a 1 2 my tag\n", "run:1: 7 columns"),
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


def test_an_id_between_two_tabs_may_hold_blanks(tmp_path: Path) -> None:
    """BEIR's columns are told by their tabs, line by line: `q1<tab>my notes<tab>1` is no TREC."""
    lines = "q1\tmy notes\t1\nq1\tTreaty of Rome (1957)\t2\nq 2\t0 and 1\t1\nq1\tc\t0\n"
    assert read_qrels(write(tmp_path / "qrels", lines)) == {
        "q1": {"my notes": 1, "Treaty of Rome (1957)": 2, "c": 0},
        "q 2": {"0 and 1": 1},
    }
    trec = "q1\t0\tmy notes\t1\nq1\t0\t“Weird” Al\t2\n"
    assert read_qrels(write(tmp_path / "trec", trec)) == {"q1": {"my notes": 1, "“Weird” Al": 2}}


TAGGED = """TREC topics, as they came

<top>
<num> Number: 301
<dom> Domain: Trade
<title> Topic: price < harbour
  and vector<int> &lt; AT&amp;T &#163;5 R&D
<desc> Description:
What is &quot;said&quot;?

<narr> Narrative:
How to use <title> and </head> in a page.

<top lang="en">
<num> Number: 302 </num>
<title> flu </title>
<desc>
What a winter.
</desc>
</top>
"""
XML = """<?xml version="1.0"?>
<topics task="covid">
  <topic number="1">
    <query lang="en">coronavirus origin</query>
    <question>what is the origin?</question>
    <narrative>seeking the source</narrative>
  </topic>
  <topic number='2' type="test"> A man of 58, with a cough </topic>
</topics>
"""


@pytest.mark.parametrize(
    ("text", "fields", "asked"),
    [
        (TAGGED, "", ["price < harbour and vector<int> < AT&T £5 R&D", "flu"]),
        (TAGGED, "desc", ['What is "said"?', "What a winter."]),
        (TAGGED, "title, description", None),
        (TAGGED.partition("<top lang")[0], "narr", ["How to use <title> and </head> in a page."]),
        (XML, "", ["coronavirus origin", "A man of 58, with a cough"]),
        (
            XML.partition("<topic number='2'")[0],
            "desc+narr",
            ["what is the origin? seeking the source"],
        ),
        (
            '{"qid": 7.0, "question": "who?"}\n# and\n{"id": 8, "text": 1956}\n',
            "",
            ["who?", "1956"],
        ),
        ('{"_id": "1", "text": "a", "metadata": {"narrative": "b"}}\n', "text+narr", ["a b"]),
        ('qid\tquery\tclass\n1\tsay "no"\twords\n2\t"a ""b"""\t\n', "", ['say "no"', 'a "b"']),
        ('# two\n1\twhat is 5\t3?\n2\t"peace treaty"\n', "text", ["what is 5 3?", "peace treaty"]),
        ('<topics><topic id="1"><title>x</title></topic></topics>', "title", ["x"]),
    ],
)
def test_what_is_asked_of_a_topic(
    tmp_path: Path, text: str, fields: str, asked: list[str] | None
) -> None:
    """Signs, references and labels as they are meant; its title, or the fields that are named."""
    topics = read_topics(write(tmp_path / "topics", text), fields)
    whole = asked or [
        'price < harbour and vector<int> < AT&T £5 R&D What is "said"?',
        "flu What a winter.",
    ]
    assert [topic.text for topic in topics] == whole


def test_a_field_that_a_topic_lacks_is_named(tmp_path: Path) -> None:
    """With the line of the topic, and the fields that it has."""
    path = write(tmp_path / "topics", TAGGED)
    with pytest.raises(ReadingError, match=r"topics:14: .*no field 'narr': it has title, desc"):
        read_topics(path, "narr")
    with pytest.raises(QueryError, match=r"no field of a topic in '[+]'"):
        read_topics(path, "+")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Missing, not UTF-8, cut off."""
    (tmp_path / "latin").write_bytes(b"q1\tna\xefve\n")
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"q1\ta\n" * 500)[:-30])
    (tmp_path / "plain.gz").write_bytes(b"q1\ta\n")
    (tmp_path / "wide").write_bytes("q1\tnaïve\n".encode("utf-16"))
    (tmp_path / "packed").write_bytes(gzip.compress(b"q1\ta\n"))
    assert read_topics(tmp_path / "packed") == [Topic("q1", "a")]
    for name, message in (
        ("none", "there is no file"),
        ("latin", "on at line 1.*save it as UTF-8"),
        ("wide", "on at line 1.*save it as UTF-8"),
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
    with pytest.raises(PlaitError, match="has a tab or a line end"):
        write_run(tmp_path / "run", {"q1": {"my\tnotes.txt": 1.0}}, "dense")


def test_ids_with_blanks_are_written_between_tabs(tmp_path: Path) -> None:
    """A run of them reads back as it was, whichever kind of blank."""
    run = {
        "q 1": falling([("my notes.txt", 2.0), ("b", 1.0)]),
        "q2": {"ideographic\u3000blank": 1.0},
    }
    write_run(tmp_path / "run", run, "dense")
    assert (tmp_path / "run").read_text().startswith("q 1\tQ0\tmy notes.txt\t1\t2\tdense\n")
    assert read_run(tmp_path / "run") == ("dense", run)


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
    assert found.note == "left out: 1 topic without a judgement, 2 judged topics without a text"
    with pytest.raises(ReadingError, match="no topic is judged"):
        read_collection(str(tmp_path / "small"), Sources("dev"))
    with pytest.raises(ReadingError, match=r"no train.tsv or train.tsv.gz"):
        read_collection(str(tmp_path / "small"), Sources("train"))


def test_numbers_of_topics_match_with_and_without_zeros(tmp_path: Path) -> None:
    """`051` in the topics is `51` in the judgements of the early TRECs; what is alike stays."""
    topics = write(tmp_path / "t", CLASSIC + "<top><num>1<title>x</top><top><num>100<title>y</top>")
    qrels = write(tmp_path / "q", "51 0 a 1\n001 0 a 1\n100 0 a 0\n100 0 b -1\n")
    found = read_judged(topics, qrels)
    assert [topic.id for topic in found.topics] == ["51", "001", "100"]
    assert found.note == (
        "left out: 1 topic without a judgement; counted as 0: 1 topic without a relevant article"
    )
    both = write(tmp_path / "both", "1\tx\n01\ty\n")
    with pytest.raises(ReadingError, match="topic '1' is there twice"):
        read_judged(both, write(tmp_path / "one", "1 0 a 1\n"))


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
