"""Here is a segment: how many of the nearest passages does a search of it find?

Measured when the segment is written, with queries made of its own texts, against a search
of every vector. `plait info` shows it.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plait.index.dense.vectors import Vectors, is_exact, nearest
from plait.index.files.arrays import let_go
from plait.index.local.segment import Segment
from plait.index.store import StoreSettings

QUERIES = 100
"""A thousand answers: .996 comes out as .992 to .999."""
WORDS = 10
"""A query's: the first of a passage, which it does not know to be its own."""
K = 10


def recall(
    folder: Path,
    encode: Callable[[str], NDArray[np.float32]],
    settings: StoreSettings | None = None,
) -> float | None:
    """Return recall@10 against the exact answer; None for a segment that is searched exactly.

    `encode` returns the vector of a query.
    """
    settings = settings or StoreSettings()
    vectors = Vectors.load(folder)
    if is_exact(vectors, settings):
        return None
    segment = Segment.open(folder, np.zeros(0, np.int64))
    asked = np.linspace(0, segment.passage_count - 1, QUERIES).astype(np.int64).tolist()
    found = []
    for query in (encode(_query(segment, number)) for number in asked):
        wanted = nearest(vectors.matrix, query, K)
        found.append(np.isin(wanted, segment.nearest(query, K, settings)).mean())
    let_go(vectors.matrix)
    return float(np.mean(found))


def _query(segment: Segment, number: int) -> str:
    owner = segment.owner_of(number)
    passage = segment.passage(segment.article(owner), owner, number)
    return " ".join(passage.text.split()[:WORDS])
