"""Time until a command typed at a prompt has printed its hits.

plait's own command against a minimal script of each peer, on the seed articles, files in
the system's cache. All run in turn, some rounds; the clock runs from the start of the
process to the first line it prints, and to its end.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from typing import Any

import numpy as np
from public import ROOT

from peers.given import Document, Given
from peers.roster import taking_part
from peers.serving import PeerError, command, environment, last_words
from peers.stages import Settings, built_all
from plait.index.factory import open_writer
from plait.index.ingest import bring_up_to_date
from plait.index.models.encoder import load_encoder
from plait.search.index import Index

QUERY = "peace treaty 1956 declaration"


def cold(settings: Settings, rounds: int) -> dict[str, Any]:
    """Return label to median seconds: until the first line, until the end."""
    seeds = settings.cache / "built" / "seeds.plait"
    with open_writer(seeds, load_encoder()) as writer:
        bring_up_to_date(writer, [ROOT / "seeds" / "articles"])
    given = _given(settings, seeds)
    entries = [e for leg in ("keyword", "hybrid") for e in taking_part(leg) if e.package != "plait"]
    racers, _ = built_all(entries, given, settings.cache / "built" / "seeds", settings)
    plait = [str(Path(sys.executable).with_name("plait")), "search", "-i", str(seeds), QUERY]
    commands: dict[str, Sequence[str]] = {"python, nothing else": [sys.executable, "-c", "print()"]}
    commands |= {"plait keyword": [*plait, "--mode", "keyword"], "plait hybrid": plait}
    for racer in racers:
        commands[racer.label] = command("cold", racer.entry.name, racer.built.folder, QUERY)
    times = _rounds(commands, rounds)
    return {
        label: {"printed_s": median(a for a, _ in found), "ended_s": median(b for _, b in found)}
        for label, found in times.items()
    }


def _rounds(
    commands: dict[str, Sequence[str]], rounds: int
) -> dict[str, list[tuple[float, float]]]:
    """Return the times of all, run in turn, without those that fail in an uncounted first round."""
    times: dict[str, list[tuple[float, float]]] = {}
    for label, arguments in commands.items():
        try:
            _timed(arguments)  # brings its files into the system's cache
            times[label] = []
        except PeerError as error:
            print(f"  {label} failed:\n{error}")
    for _ in range(rounds):
        for label, found in times.items():
            found.append(_timed(commands[label]))
    return times


def _given(settings: Settings, seeds: Path) -> Given:
    """Return the passages of plait's index of the seeds, with their vectors."""
    index = Index.open(seeds)
    documents = [
        Document(passage.id, index.article(id_).title, passage.text)
        for id_ in index.store.article_ids()
        for passage in index.passages(id_)
    ]
    given = Given.made(settings.cache / "given" / "seeds", documents)
    given.keep_vectors(index.store.vectors(np.arange(len(documents))))
    return given


def _timed(arguments: Sequence[str]) -> tuple[float, float]:
    with TemporaryFile("w+", encoding="utf-8") as errors:
        begun = time.perf_counter()
        process = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment()
        )
        first = process.stdout.readline() if process.stdout else ""
        printed = time.perf_counter() - begun
        process.communicate()
        ended = time.perf_counter() - begun
        if process.returncode or not first:
            errors.seek(0)
            raise PeerError(last_words(errors.read()))
        return printed, ended
