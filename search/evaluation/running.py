"""Here are systems, runs and a collection: ask, measure, compare."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from time import perf_counter

from plait.index.errors import ReadingError
from plait.search.evaluation.collection import Collection, Qrels, Run
from plait.search.evaluation.experiment import Comparison, Experiment, Outcome
from plait.search.evaluation.measures import per_topic
from plait.search.evaluation.plan import Plan
from plait.search.evaluation.runs import falling
from plait.search.evaluation.significance import gaps, holm, paired
from plait.search.index import Index, Options
from plait.search.system import System


def run_experiment(index: Index, collection: Collection, plan: Plan) -> Experiment:
    """Ask every system every topic; measure, compare with the baseline.

    Raises `ReadingError` where the judgements or a run belong to other articles or topics,
    and `ModelError` where a second stage's model cannot be had.
    """
    for stage in filter(None, (system.rerank for system in plan.systems)):
        index.reranker(stage.model)  # now, and not after an hour's work
    names = article_names(index.snapshot.article_ids(), collection.qrels)
    outcomes = [_ask(index, collection, system, plan, names) for system in plan.systems]
    outcomes += [_measure_run(collection, name, run, plan) for name, run in plan.runs.items()]
    return Experiment(
        name=collection.name,
        articles=len(index),
        topics=collection.topics,
        qrels=collection.qrels,
        measures=plan.measures,
        outcomes=tuple(outcomes),
        baseline=plan.compared_with,
        comparisons=compare(outcomes, plan.compared_with, plan.measures),
    )


def article_names(ids: Iterable[str], qrels: Qrels) -> dict[str, str]:
    """Give each article of an index the name it has in the judgements.

    That is its id, or, where the judgements know no id, the name of its file: an
    article read from a file has a path as its id, and collections move. Raises
    `ReadingError` where they know neither, or where two files share a name.
    """
    ids = set(ids)
    judged = {article for grades in qrels.values() for article in grades}
    if judged & ids:
        return {id_: id_ for id_ in ids}
    files: dict[str, str] = {}
    for id_ in sorted(ids):
        name = id_.rpartition("/")[2]
        if name in files:
            raise ReadingError(f"{files[name]} and {id_} share a file name; rename one.")
        files[name] = id_
    if not judged & set(files):
        known = f"{len(judged)} articles are judged, such as {min(judged)!r}"
        raise ReadingError(f"{known}, and none of them is among the {len(ids)} of the index.")
    return {id_: name for name, id_ in files.items()}


def compare(
    outcomes: Sequence[Outcome], baseline: str, measures: Sequence[str]
) -> tuple[Comparison, ...]:
    """Compare every other outcome with the baseline's, in every measure."""
    base = next(outcome for outcome in outcomes if outcome.system == baseline)
    found = [
        _compare(outcome, base, measure)
        for outcome in outcomes
        if outcome is not base
        for measure in measures
    ]
    corrected = holm([comparison.p for comparison in found])
    return tuple(replace(c, p_holm=p) for c, p in zip(found, corrected, strict=True))


def _compare(outcome: Outcome, base: Outcome, measure: str) -> Comparison:
    values, others = outcome.values[measure], base.values[measure]
    differences = gaps((values[topic] for topic in others), others.values())
    test = paired(differences)
    return Comparison(
        system=outcome.system,
        baseline=base.system,
        measure=measure,
        difference=test.mean,
        low=test.low,
        high=test.high,
        p=test.p,
        p_holm=test.p,
        better=sum(gap > 0 for gap in differences),
        worse=sum(gap < 0 for gap in differences),
        same=differences.count(0.0),
    )


def _ask(
    index: Index, collection: Collection, system: System, plan: Plan, names: Mapping[str, str]
) -> Outcome:
    # Topics are questions put to every system alike: their quotes and dashes are text.
    options = Options(system, operators=False)
    # The first search opens the model and the arrays; its time is no topic's.
    index.search(collection.topics[0].text, plan.depth, options)
    run, seconds = {}, {}
    for topic in collection.topics:
        begun = perf_counter()
        hits = index.search(topic.text, plan.depth, options)
        seconds[topic.id] = perf_counter() - begun
        run[topic.id] = falling((names[hit.article.id], hit.score) for hit in hits)
    values = per_topic(collection.qrels, run, plan.measures)
    return Outcome(str(system), run, seconds, values)


def _measure_run(collection: Collection, name: str, run: Run, plan: Plan) -> Outcome:
    kept = {topic.id: run[topic.id] for topic in collection.topics if topic.id in run}
    if not kept:
        raise ReadingError(f"run {name} ranks none of the topics of {collection.name}.")
    return Outcome(name, kept, {}, per_topic(collection.qrels, kept, plan.measures))
