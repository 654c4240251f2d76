"""Files of an experiment, for programs and for a person.

NAME.run          each system's rankings, as trec_eval reads them
experiment.json   all of it
topics.csv        a line for each topic and system
report.html       for a person
"""

import csv
import json
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import asdict
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryFile

from plait.index.errors import PlaitError
from plait.search.evaluation.experiment import Experiment
from plait.search.evaluation.files.trec import needs_tabs, write_run

NAME_CHARACTERS = 80
"""Number of characters of a system's name in a file's name, at most."""
REPORT = "report.html"
"""Name of the page for a person."""
RECORDS = ("experiment.json", "topics.csv")
"""Names of the files for programs that are no runs."""
BYTES_PER_ARTICLE = 150
"""Bytes that a ranked article takes at most in a run and in `experiment.json`, by usual ids."""
BYTES_TRIED = 1 << 20
"""Bytes that are written to try a folder out: a quota shows in no count of free bytes."""


def prepare(folder: Path, systems: Iterable[str], ranked: int) -> list[str]:
    """Make a folder, and try it out; return notes on what will be missing.

    `ranked` is the number of articles that all rankings have together. Raises `PlaitError` where
    the files cannot be written, with the reason.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:
            file.write(b"\0" * BYTES_TRIED)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        reason = error.strerror or error
        raise PlaitError(f"cannot write into {folder}: {reason}; name another --out.") from error
    needed = ranked * BYTES_PER_ARTICLE
    if (free := shutil.disk_usage(folder).free) < needed:
        found = f"{folder} has {free >> 20:,} MB free, and about {needed >> 20:,} MB are needed"
        raise PlaitError(f"{found}; name another --out.")
    for name in (*RECORDS, REPORT, *run_names(systems)):
        path = folder / name
        if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):
            raise PlaitError(f"cannot write over {path}; remove it, or name another --out.")
    return list(filter(None, [report_note()]))


def report_note() -> str:
    """Return a note where the report cannot be drawn; empty where it can."""
    from plait.search.evaluation.report import check_libraries

    try:
        check_libraries()
    except PlaitError as error:
        return f"{REPORT} is not written: {error}"
    return ""


def write_files(experiment: Experiment, folder: Path) -> list[str]:
    """Write all files into a folder, over those of an earlier experiment.

    Returns notes on what could not be written; all else is.
    """
    notes = write_records(experiment, folder)
    # Only here: it draws pictures, and takes its libraries' time to import.
    from plait.search.evaluation.report import write_report

    try:
        write_report(experiment, folder / REPORT)
    except PlaitError as error:
        (folder / REPORT).unlink(missing_ok=True)  # that of an earlier experiment
        notes.append(f"{REPORT} is not written: {error}")
    return notes


def write_records(experiment: Experiment, folder: Path) -> list[str]:
    """Write all files except the report: those for programs; returns notes as `write_files`."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(experiment), ensure_ascii=False, indent=1, default=str)
    (folder / RECORDS[0]).write_text(f"{text}\n", encoding="utf-8")
    _write_topics(experiment, folder / RECORDS[1])
    notes = []
    names = run_names(outcome.system for outcome in experiment.outcomes)
    for outcome, name in zip(experiment.outcomes, names, strict=True):
        try:
            write_run(folder / name, outcome.run, outcome.system)
        except PlaitError as error:
            (folder / name).unlink(missing_ok=True)
            notes.append(f"{name} is not written: {error}")
    if any(needs_tabs(outcome.run) for outcome in experiment.outcomes):
        notes.append("ids hold blanks, so that tabs separate the columns of runs, unlike TREC's")
    return notes


def run_names(systems: Iterable[str]) -> list[str]:
    """Return the name of each system's run file: letters, digits and `. = _ -`; no two alike."""
    names: list[str] = []
    for system in systems:
        safe = re.sub(r"[^\w.=]+", "-", system)[:NAME_CHARACTERS].strip("-.") or "run"
        taken = {name.casefold() for name in names}
        numbered = chain([f"{safe}.run"], (f"{safe}.{number}.run" for number in count(2)))
        names.append(next(name for name in numbered if name.casefold() not in taken))
    return names


def _write_topics(experiment: Experiment, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["topic", "class", "system", *experiment.measures, "ms"])
        for topic in experiment.topics:
            for outcome in experiment.outcomes:
                values = [outcome.values[name][topic.id] for name in experiment.measures]
                spent = outcome.seconds.get(topic.id)
                shown = "" if spent is None else f"{spent * 1000:.3f}"
                rows.writerow([topic.id, topic.kind, outcome.system, *values, shown])
