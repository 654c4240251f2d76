"""Bringing an index up to date: what is read again, what is pruned, what a crash leaves."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from plait.index.ingest import Indexing, bring_up_to_date
from plait.index.local.manifest import read_manifest
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.reading import FieldNames, is_gone
from plait.index.summary import Summary
from plait.search.index import Index


def test_changed_files_only_and_prune(tmp_path: Path, encoder: Encoder) -> None:
    """A second run reads what changed; `--prune` removes what vanished."""
    news = tmp_path / "news"
    news.mkdir()
    for name in ("a", "b", "c"):
        (news / f"{name}.txt").write_text(f"Title {name}\nThe text of {name} is short.")
    assert _index(tmp_path, encoder).added == 3
    assert _index(tmp_path, encoder).skipped == 3
    (news / "a.txt").write_text("Title a\nThe text of a is another one now.")
    (news / "b.txt").unlink()
    (news / "empty.txt").write_text("")
    (news / "binary.txt").write_bytes(b"\x00\x01" * 50)
    (news / "loop").symlink_to(news)
    summary = _index(tmp_path, encoder, prune=True)
    assert (summary.updated, summary.removed, summary.skipped) == (1, 1, 1)
    assert {Path(f.source).name for f in summary.failures} == {"empty.txt", "binary.txt"}


def _index(folder: Path, encoder: Encoder, *, prune: bool = False) -> Summary:
    with IndexWriter(folder / ".plait", encoder) as writer:
        return bring_up_to_date(writer, [folder / "news"], prune=prune)


def test_kill_during_indexing_leaves_a_whole_index(tmp_path: Path, encoder: Encoder) -> None:
    """SIGKILL at several moments: the index opens, checks, and the next run finishes."""
    news = tmp_path / "news"
    news.mkdir()
    for number in range(40):
        (news / f"{number}.txt").write_text(
            f"Title {number}\n" + f"Treaty {number} was signed. " * 20
        )
    code = (
        "import plait.index.ingest as i, plait.index.models.encoder as e\n"
        "import plait.index.local.writer as w\n"
        f"i.COMMIT_CHARACTERS = 2000\nfrom pathlib import Path\nbase = Path({str(tmp_path)!r})\n"
        "with w.IndexWriter(base / '.plait', e.load_encoder()) as writer:\n"
        "    i.bring_up_to_date(writer, [base / 'news'])\n"
    )
    for delay in (0.7, 1.2, 1.7):
        running = subprocess.Popen([sys.executable, "-c", code])
        time.sleep(delay)
        running.send_signal(signal.SIGKILL)
        running.wait()
        if (tmp_path / ".plait" / "manifest.json").exists():
            assert not read_manifest(tmp_path / ".plait").damage(tmp_path / ".plait")
    _index(tmp_path, encoder)
    assert len(Index.open(tmp_path / ".plait")) == 40


def test_moved_files_and_folders_that_are_not_there(tmp_path: Path, encoder: Encoder) -> None:
    """A renamed file keeps its records; a path without files is never pruned below."""
    news = tmp_path / "news"
    news.mkdir()
    lines = ['{"_id": "1", "text": "one"}', '{"_id": "2", "text": "two"}']
    (news / "a.jsonl").write_text("\n".join(lines))
    assert _index(tmp_path, encoder).added == 2
    (news / "a.jsonl").rename(news / "b.jsonl")
    assert (_index(tmp_path, encoder, prune=True).updated, _count(tmp_path)) == (2, 2)
    (news / "b.jsonl").write_text(lines[0])
    assert _index(tmp_path, encoder).unchanged == 1
    assert _count(tmp_path) == 2
    assert _index(tmp_path, encoder, prune=True).removed == 1
    (news / "b.jsonl").rename(tmp_path / "b.jsonl")
    summary = _index(tmp_path, encoder, prune=True)
    assert summary.removed == 0
    assert "holds no file" in summary.failures[0].reason
    assert _count(tmp_path) == 1


def test_a_missing_path_is_reported_once(tmp_path: Path, encoder: Encoder) -> None:
    """That it is not there says all; an empty folder is there, and holds nothing."""
    (tmp_path / "news").mkdir()
    with IndexWriter(tmp_path / ".plait", encoder) as writer:
        summary = bring_up_to_date(writer, [tmp_path / "gone", tmp_path / "news"])
    gone, empty = (failure.reason for failure in summary.failures)
    assert gone == "No such file or directory"
    assert empty.startswith("holds no file that plait reads (.txt")


def _count(folder: Path) -> int:
    return len(Index.open(folder / ".plait"))


def test_other_field_names_read_a_file_again(tmp_path: Path, encoder: Encoder) -> None:
    """A run with the wrong names can be corrected."""
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.jsonl").write_text(
        '{"_id": "1", "title": "Fruit", "text": "a pear", "body": "an apple"}'
    )
    assert _index(tmp_path, encoder).added == 1
    with IndexWriter(tmp_path / ".plait", encoder) as writer:
        summary = bring_up_to_date(writer, [news], fields=FieldNames(text="body"))
    assert (summary.updated, summary.skipped) == (1, 0)
    assert Index.open(tmp_path / ".plait").article("1").text == "an apple"


def test_what_cannot_be_looked_at_is_not_gone() -> None:
    """A folder that is closed, or a name too long for this system, says nothing of a file."""
    assert not is_gone("/" + "x" * 300)
    assert is_gone("/no/such/file")
    assert not is_gone("stdin")


def test_the_summary_says_what_was_done() -> None:
    """In words, without what is nothing, and with the right plurals."""
    assert str(Summary(added=98)) == "98 articles added"
    assert str(Summary(added=1, skipped=1, failed=1)) == (
        "1 article added; 1 file unchanged; 1 failure"
    )
    assert str(Summary(updated=2, removed=1, unchanged=3, skipped=1200)) == (
        "2 articles updated, 1 removed, 3 read again and unchanged; 1,200 files unchanged"
    )
    assert str(Summary(skipped=96)) == "96 files unchanged"
    assert str(Summary()) == "no articles found"


def test_files_are_done_when_their_articles_are_committed(
    tmp_path: Path, quick: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are found first, which is told; of two that wait for a commit, none is done."""
    monkeypatch.setattr("plait.index.ingest.COMMIT_ARTICLES", 2)
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(f"Title {name}\nText.")
    told: list[tuple[int, int]] = []
    for _ in range(2):
        with IndexWriter(tmp_path / ".plait", quick) as writer:
            run = Indexing(writer, FieldNames(), progress=lambda *done: told.append(done))
            run.run([tmp_path])
    assert told == [(0, 3), (2, 3), (3, 3), (0, 3), (1, 3), (2, 3), (3, 3), (3, 3)]
