"""Second stage of a search: a model reads the first hits again, together with the query.

A model that reads query and passage together knows better than a vector what answers a
question, and takes far longer: so it reads the first hits only (Nogueira and Cho, "Passage
Re-ranking with BERT", 2019). The hits that it read come first, sorted by its scores; the
others follow in their order. `plait.search.stages.cross_encoder` runs the model: it takes ten
seconds to import, and is imported only when a system with a second stage is asked.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Protocol

import numpy as np

from plait.index.leg import Passages
from plait.index.models.hub import find_named
from plait.search.hit import Hit, RerankPart
from plait.search.stages.order import ranked
from plait.search.stages.rerank import Rerank

HITS_PER_BATCH = 4
"""Number of hits read at a time. A CPU gains nothing from more, and overruns a budget by more."""
STEP_ABOVE_UNREAD = 1.0
"""Difference between the floor of hits that were read and the best other hit; any above 0 does."""


class Reranker(Protocol):
    """Model that scores texts for a query. Except for rounding, batches do not change a score."""

    def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """Return how well each text answers, from 0 to 1."""
        ...


def load_reranker(model: str) -> Reranker:
    """Open the cross-encoder of that name: a folder, or a hub id.

    The network is used only for a hub id that this machine does not have. Raises
    `ModelError` where the model cannot be found or loaded, or reads no pairs.
    """
    folder = find_reranker(model)
    from plait.search.stages.cross_encoder import CrossEncoderReranker  # noqa: PLC0415 - takes 10 s

    return CrossEncoderReranker(folder)


def find_reranker(model: str, *, fetch: bool = True) -> Path:
    """Return the folder of a cross-encoder, as `find_named` does; raises `ModelError`.

    A hub id without an owner belongs to `cross-encoder`, as in sentence-transformers.
    """
    bare = "/" not in model and not model.startswith((".", "~"))
    named = bare and not Path(model).is_dir()
    return find_named(f"cross-encoder/{model}" if named else model, fetch=fetch)


def rerank(
    hits: Sequence[Hit],
    query: str,
    stage: Rerank,
    reranker: Reranker,
    clock: Callable[[], float] = perf_counter,
) -> list[Hit]:
    """Return hits sorted by a reranker's scores of the first `stage.depth`, read in order.

    The first batch is always read. Once the budget is spent no other is begun, but the
    one begun is finished: the budget can be overrun by the time that one batch takes.
    A hit that was read scores `floor` plus the reranker's score, from 0 to 1; the floor is
    `STEP_ABOVE_UNREAD` above the best hit that was not read, and 0 where all were. So
    `hits` should hold one hit more than is read, where there is one.
    """
    texts = [f"{hit.article.title}\n{hit.passage.text}" for hit in hits[: stage.depth]]
    end = math.inf if stage.budget_ms is None else clock() + stage.budget_ms / 1000
    said: list[float] = []
    for start in range(0, len(texts), HITS_PER_BATCH):
        if start and clock() >= end:
            break
        said += reranker.scores(query, texts[start : start + HITS_PER_BATCH])
    unread = hits[len(said) :]
    floor = unread[0].score + STEP_ABOVE_UNREAD if unread else 0.0
    read = [_read(hit, score, floor) for hit, score in zip(hits, said, strict=False)]
    return _in_order([*read, *unread])


def _read(hit: Hit, score: float, floor: float) -> Hit:
    before = hit.explanation.score
    part = RerankPart(score, floor, hit.rank, part=floor + score - before)
    return replace(hit, explanation=replace(hit.explanation, rerank=part))


def _in_order(hits: Sequence[Hit]) -> list[Hit]:
    scores = np.array([hit.score for hit in hits], dtype=np.float64)
    places = ranked(np.arange(len(hits)), scores, partial(_ids, hits), len(hits))
    return [replace(hits[at], rank=rank) for rank, at in enumerate(places, start=1)]


def _ids(hits: Sequence[Hit], places: Passages) -> list[str]:
    return [hits[at].passage.id for at in places.tolist()]
