"""Writing: what a commit keeps, what a crash loses, what is refused."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from plait.index.article import Article
from plait.index.cutting import Cutting, cut_passages
from plait.index.encoder import Encoder
from plait.index.errors import (
    CorruptIndexError,
    FingerprintError,
    IndexDirectoryError,
    LockedError,
    NoIndexError,
)
from plait.index.ingest import Summary, bring_up_to_date
from plait.index.manifest import Manifest, read_manifest
from plait.index.reading import FieldNames
from plait.index.snapshot import Snapshot
from plait.index.writer import IndexWriter
from plait.search.index import Index, Options
from plait.search.ranker import MODES

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


def test_a_foreign_folder_is_left_alone(tmp_path: Path, encoder: Encoder) -> None:
    """An index is made in an empty or new folder only, and removes nothing but its own."""
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(IndexDirectoryError, match=r"precious\.txt"):
        IndexWriter(tmp_path, encoder)
    with pytest.raises(IndexDirectoryError, match="is a file"):
        IndexWriter(tmp_path / "precious.txt", encoder)
    root = tmp_path / "index"
    with IndexWriter(root, encoder) as writer:
        writer.add(STORIES[0])
    for name in ("segment-photos", "sources-old", ".tmp-notes", "segment-99"):
        (root / name).mkdir()
    with IndexWriter(root, encoder):
        pass
    left = {path.name for path in root.iterdir()}
    assert {"segment-photos", "sources-old", ".tmp-notes"} <= left
    assert "segment-99" not in left


def test_a_failed_commit_can_be_tried_again(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full at the last step loses nothing that was gathered."""
    writer = IndexWriter(tmp_path, encoder)
    with writer:
        writer.add(STORIES[0])
        writer.commit()
        writer.add(replace(STORIES[0], text="Another text."))
        writer.add(STORIES[1])
        with monkeypatch.context() as patch:
            patch.setattr(Manifest, "publish", _disk_full)
            with pytest.raises(OSError, match="No space"):
                writer.commit()
        writer.commit()
    assert sorted(Snapshot(tmp_path).article_ids()) == ["a0", "a1"]
    assert Index.open(tmp_path).article("a0").text == "Another text."


def _disk_full(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("generation",), None),
        (("recipe", "dimension"), "384"),
        (("recipe",), []),
        (("segments", 0, "name"), "../elsewhere/segment-1"),
        (("segments", 0, "name"), None),
        (("segments", 0, "files", 0, "path"), "../../etc/passwd"),
        (("segments", 0, "files", 0, "size"), None),
        (("segments", 0, "deletions"), 7),
        (("sources", "path"), ""),
        (("format",), 99),
    ],
)
def test_a_damaged_manifest_is_an_error_of_ours(
    tmp_path: Path, encoder: Encoder, place: tuple[str | int, ...], value: object
) -> None:
    """Wrong types and paths that lead out of the folder are refused, not followed."""
    with IndexWriter(tmp_path, encoder) as writer:
        writer.add(STORIES[0])
    manifest = tmp_path / "manifest.json"
    record = json.loads(manifest.read_text())
    inner = record
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    manifest.write_text(json.dumps(record))
    with pytest.raises((CorruptIndexError, FingerprintError), match="new folder"):
        Snapshot(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "nonsense", '{"a": 1}'])
def test_damaged_sources_and_manifests_of_another_shape(
    tmp_path: Path, encoder: Encoder, text: str
) -> None:
    """Neither file can bring the writer or a reader down."""
    with IndexWriter(tmp_path, encoder) as writer:
        writer.add(STORIES[0])
    (sources,) = tmp_path.glob("sources-*.json")
    sources.write_text(text)
    with pytest.raises(CorruptIndexError, match="damaged"):
        IndexWriter(tmp_path, encoder)
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises((CorruptIndexError, FingerprintError)):
        Snapshot(tmp_path)


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


def _count(folder: Path) -> int:
    return len(Index.open(folder / ".plait"))


def test_other_field_names_read_a_file_again(tmp_path: Path, encoder: Encoder) -> None:
    """A run with the wrong names can be corrected."""
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.jsonl").write_text('{"_id": "1", "title": "Fruit", "body": "an apple"}')
    assert _index(tmp_path, encoder).added == 1
    with IndexWriter(tmp_path / ".plait", encoder) as writer:
        summary = bring_up_to_date(writer, [news], fields=FieldNames(text="body"))
    assert (summary.updated, summary.skipped) == (1, 0)
    assert Index.open(tmp_path / ".plait").article("1").text == "an apple"


def test_one_long_article_does_not_hide_the_others(tmp_path: Path) -> None:
    """A thousand passages of one article leave room for ten articles."""
    long = Article(
        "long", "Cats", "\n".join(f"Cats and cat number {n}. " * 30 for n in range(1100))
    )

    class Quick:
        """Stands in for the model where only the number of passages matters."""

        dimension, window, fingerprint, name = 8, 60, "quick", "quick"

        def token_ends(self, text: str) -> NDArray[np.int64]:
            """Count letters as word pieces, four at a time."""
            return np.arange(4, len(text) + 4, 4).clip(max=len(text))

        def encode_passages(self, texts: list[str], _: object = None) -> NDArray[np.float32]:
            """Point the long article's passages at the query, the others aside."""
            rows = [[1.0, 0.0] if "number" in text else [0.6, 0.8] for text in texts]
            vectors = np.zeros((len(rows), 8), dtype=np.float32)
            vectors[:, :2] = rows
            return vectors

        def encode_query(self, text: str) -> NDArray[np.float32]:
            """Point at the long article."""
            return self.encode_passages(["number " + text])[0]

    quick = cast("Encoder", Quick())
    with IndexWriter(tmp_path, quick) as writer:
        writer.add(long)
        for n in range(20):
            writer.add(Article(f"short{n}", "Pets", "A cat is a pet."))
    assert Snapshot(tmp_path).keyword.count > 1100
    for mode in MODES:
        hits = Index.open(tmp_path, quick).search("cat", 10, Options(mode))
        assert len({hit.article.id for hit in hits}) == 10


def test_a_long_title_leaves_room_for_the_passage(tmp_path: Path, encoder: Encoder) -> None:
    """What is encoded fits the window, however long the title."""
    title = "A very long title about treaties, islands and declarations " * 12
    article = Article("a", title, "One short sentence follows another. " * 60)
    cutting = Cutting(encoder.window)
    head = cutting.head(title, encoder.token_ends)
    assert 0 < len(encoder.token_ends(head)) <= encoder.window // 4
    passages = cut_passages(article, cutting, encoder.token_ends)
    assert len(passages) > 1
    for passage in passages:
        assert len(encoder.token_ends(f"{head}\n{passage.text}")) <= encoder.window
    with IndexWriter(tmp_path, encoder) as writer:
        writer.add(article)


@pytest.mark.parametrize("text", ["\ufffd", "\u0301", "\ufe0f", "\u200b \u200b", "x" * 5000])
def test_odd_texts_are_indexed(tmp_path: Path, encoder: Encoder, text: str) -> None:
    """Texts without a word piece, or without a blank, neither crash nor vanish."""
    with IndexWriter(tmp_path, encoder) as writer:
        writer.add(Article("odd", "An odd text", text))
    assert Index.open(tmp_path, encoder).search("odd")[0].article.text == text


def test_an_empty_index_is_searched(tmp_path: Path, encoder: Encoder) -> None:
    """No articles, no hits, no error, in any mode."""
    with IndexWriter(tmp_path, encoder):
        pass
    for mode in MODES:
        assert Index.open(tmp_path, encoder).search("peace", 3, Options(mode)) == []
