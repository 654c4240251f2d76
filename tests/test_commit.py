"""Commits that fail half-way, and what a crash after them leaves: the old state or the new."""

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree

import pytest

from plait.index.article import Article
from plait.index.errors import IndexDirectoryError, LockedError
from plait.index.files.atomic import publish
from plait.index.local.generations import Generations
from plait.index.local.manifest import MANIFEST, Manifest, read_manifest
from plait.index.local.snapshot import Snapshot, check_files
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder


def story(name: str) -> Article:
    """Make an article of one passage."""
    return Article(name, f"Story {name}", f"Ministers met in the city of {name}.")


def contents(root: Path) -> set[str]:
    """Name the articles of an index whose files are all as they were written."""
    check_files(root)
    return set(Snapshot(root).article_ids())


def index_of(root: Path, encoder: Encoder, *names: str) -> Path:
    """Make an index of one segment an article."""
    writer = IndexWriter(root, encoder)
    for name in names:
        writer.add(story(name))
        writer.commit()
    writer.close()
    return root


class Opens:
    """Counts files that are opened, and lets one of them fail as if there were too many."""

    def __init__(self) -> None:
        self.count = self.failing = 0
        self.counting = False
        sys.addaudithook(self._hook)  # stays for good, and counts only when asked

    def _hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if not (self.counting and event in {"open", "os.scandir", "os.listdir"}):
            return
        self.count += 1
        if self.count == self.failing:
            raise OSError(errno.EMFILE, "Too many open files", str(arguments[0]))

    @contextmanager
    def failing_at(self, number: int) -> Iterator[None]:
        """Count from 1, and fail once at `number`."""
        self.count, self.failing, self.counting = 0, number, True
        try:
            yield
        finally:
            self.counting = False


OPENS = Opens()


def grow(root: Path, encoder: Encoder) -> bool:
    """Add, commit, remove, add and merge; go on after an error, and say whether there was none."""
    fine = True
    with IndexWriter(root, encoder) as writer:
        writer.add(story("c"))
        try:
            writer.commit()
        except OSError:
            fine = False
        writer.remove("a")
        writer.add(story("d"))
    return fine


@pytest.mark.parametrize("stride", [19, pytest.param(1, marks=pytest.mark.thorough)])
def test_no_open_that_fails_loses_anything(tmp_path: Path, quick: Encoder, stride: int) -> None:
    """Of all files opened in a run, each fails once: the index holds one state or the next."""
    base = index_of(tmp_path / "base", quick, "a", "b")
    with OPENS.failing_at(0):
        assert grow(copytree(base, tmp_path / "whole"), quick)
    total, ended = OPENS.count, set()
    assert contents(tmp_path / "whole") == {"b", "c", "d"}
    assert len(read_manifest(tmp_path / "whole").segments) == 1
    for number in range(1, total + 1, stride):
        root = copytree(base, tmp_path / str(number))
        try:
            with OPENS.failing_at(number):
                grow(root, quick)
        except OSError:
            left = contents(root)
            assert left in ({"a", "b"}, {"a", "b", "c"}, {"b", "c", "d"})
        else:
            left = contents(root)
            assert left == {"b", "c", "d"}
        ended.add(frozenset(left))
    assert total > 200
    assert len(ended) == 3


@contextmanager
def unflushed(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let flushing the folder fail, once its manifest was renamed."""
    before, flushed = read_manifest(root).generation, os.fsync

    def fsync(descriptor: int) -> None:
        folder = os.path.samestat(os.fstat(descriptor), root.stat())
        if folder and read_manifest(root).generation > before:
            raise OSError(errno.EIO, "Input/output error")
        flushed(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        yield


class PowerCut(BaseException):
    """Nothing after it happens."""


def cut(*_: object, **__: object) -> None:
    """End."""
    raise PowerCut


def failing(writer: IndexWriter, kind: type[BaseException], match: str | None = None) -> None:
    """Commit, and expect it to fail."""
    with pytest.raises(kind, match=match):
        writer.commit()


def test_a_rename_of_unknown_outcome_keeps_both_generations(
    tmp_path: Path, quick: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder's flush fails after the manifest's rename, more is written, the power goes."""
    root = index_of(tmp_path / "own", quick, "a", "b")
    before = (root / MANIFEST).read_text()
    writer = IndexWriter(root, quick)
    writer.add(story("c"))
    writer.remove("a")
    with unflushed(root, monkeypatch):
        failing(writer, OSError, "Input/output")
        after = (root / MANIFEST).read_text()
        writer.add(story("d"))
        failing(writer, OSError, "Input/output")
    for text, wanted in ((before, {"a", "b"}), (after, {"b", "c"})):
        (root / MANIFEST).write_text(text)
        assert contents(root) == wanted
    with monkeypatch.context() as patch:
        patch.setattr(Manifest, "publish", cut)
        failing(writer, PowerCut)
    writer.close()
    assert contents(root) == {"b", "c"}


def test_a_writer_goes_on_from_what_is_on_disk(
    tmp_path: Path, quick: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit that failed after its rename took effect: its articles are not added twice."""
    root = index_of(tmp_path / "own", quick, "a", "b")
    with IndexWriter(root, quick) as writer:
        writer.add(story("c"))
        writer.remove("a")
        with unflushed(root, monkeypatch):
            failing(writer, OSError, "Input/output")
        assert sorted(writer.ids()) == ["b", "c"]
        writer.add(story("a"))
        writer.remove("b")
        writer.commit()
        assert sorted(writer.ids()) == ["a", "c"]
        generation = writer.manifest.generation
        writer.commit()
        assert writer.manifest.generation == generation
    assert contents(root) == {"a", "c"}


def test_failed_attempts_use_their_names_up(
    tmp_path: Path, quick: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a reader may have seen under a name is never another thing later."""
    root = index_of(tmp_path / "own", quick, "a")
    with IndexWriter(root, quick) as writer:
        writer.add(story("b"))
        with monkeypatch.context() as patch:
            patch.setattr(Manifest, "publish", _disk_full)
            failing(writer, OSError, "No space")
        failed = highest(root)
        writer.commit()
        assert int(writer.manifest.segments[-1].name.removeprefix("segment-")) > failed
    assert contents(root) == {"a", "b"}


def _disk_full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def highest(root: Path) -> int:
    """Give the highest number of a segment's folder."""
    return max(int(path.name.removeprefix("segment-")) for path in root.glob("segment-*"))


def test_a_failed_commit_leaves_no_files(
    tmp_path: Path, quick: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What filled the disk is removed again, and the error names the file."""
    root = index_of(tmp_path / "own", quick, "a")
    before = sorted(path.name for path in root.iterdir())
    writer = IndexWriter(root, quick)
    writer.sources["/news/b.txt"] = (1, 2, "way")
    writer.add(story("b"))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", _disk_full)
        failing(writer, OSError, "sources-")
    writer.close()
    assert sorted(path.name for path in root.iterdir()) == before
    assert contents(root) == {"a"}


@pytest.mark.parametrize("first", ["old", "new"])
def test_a_lock_that_was_removed_lets_no_two_publish(
    tmp_path: Path, quick: Encoder, first: str
) -> None:
    """Whoever had the lock may not publish any more; what the other one did stays whole."""
    root = index_of(tmp_path / "own", quick, "a")
    old = IndexWriter(root, quick)
    old.add(story("old"))
    (root / "lock").unlink()
    new = IndexWriter(root, quick)
    new.add(story("new"))
    if first == "new":
        new.commit()
    with pytest.raises(LockedError, match="open the index again"):
        old.commit()
    new.commit()
    old.close()
    new.close()
    assert contents(root) == {"a", "new"}


def test_a_lock_that_is_removed_during_a_commit(tmp_path: Path, quick: Encoder) -> None:
    """It is looked at last of all, immediately before the manifest is published."""
    root = index_of(tmp_path / "own", quick, "a")

    def told(_: int) -> None:
        (root / "lock").unlink()

    writer = IndexWriter(root, quick, progress=told)
    writer.add(story("b"))
    failing(writer, LockedError, "removed while it was held")
    writer.close()
    assert contents(root) == {"a"}


def test_who_lost_the_lock_removes_nothing(tmp_path: Path, quick: Encoder) -> None:
    """Another writer's files, which no manifest names yet, stay where they are."""
    root = index_of(tmp_path / "own", quick, "a")
    new: list[IndexWriter] = []

    def overtaken(_: int) -> None:
        (root / "lock").unlink()
        new.append(IndexWriter(root, quick, progress=meanwhile))
        new[0].add(story("new"))

    def meanwhile(_: int) -> None:
        failing(old, LockedError, "open the index again")

    old = IndexWriter(root, quick, progress=overtaken)
    old.add(story("old"))
    failing(old, LockedError, "open the index again")
    new[0].commit()
    new[0].close()
    old.close()
    assert contents(root) == {"a", "new"}


def test_two_writers_share_no_temporary_file(tmp_path: Path) -> None:
    """What one is writing under a name is not what the other publishes under it."""

    def write(path: Path) -> None:
        path.write_text("mine")
        if not (tmp_path / "begun").exists():
            (tmp_path / "begun").touch()
            publish(tmp_path / "target", lambda other: other.write_text("another's"))

    with pytest.raises(LockedError, match="another process"):
        publish(tmp_path / "target", write)
    assert (tmp_path / "target").read_text() == "another's"
    assert {path.name for path in tmp_path.iterdir()} == {"begun", "target"}


def test_the_next_writer_flushes_before_it_removes(
    tmp_path: Path, quick: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer died between its manifest's rename and the flush: a crash may bring the old back."""
    root = index_of(tmp_path / "own", quick, "a", "b")
    before = (root / MANIFEST).read_text()
    writer = IndexWriter(root, quick)
    writer.add(story("c"))
    writer.remove("a")
    with unflushed(root, monkeypatch):
        failing(writer, OSError, "Input/output")
        writer.close()
        with pytest.raises(OSError, match="Input/output"):
            IndexWriter(root, quick)
    after = (root / MANIFEST).read_text()
    for text, wanted in ((before, {"a", "b"}), (after, {"b", "c"})):
        (root / MANIFEST).write_text(text)
        assert contents(root) == wanted


def test_what_is_removed_after_a_commit_of_unknown_outcome_is_removed(
    tmp_path: Path, quick: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the writer knew it as one that was only to be added."""
    root = index_of(tmp_path / "own", quick, "a")
    with IndexWriter(root, quick) as writer:
        writer.add(story("b"))
        with unflushed(root, monkeypatch):
            failing(writer, OSError, "Input/output")
        assert writer.remove("b")
        writer.commit()
    assert contents(root) == {"a"}


@pytest.mark.parametrize("digits", ["9" * 19, "9" * 15])
def test_a_name_with_a_forged_number_costs_no_index(
    tmp_path: Path, quick: Encoder, digits: str
) -> None:
    """Too long a number is none of plait's; the last one is told, and the name removed."""
    root = index_of(tmp_path / "own", quick, "a")
    (root / f"segment-{digits}").symlink_to("nowhere")
    if len(digits) <= 15:
        writer = IndexWriter(root, quick)
        writer.add(story("b"))
        failing(writer, IndexDirectoryError, "no number left")
        writer.close()
    index_of(root, quick, "c")
    assert contents(root) == {"a", "c"}


def test_another_generation_on_disk_is_not_written_over(tmp_path: Path, quick: Encoder) -> None:
    """Where the lock file could not tell, the generation does."""
    root = index_of(tmp_path / "own", quick, "a")
    other = index_of(tmp_path / "other", quick, "x", "y", "z")
    writer = IndexWriter(root, quick)
    writer.add(story("b"))
    (root / MANIFEST).write_bytes((other / MANIFEST).read_bytes())
    with pytest.raises(LockedError, match="wrote to"):
        writer.commit()
    writer.close()
    assert (root / MANIFEST).read_bytes() == (other / MANIFEST).read_bytes()


def test_a_forked_child_neither_holds_nor_uses_the_lock(tmp_path: Path, quick: Encoder) -> None:
    """It outlives its parent's writer, and may not write by it."""
    root = index_of(tmp_path / "own", quick, "a")
    writer = IndexWriter(root, quick)
    writer.add(story("b"))
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        try:
            writer.commit()
        except LockedError:
            os.read(told, 1)  # until the parent is done
            os._exit(7)
        os._exit(0)
    os.close(told)
    writer.commit()
    writer.close()
    index_of(root, quick, "c")
    os.write(tell, b"x")
    os.close(tell)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert contents(root) == {"a", "b", "c"}


def test_a_lock_that_is_a_link_leads_nowhere(tmp_path: Path, quick: Encoder) -> None:
    """What it pointed to keeps its content, and so does what has a second name."""
    root = index_of(tmp_path / "own", quick, "a")
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    (root / "lock").unlink()
    (root / "lock").symlink_to(precious)
    index_of(root, quick, "b")
    (root / "lock").unlink()
    os.link(precious, root / "lock")
    with pytest.raises(IndexDirectoryError, match="no file of plait's"):
        IndexWriter(root, quick)
    assert precious.read_text() == "mine"
    assert contents(root) == {"a", "b"}


def _dangling(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def _link(path: Path) -> None:
    path.symlink_to(path.parent)


def _folder(path: Path) -> None:
    path.mkdir()
    (path / "inside").symlink_to(path)


@pytest.mark.parametrize("make", [_dangling, _link, _folder, os.mkfifo, Path.touch])
@pytest.mark.parametrize("name", [".tmp-segment-2", "segment-7", ".tmp-manifest.json", "lock"])
def test_leftovers_of_any_kind_do_not_stop_a_writer(
    tmp_path: Path, quick: Encoder, name: str, make: Callable[[Path], None]
) -> None:
    """Links, pipes and folders under names of ours are removed, except a lock that is in use."""
    root = index_of(tmp_path / "own", quick, "a")
    (root / name).unlink(missing_ok=True)
    make(root / name)
    if name == "lock" and make in {_folder, os.mkfifo}:
        with pytest.raises(IndexDirectoryError, match="lock is no file of plait's"):
            IndexWriter(root, quick)
        return
    index_of(root, quick, "b", "c")
    assert contents(root) == {"a", "b", "c"}
    assert name == "lock" or not os.path.lexists(root / name)


def test_what_cannot_be_removed_fails_no_commit(
    tmp_path: Path, quick: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there again at the next commit, and goes then."""
    root = index_of(tmp_path / "own", quick, "a", "b")
    writer = IndexWriter(root, quick)
    with monkeypatch.context() as patch:
        patch.setattr("plait.index.local.generations.discard", _denied)
        writer.merge()
    assert len(writer.manifest.segments) == 1
    assert len(list(root.glob("segment-*"))) == 3
    writer.add(story("c"))
    writer.commit()
    writer.close()
    assert len(list(root.glob("segment-*"))) == 2


def test_an_error_of_the_disk_ends_a_merge(
    tmp_path: Path, quick: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Want of room leaves it to the next run; anything else is told, and nothing is lost."""
    root = index_of(tmp_path / "own", quick, "a", "b")

    def broken(*_: object) -> Iterator[dict[str, object]]:
        yield {}
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("plait.index.local.saving.merge_segments", broken)
    writer = IndexWriter(root, quick)
    with pytest.raises(OSError, match="Input/output"), writer:
        writer.add(story("c"))
    assert contents(root) == {"a", "b", "c"}
    assert len(list(root.glob("segment-*"))) == 3


def _denied(path: Path) -> None:
    raise PermissionError(errno.EACCES, "Permission denied", str(path))


def test_new_folders_are_flushed_with_those_above(
    tmp_path: Path, quick: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a crash could lose an index that was reported as made."""
    flushed: set[Path] = set()
    real = os.fsync

    def fsync(descriptor: int) -> None:
        flushed.add(Path(f"/proc/self/fd/{descriptor}").readlink())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    index_of(tmp_path / "deep" / "deeper" / "own", quick, "a")
    assert {tmp_path, tmp_path / "deep", tmp_path / "deep" / "deeper"} <= flushed


def test_a_check_beside_a_writer_sees_one_generation_or_the_next(
    tmp_path: Path, quick: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer sweeps each file away just before it is looked at."""
    root = index_of(tmp_path / "own", quick, "a", "b", "c")
    real = read_manifest
    merged: list[Manifest] = []

    def merge_after(folder: Path) -> Manifest:
        found = real(folder)
        if not merged:
            merged.append(found)
            with IndexWriter(root, quick) as writer:
                writer.merge()
        return found

    with monkeypatch.context() as patch:
        patch.setattr("plait.index.local.snapshot.read_manifest", merge_after)
        assert check_files(root) == len(real(root).files())
    assert len(merged[0].segments) == 3


def test_generations_close_themselves(tmp_path: Path) -> None:
    """A folder without an index has no generation, and its lock is free afterwards."""
    with Generations(tmp_path / "own") as generations:
        assert generations.manifest is None
        assert generations.next_number() == 0
    with Generations(tmp_path / "own"):
        pass
