"""The cache of the default model's graph: to the last byte, and the user's own."""

import fcntl
import os
import shutil
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from plait.index.errors import ModelError
from plait.index.files.lock import LOCK
from plait.index.models.hub import find_pinned, hash_file
from plait.index.models.onnx.cache import ready_folder
from plait.index.models.onnx.encoder import OnnxEncoder
from plait.index.models.onnx.minilm import MINILM
from plait.index.models.onnx.pinned_folder import RECORD
from plait.index.models.user_cache import is_protected

GRAPH = "model.onnx"
find_minilm = partial(find_pinned, MINILM.pinned, fetch=False)


@pytest.fixture(scope="module")
def made() -> Path:
    """Make the graph in the cache that all tests share, unless it is there."""
    return ready_folder(MINILM, "int8", find_minilm)


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the graph into a cache of the test's own, verified there once."""
    home = tmp_path / "cache"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("PLAIT_CACHE", str(home))
    shutil.copytree(made, home / made.name)
    assert ready_folder(MINILM, "int8", find_minilm) == home / made.name
    return home / made.name


def refuse() -> Path:
    """Stand for a model that must not be looked for."""
    raise AssertionError("the graph was made again")


def alter(path: Path, *, at: int = 0) -> None:
    """Change one byte, and neither size nor time of change."""
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def intact(folder: Path) -> bool:
    """Tell whether all files are those pinned, read to their ends."""
    return all(hash_file(folder / name) == wanted for name, wanted in MINILM.graphs["int8"].items())


def test_altered_files_are_made_again(folder: Path) -> None:
    """One bit, in a file of the same size and time of change; and leave no trace."""
    alter(folder / "weights.bin", at=1000)
    assert ready_folder(MINILM, "int8", find_minilm) == folder
    assert intact(folder)
    assert hash_file(folder / "tokenizer.json") == MINILM.pinned.files["tokenizer.json"]


def test_a_new_cache_is_the_users_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else enters it, however generous the user's umask."""
    monkeypatch.setenv("PLAIT_CACHE", str(tmp_path / "deep" / "cache"))
    before = os.umask(0)
    try:
        folder = ready_folder(MINILM, "int8", find_minilm)
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert all(is_protected(path) for path in folder.rglob("*"))


def test_a_cache_open_to_others_is_closed_and_hashed(folder: Path) -> None:
    """What a group could write to is believed only as far as its bytes go."""
    good = (folder / RECORD).read_bytes()
    (folder / RECORD).write_bytes(b"")
    folder.parent.chmod(0o775)
    assert ready_folder(MINILM, "int8", refuse) == folder
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o755
    assert (folder / RECORD).read_bytes() == good


def test_another_users_cache_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither used nor changed; the message names the variable that moves it."""
    owner = folder.stat().st_uid
    if owner == 0:  # root can give it away; others can only be taken for somebody else
        os.chown(folder.parent, 1, 1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(ModelError, match=r"belongs to another user.*Set PLAIT_CACHE"):
        ready_folder(MINILM, "int8", find_minilm)


def test_a_cache_that_is_ready_needs_no_writing(folder: Path) -> None:
    """No lock, no record: not even where root would be allowed to."""
    shutil.copytree(folder, folder.parent / "copy")
    (folder.parent / LOCK).unlink(missing_ok=True)
    before = sorted(path.name for path in folder.parent.iterdir())
    folder.parent.chmod(0o500)
    folder.chmod(0o500)
    stamp = (folder / RECORD).stat().st_mtime_ns
    try:
        assert ready_folder(MINILM, "int8", refuse) == folder
    finally:
        folder.chmod(0o755)
        folder.parent.chmod(0o700)
    assert sorted(path.name for path in folder.parent.iterdir()) == before
    assert (folder / RECORD).stat().st_mtime_ns == stamp


def test_leftovers_of_a_killed_making_are_swept(folder: Path) -> None:
    """A making is killed half way; the next one removes what it left."""
    home = folder.parent
    shutil.rmtree(folder)
    code = (
        "import os, signal\n"
        "from plait.index.models.hub import find_pinned\n"
        "from plait.index.models.onnx import cache\n"
        "from plait.index.models.onnx.minilm import MINILM\n"
        "cache._let_others_read = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "cache.ready_folder(MINILM, 'int8', lambda: find_pinned(MINILM.pinned, fetch=False))\n"
    )
    killed = subprocess.run([sys.executable, "-c", code], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(list(home.glob(f".tmp-*-{folder.name}"))) == 1
    ready_folder(MINILM, "int8", find_minilm)
    assert {path.name for path in home.iterdir()} == {folder.name, LOCK}


def test_who_waited_for_another_finds_it_made(folder: Path) -> None:
    """The lock is held, the folder appears meanwhile: it is taken as it is."""
    home = folder.parent
    aside = folder.rename(home / "aside")
    descriptor = os.open(home / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    code = (
        "from plait.index.models.onnx.cache import ready_folder\n"
        "from plait.index.models.onnx.minilm import MINILM\n"
        "print('begun', flush=True)\n"
        "print(ready_folder(MINILM, 'int8', lambda: exit('made again')))\n"
    )
    waiting = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert waiting.stdout
    assert waiting.stdout.readline() == "begun\n"
    aside.rename(folder)
    os.close(descriptor)
    said, _ = waiting.communicate(timeout=60)
    assert said.strip() == str(folder)


def test_a_graph_that_came_out_otherwise_is_refused(folder: Path) -> None:
    """An onnx that writes other bytes than were tested is named, with what to install."""
    shutil.rmtree(folder)
    pinned = replace(MINILM, graphs={"int8": {**MINILM.graphs["int8"], GRAPH: "0" * 64}})
    with pytest.raises(ModelError, match=r"onnx \d.* SHA-256 of model\.onnx is .*Install onnx"):
        ready_folder(pinned, "int8", find_minilm)
    assert {path.name for path in folder.parent.iterdir()} == {LOCK}


def test_damaged_weights_are_an_error_of_the_query(folder: Path) -> None:
    """Weights that are no numbers give no vector, and no vector gives no ranking."""
    with (folder / "weights.bin").open("r+b") as file:
        file.write(np.full(12_000_000, np.nan, dtype=np.float32).tobytes())
    with pytest.raises(ModelError, match=r"length nan; wanted 1\. Delete .*made again"):
        OnnxEncoder(folder, MINILM).encode_query("peace")
