"""Here are the terms of every passage: who contains which, how often and where?

One field's inverted file as flat arrays. Building and merging are the same
operation: sort occurrences by term. Does not score (`plait.search.bm25`).
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plait.index.arrays import Array, StringTable, load_array

_ARRAYS = ("starts", "passages", "frequencies", "position_starts", "positions", "lengths")


@dataclass(frozen=True, slots=True)
class Posting:
    """Where one term occurs: `passages` ascending, `frequencies` beside them."""

    passages: NDArray[np.int32]
    frequencies: NDArray[np.int32]
    position_starts: NDArray[np.int64]
    """One element more than there are passages: slices of `positions`."""
    positions: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Postings:
    """The inverted file of one field over `len(lengths)` passages.

    The occurrences of term `t` are postings `starts[t]:starts[t + 1]`; the places
    of posting `p` are `positions[position_starts[p]:position_starts[p + 1]]`.
    """

    terms: StringTable
    """Sorted by UTF-8 bytes."""
    starts: NDArray[np.int64]
    passages: NDArray[np.int32]
    frequencies: NDArray[np.int32]
    position_starts: NDArray[np.int64]
    positions: NDArray[np.int32]
    lengths: NDArray[np.int32]
    """Terms in each passage, exactly."""

    @classmethod
    def load(cls, folder: Path, field: str) -> "Postings":
        """Open one field of a segment by memory map; raises `CorruptIndexError`."""
        loaded = {name: load_array(folder, f"{field}.{name}") for name in _ARRAYS}
        return cls(StringTable.load(folder, f"{field}.terms"), **loaded)

    def arrays(self, field: str) -> dict[str, Array]:
        """Give all arrays under the names that `load` expects."""
        named = {f"{field}.{name}": getattr(self, name) for name in _ARRAYS}
        return named | self.terms.arrays(f"{field}.terms")

    def posting(self, term: bytes) -> Posting | None:
        """Look a term up, or give None."""
        number = self.terms.find(term)
        if number is None:
            return None
        first, last = self.starts[number], self.starts[number + 1]
        bounds = self.position_starts[first : last + 1]
        return Posting(
            self.passages[first:last],
            self.frequencies[first:last],
            bounds - bounds[0],
            self.positions[bounds[0] : bounds[-1]],
        )


def build_postings(texts: Iterable[Sequence[str]]) -> Postings:
    """Invert the terms of each passage, given in passage order."""
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    occurrences = array("q")
    lengths: list[int] = []
    for terms in texts:
        occurrences.extend(map(numbers.__getitem__, terms))
        lengths.append(len(terms))
    vocabulary = [term.encode() for term in numbers]
    counts = np.asarray(lengths, dtype=np.int32)
    begins = np.repeat(np.cumsum(counts, dtype=np.int64) - counts, counts)
    positions = (np.arange(len(occurrences)) - begins).astype(np.int32)
    passages = np.repeat(np.arange(len(lengths), dtype=np.int32), counts)
    return _invert(vocabulary, (np.array(occurrences, dtype=np.int64), passages, positions), counts)


def merge_postings(parts: Sequence[tuple[Postings, NDArray[np.bool_]]]) -> Postings:
    """Join fields end to end, leaving out passages whose flag (alive) is false.

    The result is what `build_postings` makes of the remaining passages.
    """
    numbers: dict[bytes, int] = {}
    pieces: list[tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]] = []
    base = 0
    for postings, alive in parts:
        renumbered = np.fromiter(
            (numbers.setdefault(term, len(numbers)) for term in postings.terms), np.int64
        )
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
    return _invert(list(numbers), occurrences, lengths)  # type: ignore[arg-type]


def _invert(
    vocabulary: list[bytes],
    occurrences: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]],
    lengths: NDArray[np.int32],
) -> Postings:
    """Sort occurrences (term, passage, position) by term; the sort must be stable."""
    terms, passages, positions = occurrences
    used = np.unique(terms)
    by_bytes = sorted(used.tolist(), key=vocabulary.__getitem__)
    rank = np.zeros(len(vocabulary), dtype=np.int64)
    rank[by_bytes] = np.arange(len(by_bytes))
    terms = rank[terms]
    order = np.argsort(terms, kind="stable")
    terms, passages, positions = terms[order], passages[order], positions[order]
    fresh = np.ones(len(terms), dtype=bool)
    fresh[1:] = (terms[1:] != terms[:-1]) | (passages[1:] != passages[:-1])
    heads = np.flatnonzero(fresh)
    position_starts = np.append(heads, len(terms)).astype(np.int64)
    return Postings(
        terms=StringTable.of(vocabulary[number] for number in by_bytes),
        starts=np.searchsorted(terms[heads], np.arange(len(by_bytes) + 1)).astype(np.int64),
        passages=passages[heads],
        frequencies=np.diff(position_starts).astype(np.int32),
        position_starts=position_starts,
        positions=positions,
        lengths=lengths,
    )
