"""Here are the default model's weights: where is the graph made from them, made once?

A folder in the user's cache holds everything a query needs, so that a later run
looks neither for the model nor at its 90 MB:

    CACHE/all-MiniLM-L6-v2-53aa5117-int8.1/
        model.onnx  weights.bin  tokenizer.json  made.json

What is verified when: the model's files against their pinned hashes, whenever a
graph is made from them; on later runs the two small files against the hashes in
`made.json`, and the 58 MB of weights by their size. A folder that fails is made again.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from plait.index.durable import flush
from plait.index.errors import ModelError
from plait.index.model import DEFAULT, Precision, hash_file

RECIPE = 3
"""Raise whenever the graph or the choice of its pieces changes: part of folder and fingerprint."""

_SMALL = ("model.onnx", "tokenizer.json")
_FILES = (*_SMALL, "weights.bin")
_RECORD = "made.json"


def cache_home() -> Path:
    """PLAIT_CACHE, else XDG_CACHE_HOME/plait, else ~/.cache/plait."""
    if chosen := os.environ.get("PLAIT_CACHE"):
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "plait"


def ready_folder(precision: Precision, find: Callable[[], Path]) -> Path:
    """Give the folder with the graph, making it from the folder that `find` gives if need be.

    Any number of processes may do so at once: each makes its own copy and the first
    to finish wins. Raises `ModelError` where the cache cannot be written.
    """
    folder = cache_home() / f"{DEFAULT.name}-{DEFAULT.digest}-{precision}.{RECIPE}"
    if _intact(folder):
        return folder
    source = find()
    try:
        _make(folder, source, precision)
    except OSError as error:
        raise ModelError(
            f"cannot write the model's graph to {folder}: {error.strerror or error}. "
            "Set PLAIT_CACHE to a folder that can be written and has 60 MB free."
        ) from error
    return folder


def _intact(folder: Path) -> bool:
    """Tell whether a folder holds what its record says."""
    try:
        record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        sizes = all((folder / name).stat().st_size == record["bytes"][name] for name in _FILES)
        return sizes and all(hash_file(folder / n) == record["sha256"][n] for n in _SMALL)
    except (OSError, ValueError, KeyError, TypeError, ModelError):
        return False


def _make(folder: Path, source: Path, precision: Precision) -> None:
    # Only the first run on a machine needs onnx.
    from plait.index.onnx_graph import write_graph  # noqa: PLC0415

    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write_graph(source, temporary, precision)
        shutil.copyfile(source / "tokenizer.json", temporary / "tokenizer.json")
        _record(temporary)
        _publish(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _record(folder: Path) -> None:
    record = {
        "made from": {"model": DEFAULT.hub_id, "revision": DEFAULT.revision},
        "bytes": {name: (folder / name).stat().st_size for name in _FILES},
        "sha256": {name: hash_file(folder / name) for name in _FILES},
    }
    (folder / _RECORD).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def _publish(temporary: Path, folder: Path) -> None:
    """Flush a folder to disk and give it its name in one step, unless another was first."""
    for path in temporary.iterdir():
        path.chmod(0o644)  # a cache, no secret: users may share one
        flush(path)
    temporary.chmod(0o755)
    flush(temporary)
    if folder.exists() and not _intact(folder):
        shutil.rmtree(folder)
    try:
        temporary.rename(folder)
    except OSError:
        if not _intact(folder):  # not merely that another process finished first
            raise
    flush(folder.parent)
