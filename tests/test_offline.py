"""Nothing leaves this machine: no socket, no foreign file, no name asked of a hub."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from plait.index.article import Article
from plait.index.errors import ModelError
from plait.index.local.generations import record_system
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.models.user_cache import cache_home
from plait.search.index import Index
from plait.search.system import Options, System

SEALED = Path(__file__).with_name("sealed.py")
PAGE = """<html lang="en"><head><title>A treaty</title></head><body><article><h1>A treaty</h1>
<p>Two leaders signed a peace treaty in Geneva after long talks about the islands.</p>
<p>Farmers counted apples after the storm, and found that there were few.</p>
</article></body></html>"""
UNKNOWN = "nobody-of-plait/no-such-model"
RERANKED = f"hybrid >> rerank(model={UNKNOWN})"


def sealed(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, without the network, at a home that holds nothing."""
    (cwd / "home").mkdir(exist_ok=True)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "HF_", "ORT_"))}
    own = {"HOME": str(cwd / "home"), "TMPDIR": str(cwd / "home"), "USER": "u", "LOGNAME": "u"}
    return subprocess.run(
        [sys.executable, str(SEALED), *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**kept, **own, "PLAIT_CACHE": str(cache_home())},
    )


def plait(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command without the network."""
    return sealed("-m", "plait.cli", *words, cwd=cwd)


def files_at_home(cwd: Path) -> list[Path]:
    """List what was left outside the index and plait's own cache."""
    return [path for path in (cwd / "home").rglob("*") if path.is_file()]


@pytest.fixture
def received(tmp_path: Path, encoder: Encoder) -> Path:
    """Write an index that says it was made with a model nobody has."""
    with IndexWriter(tmp_path / ".plait", encoder, UNKNOWN) as writer:
        writer.add(Article("x1", "Rain", "It rained on the islands."))
    return tmp_path


@pytest.mark.usefixtures("encoder")
def test_indexing_and_searching_open_no_socket_and_leave_no_file(tmp_path: Path) -> None:
    """A page, a Markdown file and a query: the kernel kills what reaches for the network."""
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "treaty.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "news" / "apples.md").write_text("# Apples\n\nFarmers counted apples.")
    indexed = plait("index", "news", cwd=tmp_path)
    assert (indexed.returncode, indexed.stderr) == (0, "")
    assert "2 articles added" in indexed.stdout
    found = plait("search", "peace treaty", "-k", "1", cwd=tmp_path)
    assert (found.returncode, found.stderr) == (0, "")
    assert "A treaty" in found.stdout
    assert files_at_home(tmp_path) == []


MODELS = """
import sys
from plait.index.models.encoder import load_encoder
from plait.search.stages.reranking import load_reranker
print(*load_reranker(sys.argv[1]).scores("peace", ["war"]))
print(len(load_encoder(sys.argv[2]).encode_query("peace").vector))
"""


def test_other_models_open_no_socket(tmp_path: Path, cross_encoder: Path) -> None:
    """A folder is all that is read: torch, transformers and their kin ask nobody."""
    bert = cross_encoder.parent / "bert"
    done = sealed("-c", MODELS, str(cross_encoder), str(bert), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert files_at_home(tmp_path) == []


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('plait.invalid', 80)",
        "import socket; socket.socket(socket.AF_INET6).connect(('::1', 9))",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "import ctypes; ctypes.CDLL(None).syscall(425, 1, 0)",
    ],
)
def test_the_seal_holds(tmp_path: Path, code: str) -> None:
    """Each way to the network ends the process, or the other tests would say nothing."""
    assert sealed("-c", code, cwd=tmp_path).returncode == -signal.SIGSYS


@pytest.mark.parametrize(
    "words",
    [
        ("search", "rain"),
        ("context", "rain"),
        ("remove", "x1"),
        ("index", "news"),
        ("why", "rain", "x1"),
    ],
)
def test_the_model_that_an_index_names_is_not_fetched(
    received: Path, words: tuple[str, ...]
) -> None:
    """It is looked up on this machine; the message says what would fetch it."""
    (received / "news").mkdir()
    done = plait(*words, cwd=received)
    assert done.returncode == 1, done.stderr
    assert f"asks for the model {UNKNOWN}" in done.stderr
    assert f"hf download {UNKNOWN}" in done.stderr


def test_the_reranker_that_an_index_names_is_not_fetched(tmp_path: Path, encoder: Encoder) -> None:
    """A second stage that was saved is no wish of the user's, whoever asks by it."""
    root = tmp_path / ".plait"
    with IndexWriter(root, encoder) as writer:
        writer.add(Article("x1", "Rain", "It rained on the islands."))
    record_system(root, RERANKED)
    for words in (("search", "rain"), ("context", "rain")):
        done = plait(*words, cwd=tmp_path)
        assert done.returncode == 1, done.stderr
        assert f"hf download {UNKNOWN}" in done.stderr
    assert plait("search", "rain", "--system", "hybrid", cwd=tmp_path).returncode == 0
    opened = Index.open(root, encoder)
    with pytest.raises(ModelError, match="not on this machine"):
        opened.search("rain")
    assert opened.search("rain", options=Options(System()))


def test_bench_and_tune_do_not_fetch_what_an_index_names(tmp_path: Path, encoder: Encoder) -> None:
    """Both compare with the index's own system, and say at once that it cannot be had."""
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d", "title": "", "text": "Rain."}\n')
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "rain"}\n')
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\td\t1\n")
    assert plait("bench", ".", "-i", ".plait", cwd=tmp_path).returncode == 0
    assert encoder.name
    record_system(tmp_path / ".plait", RERANKED)
    for words in (("bench", "."), ("tune", "queries.jsonl", "qrels/test.tsv")):
        done = plait(*words, "-i", ".plait", cwd=tmp_path)
        assert done.returncode == 1, done.stderr
        assert f"hf download {UNKNOWN}" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("search", "rain", "--rerank", UNKNOWN),
        ("search", "rain", "--system", RERANKED),
        ("index", "news", "-i", "new.plait", "--model", UNKNOWN),
    ],
)
def test_a_name_typed_now_may_be_fetched(
    tmp_path: Path, encoder: Encoder, words: tuple[str, ...]
) -> None:
    """It reaches for the hub, and dies of it here."""
    with IndexWriter(tmp_path / ".plait", encoder) as writer:
        writer.add(Article("x1", "Rain", "It rained on the islands."))
    assert plait(*words, cwd=tmp_path).returncode == -signal.SIGSYS
