"""Writing: what a commit keeps, what a crash loses, what is refused."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from plait.index.article import Article
from plait.index.cutting import Cutting, cut_passages
from plait.index.encoder import Encoder
from plait.index.errors import CorruptIndexError, FingerprintError, LockedError, NoIndexError
from plait.index.ingest import Summary, bring_up_to_date
from plait.index.manifest import read_manifest
from plait.index.snapshot import Snapshot
from plait.index.writer import IndexWriter
from plait.search.index import Index, Options

STORIES = [
    Article(f"a{n}", f"Story {n}", f"Ministers met in city {n}. They spoke about treaty {n % 3}.")
    for n in range(12)
]


def test_add_update_remove_and_merge(tmp_path: Path, encoder: Encoder) -> None:
    """An index that grew and shrank ranks as one built at once, before and after merging."""
    grown, built = tmp_path / "grown", tmp_path / "built"
    changed = replace(STORIES[3], text="Farmers counted apples. Nobody spoke about treaties.")
    final = [changed if a.id == "a3" else a for a in STORIES if a.id != "a5"]
    with IndexWriter(grown, encoder) as writer:
        for number, article in enumerate(STORIES):
            assert writer.add(article) == "added"
            if number % 2:
                writer.commit()
        assert writer.add(changed) == "updated"
        assert writer.add(STORIES[0]) == "unchanged"
        assert writer.remove("a5")
        assert not writer.remove("a5")
    with IndexWriter(built, encoder) as writer:
        for article in final:
            writer.add(article)
    wanted = _ranking(built, encoder)
    assert _ranking(grown, encoder) == pytest.approx(wanted)
    with IndexWriter(grown, encoder) as writer:
        writer.merge()
    assert len(Snapshot(grown).segments) == 1
    assert _ranking(grown, encoder) == pytest.approx(wanted)
    assert sorted(Snapshot(grown).article_ids()) == sorted(a.id for a in final)
    assert not read_manifest(grown).damage(grown)


def _ranking(root: Path, encoder: Encoder) -> dict[str, float]:
    hits = Index.open(root, encoder).search("treaty 1 city apples", 20, Options(passages=True))
    return {hit.passage.id: hit.score for hit in hits}


def test_only_one_writer(tmp_path: Path, encoder: Encoder) -> None:
    """A second writer is refused and told who holds the lock; readers are not."""
    with IndexWriter(tmp_path, encoder) as writer:
        writer.add(STORIES[0])
        writer.commit()
        with pytest.raises(LockedError, match=str(os.getpid())):
            IndexWriter(tmp_path, encoder)
        assert len(Index.open(tmp_path)) == 1


def test_an_exception_commits_nothing(tmp_path: Path, encoder: Encoder) -> None:
    """Leaving the block by an error keeps the last commit, and frees the lock."""
    with IndexWriter(tmp_path, encoder) as writer:
        writer.add(STORIES[0])
    with pytest.raises(ZeroDivisionError), IndexWriter(tmp_path, encoder) as writer:
        _fail_after(writer)
    assert list(Snapshot(tmp_path).article_ids()) == ["a0"]
    with IndexWriter(tmp_path, encoder):
        pass


def _fail_after(writer: IndexWriter) -> None:
    writer.add(STORIES[1])
    raise ZeroDivisionError


def test_damage_is_found_and_named(tmp_path: Path, encoder: Encoder) -> None:
    """A changed, a shortened and a missing file are each reported by name."""
    with IndexWriter(tmp_path, encoder) as writer:
        writer.add(STORIES[0])
    snapshot = Snapshot(tmp_path)
    folder = tmp_path / snapshot.segments[0].name
    vectors = bytearray((folder / "vectors.npy").read_bytes())
    vectors[-1] ^= 1
    (folder / "vectors.npy").write_bytes(vectors)
    (folder / "spans.npy").write_bytes(b"short")
    (folder / "text.lengths.npy").unlink()
    report = "\n".join(snapshot.manifest.damage(tmp_path))
    for expected in (
        "vectors.npy: content altered",
        "spans.npy: 5 bytes",
        "text.lengths.npy: missing",
    ):
        assert expected in report
    with pytest.raises(CorruptIndexError, match=r"spans\.npy"):
        Snapshot(tmp_path)


def test_no_index_and_wrong_recipe_name_the_remedy(tmp_path: Path, encoder: Encoder) -> None:
    """Opening nothing, or an index of another encoder, says what to do."""
    with pytest.raises(NoIndexError, match="plait index"):
        Index.open(tmp_path / "none")
    with IndexWriter(tmp_path, encoder) as writer:
        writer.add(STORIES[0])
    manifest = tmp_path / "manifest.json"
    manifest.write_text(manifest.read_text().replace(encoder.fingerprint, "other-model:1"))
    with pytest.raises(FingerprintError, match="new folder"):
        IndexWriter(tmp_path, encoder)
    with pytest.raises(FingerprintError, match="other-model"):
        Index.open(tmp_path, encoder).search("treaty")


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
        "import plait.index.ingest as i, plait.index.encoder as e, plait.index.writer as w\n"
        f"i.BATCH = 4\nfrom pathlib import Path\nbase = Path({str(tmp_path)!r})\n"
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


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400))
def test_offsets_are_exact_and_cover_the_text(text: str) -> None:
    """Passages are slices of the text, and between them they leave out only blanks."""
    article = Article("a", "A title", text)
    passages = cut_passages(article, Cutting(window=20), _word_ends)
    assert all(text[p.start : p.end] == p.text for p in passages)
    covered = {at for p in passages for at in range(p.start, p.end)}
    assert all(not c.strip() or at in covered for at, c in enumerate(text))


def _word_ends(text: str) -> NDArray[np.int64]:
    return np.array([at + 1 for at, c in enumerate(text) if not c.isspace()], dtype=np.int64)
