"""Dense leg of an index folder: cosines of a query with the vectors of all segments."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, repeat

import numpy as np
from numpy.typing import NDArray

from plait.index.arithmetic import best_places
from plait.index.dense.late_interaction import Tokens
from plait.index.dense.moments import Moments, are_unit
from plait.index.dense.vectors import inner_products
from plait.index.errors import damaged
from plait.index.leg import NO_PASSAGES, LegQuery, LegScores, Passages, Scores, TermPart, Within
from plait.index.local.snapshot import Snapshot
from plait.index.store import StoreSettings

VECTORS_READ_AT_ONCE = 4096
"""Number of vectors copied at a time: 6 MB."""


class DenseArrays:
    """Vectors and token signs of a snapshot, read by passage."""

    def __init__(self, snapshot: Snapshot, settings: StoreSettings) -> None:
        self._snapshot, self._settings = snapshot, settings
        self._dimension = snapshot.manifest.recipe.dimension

    @cached_property
    def moments(self) -> Moments:
        """Sums over the vectors of all live passages; raises `CorruptIndexError`."""
        total = Moments.of(np.zeros((0, self._dimension), np.float32))
        for segment in self._snapshot.segments:
            vectors = segment.data.vectors
            if not vectors.moments.fit_unit_vectors():
                raise damaged(segment.folder, "its vectors' sums are not those of unit vectors")
            total += vectors.moments
            if len(segment.deleted):
                total -= Moments.of(vectors.matrix[~segment.alive_passages])
        return total

    def nearest(self, query: NDArray[np.float32], k: int, within: Within = None) -> Passages:
        """Return the `k` live passages nearest to a query, ascending, of those that may be found.

        Passages that tie with the last of them are returned too. In large segments a few of
        the nearest may be missed (docs/adr/0009).
        """
        segments = self._snapshot.segments
        allowed = repeat(None) if within is None else self._rows(within)
        rows = [
            segment.nearest(query, k, self._settings, own)
            for segment, own in zip(segments, allowed, strict=False)
        ]
        numbers = (own + offset for own, offset in zip(rows, self._snapshot.offsets, strict=False))
        found = np.concatenate([NO_PASSAGES, *numbers])
        if len(found) <= k:
            return found  # all are wanted, and small indexes need no FAISS for it
        parts = zip(segments, rows, strict=True)
        products = [inner_products(part.data.vectors.matrix, query, own) for part, own in parts]
        return found[best_places(np.concatenate(products), k)]

    def _rows(self, within: Passages) -> Iterator[Passages]:
        """Yield the rows of some passages in each segment."""
        bounds = within.searchsorted(self._snapshot.offsets)
        for first, (start, end) in zip(self._snapshot.offsets, pairwise(bounds), strict=False):
            yield within[start:end] - first

    def cosines(self, query: NDArray[np.float32], passages: Passages) -> Scores:
        """Return the cosine of each passage with a query.

        Raises `CorruptIndexError` for a passage whose vector has no unit length.
        """
        found = np.empty(len(passages))
        for start in range(0, len(passages), VECTORS_READ_AT_ONCE):
            part = slice(start, start + VECTORS_READ_AT_ONCE)
            vectors = self.vectors(passages[part])
            if not are_unit(vectors):
                raise damaged(self._snapshot.root, "a vector has no unit length")
            # Row by row, so that a passage's score never depends on its neighbours.
            found[part] = np.einsum("ij,j->i", vectors, query, dtype=np.float64)
        return found

    def vectors(self, passages: Passages) -> NDArray[np.float32]:
        """Return the vectors of passages, (passages, dimension)."""
        segments = self._snapshot.segments
        if len(segments) == 1:
            return segments[0].data.vectors.matrix[passages]
        found = np.empty((len(passages), self._dimension), dtype=np.float32)
        for place, mine, rows in self._snapshot.by_segment(passages):
            found[mine] = segments[place].data.vectors.matrix[rows]
        return found

    def tokens(self, passages: Passages) -> Tokens:
        """Return the tokens of passages, in the order of `passages`."""
        segments = self._snapshot.segments
        if len(segments) == 1:
            return segments[0].data.tokens.take(passages)
        order = [NO_PASSAGES]
        parts = [Tokens.empty(0, self._dimension)]
        for place, mine, rows in self._snapshot.by_segment(passages):
            order.append(mine)
            parts.append(segments[place].data.tokens.take(rows))
        # The parts are in the order of segments; bring the texts into that of `passages`.
        return Tokens.joined(parts).take(np.argsort(np.concatenate(order)))


@dataclass(frozen=True, slots=True)
class DenseAnswer:
    """Cosines of one query. A `plait.index.leg.Answer`."""

    arrays: DenseArrays
    vector: NDArray[np.float32]
    within: Within

    def best(self, k: int) -> Passages:
        """Return the nearest `k` passages, ascending, and those that tie with the last."""
        return self.arrays.nearest(self.vector, k, self.within)

    def scores(self, passages: Passages) -> LegScores:
        """Return the cosines of some passages."""
        cosines = self.arrays.cosines(self.vector, passages)
        mean, deviation = self.arrays.moments.mean_and_deviation(self.vector)
        return LegScores(passages, cosines, mean, deviation)

    def terms(self, passages: Passages) -> list[list[TermPart]]:
        """Return empty lists: a vector has no words."""
        return [[] for _ in passages]


@dataclass(frozen=True, slots=True)
class DenseLeg:
    """Cosine over the live passages of an index. A `plait.index.leg.Leg`."""

    arrays: DenseArrays

    def ask(self, query: LegQuery, within: Within = None) -> DenseAnswer:
        """Encode the query; passages are scored when the answer is asked for them."""
        return DenseAnswer(self.arrays, query.vector, within)
