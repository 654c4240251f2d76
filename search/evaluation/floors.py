"""Here is a floor, `nDCG@10=0.73`: does the baseline stay above it?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from plait.index.errors import QualityError, QueryError
from plait.search.evaluation.experiment import Experiment
from plait.search.evaluation.measures import parse_measures


@dataclass(frozen=True, slots=True)
class Floor:
    """The least value of a measure that is good enough."""

    measure: str
    value: float

    @classmethod
    def parse(cls, text: str, measures: Sequence[str]) -> Self:
        """Read `MEASURE=NUMBER`; raises `QueryError`, also for what is not measured."""
        # From the right: a measure may have a = of its own.
        name, _, number = text.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not name or not math.isfinite(value):
            raise QueryError(f"cannot read the floor {text!r}; write it as in nDCG@10=0.73.")
        (measure,) = parse_measures("".join(name.split()))
        if measure not in measures:
            raise QueryError(f"{measure} is not measured; choose one of {', '.join(measures)}.")
        return cls(measure, value)


def check_floors(experiment: Experiment, floors: Sequence[Floor]) -> None:
    """Raise `QualityError` that lists the floors that the baseline fell below."""
    outcome = experiment.outcome(experiment.baseline)
    fallen = [
        f"{floor.measure} is {value:.4f}, below {floor.value:g}"
        for floor in floors
        # As it is printed, so that what was printed is a floor that holds. Not `value < floor`:
        # what is not a number is not good enough.
        if not round(value := outcome.mean(floor.measure), 4) >= floor.value
    ]
    if fallen:
        raise QualityError(f"{experiment.name}, {experiment.baseline}: {'; '.join(fallen)}.")
