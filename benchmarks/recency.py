"""Quality of recency by half-life and weight: what it gains, and what it costs.

    python benchmarks/recency.py [COLLECTION ...]

The dated topics of the seeds are asked, each as of its own day, and the seeds' other topics as
of the day of the latest article. Collections in BEIR's layout, none of which has dates, are
asked with dates drawn at random: `new` counts the relevant articles of the last month only,
`all` counts all, to which age says nothing. Printed is nDCG@10; `window` filters by date in
place of weighing. Indexes are kept in `.plait-bench`, so that nothing is encoded twice.
"""

import datetime as dt
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import mean
from typing import TypeAlias

import numpy as np
from public import ROOT

from plait.index.filter import All, Compare
from plait.index.leg import Passages, Scores, Within
from plait.index.span import span_at
from plait.search.ages import Ages
from plait.search.evaluation import open_index, read_collection
from plait.search.evaluation.collection import Qrels
from plait.search.evaluation.files.judgements import read_qrels
from plait.search.evaluation.measures import per_topic
from plait.search.hit import Ranking
from plait.search.index import Index
from plait.search.notation import days_of
from plait.search.system import System

SEEDS = ROOT / "seeds"
LATEST = dt.date(2025, 6, 25)
"""Day of the latest of the seed articles."""
HALF_LIVES = ("3d", "8d", "30d", "90d", "1y", "5y")
WEIGHTS = (0.5, 1.0, 1.5, 2.0, 3.0)
MEASURE = "nDCG@10"
DEPTH = 10
DAYS_DRAWN = 365
"""Number of days over which dates are drawn."""
NEW_DAYS = 30
"""Greatest age, in days, of an article that is new."""
TOPICS_ASKED = 100
"""Number of topics of a collection that are asked, taken evenly."""
NONE = System.parse("hybrid(recency=1d, recency_weight=0)")
"""System that leaves out what is dated later, and prefers nothing."""

Asked: TypeAlias = dict[str, Ranking]
"""Topic to its candidates."""


@dataclass(frozen=True)
class Dated:
    """Topic that is asked as of a day."""

    id: str
    text: str
    as_of: dt.date


def ranking_of(index: Index, topic: Dated, within: Within = None) -> Ranking:
    """Rank what is not dated after the topic's day."""
    query = replace(index.parse(topic.text, operators=False), as_of=topic.as_of)
    return index.rank(query, NONE, DEPTH, within)


def measured(index: Index, asked: Asked, qrels: Qrels, system: System) -> float:
    """Return the mean of the measure for one system."""
    run = {}
    for topic in qrels:
        ranking = index.fused(asked[topic], system)
        run[topic] = listed(index, ranking, index.best(ranking, DEPTH))
    return mean(per_topic(qrels, run, [MEASURE])[MEASURE].values())


def in_window(index: Index, topics: Sequence[Dated], qrels: Qrels, days: float) -> float:
    """Return the mean where older articles, and those without a date, are left out."""
    run = {}
    for topic in topics:
        first = span_at(topic.as_of - dt.timedelta(days=days))
        last = span_at(topic.as_of)
        window = All((Compare("date", ">=", first), Compare("date", "<=", last)))
        ranking = ranking_of(index, topic, index.store.within(window))
        run[topic.id] = listed(index, ranking, ranking.rows)
    return mean(per_topic(qrels, run, [MEASURE])[MEASURE].values())


def listed(index: Index, ranking: Ranking, rows: Sequence[int]) -> dict[str, float]:
    """Return a run of one topic, the best first."""
    ids = ranking.article_ids(index.store, rows)
    return {article: -float(rank) for rank, article in enumerate(ids)}


def print_table(
    name: str, index: Index, asked: Asked, qrels: Qrels, topics: Sequence[Dated] = ()
) -> None:
    """Print a row for each half-life, a column for each weight, and the window's."""
    none = measured(index, asked, qrels, NONE)
    print(f"\n{name}: {len(qrels)} topics, without recency {none:.3f}")
    heads = [*map("{:g}".format, WEIGHTS), *(["window"] if topics else [])]
    print("half-life" + "".join(f"{head:>8}" for head in heads))
    for half_life in HALF_LIVES:
        values = [{"recency": half_life, "recency_weight": weight} for weight in WEIGHTS]
        cells = [measured(index, asked, qrels, System().changed(own)) for own in values]
        cells += [in_window(index, topics, qrels, days_of(half_life))] if topics else []
        print(f"{half_life:<9}" + "".join(f"{cell:>8.3f}" for cell in cells), flush=True)


def measure_seeds() -> None:
    """Print a table for the dated topics, and one for the others."""
    collection = read_collection(str(SEEDS))
    index, _ = open_index(collection, None, lambda _: None)
    lines = (SEEDS / "dated-topics.jsonl").read_text(encoding="utf-8").splitlines()
    dated = [
        Dated(own["_id"], own["text"], dt.date.fromisoformat(own["date"]))
        for own in map(json.loads, lines)
    ]
    others = [Dated(topic.id, topic.text, LATEST) for topic in collection.topics]
    judged = read_qrels(SEEDS / "dated-qrels.tsv"), collection.qrels
    for name, topics, qrels in zip(("dated", "others"), (dated, others), judged, strict=True):
        asked = {topic.id: ranking_of(index, topic) for topic in topics}
        print_table(f"seeds, {name}", index, asked, qrels, topics)


def measure_drawn(folder: str) -> None:
    """Print tables for a collection whose articles have dates drawn at random."""
    collection = read_collection(folder)
    index, _ = open_index(collection, None, lambda _: None)
    store, as_of = index.store, dt.date(2026, 1, 1)
    owners = store.owners(store.live())
    drawn = np.random.default_rng(1).integers(0, DAYS_DRAWN, int(owners.max()) + 1)

    def days(passages: Passages) -> Scores:
        return np.asarray(as_of.toordinal() - drawn[store.owners(passages)], np.float64)

    ids = [passage.rpartition("#")[0] for passage in store.passage_ids(store.live())]
    new = {own for own, owner in zip(ids, owners, strict=True) if drawn[owner] <= NEW_DAYS}
    asked, every = {}, {}
    for topic in collection.topics[:: max(len(collection.topics) // TOPICS_ASKED, 1)]:
        found = ranking_of(index, Dated(topic.id, topic.text, as_of))
        dated = replace(found.candidates, ages=Ages(as_of, days))
        asked[topic.id] = replace(found, candidates=dated)
        every[topic.id] = collection.qrels[topic.id]
    kept = {topic: {a: g for a, g in own.items() if a in new} for topic, own in every.items()}
    recent = {topic: own for topic, own in kept.items() if any(own.values())}
    print_table(f"{collection.name}, new", index, asked, recent)
    print_table(f"{collection.name}, all", index, asked, every)


if __name__ == "__main__":
    measure_seeds()
    for folder in sys.argv[1:]:
        measure_drawn(folder)
