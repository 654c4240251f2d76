"""What an experiment is to measure, and the floors that its results must reach.

A plan names systems, runs of other programs, a baseline and measures; `plan_of` reads one as
it is typed. A floor is the least value of a measure that the baseline must have.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from plait.index.errors import QualityError, QueryError
from plait.search.evaluation.collection import Run
from plait.search.evaluation.experiment import Experiment
from plait.search.evaluation.files.trec import read_run
from plait.search.evaluation.measures import DEFAULT_MEASURES, cutoff, parse_measures
from plait.search.system import System
from plait.search.systems import parse_systems

DEFAULT_SYSTEMS = (System.parse("keyword"), System.parse("dense"), System.parse("hybrid"))
"""Systems of a plan that names none: each leg by itself, and both."""
ARTICLES_PER_TOPIC = 100
"""Articles that are kept of each topic's ranking: as many as R@100 looks at."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be measured. Raises `QueryError` where it makes no sense."""

    systems: tuple[System, ...] = DEFAULT_SYSTEMS
    """Systems that are asked: by default each leg by itself, and both."""
    runs: Mapping[str, Run] = field(default_factory=dict)
    """Rankings of other systems, by name."""
    baseline: str = ""
    """Name of the baseline; empty for `hybrid` if that is asked, and else for the first."""
    measures: tuple[str, ...] = DEFAULT_MEASURES
    depth: int = ARTICLES_PER_TOPIC
    """Number of articles that are kept of each topic's ranking."""
    where: tuple[str, ...] = ()
    """Texts of filters: only articles that pass all of them are ranked."""
    command: str = ""
    """Command as which the plan was typed; empty for a program's."""

    def __post_init__(self) -> None:
        if self.depth < 1:
            raise QueryError(f"the depth is {self.depth}; ask for at least 1 article.")
        if not self.names:
            raise QueryError("nothing to measure; name a system or a run.")
        for name in self.names:
            if self.names.count(name) > 1:
                raise QueryError(f"two systems are named {name}; write --run NAME=FILE.")
        if self.compared_with not in self.names:
            found = f"no system {self.baseline!r} to compare with"
            raise QueryError(f"{found}; choose one of {'; '.join(self.names)}.")

    def beside(self, system: System) -> "Plan":
        """Return the plan with one system more, unless it is among them."""
        return self if system in self.systems else replace(self, systems=(*self.systems, system))

    @property
    def names(self) -> list[str]:
        """Names of the systems and the runs, in order."""
        return [*map(str, self.systems), *self.runs]

    @property
    def note(self) -> str:
        """Note on what is left out of rankings; empty if nothing is."""
        deep = [name for name in self.measures if cutoff(name) > self.depth]
        ends = f"rankings end at {self.depth}, above {', '.join(deep)}" if deep else ""
        only = f"only articles where {' and '.join(self.where)} are ranked" if self.where else ""
        return "; ".join(filter(None, (only, ends)))

    @property
    def compared_with(self) -> str:
        """Name of the baseline, as it is written where it is measured."""
        if not self.baseline:
            return "hybrid" if "hybrid" in self.names else self.names[0]
        if self.baseline in self.runs:
            return self.baseline
        # However it is typed: `hybrid( )` is `hybrid`.
        same = [str(system) for system in self.systems if _is(system, self.baseline)]
        return same[0] if same else self.baseline


def _is(system: System, text: str) -> bool:
    try:
        return System.parse(text) == system
    except QueryError:
        return False


def plan_of(
    systems: Sequence[str], runs: Iterable[str], baseline: str, measures: str, depth: int
) -> Plan:
    """Read a plan as it is typed; what is left empty is the default.

    Systems may be separated by semicolons, measures are separated by blanks, runs are as
    `read_runs` takes them. Raises `QueryError` and `ReadingError`.
    """
    return Plan(
        parse_systems("; ".join(systems)) if systems else DEFAULT_SYSTEMS,
        read_runs(runs),
        baseline,
        parse_measures(measures) if measures else DEFAULT_MEASURES,
        depth,
    )


def read_runs(texts: Iterable[str]) -> dict[str, Run]:
    """Read runs, each written as FILE, named by its tag, or as NAME=FILE.

    Raises `ReadingError`, and `QueryError` for a name that is there twice.
    """
    runs: dict[str, Run] = {}
    for text in texts:
        name, equals, file = text.partition("=")
        named = bool(equals) and not Path(text).exists()
        tag, run = read_run(Path(file if named else text))
        name = name if named else tag
        if name in runs:
            raise QueryError(f"two runs are named {name}; write --run NAME=FILE.")
        runs[name] = run
    return runs


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
