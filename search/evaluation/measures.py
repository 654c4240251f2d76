"""Here are a run and judgements: what do the measures say, topic by topic?

Measures are written as `ir-measures` writes them (`nDCG@10`, `R@100`, `AP(rel=2)`) and
computed by it; no measure is computed here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import ir_measures

from plait.index.errors import QueryError
from plait.search.evaluation.collection import Qrels, Run

MEASURES = ("nDCG@10", "R@100", "AP", "RR@10")
"""Measured where nothing else is asked."""


def parse_measures(text: str) -> tuple[str, ...]:
    """Read measures separated by blanks; give their names as `ir-measures` writes them.

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
    """Give measure to topic to value; a topic without a ranking counts as the worst.

    A topic has no value where `ir-measures` defines none, as for `Accuracy`.
    """
    parsed = {_parsed(name): name for name in measures}
    values: dict[str, dict[str, float]] = {name: {} for name in measures}
    for metric in ir_measures.iter_calc(list(parsed), qrels, run):
        values[parsed[metric.measure]][metric.query_id] = float(metric.value)
    # In the order of the judgements, whatever the provider's.
    return {
        name: {topic: found[topic] for topic in qrels if topic in found}
        for name, found in values.items()
    }


def aggregate(measure: str, values: Mapping[str, float]) -> float:
    """Put the topics' values together as the measure does: mostly their mean."""
    total = _parsed(measure).aggregator()
    for value in values.values():
        total.add(value)
    return float(total.result())


def _parsed(name: str) -> Any:
    remedy = "write measures as in 'nDCG@10 R@100 AP RR@10'; https://ir-measur.es lists them"
    try:
        measure = ir_measures.parse_measure(name)
        measure.validate_params()
        # A cutoff of 0 crashes trec_eval, and True is an int.
        if any(value is True or value == 0 for value in measure.params.values()):
            raise QueryError(f"measure {name!r} has a parameter that is 0 or True; {remedy}.")
        # Asked for once, of nothing much: some measures need more than is installed.
        list(ir_measures.iter_calc([measure], {"1": {"a": 1}}, {"1": {"a": 1.0}}))
    except (NameError, ValueError, KeyError, TypeError, AssertionError, RuntimeError) as error:
        raise QueryError(f"cannot measure {name!r}: {error}; {remedy}.") from error
    return measure
