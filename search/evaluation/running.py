"""Measurement of systems on a collection: index, ask every topic, measure, compare."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from plait.index.factory import open_writer, writing_model
from plait.index.ingest import bring_up_to_date, refuse_others
from plait.index.models.encoder import Encoder, load_encoder, name_to_record
from plait.index.models.onnx.models import DEFAULT_MODEL
from plait.index.reading import Failure
from plait.search.evaluation.belonging import notes_on, without_own
from plait.search.evaluation.collection import Collection, Run
from plait.search.evaluation.experiment import Comparison, Experiment, Outcome
from plait.search.evaluation.files.trec import falling
from plait.search.evaluation.measures import per_topic
from plait.search.evaluation.names import article_names
from plait.search.evaluation.plan import Plan
from plait.search.evaluation.provenance import provenance_of
from plait.search.evaluation.significance import gaps, holm, paired
from plait.search.index import Index
from plait.search.system import Options, System

INDEXES_FOLDER = Path(".plait-bench")
"""Folder in which indexes of collections are kept, each in a folder of its own."""


def open_index(
    collection: Collection, root: Path | None, progress: Callable[[int], None], model: str = ""
) -> tuple[Index, Sequence[Failure]]:
    """Index a collection at `root`, or below `INDEXES_FOLDER`, in a folder for each model.

    The model is the one named, or the index's own. Returns the index, and what could not be read.
    Raises `IndexDirectoryError` where the index holds articles of something else, or is of
    another model than the one named.
    """
    if root:
        encoder, name = writing_model(root, model)
    else:
        encoder, name = load_encoder(model), name_to_record(model)
        root = INDEXES_FOLDER / _folder_name(collection, encoder)
    with open_writer(root, encoder, name, progress) as writer:
        refuse_others(writer, collection.source)
        summary = bring_up_to_date(writer, collection.paths, collection.records, prune=True)
    return Index.open(root), summary.failures


def _folder_name(collection: Collection, encoder: Encoder) -> str:
    is_default = encoder.fingerprint == DEFAULT_MODEL.fingerprint("int8")
    model = "" if is_default else "-" + encoder.fingerprint.replace(":", "-")
    return collection.index_name + model


def run_experiment(index: Index, collection: Collection, plan: Plan) -> Experiment:
    """Ask every system every topic; measure, and compare with the baseline.

    Raises `ReadingError` where the judgements or a run belong to other articles or topics,
    and `ModelError` where a second stage's model cannot be had.
    """
    for stage in filter(None, (system.rerank for system in plan.systems)):
        index.reranker(stage.model)  # now, and not after an hour's work
    names = article_names(index.store.article_ids(), collection.qrels)
    notes = notes_on(collection, names, plan.runs)
    provenance = provenance_of(index, plan)
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
        notes=tuple(filter(None, (collection.note, plan.note, *notes))),
        provenance=provenance,
    )


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
    options = Options(system, operators=False, where=plan.where)
    # The first search opens the model and the arrays; its time is no topic's.
    index.search(collection.topics[0].text, plan.depth, options)
    run, seconds, known = {}, {}, set(names.values())
    for topic in collection.topics:
        depth = plan.depth + (topic.id in known)  # that one may be left out
        begun = perf_counter()
        hits = index.search(topic.text, depth, options)
        seconds[topic.id] = perf_counter() - begun
        found = ((names[hit.article.id], hit.score) for hit in hits)
        run[topic.id] = falling(without_own(topic.id, found, collection.qrels)[: plan.depth])
    values = per_topic(collection.qrels, run, plan.measures)
    return Outcome(str(system), run, seconds, values)


def _measure_run(collection: Collection, name: str, run: Run, plan: Plan) -> Outcome:
    kept = {
        topic.id: dict(without_own(topic.id, run[topic.id].items(), collection.qrels))
        for topic in collection.topics
        if topic.id in run
    }
    return Outcome(name, kept, {}, per_topic(collection.qrels, kept, plan.measures))
