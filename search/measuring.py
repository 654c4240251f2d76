"""Commands that measure and tune ranking: `plait bench` and `plait tune`.

Their parameters are options of the command line, and their docstrings its help.
"""

from dataclasses import replace
from functools import partial

from plait.index.errors import QueryError
from plait.search.show import options as its
from plait.search.show.options import DEFAULT_INDEX, console
from plait.search.show.process import typed_command


def bench(
    collection: its.CollectionName,
    root: its.OwnRoot = None,
    qrels: its.QrelsName = "",
    topics: its.TopicsFile = None,
    qrels_file: its.QrelsFile = None,
    topic_field: its.TopicField = "",
    model: its.BenchModel = "",
    systems: its.Systems = None,
    runs: its.Runs = None,
    baseline: its.Baseline = "",
    measures: its.Measures = "",
    depth: its.ArticlesKept = 100,
    where: its.Where = None,
    out: its.Out = None,
    fail_under: its.FailUnder = None,
    as_json: its.AsJson = False,
) -> None:
    """Measure ranking quality on a test collection, and compare systems topic by topic.

    A folder is in BEIR's layout, or in that of `seeds`, which plait brings along. Without
    systems: keyword, dense, hybrid, and the index's own, if tune saved one.
    """
    from plait.search import evaluation as lab

    plan = lab.plan_of(systems or (), runs or (), baseline, measures, depth)
    plan = replace(plan, where=tuple(where or ()), command=typed_command())
    floors = [lab.Floor.parse(text, plan.measures) for text in fail_under or ()]
    found = lab.read_collection(collection, lab.Sources(qrels, topics, qrels_file, topic_field))
    places = lab.Places(root, out, model)
    opened, experiment = lab.bench(found, plan, places, console, own=not systems)

    def show() -> None:
        if as_json:
            console.json(lab.table(experiment))
        else:
            console.lines(lab.lines(experiment, opened))

    lab.keep(experiment, out, console, show)
    lab.check_floors(experiment, floors)


def tune(
    topics: its.TunedTopics = None,
    qrels: its.TunedQrels = None,
    root: its.Root = DEFAULT_INDEX,
    measure: its.Measure = "nDCG@10",
    topic_field: its.TopicField = "",
    save: its.Save = False,
    forget: its.Forget = False,
    as_json: its.AsJson = False,
) -> None:
    """Fit the hybrid's weight, k1, b and title, and p, to judgements of your own, if that helps.

    The gain is measured on topics that had no part in the choice. Where its interval is
    not above zero, nothing is changed; that is a result, so the exit status is 0. Takes
    10 topics or more, judged by an article's id or the name of its file, and minutes.
    """
    from plait.index.factory import record_system
    from plait.search import evaluation as lab
    from plait.search.index import Index

    if forget:
        if topics or qrels or save or as_json:
            raise QueryError("--forget goes with -i alone; leave the rest out.")
        console.say(f"{root} searches by hybrid; before, by {record_system(root, '') or 'hybrid'}.")
        return
    if not (topics and qrels):
        raise QueryError("nothing to tune by; give a file of topics and one of judgements.")
    opened = Index.open(root)
    before = opened.default  # now, should it be refused
    found = lab.tune_index(opened, lab.read_judged(topics, qrels, topic_field), measure, console)
    record = partial(record_system, root) if save else None
    lab.conclude(found, before, record, console, as_json=as_json)
