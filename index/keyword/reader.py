"""Here are several segments: what does the whole index say of a term?

Joins the fields of all segments into one view, numbering passages through, and
leaves deleted passages out of every answer, statistics included. So an index
that grew and shrank scores as one built at once.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.keyword.postings import Posting, Postings

Fields: TypeAlias = Mapping[str, Postings]


class KeywordReader:
    """A read-only view of the keyword side of an index.

    Passages are numbered from 0 through all segments in order; `alive[n]` says
    whether passage `n` still counts.
    """

    def __init__(self, segments: Sequence[tuple[Fields, NDArray[np.bool_]]]) -> None:
        self._segments = segments
        self.fields = sorted(segments[0][0]) if segments else []
        sizes = [len(alive) for _, alive in segments]
        self._offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self.alive = np.concatenate([alive for _, alive in segments] or [np.zeros(0, bool)])
        self.count = int(self.alive.sum())
        self._has_deletions = self.count < len(self.alive)
        # Per instance: a cache on the method would keep closed readers alive.
        self.lengths = cache(self._lengths)
        self.total_length = cache(self._total_length)

    def __len__(self) -> int:
        return int(self._offsets[-1])

    def _lengths(self, field: str) -> NDArray[np.int32]:
        parts = [fields[field].lengths for fields, _ in self._segments]
        return parts[0] if len(parts) == 1 else np.concatenate([*parts, np.zeros(0, np.int32)])

    def _total_length(self, field: str) -> int:
        return int(self.lengths(field)[self.alive].sum(dtype=np.int64))

    def mean_length(self, field: str) -> float:
        """Terms per live passage; 0 for an empty index."""
        return self.total_length(field) / self.count if self.count else 0.0

    def postings(self, field: str, terms: Sequence[bytes]) -> list[Posting | None]:
        """Give the live occurrences of each term over the whole index, or None."""
        found = [fields[field].find(terms) for fields, _ in self._segments]
        if len(found) == 1 and not self._has_deletions:
            return found[0]
        parts = zip(*found, strict=True) if found else [()] * len(terms)
        return [self._joined(of_term) for of_term in parts]

    def _joined(self, parts: Sequence[Posting | None]) -> Posting | None:
        alive = []
        for part, (_, flags), offset in zip(parts, self._segments, self._offsets, strict=False):
            kept = _only_alive(part, flags) if part else None
            if kept and len(kept.passages):
                alive.append((kept, int(offset)))
        return _join(alive)

    def posting(self, field: str, term: bytes) -> Posting | None:
        """Give the live occurrences of one term, or None."""
        return next(iter(self.postings(field, [term])), None)

    def terms(self, field: str, start: bytes = b"") -> Iterator[bytes]:
        """Walk the terms from `start` on, in byte order, each once."""
        walks = (_from(fields[field], start) for fields, _ in self._segments)
        for term, _ in groupby(heapq.merge(*walks)):
            if self.posting(field, term):
                yield term


def _from(postings: Postings, start: bytes) -> Iterator[bytes]:
    strings, first = postings.terms.strings, postings.terms.lower_bound(start)
    return (strings[number] for number in range(first, len(strings)))


def _only_alive(posting: Posting, alive: NDArray[np.bool_]) -> Posting:
    keep = alive[posting.passages]
    if keep.all():
        return posting
    places = np.repeat(keep, posting.frequencies)
    return _packed(posting.passages[keep], posting.frequencies[keep], _places(posting)[places])


def _join(parts: Sequence[tuple[Posting, int]]) -> Posting | None:
    if not parts:
        return None
    if len(parts) == 1 and parts[0][1] == 0:
        return parts[0][0]
    return _packed(
        np.concatenate([part.passages + np.int32(offset) for part, offset in parts]),
        np.concatenate([part.frequencies for part, _ in parts]),
        np.concatenate([_places(part) for part, _ in parts]),
    )


def _places(posting: Posting) -> NDArray[np.int32]:
    """Give the positions of one posting alone; it may share its array with others."""
    return posting.positions[posting.position_starts[0] : posting.position_starts[-1]]


def _packed(
    passages: NDArray[np.int32], frequencies: NDArray[np.int32], positions: NDArray[np.int32]
) -> Posting:
    starts = np.concatenate([[0], np.cumsum(frequencies, dtype=np.int64)])
    return Posting(passages, frequencies, starts, positions)
