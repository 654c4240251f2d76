"""Here are the terms of every passage: who contains which, how often and where?

One field's inverted file as flat arrays. Building and merging are the same
operation: sort occurrences by term. Does not score (`plait.search.bm25`).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plait.index.analyzer import NumberedTexts
from plait.index.arrays import Array, SortedTable, load_array

_ARRAYS = (
    "starts",
    "passages",
    "frequencies",
    "position_starts",
    "positions",
    "lengths",
    "most",
    "shortest",
)


@dataclass(frozen=True, slots=True)
class Posting:
    """Where one term occurs: `passages` ascending, `frequencies` beside them."""

    passages: NDArray[np.int32]
    frequencies: NDArray[np.int32]
    position_starts: NDArray[np.int64]
    """One element more than there are passages: where each one's `positions` begin."""
    positions: NDArray[np.int32]
    most: int
    """No passage has the term more often."""
    shortest: int
    """No passage that has it has fewer terms."""


@dataclass(frozen=True, slots=True)
class Postings:
    """The inverted file of one field over `len(lengths)` passages.

    The occurrences of term `t` are postings `starts[t]:starts[t + 1]`; the places
    of posting `p` are `positions[position_starts[p]:position_starts[p + 1]]`.
    """

    terms: SortedTable
    """Sorted by UTF-8 bytes."""
    starts: NDArray[np.int64]
    passages: NDArray[np.int32]
    frequencies: NDArray[np.int32]
    position_starts: NDArray[np.int64]
    positions: NDArray[np.int32]
    lengths: NDArray[np.int32]
    """Terms in each passage, exactly."""
    most: NDArray[np.int32]
    """Of each term: its greatest frequency in a passage ..."""
    shortest: NDArray[np.int32]
    """... and the least length of a passage that has it. Both bound its score."""

    @classmethod
    def load(cls, folder: Path, field: str) -> "Postings":
        """Open one field of a segment by memory map; raises `CorruptIndexError`."""
        loaded = {name: load_array(folder, f"{field}.{name}") for name in _ARRAYS}
        return cls(SortedTable.load(folder, f"{field}.terms"), **loaded)

    def arrays(self, field: str) -> dict[str, Array]:
        """Give all arrays under the names that `load` expects."""
        named = {f"{field}.{name}": getattr(self, name) for name in _ARRAYS}
        return named | self.terms.arrays(f"{field}.terms")

    def find(self, terms: Sequence[bytes]) -> list[Posting | None]:
        """Look terms up; None for each that no passage has."""
        numbers = self.terms.find(terms)
        return [None if number is None else self._posting(number) for number in numbers]

    def _posting(self, number: int) -> Posting:
        first, last = self.starts[number : number + 2].tolist()
        return Posting(
            self.passages[first:last],
            self.frequencies[first:last],
            self.position_starts[first : last + 1],
            self.positions,
            int(self.most[number]),
            int(self.shortest[number]),
        )


def build_postings(texts: NumberedTexts) -> Postings:
    """Invert the terms of each passage, given in passage order."""
    lengths = texts.lengths.astype(np.int32)
    begins = np.repeat(np.cumsum(texts.lengths) - texts.lengths, texts.lengths)
    positions = (np.arange(len(texts.terms)) - begins).astype(np.int32)
    passages = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    return _invert(texts.vocabulary, (texts.terms, passages, positions), lengths)


def merge_postings(parts: Sequence[tuple[Postings, NDArray[np.bool_]]]) -> Postings:
    """Join fields end to end, leaving out passages whose flag (alive) is false.

    The result is what `build_postings` makes of the remaining passages.
    """
    numbers: defaultdict[bytes, int] = defaultdict(count().__next__)
    pieces: list[tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]] = []
    base = 0
    for postings, alive in parts:
        renumbered = np.fromiter(map(numbers.__getitem__, postings.terms.strings), np.int64)
        terms = np.repeat(renumbered, np.diff(postings.starts))
        keep = np.repeat(alive[postings.passages], postings.frequencies)
        moved = (base + np.cumsum(alive) - 1).astype(np.int32)
        pieces.append(
            (
                np.repeat(terms, postings.frequencies)[keep],
                np.repeat(moved[postings.passages], postings.frequencies)[keep],
                postings.positions[keep],
            )
        )
        base += int(alive.sum())
    occurrences = tuple(np.concatenate(column) for column in zip(*pieces, strict=True))
    lengths = np.concatenate([p.lengths[alive] for p, alive in parts])
    return _invert([term.decode() for term in numbers], occurrences, lengths)  # type: ignore[arg-type]


def _invert(
    vocabulary: list[str],
    occurrences: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]],
    lengths: NDArray[np.int32],
) -> Postings:
    """Sort occurrences (term, passage, position) by term; the sort must be stable."""
    terms, passages, positions = occurrences
    used = np.unique(terms)
    # Code points sort as their UTF-8 bytes do.
    order_of_terms = sorted(used.tolist(), key=vocabulary.__getitem__)
    rank = np.zeros(len(vocabulary), dtype=np.int64)
    rank[order_of_terms] = np.arange(len(order_of_terms))
    terms = rank[terms]
    order = np.argsort(terms, kind="stable")
    terms, passages, positions = terms[order], passages[order], positions[order]
    fresh = np.ones(len(terms), dtype=bool)
    fresh[1:] = (terms[1:] != terms[:-1]) | (passages[1:] != passages[:-1])
    heads = np.flatnonzero(fresh)
    position_starts = np.append(heads, len(terms)).astype(np.int64)
    starts = np.searchsorted(terms[heads], np.arange(len(order_of_terms) + 1)).astype(np.int64)
    passages, frequencies = passages[heads], np.diff(position_starts).astype(np.int32)
    return Postings(
        terms=SortedTable.of(vocabulary[number].encode() for number in order_of_terms),
        starts=starts,
        passages=passages,
        frequencies=frequencies,
        position_starts=position_starts,
        positions=positions,
        lengths=lengths,
        most=_of_each(np.maximum, frequencies, starts),
        shortest=_of_each(np.minimum, lengths[passages], starts),
    )


def _of_each(
    extreme: np.ufunc, values: NDArray[np.int32], starts: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Give the greatest or least of each term's values; every term has one at least."""
    found: NDArray[np.int32] = extreme.reduceat(values, starts[:-1]) if len(values) else values
    return found
