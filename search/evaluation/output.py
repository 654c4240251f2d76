"""Files of an experiment, for programs and for a person.

NAME.run          each system's rankings, as trec_eval reads them
experiment.json   all of it
topics.csv        a line for each topic and system
report.html       for a person
"""

import csv
import json
import re
from dataclasses import asdict
from itertools import chain, count
from pathlib import Path

from plait.search.evaluation.experiment import Experiment
from plait.search.evaluation.files.trec import write_run

NAME_CHARACTERS = 80
"""Number of characters of a system's name in a file's name, at most."""


def write_files(experiment: Experiment, folder: Path) -> None:
    """Write all files into a folder, over those of an earlier experiment.

    Raises `PlaitError` where an id does not fit a run file, or the report cannot be drawn;
    what was written before stays.
    """
    write_records(experiment, folder)
    # Only here: it draws pictures, and takes its libraries' time to import.
    from plait.search.evaluation.report import write_report

    write_report(experiment, folder / "report.html")


def write_records(experiment: Experiment, folder: Path) -> None:
    """Write all files except the report: those for programs.

    Raises `PlaitError` where an id does not fit a run file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(experiment), ensure_ascii=False, indent=1)
    (folder / "experiment.json").write_text(f"{text}\n", encoding="utf-8")
    _write_topics(experiment, folder / "topics.csv")
    for outcome, name in zip(experiment.outcomes, run_names(experiment), strict=True):
        write_run(folder / name, outcome.run, outcome.system)


def run_names(experiment: Experiment) -> list[str]:
    """Return the name of each system's run file: letters, digits and `. = _ -`; no two alike."""
    names: list[str] = []
    for outcome in experiment.outcomes:
        safe = re.sub(r"[^\w.=]+", "-", outcome.system)[:NAME_CHARACTERS].strip("-.") or "run"
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
