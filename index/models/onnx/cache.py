"""Here are the default model's weights: where is the graph made from them, made once?

A folder in the user's cache holds everything a query needs, so that a later run
looks neither for the model nor at its 90 MB:

    CACHE/lock
    CACHE/all-MiniLM-L6-v2-53aa5117-int8.3/
        model.onnx  weights.bin  tokenizer.json  made.json

Every file is pinned by hash, the model's as well as those made from them. They are
hashed when they are made, and again when the disk says that they changed
(`plait.index.models.onnx.pinned_folder`). A folder that fails is made again.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from plait.index.errors import ModelError
from plait.index.files.atomic import discard, publish
from plait.index.files.lock import LOCK
from plait.index.models.hub import DEFAULT, Precision
from plait.index.models.onnx.pinned_folder import PinnedFolder, is_protected, make_own

RECIPE = 3
"""Raise whenever the graph or the choice of its pieces changes: part of folder and fingerprint."""

GRAPHS: Mapping[Precision, Mapping[str, str]] = {
    "int8": {
        "model.onnx": "eca3b784e3f92f3674f1ff2830c5debc6f412271584d16257e81f8d068ea7fd1",
        "weights.bin": "e2cd92054d03dcb29d845ce41565ece35fa64dd075c8b2f634714fbdc16c9513",
    },
    "fp32": {
        "model.onnx": "b19dbc73d6b38346a81e1cef6109271dfaea3d13a4c4dac93075d1b6475469bb",
        "weights.bin": "03bcb22b00c7ca807924c42d4b7261e537762ef7e14878e5cd81a1a8ae5b06df",
    },
}
"""SHA-256 of what `write_graph` writes of the default model. Found the same with onnx 1.17 to
1.23, NumPy 2.0 to 2.4, protobuf 3.20 to 7.36."""


def cache_home() -> Path:
    """PLAIT_CACHE, else XDG_CACHE_HOME/plait, else ~/.cache/plait."""
    if chosen := os.environ.get("PLAIT_CACHE"):
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "plait"


def ready_folder(precision: Precision, find: Callable[[], Path]) -> Path:
    """Give the folder with the graph, making it from the folder that `find` gives if need be.

    Any number of processes may do so at once: one makes it, and the others wait. Where it
    is ready, nothing needs to be writable. Raises `ModelError` where the cache cannot be
    written, or is another user's, and where something else was made than should be.
    """
    name = f"{DEFAULT.name}-{DEFAULT.digest}-{precision}.{RECIPE}"
    files = {**GRAPHS[precision], "tokenizer.json": DEFAULT.files["tokenizer.json"]}
    folder = PinnedFolder(cache_home() / name, files)
    if folder.is_ready():
        return folder.path
    try:
        with _alone(cache_home()):
            # Another process may have made it since. Hashed all the same: until now the
            # cache may have been open to others.
            if not folder.verify():
                _make(folder, find(), precision)
    except OSError as error:
        raise ModelError(
            f"cannot write the model's graph to {folder.path}: {error.strerror or error}. "
            "Set PLAIT_CACHE to a folder of your own that can be written and has 60 MB free."
        ) from error
    return folder.path


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Be the only process that makes a graph, and remove what killed ones have left."""
    make_own(home)
    descriptor = os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        for leftover in home.glob(f".*{DEFAULT.name}-*"):
            if is_protected(leftover):
                shutil.rmtree(leftover, ignore_errors=True)
        yield
    finally:
        os.close(descriptor)


def _make(folder: PinnedFolder, source: Path, precision: Precision) -> None:
    # Only the first run on a machine needs onnx.
    from plait.index.models.onnx.graph import write_graph  # noqa: PLC0415

    def write(temporary: Path) -> None:
        temporary.mkdir()
        write_graph(source, temporary, precision)
        shutil.copyfile(source / "tokenizer.json", temporary / "tokenizer.json")
        _let_others_read(temporary)
        made = PinnedFolder(temporary, folder.files)
        if not made.verify():
            raise ModelError(_unlike(made))

    discard(folder.path)
    publish(folder.path, write)


def _let_others_read(temporary: Path) -> None:
    """Let others read, should the cache be opened to them: it is no secret."""
    for path in temporary.iterdir():
        path.chmod(0o644)
    temporary.chmod(0o755)


def _unlike(made: PinnedFolder) -> str:
    from importlib import metadata  # noqa: PLC0415 - 20 ms that no good start should take

    makers = " and ".join(f"{name} {metadata.version(name)}" for name in ("onnx", "numpy"))
    return (
        f"{makers} did not make the default model's graph as it should be: {made.difference()}. "
        "Install onnx 1.17 to 1.23 and NumPy 2.0 to 2.4, with which it was tested, and check "
        "the disk."
    )
