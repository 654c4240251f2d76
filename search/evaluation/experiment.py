"""Here is an experiment: what was asked of which systems, and what came out?

Nouns only; `plait.search.evaluation.running` makes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from plait.search.evaluation.collection import Qrels, Run, Topic
from plait.search.evaluation.measures import aggregate


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one system made of the topics."""

    system: str
    """As `System` writes it, or a run file's tag."""
    run: Run
    """Topic to article to score, best first; scores fall strictly."""
    seconds: Mapping[str, float]
    """Topic to wall time; empty for a run read from a file."""
    values: Mapping[str, Mapping[str, float]]
    """Measure to topic to value."""

    def mean(self, measure: str) -> float:
        """Give a measure over all topics, put together as `ir-measures` does."""
        return aggregate(measure, self.values[measure])


@dataclass(frozen=True, slots=True)
class Comparison:
    """One system beside the baseline, in one measure, over all topics."""

    system: str
    baseline: str
    measure: str
    difference: float
    """Mean over topics of the system's value less the baseline's."""
    low: float
    """The 95 % bootstrap interval of the difference begins."""
    high: float
    p: float
    """Of a paired randomisation test, two-sided."""
    p_holm: float
    """The same, corrected for all comparisons of the experiment."""
    better: int
    """Topics; so are `worse` and `same`."""
    worse: int
    same: int


@dataclass(frozen=True, slots=True)
class Experiment:
    """Systems, measured on the same topics and compared with one of them."""

    name: str
    """The collection's."""
    articles: int
    topics: tuple[Topic, ...]
    qrels: Qrels
    measures: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    baseline: str
    comparisons: tuple[Comparison, ...]
    """Every other system against the baseline, in every measure."""

    def outcome(self, system: str) -> Outcome:
        """Find a system's outcome."""
        return next(outcome for outcome in self.outcomes if outcome.system == system)

    def comparison(self, system: str, measure: str) -> Comparison | None:
        """Find how a system compares; None for the baseline itself."""
        wanted = (system, measure)
        return next((c for c in self.comparisons if (c.system, c.measure) == wanted), None)
