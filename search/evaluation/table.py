"""An experiment as a table of means, and as lines of text for a terminal.

The lines are those of the table, of what second stages take and gain, and of the topics that
changed most.
"""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from plait.index.errors import QueryError
from plait.search.evaluation.changes import Change, greatest_changes
from plait.search.evaluation.experiment import Experiment, Outcome
from plait.search.evaluation.names import article_names
from plait.search.evaluation.significance import SMALLEST_DIFFERENCE
from plait.search.index import Index
from plait.search.system import System


def table(experiment: Experiment) -> dict[str, dict[str, object]]:
    """Return system to measure to mean, and beside them the corrected p-values."""
    return {
        outcome.system: {
            **{measure: outcome.mean(measure) for measure in experiment.measures},
            "p_holm": {
                c.measure: c.p_holm for c in experiment.comparisons if c.system == outcome.system
            },
        }
        for outcome in experiment.outcomes
    }


def lines(experiment: Experiment, index: Index) -> Iterator[str]:
    """Yield the table, what second stages are worth, and the topics that changed most."""
    yield from table_lines(experiment)
    yield from second_stage_lines(experiment)
    yield from change_lines(experiment, index)


def table_lines(experiment: Experiment) -> Iterator[str]:
    """Yield one line a system: each measure with its p, and milliseconds a topic."""
    yield (f"{experiment.name}: {experiment.articles} articles, {len(experiment.topics)} topics")
    width = max(len(outcome.system) for outcome in experiment.outcomes)
    several = bool(experiment.comparisons)
    heads = "".join(f"{name:>{_width(name)}}{'p':>7}" for name in experiment.measures)
    yield f"{'':<{width}}{heads}{'ms':>8}"
    for outcome in experiment.outcomes:
        cells = "".join(_cell(experiment, outcome, name) for name in experiment.measures)
        times = sorted(outcome.seconds.values())
        spent = f"{median(times) * 1000:.1f}" if times else "-"
        yield f"{outcome.system:<{width}}{cells}{spent:>8}"
    if several:
        yield (
            f"p: against {experiment.baseline}, paired randomisation test, "
            f"Holm over {len(experiment.comparisons)} comparisons. ms: median a topic."
        )


def _cell(experiment: Experiment, outcome: Outcome, measure: str) -> str:
    found = experiment.comparison(outcome.system, measure)
    p = f"{found.p_holm:.3f}" if found else "-"
    return f"{outcome.mean(measure):>{_width(measure)}.4f}{p:>7}"


def _width(measure: str) -> int:
    return max(9, len(measure) + 2)


def second_stage_lines(experiment: Experiment) -> Iterator[str]:
    """Yield what each second stage took, and where it ranks worse than the first alone does."""
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
    if before - after <= SMALLEST_DIFFERENCE:
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


def change_lines(experiment: Experiment, index: Index) -> Iterator[str]:
    """Yield the topics that changed most, each with a command that explains the change."""
    names = article_names(index.store.article_ids(), experiment.qrels)
    ids = {name: id_ for id_, name in names.items()}
    for outcome in experiment.outcomes:
        changes = greatest_changes(experiment, outcome.system)
        if changes:
            yield f"\n{outcome.system} against {experiment.baseline}, {experiment.measures[0]}:"
        for change in changes:
            yield _change_line(change)
            yield f"    {change.command(index.root, ids)}"


def _change_line(change: Change) -> str:
    before, after = (str(rank) if rank else "none" for rank in change.ranks)
    values = f"{change.before:.3f} -> {change.after:.3f}"
    return f"  {values}  {change.topic.id}: {change.article}, rank {before} -> {after}"
