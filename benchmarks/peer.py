"""One peer in a process of its own, so that its memory is its own.

    python benchmarks/peer.py build NAME GIVEN FOLDER
    python benchmarks/peer.py serve NAME FOLDER
    python benchmarks/peer.py cold NAME FOLDER QUERY

`build` prints what it took as JSON; `serve` opens an index, then answers JSON lines one by
one, until its input ends (`peers.serving` is the other end); `cold` prints ids, as a
minimal script of a user would. Started by `benchmarks/peers.py`.
"""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TextIO

from peers.given import Ask, Given
from peers.roster import named


def main() -> None:
    """Build, serve or ask once, as the command line says."""
    command, name, *rest = sys.argv[1:]
    if command == "cold":
        folder, query = rest
        print("\n".join(named(name).peer().open(Path(folder))(query)))
        return
    # Libraries print what they like; the answers go where nothing else does.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    if command == "build":
        given, folder = rest
        _say(answers, build(name, Given(Path(given)), Path(folder)))
    else:
        (folder,) = rest
        serve(name, Path(folder), answers)


def build(name: str, given: Given, folder: Path) -> dict[str, Any]:
    """Build an index; return what it took.

    When the clock starts, documents and vectors have been read, and imports are done.
    """
    folder.mkdir(parents=True)
    work = named(name).peer().build(given, folder)
    begun = time.perf_counter()
    work()
    return {"seconds": time.perf_counter() - begun, **_memory()}


def serve(name: str, folder: Path, answers: TextIO) -> None:
    """Open an index, then answer each line of the input."""
    peer = named(name).peer()
    begun = time.perf_counter()
    ask = peer.open(folder)
    _say(answers, {"open": time.perf_counter() - begun})
    for line in sys.stdin:
        order = json.loads(line)
        if "ask" in order:
            _say(answers, _asked(ask, order["ask"]))
        elif "burst" in order:
            _say(answers, _burst(ask, order["burst"], order["threads"]))
        else:
            _say(answers, _memory())


def _asked(ask: Ask, query: str) -> dict[str, Any]:
    begun = time.perf_counter()
    ids = ask(query)
    return {"seconds": time.perf_counter() - begun, "ids": ids}


def _burst(ask: Ask, queries: list[str], threads: int) -> dict[str, Any]:
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(ask, queries[:threads]))  # threads start, and open what is their own
        begun = time.perf_counter()
        list(pool.map(ask, queries))
        return {"seconds": time.perf_counter() - begun}


def _memory() -> dict[str, int]:
    """Return bytes: the peak so far, and what is in memory now without mapped files.

    `getrusage` would not do: a process inherits its peak from the one that started it.
    """
    wanted = {"VmHWM": "peak", "RssAnon": "own"}
    with Path("/proc/self/status").open(encoding="ascii") as lines:
        pairs = (line.split(":") for line in lines)
        return {wanted[k]: int(v.split()[0]) * 1024 for k, v in pairs if k in wanted}


def _say(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
