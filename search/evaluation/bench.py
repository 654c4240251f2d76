"""A measurement from start to end, as `plait bench` makes it: index, ask, compare, keep."""

from dataclasses import dataclass
from pathlib import Path

from plait.search.evaluation.collection import Collection
from plait.search.evaluation.experiment import Experiment
from plait.search.evaluation.output import write_files
from plait.search.evaluation.plan import Plan
from plait.search.evaluation.running import open_index, run_experiment
from plait.search.index import Index
from plait.search.show.console import Console


@dataclass(frozen=True, slots=True)
class Places:
    """Folders that a measurement reads and writes."""

    index: Path | None = None
    """Folder of the collection's index; None for one below `INDEXES_FOLDER`."""
    out: Path | None = None
    """Folder for runs, tables and the report; None to keep nothing."""


def bench(
    collection: Collection, plan: Plan, places: Places, console: Console, *, own: bool
) -> tuple[Index, Experiment]:
    """Measure a plan on a collection; `own` adds the index's own system to the plan.

    Says on the console what is left out, and shows progress. Raises as `open_index` and
    `run_experiment` do.
    """
    if places.out:  # now, and not after an hour's work
        places.out.mkdir(parents=True, exist_ok=True)
    console.note(collection.note, plan.note)
    with console.progress() as tell:
        index, failures = open_index(collection, places.index, tell)
    console.note(*failures)
    wanted = plan.beside(index.default) if own else plan
    experiment = run_experiment(index, collection, wanted)
    if places.out:
        write_files(experiment, places.out)
    return index, experiment
