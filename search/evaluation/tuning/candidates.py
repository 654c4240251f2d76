"""Values of many hybrid systems on each topic, from legs that are scored once.

The legs of a topic are scored once per setting of BM25, by the same code that searches;
every weight of the dense leg is then tried on the arrays that came of it, second look
included.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from plait.index.errors import QueryError
from plait.index.models.cached import CachedEncoder
from plait.search.evaluation.belonging import without_own
from plait.search.evaluation.collection import Collection, Qrels, Topic
from plait.search.evaluation.files.trec import falling
from plait.search.evaluation.measures import cutoff, per_topic
from plait.search.evaluation.names import article_names
from plait.search.evaluation.plan import ARTICLES_PER_TOPIC
from plait.search.evaluation.significance import SMALLEST_DIFFERENCE
from plait.search.index import Index
from plait.search.system import Options, System


@dataclass(frozen=True, slots=True)
class Trials:
    """What each system scored on each topic, by one measure."""

    systems: tuple[System, ...]
    """Systems, the default first, then those that differ least from it."""
    topics: tuple[str, ...]
    values: NDArray[np.float64]
    """Value of the measure, (systems, topics)."""

    def of(self, system: System, topics: Sequence[str]) -> NDArray[np.float64]:
        """Return a system's values on some topics, in the order they are named."""
        columns = [self.topics.index(topic) for topic in topics]
        return np.asarray(self.values[self.systems.index(system), columns])

    def best(self, topics: Sequence[str]) -> System:
        """Return the system with the best mean on some topics; of equals the first."""
        columns = [self.topics.index(topic) for topic in topics]
        means = self.values[:, columns].mean(axis=1)
        return self.systems[int(np.argmax(means > means.max() - SMALLEST_DIFFERENCE))]


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked, of which index, and how the answers are measured."""

    index: Index
    topics: tuple[Topic, ...]
    """Topics, each with a relevant article in the index."""
    qrels: Qrels
    """Judgements of these topics."""
    names: Mapping[str, str]
    """Name of each article in the judgements, by its id."""
    measure: str

    @classmethod
    def of(cls, index: Index, collection: Collection, measure: str) -> Self:
        """Return the topics that this index has an answer to, spelt as the default asks for them.

        Raises `ReadingError` where the judgements are of other articles altogether.
        """
        names = article_names(index.store.article_ids(), collection.qrels)
        known = set(names.values())
        # An index of its own, so that the cached vectors of the topics are freed with it.
        own = Index(index.store, CachedEncoder(index.encoder))
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
        """Number of articles that are ranked for a topic: as many as the measure looks at."""
        return cutoff(self.measure) or ARTICLES_PER_TOPIC


def try_systems(
    questions: Questions, systems: Sequence[System], progress: Callable[[int], None]
) -> Trials:
    """Measure every system on every topic.

    The systems must be of the default's mode and fusion. `progress` is called with the
    number of systems each time some are done.
    """
    settings: dict[tuple[float, ...], list[System]] = {}
    for system in systems:
        if not system.is_fused:
            raise QueryError(f"{system} has one leg, and a weight is of two; try hybrids.")
        setting = tuple(system.values[name] for name in ("k1", "b", "title"))
        settings.setdefault(setting, []).append(system)
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
    """Yield each system and its ranking of the articles for one topic.

    The systems differ in the weight alone.
    """
    index, names = questions.index, questions.names
    query = index.parse(topic.text, operators=False)
    # Which passages are candidates does not depend on the weight.
    depth = questions.depth + 1  # the article that is the topic itself is left out
    found = index.rank(query, alike[0], depth)
    for system in alike:
        weighted = index.fused(found, system)
        rows, scores = index.best(weighted, depth), weighted.scores
        articles = (names[id_] for id_ in weighted.article_ids(index.store, rows))
        ranking = zip(articles, scores[rows].tolist(), strict=True)
        kept = without_own(topic.id, ranking, questions.qrels)[: questions.depth]
        yield system, falling(kept)
