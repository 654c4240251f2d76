"""A folder of files known by hash: told when it is to be trusted, and what that costs."""

import os
import stat
from hashlib import sha256
from pathlib import Path

import pytest

from plait.index.models.hub import hash_file
from plait.index.models.onnx.pinned_folder import RECORD, PinnedFolder
from plait.index.models.user_cache import is_protected, make_own

CONTENT = {"graph": b"a graph", "weights": b"some weights"}


@pytest.fixture
def folder(tmp_path: Path) -> PinnedFolder:
    """Write two files, and look at them once."""
    path = tmp_path / "cache" / "model"
    path.parent.mkdir(mode=0o700)
    path.mkdir(mode=0o755)
    for name, content in CONTENT.items():
        (path / name).write_bytes(content)
        (path / name).chmod(0o644)
    wanted = {name: sha256(content).hexdigest() for name, content in CONTENT.items()}
    made = PinnedFolder(path, wanted)
    assert made.is_ready()
    return made


@pytest.fixture
def hashed(folder: PinnedFolder, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List the files that are hashed from now on."""
    assert folder.path.is_dir()
    names: list[str] = []

    def told(path: Path) -> str:
        names.append(path.name)
        return hash_file(path)

    monkeypatch.setattr("plait.index.models.onnx.pinned_folder.hash_file", told)
    return names


def alter(path: Path) -> None:
    """Change one bit, and neither size nor time of change."""
    before = path.stat()
    content = path.read_bytes()
    with path.open("r+b") as file:
        file.write(bytes([content[0] ^ 1]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_start_hashes_nothing(folder: PinnedFolder, hashed: list[str]) -> None:
    """Files that are as they were cost a look at the disk's own notes."""
    assert folder.is_ready()
    assert hashed == []


def test_a_touched_file_is_hashed_once(folder: PinnedFolder, hashed: list[str]) -> None:
    """Where only times differ the files are as good as before, and the record is renewed."""
    (folder.path / "weights").touch()
    assert folder.is_ready()
    assert hashed == ["graph", "weights"]
    assert folder.is_ready()
    assert len(hashed) == 2


def test_an_altered_file_is_told(folder: PinnedFolder) -> None:
    """By its hash: one bit, and size and time of change are put back."""
    alter(folder.path / "weights")
    assert not folder.is_ready()
    assert folder.difference().startswith("the SHA-256 of weights is ")


def test_another_file_of_that_name_is_told(folder: PinnedFolder, hashed: list[str]) -> None:
    """A copy with the very same times is another inode: hashed, and found good."""
    path, copy = folder.path / "weights", folder.path / "copy"
    before = path.stat()
    copy.write_bytes(CONTENT["weights"])
    os.utime(copy, ns=(before.st_atime_ns, before.st_mtime_ns))
    copy.replace(path)
    path.chmod(0o644)
    assert folder.is_ready()
    assert "weights" in hashed


def test_the_record_vouches_for_nothing(folder: PinnedFolder) -> None:
    """Whoever alters weights and writes the record to match has gained nothing."""
    alter(folder.path / "weights")
    lies = {name: hash_file(folder.path / name) for name in folder.files}
    assert PinnedFolder(folder.path, lies).is_ready()
    assert not folder.is_ready()


def test_a_missing_file_is_told(folder: PinnedFolder) -> None:
    """A folder without one of its files is not ready."""
    (folder.path / "graph").unlink()
    assert not folder.is_ready()


@pytest.mark.parametrize(
    "record", ["", "[" * 100_000, '{"graph": {"bytes": 1e999}}', "9" * 100_000, "null"]
)
def test_a_hostile_record_is_renewed(folder: PinnedFolder, record: str) -> None:
    """It is compared, never parsed: deep, huge or empty, it is written again."""
    good = (folder.path / RECORD).read_text(encoding="utf-8")
    (folder.path / RECORD).write_text(record, encoding="utf-8")
    assert folder.is_ready()
    assert (folder.path / RECORD).read_text(encoding="utf-8") == good


def test_a_record_that_is_no_file_does_not_hurt(folder: PinnedFolder) -> None:
    """A pipe is not waited for, a link not followed, a folder not read."""
    record = folder.path / RECORD
    record.unlink()
    os.mkfifo(record)
    assert folder.is_ready()
    assert stat.S_ISREG(record.lstat().st_mode)
    record.rename(folder.path / "elsewhere")
    record.symlink_to("elsewhere")
    assert folder.is_ready()
    assert stat.S_ISREG(record.lstat().st_mode)
    record.unlink()
    record.mkdir()
    assert folder.is_ready()


def test_a_link_or_a_pipe_is_not_trusted(folder: PinnedFolder) -> None:
    """Even a link to the right bytes: they lie elsewhere. A pipe is not waited for."""
    elsewhere = (folder.path / "graph").rename(folder.path.parent / "elsewhere")
    (folder.path / "graph").symlink_to(elsewhere)
    assert not folder.is_ready()
    (folder.path / "graph").unlink()
    os.mkfifo(folder.path / "graph")
    assert not folder.is_ready()


def test_a_link_in_place_of_the_folder_is_not_trusted(folder: PinnedFolder) -> None:
    """It may lead where others write; the folder it lies in may be one."""
    elsewhere = folder.path.rename(folder.path.parent / "elsewhere")
    folder.path.symlink_to(elsewhere)
    assert not folder.is_ready()
    linked = folder.path.parent.parent / "linked"
    linked.symlink_to(elsewhere.parent)
    assert PinnedFolder(linked / "elsewhere", folder.files).is_ready()


@pytest.mark.parametrize("name", [".", "graph", ".."])
def test_what_others_may_change_is_not_trusted(folder: PinnedFolder, name: str) -> None:
    """Neither a file, nor the folder, nor the one it lies in: right today, wrong tomorrow."""
    path = folder.path / name
    for mode in (0o020, 0o002):
        path.chmod(0o755 | mode)
        assert not folder.is_ready()
        assert not folder.verify()
    path.chmod(0o755)
    assert folder.is_ready()


def test_another_users_file_is_not_trusted(
    folder: PinnedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root's is, whoever asks."""
    path = folder.path / "graph"
    owner = path.stat().st_uid
    if owner == 0:  # root can give it away; others can only be taken for somebody else
        os.chown(path, 1, 1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert not folder.is_ready()
    assert is_protected(Path("/"))


def test_where_nothing_may_be_written_nothing_is(folder: PinnedFolder) -> None:
    """A good folder that is read-only is ready; its record stays as it is."""
    before = (folder.path / RECORD).stat()
    folder.path.chmod(0o555)
    assert folder.is_ready()
    folder.path.chmod(0o755)
    after = (folder.path / RECORD).stat()  # reading changes the time of the last access alone
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_new_folder_is_the_users_alone(tmp_path: Path) -> None:
    """Nobody else enters it, however generous the user's umask."""
    before = os.umask(0)
    try:
        make_own(tmp_path / "deep" / "cache")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "deep" / "cache").stat().st_mode) == 0o700


def test_a_folder_open_to_others_is_closed(tmp_path: Path) -> None:
    """What others may read they still may; a folder like /tmp stays what it is."""
    for before, after in ((0o775, 0o755), (0o755, 0o755), (0o700, 0o700), (0o1777, 0o1777)):
        tmp_path.chmod(before)
        make_own(tmp_path)
        assert stat.S_IMODE(tmp_path.stat().st_mode) == after
        assert is_protected(tmp_path)
    tmp_path.chmod(0o700)
