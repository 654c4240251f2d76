"""Processes that each run one peer, started and asked from here."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from peers.given import MODEL_VARIABLE, Given
from peers.roster import PLAIT, Entry, named
from plait.index.models.hub import find_pinned
from plait.index.models.onnx.minilm import MINILM

SCRIPT = Path(__file__).resolve().parents[1] / "peer.py"


class PeerError(Exception):
    """A peer's process failed; the message is the end of what it wrote."""


@dataclass(frozen=True, slots=True)
class Built:
    """An index on disk, and what building it took."""

    folder: Path
    documents: int
    seconds: float
    peak: int
    """Peak of memory of the process that built it, documents and vectors included, in bytes."""
    size: int
    """Size on disk, in bytes."""
    kept: bool
    """Whether it was built in an earlier run."""


def environment() -> dict[str, str]:
    """Return the environment of a peer's process: offline, no telemetry, few messages."""
    return os.environ | {
        MODEL_VARIABLE: str(find_pinned(MINILM.pinned, fetch=False)),
        "HF_HUB_OFFLINE": "1",
        "ANONYMIZED_TELEMETRY": "False",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
        "HAYSTACK_AUTO_TRACE_ENABLED": "False",
        "TRANSFORMERS_VERBOSITY": "error",
        "PYTHONWARNINGS": "ignore",
    }


def command(*arguments: str | Path) -> list[str]:
    """Return the command line of a peer's process."""
    return [sys.executable, str(SCRIPT), *map(str, arguments)]


def build(entry: Entry, given: Given, root: Path, *, keep: bool) -> Built:
    """Build an entry's index below `root`, unless one of the same documents is kept.

    plait's own index is never kept, since it is plait's code that changes. Raises
    `PeerError`.
    """
    maker = named(entry.build_of or entry.name)
    folder = root / f"{maker.name.replace(' ', '-')}-{maker.version}"
    note = folder.with_suffix(folder.suffix + ".json")
    digest = given.digest
    if folder.exists() and note.is_file() and keep and maker.package != PLAIT:
        known = json.loads(note.read_text(encoding="utf-8"))
        if known.pop("given", "") == digest:
            return Built(folder, **known, kept=True)
    shutil.rmtree(folder, ignore_errors=True)
    note.unlink(missing_ok=True)
    root.mkdir(parents=True, exist_ok=True)
    told = _run(command("build", maker.name, given.folder, folder))
    found = {
        "documents": sum(1 for _ in given.corpus.open("rb")),
        "seconds": told["seconds"],
        "peak": told["peak"],
        "size": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
    }
    note.write_text(json.dumps(found | {"given": digest}), encoding="utf-8")
    return Built(folder, **found, kept=False)


def _run(arguments: Sequence[str]) -> dict[str, Any]:
    done = subprocess.run(arguments, capture_output=True, text=True, env=environment(), check=False)
    if done.returncode:
        raise PeerError(last_words(done.stderr))
    return json.loads(done.stdout.splitlines()[-1])


class Server:
    """A process with an open index, a context manager that ends it."""

    def __init__(self, entry: Entry, folder: Path, log: Path) -> None:
        """Start the process; what it writes to its error output goes to `log`."""
        self.entry = entry
        self._log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w", encoding="utf-8") as errors:
            self._process = subprocess.Popen(
                command("serve", entry.name, folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environment(),
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    @cached_property
    def opened(self) -> dict[str, float]:
        """Time until the index was open, as `open`, in seconds; waits for it."""
        return self._answer()

    def ask(self, query: str) -> tuple[float, list[str]]:
        """Return the seconds that the answer took, by the process's own clock, and its ids."""
        told = self._order({"ask": query})
        return told["seconds"], told["ids"]

    def burst(self, queries: Sequence[str], threads: int) -> float:
        """Return the seconds that these queries take on so many threads."""
        return self._order({"burst": list(queries), "threads": threads})["seconds"]

    def memory(self) -> dict[str, int]:
        """Return `peak` and `own`, in bytes."""
        return self._order({"memory": True})

    def _order(self, order: dict[str, Any]) -> dict[str, Any]:
        if self._process.stdin is None:
            raise PeerError("its input is no pipe.")
        try:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise PeerError(self._last_words()) from None
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise PeerError(self._last_words())
        return json.loads(line)

    def _last_words(self) -> str:
        return last_words(self._log.read_text(encoding="utf-8", errors="replace"))


def last_words(text: str) -> str:
    """Return the end of what a process wrote before it failed."""
    return "\n".join(text.splitlines()[-12:])
