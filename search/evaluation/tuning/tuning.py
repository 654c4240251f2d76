"""Here are judgements of a user's own: which parameters suit them, and is that more than luck?

Nested cross-validation: Cawley and Talbot, "On Over-fitting in Model Selection and
Subsequent Selection Bias in Performance Evaluation" (JMLR 2010). The topics are parted
into folds; for each, the parameters are chosen on the other topics alone and measured on
the fold's. So the difference from the default is of topics that had no part in the
choice. A candidate is not fitted to topics, so that all inner folds together would
measure it as its mean over the outer fold's topics does: that mean decides.

The interval is over topics. It does not say how the choice would vary with other topics;
what each fold chose does, and is kept.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np

from plait.index.errors import QueryError
from plait.search.evaluation.collection import Collection
from plait.search.evaluation.measures import parse_measures
from plait.search.evaluation.significance import Difference, gaps, paired
from plait.search.evaluation.tuning.calibration import Calibration, calibrate
from plait.search.evaluation.tuning.candidates import Questions, Trials, try_systems
from plait.search.evaluation.tuning.grid import DEFAULT_SYSTEM, Grid
from plait.search.index import Index
from plait.search.system import System

FOLDS = 5
"""Four fifths of the topics choose, one fifth measures; customary."""
FEWEST_TOPICS = 2 * FOLDS
"""Topics: at least two are measured in each fold."""


@dataclass(frozen=True, slots=True)
class Fold:
    """A part of the topics, and what the others chose for it."""

    topics: tuple[str, ...]
    """Had no part in the choice."""
    chosen: System
    default: float
    """Mean over these topics of the default's values."""
    tuned: float
    """The same of what was chosen."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """What tuning gains on topics that it has not seen, and what it chooses."""

    name: str
    measure: str
    topics: int
    left_out: int
    """Topics without a relevant article in the index."""
    tried: int
    """Systems."""
    folds: tuple[Fold, ...]
    default: float
    """Mean over all topics."""
    tuned: float
    """Mean over all topics, each measured with what the other folds chose."""
    difference: Difference
    """Of `tuned` less `default`, paired by topics."""
    chosen: System
    """By all topics together."""
    calibration: Calibration | None = None
    """Of `p`, by the system that is the better one."""

    @property
    def best(self) -> System:
        """The system that is worth saving, with its calibration; the default where none is."""
        system = self.chosen if self.better else DEFAULT_SYSTEM
        found = self.calibration
        if not found or not found.better:
            return system
        return replace(system, p_slope=found.slope, p_offset=found.offset)

    @property
    def worth_saving(self) -> bool:
        """Say whether anything is better than the default."""
        return self.best != DEFAULT_SYSTEM

    @property
    def better(self) -> bool:
        """Say whether the gain is more than luck: the whole interval lies above 0."""
        return self.difference.low > 0 and self.chosen != DEFAULT_SYSTEM


def tune(
    index: Index,
    collection: Collection,
    measure: str = "nDCG@10",
    grid: Grid | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Tuning:
    """Choose among a grid of hybrids by the topics of a collection; changes nothing.

    `progress` hears of each system that was tried. Raises `QueryError` for a measure
    that cannot be computed and for fewer than `FEWEST_TOPICS` topics, and `ReadingError` where
    the judgements are of other articles.
    """
    decides, *others = parse_measures(measure)
    if others:
        raise QueryError(f"{measure!r} are {len(others) + 1} measures; name the one that decides.")
    questions = Questions.of(index, collection, decides)
    found = len(questions.topics)
    if found < FEWEST_TOPICS:
        raise QueryError(
            f"{found} topics have a relevant article in the index, and tuning needs "
            f"{FEWEST_TOPICS} or more: {FOLDS} folds of at least 2. Judge more topics."
        )
    trials = try_systems(questions, (grid or Grid()).systems(), progress)
    left_out = len(collection.topics) - found
    tuned = cross_validate(trials, collection.name, decides, left_out)
    parts = [fold.topics for fold in tuned.folds]
    return replace(tuned, calibration=calibrate(questions, tuned.best, parts))


def cross_validate(trials: Trials, name: str, measure: str, left_out: int) -> Tuning:
    """Choose in every fold, measure on what it held out; then choose by all topics."""
    parts = [_fold(trials, topics) for topics in folds(trials.topics)]
    default = np.concatenate([trials.of(DEFAULT_SYSTEM, part.topics) for part in parts]).tolist()
    tuned = np.concatenate([trials.of(part.chosen, part.topics) for part in parts]).tolist()
    return Tuning(
        name=name,
        measure=measure,
        topics=len(trials.topics),
        left_out=left_out,
        tried=len(trials.systems),
        folds=tuple(parts),
        default=float(np.mean(default)),
        tuned=float(np.mean(tuned)),
        difference=paired(gaps(tuned, default)),
        chosen=trials.best(trials.topics),
    )


def folds(topics: Iterable[str], count: int = FOLDS) -> tuple[tuple[str, ...], ...]:
    """Part topics into folds that differ by one in size at most.

    The parts follow from the ids, not from the order they come in.

    >>> folds(["q1", "q2", "q3"], 2) == folds(["q3", "q2", "q1"], 2)
    True
    """
    shuffled = sorted(topics, key=lambda topic: (_digest(topic), topic))
    return tuple(tuple(shuffled[start::count]) for start in range(count))


def _digest(topic: str) -> bytes:
    return blake2b(topic.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _fold(trials: Trials, topics: tuple[str, ...]) -> Fold:
    held_out = set(topics)
    chosen = trials.best([topic for topic in trials.topics if topic not in held_out])
    means = (float(trials.of(system, topics).mean()) for system in (DEFAULT_SYSTEM, chosen))
    return Fold(topics, chosen, *means)
