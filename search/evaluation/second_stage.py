"""Here are systems with a second stage: is it worth its time?

Only where the same system without it was measured too.
"""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from plait.index.errors import QueryError
from plait.search.evaluation.experiment import Experiment, Outcome
from plait.search.evaluation.significance import SAME
from plait.search.system import System


def second_stage_lines(experiment: Experiment) -> Iterator[str]:
    """Say what each second stage took, and where it ranks worse than the first alone does."""
    outcomes = {outcome.system: outcome for outcome in experiment.outcomes}
    for outcome in experiment.outcomes:
        system = _parsed(outcome.system)
        first = system and outcomes.get(str(replace(system, rerank=None)))
        if not system or not system.rerank or not first:
            continue
        yield from _loss(experiment, outcome, first)
        yield from _time(outcome, first, system.rerank.budget_ms)


def _parsed(name: str) -> System | None:
    try:
        return System.parse(name)
    except QueryError:  # a run file's tag
        return None


def _loss(experiment: Experiment, outcome: Outcome, first: Outcome) -> Iterator[str]:
    measure = experiment.measures[0]
    after, before = outcome.mean(measure), first.mean(measure)
    if before - after <= SAME:
        return
    found = experiment.comparison(outcome.system, measure)
    p = f" (p {found.p_holm:.3f})" if found and found.baseline == first.system else ""
    yield (
        f"Reranking loses: {outcome.system} has {measure} {after:.4f}, "
        f"and {first.system} without it {before:.4f}{p}."
    )


def _time(outcome: Outcome, first: Outcome, budget_ms: int | None) -> Iterator[str]:
    spent = [
        seconds - first.seconds[topic]
        for topic, seconds in outcome.seconds.items()
        if topic in first.seconds
    ]
    if spent:
        budget = f"a budget of {budget_ms} ms" if budget_ms else "no budget"
        took = f"took {median(spent) * 1000:.1f} ms more than {first.system}"
        yield f"{outcome.system} {took} (median a topic), with {budget}."
