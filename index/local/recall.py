"""Recall of a segment's dense search, compared with a search of every vector.

It is measured when the segment is written, with queries made of the segment's own texts.
`plait info` shows it.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plait.index.dense.vectors import Vectors, is_exact, nearest
from plait.index.files.arrays import release
from plait.index.local.segment import Segment
from plait.index.store import StoreSettings

QUERIES_ASKED = 100
"""Number of queries. They have a thousand answers, by which .996 is measured as .992 to .999."""
WORDS_PER_QUERY = 10
"""Number of words of a query: the first of a passage, whose vector is of all its words."""
NEAREST_COMPARED = 10
"""Number of nearest passages that are compared, as in recall@10."""


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
    asked = np.linspace(0, segment.passage_count - 1, QUERIES_ASKED).astype(np.int64).tolist()
    found = []
    for query in (encode(_query(segment, number)) for number in asked):
        wanted = nearest(vectors.matrix, query, NEAREST_COMPARED)
        found.append(np.isin(wanted, segment.nearest(query, NEAREST_COMPARED, settings)).mean())
    release(vectors.matrix)
    return float(np.mean(found))


def _query(segment: Segment, number: int) -> str:
    owner = segment.owner_of(number)
    passage = segment.passage(segment.article(owner), owner, number)
    return " ".join(passage.text.split()[:WORDS_PER_QUERY])
