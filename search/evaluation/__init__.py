"""Here are topics and judgements: how good is a ranking, and is it better than another?

    collection ─┬─ index ─ systems ─┬─ runs ─ measures ─ comparisons ─ experiment ─ files
                └─ topics, qrels    └─ run files

Measures are computed by `ir-measures` and tests by SciPy; nothing is computed here but
Holm's correction. Useful for collections in BEIR's and TREC's layouts, for what
`ir-datasets` knows, and for runs of other systems. Not useful for judging articles.
"""

from plait.search.evaluation.changes import Change, greatest_changes
from plait.search.evaluation.collection import Collection, Qrels, Run, Topic
from plait.search.evaluation.experiment import Comparison, Experiment, Outcome
from plait.search.evaluation.floors import Floor, check_floors
from plait.search.evaluation.indexing import open_index
from plait.search.evaluation.output import write_files
from plait.search.evaluation.plan import Plan, plan_of
from plait.search.evaluation.reading import Sources, read_collection
from plait.search.evaluation.running import run_experiment
from plait.search.evaluation.table import lines, table

__all__ = [
    "Change",
    "Collection",
    "Comparison",
    "Experiment",
    "Floor",
    "Outcome",
    "Plan",
    "Qrels",
    "Run",
    "Sources",
    "Topic",
    "check_floors",
    "greatest_changes",
    "lines",
    "open_index",
    "plan_of",
    "read_collection",
    "run_experiment",
    "table",
    "write_files",
]
