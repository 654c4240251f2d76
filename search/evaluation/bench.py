"""A measurement from start to end, as `plait bench` makes it: index, ask, compare, keep."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from plait.search.evaluation.belonging import notes_on
from plait.search.evaluation.collection import Collection
from plait.search.evaluation.experiment import Experiment
from plait.search.evaluation.names import article_names
from plait.search.evaluation.output import prepare, report_note, write_files
from plait.search.evaluation.plan import Plan
from plait.search.evaluation.running import open_index, run_experiment
from plait.search.generation import load_reranker
from plait.search.index import Index
from plait.search.show.console import Console


@dataclass(frozen=True, slots=True)
class Places:
    """Folders that a measurement reads and writes, and the model of its index."""

    index: Path | None = None
    """Folder of the collection's index; None for one below `INDEXES_FOLDER`."""
    out: Path | None = None
    """Folder for runs, tables and the report; None to keep nothing."""
    model: str = ""
    """Folder or hub id of the model; empty for the index's own, or the default."""


def bench(
    collection: Collection, plan: Plan, places: Places, console: Console, *, own: bool
) -> tuple[Index, Experiment]:
    """Measure a plan on a collection; `own` adds the index's own system to the plan.

    Says on the console what is left out, and shows progress. What cannot succeed is found out
    before anything is indexed. Raises as `prepare`, `open_index` and `run_experiment` do.
    """
    for stage in filter(None, (system.rerank for system in plan.systems)):
        load_reranker(stage.model)
    if places.out:
        ranked = len(collection.topics) * plan.depth * len(plan.names)
        console.note(*prepare(places.out, plan.names, ranked))
    console.note(collection.note, plan.note)
    with console.progress() as tell:
        index, failures = open_index(collection, places.index, tell, places.model)
    names = article_names(index.store.article_ids(), collection.qrels)
    console.note(*failures, *notes_on(collection, names, plan.runs))
    wanted = plan.beside(index.default) if own else plan
    return index, run_experiment(index, collection, wanted)


def keep(
    experiment: Experiment, folder: Path | None, console: Console, show: Callable[[], None]
) -> None:
    """Write an experiment's files, if a folder is named, and show it, whatever happens to them."""
    try:
        if folder:
            told = report_note()  # before the work
            console.note(*(note for note in write_files(experiment, folder) if note != told))
    finally:
        show()
