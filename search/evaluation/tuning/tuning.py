"""Parameters chosen by judgements of a user's own, and tested on topics that did not choose.

Nested cross-validation: Cawley and Talbot, "On Over-fitting in Model Selection and
Subsequent Selection Bias in Performance Evaluation" (JMLR 2010). The topics are split
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
"""Number of folds: four fifths of the topics choose, one fifth measures; customary."""
FEWEST_TOPICS = 2 * FOLDS
"""Number of topics that tuning needs: at least two are measured in each fold."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Topics held out, and what the other topics chose for them."""

    topics: tuple[str, ...]
    """Ids of the topics, which had no part in the choice."""
    chosen: System
    """System chosen by the other folds."""
    default: float
    """Mean over these topics of the default's values."""
    tuned: float
    """Mean over these topics of the chosen system's values."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """What tuning gains on topics that it has not seen, and what it chooses."""

    name: str
    measure: str
    topics: int
    left_out: int
    """Number of topics without a relevant article in the index."""
    tried: int
    """Number of systems tried."""
    folds: tuple[Fold, ...]
    default: float
    """Mean over all topics, measured with the default."""
    tuned: float
    """Mean over all topics, each measured with what the other folds chose."""
    difference: Difference
    """Test of `tuned` less `default`, paired by topics."""
    chosen: System
    """System chosen by all topics together."""
    calibration: Calibration | None = None
    """Calibration of `p`, on the system that is the better one."""

    @property
    def best(self) -> System:
        """The system that is worth saving, with its calibration; the default where none is."""
        system = self.chosen if self.better else DEFAULT_SYSTEM
        found = self.calibration
        if not found or not found.better:
            return system
        return system.changed({"p_slope": found.slope, "p_offset": found.offset})

    @property
    def worth_saving(self) -> bool:
        """Whether a system or a calibration is better than the default."""
        return self.best != DEFAULT_SYSTEM

    @property
    def better(self) -> bool:
        """Whether the gain is more than luck: the whole interval lies above 0."""
        return self.difference.low > 0 and self.chosen != DEFAULT_SYSTEM


def tune(
    index: Index,
    collection: Collection,
    measure: str = "nDCG@10",
    grid: Grid | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Tuning:
    """Choose among a grid of hybrids by the topics of a collection; the index stays as it is.

    `progress` is called with the number of systems each time some were tried. Raises
    `QueryError` for a measure that cannot be computed and for fewer than `FEWEST_TOPICS`
    topics, and `ReadingError` where the judgements are of other articles.
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
    held_out = [fold.topics for fold in tuned.folds]
    return replace(tuned, calibration=calibrate(questions, tuned.best, held_out))


def cross_validate(trials: Trials, name: str, measure: str, left_out: int) -> Tuning:
    """Choose in every fold, measure on what it held out; then choose by all topics."""
    found = [_fold(trials, topics) for topics in folds(trials.topics)]
    default = np.concatenate([trials.of(DEFAULT_SYSTEM, fold.topics) for fold in found]).tolist()
    tuned = np.concatenate([trials.of(fold.chosen, fold.topics) for fold in found]).tolist()
    return Tuning(
        name=name,
        measure=measure,
        topics=len(trials.topics),
        left_out=left_out,
        tried=len(trials.systems),
        folds=tuple(found),
        default=float(np.mean(default)),
        tuned=float(np.mean(tuned)),
        difference=paired(gaps(tuned, default)),
        chosen=trials.best(trials.topics),
    )


def folds(topics: Iterable[str], count: int = FOLDS) -> tuple[tuple[str, ...], ...]:
    """Split topics into folds that differ by one in size at most.

    The split follows from the ids, not from the order they come in.

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
