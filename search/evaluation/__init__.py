"""Evaluation of rankings by topics and judgements, and comparison of systems.

    collection ─┬─ index ─ systems ─┬─ runs ─ measures ─ comparisons ─ experiment ─ files
                └─ topics, qrels    └─ run files

    index, topics, qrels ─ grid ─ candidates ─ tuning ─ verdict

Measures are computed by `ir-measures` and tests by SciPy; nothing is computed here
except Holm's correction. Useful for collections in BEIR's and TREC's layouts, for what
`ir-datasets` knows, and for runs of other systems. Not useful for judging articles.
"""

from plait.search.evaluation.bench import Places, bench, keep
from plait.search.evaluation.changes import Change, greatest_changes
from plait.search.evaluation.collection import Collection, Qrels, Run, Topic
from plait.search.evaluation.experiment import Comparison, Experiment, Outcome
from plait.search.evaluation.files.layouts import Sources, read_collection, read_judged
from plait.search.evaluation.output import write_files
from plait.search.evaluation.plan import Floor, Plan, check_floors, plan_of
from plait.search.evaluation.provenance import Provenance
from plait.search.evaluation.running import open_index, run_experiment
from plait.search.evaluation.table import lines, table
from plait.search.evaluation.tuning.grid import Grid
from plait.search.evaluation.tuning.tuning import Fold, Tuning, tune
from plait.search.evaluation.tuning.verdict import (
    advice,
    conclude,
    tune_index,
    tuning_lines,
    tuning_record,
)

__all__ = [
    "Change",
    "Collection",
    "Comparison",
    "Experiment",
    "Floor",
    "Fold",
    "Grid",
    "Outcome",
    "Places",
    "Plan",
    "Provenance",
    "Qrels",
    "Run",
    "Sources",
    "Topic",
    "Tuning",
    "advice",
    "bench",
    "check_floors",
    "conclude",
    "greatest_changes",
    "keep",
    "lines",
    "open_index",
    "plan_of",
    "read_collection",
    "read_judged",
    "run_experiment",
    "table",
    "tune",
    "tune_index",
    "tuning_lines",
    "tuning_record",
    "write_files",
]
