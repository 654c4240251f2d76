"""Here are topics: how well does each of many hybrids answer each of them?

The legs of a topic are scored once per setting of BM25, by the same code that searches;
every weight of the dense leg is then tried on the arrays that came of it, second look
included.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Self

import numpy as np
from numpy.typing import NDArray

from plait.index.errors import QueryError
from plait.index.models.cached import CachedEncoder
from plait.search.evaluation.collection import Collection, Qrels, Topic
from plait.search.evaluation.files.trec import falling
from plait.search.evaluation.measures import cutoff, per_topic
from plait.search.evaluation.names import article_names
from plait.search.evaluation.plan import DEPTH
from plait.search.evaluation.significance import SAME
from plait.search.fusion import WEIGHT
from plait.search.index import Index, Options
from plait.search.legs.bm25 import K1, B
from plait.search.query.parser import TITLE_WEIGHT, parse_query
from plait.search.system import System

DEFAULT = System()
"""What every candidate is compared with: plait's own choice for all collections."""
TUNED = ("weight", "k1", "b", "title")
"""The parameters that are tried."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The values that are tried: by default 12 weights by 7 settings of BM25.

    Every weight with every setting, but of a setting's parameters one at most differs
    from the default: fusion flattens them. Coarse on purpose: neighbours rank alike, and
    what is chosen among more candidates is more often chosen by luck. Raises `QueryError`
    for values that no system takes.
    """

    weight: tuple[float, ...] = tuple(sorted({WEIGHT, *(tenth / 10 for tenth in range(11))}))
    """From words alone to meaning alone, and the default."""
    k1: tuple[float, ...] = (0.5, K1, 1.6)
    """Each some 1.8 times the one before."""
    b: tuple[float, ...] = (0.15, B, 0.75)
    """Length hardly counts, the default, and as most textbooks have it."""
    title: tuple[float, ...] = (0.0, TITLE_WEIGHT, 1.0)
    """A word of the title counts once, a little more, twice: the text holds it as well."""

    def __post_init__(self) -> None:
        for name in TUNED:
            if not getattr(self, name):
                raise QueryError(f"no {name} to try; give one value or more.")
        self.systems()

    def systems(self) -> tuple[System, ...]:
        """Give every candidate once, the default first, then those that differ least from it."""
        values = product(*(getattr(self, name) for name in TUNED))
        every = {System(**dict(zip(TUNED, each, strict=True))) for each in values}
        found = {DEFAULT} | {system for system in every if len(_moved(system) - {"weight"}) <= 1}
        return tuple(sorted(found, key=_distance))


@dataclass(frozen=True, slots=True)
class Trials:
    """What each system scored on each topic, by one measure."""

    systems: tuple[System, ...]
    """The default first, then those that differ least from it."""
    topics: tuple[str, ...]
    values: NDArray[np.float64]
    """(systems, topics)."""

    def of(self, system: System, topics: Sequence[str]) -> NDArray[np.float64]:
        """Give a system's values on some topics, in the order they are named."""
        columns = [self.topics.index(topic) for topic in topics]
        return np.asarray(self.values[self.systems.index(system), columns])

    def best(self, topics: Sequence[str]) -> System:
        """Choose the system with the best mean on some topics; of equals the first."""
        columns = [self.topics.index(topic) for topic in topics]
        means = self.values[:, columns].mean(axis=1)
        return self.systems[int(np.argmax(means > means.max() - SAME))]


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked, of which index, and how the answers are measured."""

    index: Index
    topics: tuple[Topic, ...]
    """Each has a relevant article in the index."""
    qrels: Qrels
    """Of these topics."""
    names: Mapping[str, str]
    """Each article's name in the judgements, by its id."""
    measure: str

    @classmethod
    def of(cls, index: Index, collection: Collection, measure: str) -> Self:
        """Keep the topics that this index has an answer to, spelt as the default asks for them.

        Raises `ReadingError` where the judgements are of other articles altogether.
        """
        names = article_names(index.snapshot.article_ids(), collection.qrels)
        known = set(names.values())
        # Of its own, so that the vectors of the topics are forgotten with it.
        own = Index(index.snapshot, CachedEncoder(index.encoder))
        options = Options(operators=False)
        topics = tuple(
            replace(topic, text=own.answer(topic.text, 1, options).asked)
            for topic in collection.topics
            if any(n in known for n, grade in collection.qrels[topic.id].items() if grade > 0)
        )
        qrels = {topic.id: collection.qrels[topic.id] for topic in topics}
        return cls(own, topics, qrels, names, measure)

    @property
    def depth(self) -> int:
        """Articles that are ranked for a topic: as many as the measure looks at."""
        return cutoff(self.measure) or DEPTH


def try_systems(
    questions: Questions, systems: Sequence[System], progress: Callable[[int], None]
) -> Trials:
    """Measure every system on every topic; `progress` hears of each one that is done.

    The systems must be of the default's mode and fusion.
    """
    settings: dict[tuple[float, float, float], list[System]] = {}
    for system in systems:
        settings.setdefault((system.k1, system.b, system.title), []).append(system)
    values = np.zeros((len(systems), len(questions.topics)))
    ids = tuple(topic.id for topic in questions.topics)
    for _, alike in sorted(settings.items()):
        runs: dict[System, dict[str, dict[str, float]]] = {system: {} for system in alike}
        for topic in questions.topics:
            for system, ranking in _rankings(questions, topic, alike):
                runs[system][topic.id] = ranking
        for system, run in runs.items():
            found = per_topic(questions.qrels, run, [questions.measure])[questions.measure]
            values[systems.index(system)] = [found[id_] for id_ in ids]
        progress(len(alike))
    return Trials(tuple(systems), ids, values)


def _rankings(
    questions: Questions, topic: Topic, alike: Sequence[System]
) -> Iterator[tuple[System, dict[str, float]]]:
    """Rank the articles for one topic by systems that differ in the weight alone."""
    index, names = questions.index, questions.names
    analyzer, title = index.ranker.analyzer, alike[0].title
    query = parse_query(topic.text, analyzer, operators=False, title=title)
    # Which passages are candidates does not depend on the weight.
    scored, _ = index.best(query, alike[0], questions.depth)
    article = cache(lambda row: names[index.snapshot.article_id(int(scored.passages[row]))])
    for system in alike:
        weighted = index.ranker.fused(scored, system)
        rows = index.best_rows(weighted, questions.depth)
        totals = weighted.totals
        yield system, falling((article(row), float(totals[row])) for row in rows)


def _moved(system: System) -> set[str]:
    """Name what differs from the default."""
    return {name for name in TUNED if getattr(system, name) != getattr(DEFAULT, name)}


def _distance(system: System) -> tuple[int, float, str]:
    return len(_moved(system)), abs(system.weight - WEIGHT), str(system)
