"""Cache of the graphs that are made of models' weights, once on a machine.

A folder in the user's cache holds everything that a query needs, so that a later run reads
neither the model's folder nor its 90 MB of weights:

    CACHE/lock
    CACHE/all-MiniLM-L6-v2-53aa5117-int8.3/
        model.onnx  weights.bin  tokenizer.json  made.json

Every file is pinned by hash, the model's as well as those made of them. They are
hashed when they are made, and again when the disk says that they changed
(`plait.index.models.onnx.pinned_folder`). A folder that fails is made again.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from plait.index.errors import ModelError
from plait.index.files.atomic import discard, publish
from plait.index.files.lock import LOCK
from plait.index.models.onnx.model import OnnxModel, Precision
from plait.index.models.onnx.pinned_folder import PinnedFolder
from plait.index.models.user_cache import cache_home, is_protected, make_own


def ready_folder(model: OnnxModel, precision: Precision, find: Callable[[], Path]) -> Path:
    """Return the folder with a model's graph, made of the folder that `find` returns if need be.

    Any number of processes may ask at once: one makes it, and the others wait. Where it
    is ready, nothing needs to be writable. Raises `ModelError` where the cache cannot be
    written, or is another user's, and where something else was made than should be.
    """
    path = cache_home() / model.folder_name(precision)
    folder = PinnedFolder(path, model.folder_files(precision))
    if folder.is_ready():
        return folder.path
    try:
        with _alone(cache_home(), model):
            # Another process may have made it since. Hashed all the same: until now the
            # cache may have been open to others.
            if not folder.verify():
                _make(folder, find(), model, precision)
    except OSError as error:
        raise ModelError(
            f"cannot write the model's graph to {folder.path}: {error.strerror or error}. "
            "Set PLAIT_CACHE to a folder of your own that can be written and has 60 MB free."
        ) from error
    return folder.path


@contextmanager
def _alone(home: Path, model: OnnxModel) -> Iterator[None]:
    """Hold the lock of the cache, and remove what killed processes left of a model."""
    make_own(home)
    descriptor = os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        for leftover in home.glob(f".*{model.name}-*"):
            if is_protected(leftover):
                shutil.rmtree(leftover, ignore_errors=True)
        yield
    finally:
        os.close(descriptor)


def _make(folder: PinnedFolder, source: Path, model: OnnxModel, precision: Precision) -> None:
    # Only the first run on a machine needs onnx.
    from plait.index.models.onnx.graph import write_graph  # noqa: PLC0415

    def write(temporary: Path) -> None:
        temporary.mkdir()
        write_graph(source, temporary, precision, model.loud_channels)
        shutil.copyfile(source / "tokenizer.json", temporary / "tokenizer.json")
        _let_others_read(temporary)
        made = PinnedFolder(temporary, folder.files)
        if not made.verify():
            raise ModelError(_unlike(made, model))

    discard(folder.path)
    publish(folder.path, write)


def _let_others_read(temporary: Path) -> None:
    """Let others read, should the cache be opened to them: it is no secret."""
    for path in temporary.iterdir():
        path.chmod(0o644)
    temporary.chmod(0o755)


def _unlike(made: PinnedFolder, model: OnnxModel) -> str:
    from importlib import metadata  # noqa: PLC0415 - 20 ms that no good start should take

    makers = " and ".join(f"{name} {metadata.version(name)}" for name in ("onnx", "numpy"))
    return (
        f"{makers} did not make the graph of {model.name} as it should be: {made.difference()}. "
        "Install onnx 1.17 to 1.23 and NumPy 2.0 to 2.4, with which it was tested, and check "
        "the disk."
    )
