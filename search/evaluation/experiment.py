"""The results of an experiment: systems measured on the same topics, and their comparisons.

Nouns only; `plait.search.evaluation.running` makes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plait.search.evaluation.collection import Qrels, Run, Topic
from plait.search.evaluation.measures import aggregate

if TYPE_CHECKING:
    from plait.search.evaluation.provenance import Provenance


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rankings, times and values of one system."""

    system: str
    """Name of the system, as `System` writes it, or a run file's tag."""
    run: Run
    """Ranking of each topic, best first: topic to article to score; scores fall strictly."""
    seconds: Mapping[str, float]
    """Wall time of each topic; empty for a run read from a file."""
    values: Mapping[str, Mapping[str, float]]
    """Value of each measure on each topic: measure to topic to value."""

    def mean(self, measure: str) -> float:
        """Return a measure over all topics, aggregated as `ir-measures` does."""
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
    """Lower end of the 95 % bootstrap interval of the difference."""
    high: float
    """Upper end of the 95 % bootstrap interval of the difference."""
    p: float
    """p of a paired randomisation test, two-sided."""
    p_holm: float
    """`p`, corrected for all comparisons of the experiment."""
    better: int
    """Number of topics on which the system has the greater value."""
    worse: int
    """Number of topics on which the baseline has the greater value."""
    same: int
    """Number of topics on which both have the same value."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """Systems, measured on the same topics and compared with one of them."""

    name: str
    """Name of the collection."""
    articles: int
    topics: tuple[Topic, ...]
    qrels: Qrels
    measures: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    baseline: str
    comparisons: tuple[Comparison, ...]
    """Comparisons of every other system with the baseline, in every measure."""
    notes: tuple[str, ...] = ()
    """Notes on what of the files does not belong together, or is left out."""
    provenance: "Provenance | None" = None
    """Provenance; None where it was not kept."""

    def outcome(self, system: str) -> Outcome:
        """Return a system's outcome."""
        return next(outcome for outcome in self.outcomes if outcome.system == system)

    def comparison(self, system: str, measure: str) -> Comparison | None:
        """Return the comparison of a system with the baseline; None for the baseline itself."""
        wanted = (system, measure)
        return next((c for c in self.comparisons if (c.system, c.measure) == wanted), None)
