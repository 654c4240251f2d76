"""Topics that changed most in an experiment, and for each the article to look at."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from plait.index.errors import QueryError
from plait.search.evaluation.collection import Topic
from plait.search.evaluation.experiment import Experiment, Outcome
from plait.search.evaluation.measures import cutoff
from plait.search.evaluation.significance import SMALLEST_DIFFERENCE
from plait.search.system import System

CHANGES_SHOWN = 3
"""Number of topics that are shown of those that gained, and as many of those that lost."""


@dataclass(frozen=True, slots=True)
class Change:
    """A topic that a system answers better or worse than the baseline does."""

    system: str
    topic: Topic
    before: float
    """Value of the first measure with the baseline."""
    after: float
    """Value of the first measure with the system."""
    article: str
    """Name in the judgements of the relevant article whose rank differs most, as far as the
    measure sees."""
    ranks: tuple[int | None, int | None]
    """Ranks of the article with the baseline and with the system, from 1; None where it is not
    ranked."""

    def command(self, index: Path, ids: Mapping[str, str]) -> str:
        """Return the command that explains the article's rank; `ids` are by name."""
        article = ids.get(self.article, self.article)
        words = [self.topic.text, article]
        # A word that begins with - is no option of the command.
        end = ["--"] if any(word.startswith("-") for word in words) else []
        how = ["--words", *_option(self.system)]
        return shlex.join(["plait", "why", *how, "-i", str(index), *end, *words])


def greatest_changes(
    experiment: Experiment, system: str, count: int = CHANGES_SHOWN
) -> list[Change]:
    """Return the topics that gained most, then those that lost most, in the first measure."""
    base, other = experiment.outcome(experiment.baseline), experiment.outcome(system)
    found = [_change(experiment, topic, (base, other)) for topic in experiment.topics]
    gains = sorted(found, key=lambda change: (change.before - change.after, change.topic.id))
    losses = sorted(found, key=lambda change: (change.after - change.before, change.topic.id))
    return [
        *(change for change in gains[:count] if change.after - change.before > SMALLEST_DIFFERENCE),
        *(
            change
            for change in losses[:count]
            if change.before - change.after > SMALLEST_DIFFERENCE
        ),
    ]


def _change(experiment: Experiment, topic: Topic, both: tuple[Outcome, Outcome]) -> Change:
    measure = experiment.measures[0]
    ranks = [_ranks(outcome.run.get(topic.id, {})) for outcome in both]
    relevant = [name for name, grade in experiment.qrels[topic.id].items() if grade > 0]
    # One rank past the end is where an article that is not ranked would stand at best; and
    # all ranks past what the measure sees are one.
    seen = cutoff(measure) or max(map(len, ranks))
    ends = [min(len(ranked), seen) + 1 for ranked in ranks]

    def moved(name: str) -> tuple[int, str]:
        first, second = (min(r.get(name, end), end) for r, end in zip(ranks, ends, strict=True))
        return -abs(first - second), name

    article = min(relevant or experiment.qrels[topic.id], key=moved)
    before, after = (outcome.values[measure][topic.id] for outcome in both)
    places = (ranks[0].get(article), ranks[1].get(article))
    return Change(both[1].system, topic, before, after, article, places)


def _option(system: str) -> list[str]:
    """Return the option that names a system's first stage.

    Empty for plait's default, and for another program's run.
    """
    try:
        asked = replace(System.parse(system), rerank=None)
    except QueryError:
        return []
    return [] if asked == System() else ["--system", str(asked)]


def _ranks(articles: Iterable[str]) -> dict[str, int]:
    return {article: rank for rank, article in enumerate(articles, start=1)}
