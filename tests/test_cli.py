"""The command line, as a new user types it: real runs, real exit statuses."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest


def plait(*words: str, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with its own standard input."""
    environment = {k: v for k, v in os.environ.items() if k != "PLAIT_INDEX"}
    return subprocess.run(
        [sys.executable, "-m", "plait.cli", *words],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """Index two small files and one that is empty."""
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "treaty.txt").write_text(
        "A treaty\n2018-11-14\nTwo leaders signed a peace treaty in Geneva."
    )
    (folder / "apples.md").write_text("# Apples\n\nFarmers counted apples after the storm.")
    (folder / "empty.txt").write_text("")
    done = plait("index", "news", cwd=tmp_path)
    assert done.returncode == 1
    assert "skipped" in done.stderr
    assert "2 articles added" in done.stdout
    return tmp_path


def test_search_prints_rank_title_date_source_and_marks(news: Path) -> None:
    """One hit shows all that a person needs; nothing is coloured in a pipe."""
    out = plait("search", "peace treaty", "-k", "1", cwd=news).stdout
    for expected in ("  1  ", "A treaty", "2018-11-14", "news/treaty.txt", "*peace* *treaty*"):
        assert expected in out
    assert "\x1b" not in out


def test_json_is_for_programs(news: Path) -> None:
    """`--json` gives what the page gives, with offsets and explanation."""
    (hit,) = json.loads(plait("search", "apples", "-k", "1", "--json", cwd=news).stdout)
    in_order = "rank id title date author source metadata passage score p parts"
    assert list(hit) == in_order.split()
    assert list(hit["passage"]) == ["id", "number", "start", "end", "text"]
    assert (hit["id"], hit["passage"]["id"]) == ("news/apples.md", "news/apples.md#0")
    assert hit["passage"]["text"] == "Farmers counted apples after the storm."
    assert hit["score"] == pytest.approx(sum(hit["parts"].values()))
    asked = ("search", "apples", "-k", "1", "--format", "jsonl", "--full", "--explain")
    hit = json.loads(plait(*asked, cwd=news).stdout)
    assert hit["text"] == hit["passage"]["text"]
    assert (hit["raw"], hit["teasers"]) == ("", [])
    in_order = "keyword dense terms late neighbours exact rare trust rerank age"
    assert list(hit["explanation"]) == in_order.split()


def test_standard_input_show_remove_info_check_context(news: Path) -> None:
    """The other commands, one after another."""
    line = json.dumps({"_id": "x1", "title": "Rain", "text": "It rained on the islands."})
    assert "1 article added" in plait("index", "-", cwd=news, stdin=line + "\nnot json\n").stdout
    assert "It rained" in plait("show", "x1", cwd=news).stdout
    assert plait("show", "x1#0", cwd=news).stdout == "It rained on the islands.\n"
    assert plait("show", "x1#7", cwd=news).returncode == 1
    assert "[1] Rain" in plait("context", "rain islands", "--tokens", "60", cwd=news).stdout
    assert "1 article removed: x1." in plait("remove", "x1", cwd=news).stdout
    assert plait("show", "x1", cwd=news).returncode == 1
    assert json.loads(plait("info", "--json", cwd=news).stdout)["articles"] == 2
    assert "as they were written" in plait("check", cwd=news).stdout


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("context", "x", "-i", "nowhere", "--system", "foo"), 2, "no leg 'foo'"),
        (("search", "x", "-i", "nowhere"), 1, "plait index PATH"),
        (("search", "", "-i", ".plait"), 2, "empty"),
        (("search", "x", "--mode", "magic"), 2, "hybrid, keyword, dense"),
        (("search", "x", "--system", "hybrid(fusion=magic)"), 2, "convex, minmax, rrf"),
        (("context", "x", "--system", "dense(weight=0.5)"), 2, "it takes none"),
        (("search", "peace", "--rerank", "./absent"), 1, "no model folder absent"),
        (("search", "peace", "--budget-ms", "100"), 2, "without --rerank MODEL"),
        (("search", "peace", "--rerank", "a,b"), 2, "wanted NAME=VALUE"),
        (("context", "peace", "--system", "dense >> rerank(model=./absent)"), 1, "absent"),
        (("remove", "ghost"), 1, "Nothing was removed"),
        (("search", "peace", "--min-score", "0.1"), 2, "No such option: --min-score"),
        (("search", "peace", "--json", "--format", "csv"), 2, "--json and --format csv"),
        (("search", "peace", "--full"), 2, "--full goes with --format json or jsonl, not text"),
        (("search", "x", "--format", "md", "--explain"), 2, "--explain goes with --format text"),
        (("index", "news", "--model", "/no/such/folder", "-i", "new"), 1, "no model folder"),
        (("bench", "news"), 1, "corpus.jsonl"),
    ],
)
def test_errors_name_the_remedy(
    news: Path, words: tuple[str, ...], status: int, message: str
) -> None:
    """One line on standard error, no traceback, and the right exit status."""
    done = plait(*words, cwd=news)
    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_numbers_of_any_length_name_no_passage(news: Path) -> None:
    """What is too long for a number of a passage is an article's id, and there is none."""
    done = plait("show", f"news/apples.md#{'9' * 5000}", cwd=news)
    assert done.returncode == 1
    assert "no article" in done.stderr
    assert "Traceback" not in done.stderr


def test_bench_reads_a_beir_folder(tmp_path: Path) -> None:
    """Measures of all three modes for a collection of three articles."""
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text(
        "\n".join(
            json.dumps({"_id": name, "title": "", "text": f"A story about {name}."})
            for name in ("apples", "treaties", "glaciers")
        )
    )
    (tmp_path / "queries.jsonl").write_text(json.dumps({"_id": "q1", "text": "apples"}))
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tapples\t1\n")
    table = json.loads(plait("bench", ".", "--json", cwd=tmp_path).stdout)
    assert {mode: values["nDCG@10"] for mode, values in table.items()} == {
        "hybrid": 1.0,
        "keyword": 1.0,
        "dense": 1.0,
    }


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_is_clean(tmp_path: Path, times: int) -> None:
    """Interrupted while it encodes, the command says so once and leaves a whole index."""
    (tmp_path / "seeds").symlink_to(Path(__file__).resolve().parent.parent / "seeds")
    running = subprocess.Popen(
        [sys.executable, "-m", "plait.cli", "index", "seeds/articles", "-i", "news.plait"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (tmp_path / "news.plait" / "manifest.json").exists():
        time.sleep(0.05)
    time.sleep(0.5)
    for _ in range(times):
        running.send_signal(signal.SIGINT)
        time.sleep(0.02)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert errors.count("interrupted") == 1
    assert "Traceback" not in errors
    assert plait("check", "-i", "news.plait", cwd=tmp_path).returncode == 0


def test_ctrl_c_ends_what_swallows_it() -> None:
    """Libraries call Python where they ignore what it raises; the command ends all the same."""
    script = """
import os, signal, time
from plait import cli
def app():
    try:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(10)
    except SystemExit:
        time.sleep(60)
cli.app = app
cli.main()
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 130
    assert done.stderr.count("interrupted") == 1


def test_info_loads_no_arrays(news: Path) -> None:
    """It reads a manifest: neither NumPy nor Whoosh is imported."""
    code = "import sys; sys.argv = ['plait', 'info']\nfrom plait import cli\ntry: cli.main()\n"
    code += "finally: print({'numpy', 'whoosh', 'onnxruntime'} & set(sys.modules), file=sys.stderr)"
    plait("index", ".", cwd=news)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=news, capture_output=True, text=True, check=False
    )
    assert done.stderr.strip().endswith("set()"), done.stderr


COMMANDS = [
    *("index", "search", "list", "show", "remove", "info"),
    *("check", "context", "why", "bench", "tune"),
]


@pytest.mark.parametrize("command", ["", *COMMANDS])
@pytest.mark.parametrize("width", [60, 80])
def test_version_and_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, width: int
) -> None:
    """`-h` works on the whole and on each command, and nothing in it is cut or too wide."""
    monkeypatch.setenv("COLUMNS", str(width))
    shown = plait(*command.split(), "-h", cwd=tmp_path)
    assert (shown.returncode, command in shown.stdout) == (0, True)
    assert "…" not in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= width
    if not command:
        assert plait("--version", cwd=tmp_path).stdout.strip() == version("plait")
        assert all(f" {name} " in shown.stdout for name in COMMANDS)


def test_why_is_answered(news: Path) -> None:
    """`plait why` explains a rank, in words or in JSON, and an unknown article is an error."""
    found = json.loads(plait("search", "apples", "-k", "1", "--json", cwd=news).stdout)[0]
    words = plait("why", "apples", "news/apples.md", cwd=news).stdout
    assert words.startswith("news/apples.md  ")
    assert "hybrid: rank 1 of" in words
    reasons = json.loads(plait("why", "apples", "news/apples.md", "--json", cwd=news).stdout)
    assert reasons["standing"]["score"] == found["score"]
    unknown = plait("why", "apples", "aples.md", cwd=news)
    assert unknown.returncode == 1
    assert "Did you mean 'news/apples.md'?" in unknown.stderr
