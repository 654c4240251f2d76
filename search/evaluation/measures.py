"""Measures of a run by judgements, topic by topic and over all of them.

Measures are written as `ir-measures` writes them (`nDCG@10`, `R@100`, `AP(rel=2)`) and
computed by it; no measure is computed here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import ir_measures

from plait.index.errors import QueryError
from plait.search.evaluation.collection import Qrels, Run

DEFAULT_MEASURES = ("nDCG@10", "R@100", "AP", "RR@10")
"""Measures of a plan that names none."""


def parse_measures(text: str) -> tuple[str, ...]:
    """Read measures separated by blanks; return their names as `ir-measures` writes them.

    Raises `QueryError` for what it does not know or cannot compute here, before any
    time is spent on a run.
    """
    names = tuple(str(_parsed(name)) for name in text.split())
    if not names:
        raise QueryError("no measure is named; write one or more, such as 'nDCG@10 R@100'.")
    for name in names:
        if names.count(name) > 1:
            raise QueryError(f"measure {name} is named twice; name each once.")
    return names


def per_topic(qrels: Qrels, run: Run, measures: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return measure to topic to value, for every topic that is judged.

    A topic without a ranking has the default value of `ir-measures`: 0.
    Raises `QueryError` where it fails on the rankings there are.
    """
    parsed = {_parsed(name): name for name in measures}
    values: dict[str, dict[str, float]] = {name: {} for name in measures}
    try:
        for metric in ir_measures.iter_calc(list(parsed), qrels, run):
            values[parsed[metric.measure]][metric.query_id] = float(metric.value)
    except ArithmeticError as error:
        names = ", ".join(measures)
        raise QueryError(f"ir-measures fails on one of {names}: {error}; leave it out.") from error
    # Some providers leave topics out, except where they are asked beside others.
    return {
        name: {topic: values[name].get(topic, float(measure.DEFAULT)) for topic in qrels}
        for measure, name in parsed.items()
    }


def aggregate(measure: str, values: Mapping[str, float]) -> float:
    """Return the aggregate of the topics' values by the measure's own rule: mostly the mean."""
    total = _parsed(measure).aggregator()
    for value in values.values():
        total.add(value)
    return float(total.result())


def cutoff(measure: str) -> int:
    """Return the greatest rank that a measure looks at; 0 where it looks at all ranks, as AP."""
    return int(_parsed(measure).params.get("cutoff", 0))


def _parsed(name: str) -> Any:
    remedy = "write measures as in 'nDCG@10 R@100 AP RR@10'; https://ir-measur.es lists them"
    try:
        measure = ir_measures.parse_measure(name)
        measure.validate_params()
        # A cutoff of 0 crashes the process, and True is an int.
        whole = [measure.params.get(parameter, 1) for parameter in ("cutoff", "rel")]
        if any(isinstance(value, bool) or value < 1 for value in whole):
            raise QueryError(f"{name!r} has a cutoff or a grade below 1; {remedy}.")
        # Computed once on next to nothing: some measures need more than is installed.
        list(ir_measures.iter_calc([measure], {"1": {"a": 1}}, {"1": {"a": 2.0, "b": 1.0}}))
    except (NameError, ValueError, KeyError, TypeError, AssertionError, RuntimeError) as error:
        raise QueryError(f"cannot measure {name!r}: {error}; {remedy}.") from error
    return measure
