"""Weights of the dense leg chosen query by query, without judgements, beside a fixed one.

    python benchmarks/adaptive_weight.py [COLLECTION ...]

For each topic, a ridge regression predicts from what both legs show (see `features`) what
each weight would score; the best predicted is taken. It is fitted on all collections but
one and tried on that one, each in turn, beside the fixed weight that is best on the same
others, with a guard (the fixed weight unless the predicted gain is above a margin, chosen
on the others too), and the best weight of each topic, which only the judgements know.
Prints mean nDCG@10. Needs scikit-learn, which sentence-transformers brings, and the
collections of `benchmarks/quality.py`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from public import folders
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from plait.index.arithmetic import idf
from plait.search.evaluation import open_index, read_collection
from plait.search.evaluation.files.trec import falling
from plait.search.evaluation.measures import per_topic
from plait.search.evaluation.names import article_names
from plait.search.index import Index
from plait.search.system import Options, System

MEASURE = "nDCG@10"
WEIGHTS = tuple(round(step / 10, 1) for step in range(11))
MARGINS = (0.0, 0.01, 0.02, 0.05, 0.1, 1.0)
"""Predicted gains below which the guard keeps the fixed weight; 1 always keeps it."""
TOPICS_TRIED = 300
"""Number of topics tried of each collection: the first."""
RANKS_COMPARED = 20
"""Number of ranks down to which the two legs' rankings are compared."""

Values: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tried:
    """One collection: the features of its topics, and what each weight scores."""

    name: str
    shown: Values
    """Features of each topic, (topics, features)."""
    values: Values
    """Value of the measure for each topic and weight, (topics, weights)."""


def features(index: Index, text: str) -> list[float]:
    """Return the features of a query: of its words, and of how the legs score its candidates."""
    query = index.parse(text, operators=False)
    legs = index.rank(query, System(), 1).candidates.legs
    dictionary = index.store.dictionary
    sizes = dictionary.find([term for term, _ in query.terms]).counts
    masses = [idf(size, dictionary.passages) for size in sizes] or [0.0]
    described = [
        np.log1p(len(query.terms)),
        float(np.mean(masses)),
        max(masses),
        list(sizes).count(0) / max(len(sizes), 1),
        float(bool(re.search(r"\d", text))),
        float(bool(re.search(r"[A-Z]", text[1:]))),
        float('"' in text),
    ]
    tops = []
    for leg in (legs["keyword"], legs["dense"]):
        falling_scores = np.sort((leg.scores - leg.mean) / (leg.deviation or 1.0))[::-1]
        described += [falling_scores[0], falling_scores[0] - falling_scores[:RANKS_COMPARED][-1]]
        described.append(float(np.mean(falling_scores[:RANKS_COMPARED] ** 3)))
        tops.append(set(np.argsort(-leg.scores)[:RANKS_COMPARED].tolist()))
    return [*described, len(tops[0] & tops[1]) / RANKS_COMPARED, float(legs["dense"].scores.max())]


def tried(name: str) -> Tried:
    """Ask a collection with every weight."""
    collection = read_collection(name)
    index, _ = open_index(collection, None, lambda _: None)
    names = article_names(index.store.article_ids(), collection.qrels)
    topics = collection.topics[:TOPICS_TRIED]
    qrels = {topic.id: collection.qrels[topic.id] for topic in topics}
    columns = []
    for weight in WEIGHTS:
        options = Options(System().changed({"weight": weight}), operators=False)
        run = {
            t.id: falling((names[h.article.id], h.score) for h in index.search(t.text, 10, options))
            for t in topics
        }
        values = per_topic(qrels, run, (MEASURE,))[MEASURE]
        columns.append([values[topic.id] for topic in topics])
    shown = np.array([features(index, topic.text) for topic in topics])
    return Tried(collection.name, shown, np.array(columns).T)


def fixed(collections: Sequence[Tried]) -> int:
    """Return the index of the weight that is best in the mean over collections."""
    return int(np.mean([one.values.mean(axis=0) for one in collections], axis=0).argmax())


def fitted(collections: Sequence[Tried]) -> Callable[[Tried], Values]:
    """Fit the regression; return what predicts (topics, weights) of another collection."""
    shown = np.concatenate([one.shown for one in collections])
    # What a weight gains over the mean of all: hard topics are low whatever the weight.
    gains = np.concatenate(
        [one.values - one.values.mean(axis=1, keepdims=True) for one in collections]
    )
    share = np.concatenate([np.full(len(one.shown), 1 / len(one.shown)) for one in collections])
    scale = StandardScaler().fit(shown)
    model = Ridge(alpha=1.0).fit(scale.transform(shown), gains, sample_weight=share)
    return lambda one: np.asarray(model.predict(scale.transform(one.shown)))


def guarded(one: Tried, predicted: Values, default: int, margin: float) -> float:
    """Return a collection's mean by predicted weights where they promise more than the margin."""
    best = predicted.argmax(axis=1)
    rows = np.arange(len(best))
    promised = predicted[rows, best] - predicted[:, default]
    return float(one.values[rows, np.where(promised > margin, best, default)].mean())


def margin_of(collections: Sequence[Tried]) -> float:
    """Return the margin that is best when each of the collections is left out in turn."""
    means = []
    for margin in MARGINS:
        scores = []
        for one in collections:
            rest = [other for other in collections if other is not one]
            scores.append(guarded(one, fitted(rest)(one), fixed(rest), margin))
        means.append(float(np.mean(scores)))
    return MARGINS[int(np.argmax(means))]


def main() -> None:
    """Print a row for each collection, and the means."""
    collections = [tried(name) for name in folders(4)]
    print(
        f"{MEASURE:<18}{'fixed':>8}{'weight':>8}{'ridge':>8}{'guarded':>9}{'margin':>8}{'oracle':>8}"
    )
    rows = []
    for one in collections:
        rest = [other for other in collections if other is not one]
        default, predict, margin = fixed(rest), fitted(rest), margin_of(rest)
        scores = (
            float(one.values[:, default].mean()),
            guarded(one, predict(one), default, 0.0),
            guarded(one, predict(one), default, margin),
            float(one.values.max(axis=1).mean()),
        )
        rows.append(scores)
        a, b, c, d = scores
        print(f"{one.name:<18}{a:>8.4f}{WEIGHTS[default]:>8}{b:>8.4f}{c:>9.4f}{margin:>8}{d:>8.4f}")
    a, b, c, d = np.mean(rows, axis=0)
    print(f"{'mean':<18}{a:>8.4f}{'':>8}{b:>8.4f}{c:>9.4f}{'':>8}{d:>8.4f}")


if __name__ == "__main__":
    main()
