"""View of the keyword side of all segments, as one index.

Passages are numbered from 0 through all segments. Deleted ones are left out, so that an
index that grew and shrank scores as one built at once.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import accumulate, groupby
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.errors import damaged
from plait.index.keyword.postings import Posting, Postings, TermFrequencies
from plait.index.language.terms import EXTENT_BITS, MOST_EXTENT

Fields: TypeAlias = Mapping[str, Postings]
LOOKUPS_CACHED = 2
"""Number of look-ups cached, one a field: coverage repeats those of scoring."""

_NO_PLACE = 1 << 62
"""Number above all positions that hold a passage."""

_NOWHERE = np.zeros(0, np.int32), np.zeros(0, np.int32)
"""Passages and frequencies of a term that no passage has."""


@dataclass(frozen=True, slots=True)
class Part:
    """One segment of a view. Its postings number its passages from 0."""

    fields: Fields
    alive: NDArray[np.bool_]
    """Flags of the passages, false for deleted ones."""
    whole: bool
    """Whether no passage is deleted."""
    first: int
    """Number of its first passage in the view."""

    def term_frequencies(self, field: str, terms: Sequence[bytes]) -> list[TermFrequencies | None]:
        """Return live passages, numbered in the view, and frequencies of each term, or None."""
        found = self.fields[field].term_frequencies(terms)
        if self.whole and not self.first:
            return found
        return [self._in_view(*own) if own else None for own in found]

    def _in_view(
        self, passages: NDArray[np.int32], frequencies: NDArray[np.int32]
    ) -> TermFrequencies:
        """Leave out deleted passages, and turn indexes of the others into those of the view."""
        if not self.whole:
            counts = self.alive[passages]
            passages, frequencies = passages[counts], frequencies[counts]
        return passages + np.int32(self.first), frequencies


class KeywordReader:
    """A read-only view of the keyword side of an index.

    Passages are numbered from 0 through all segments in order; `alive[n]` is false where
    passage `n` is deleted.
    """

    def __init__(self, segments: Sequence[tuple[Fields, NDArray[np.bool_]]]) -> None:
        firsts = accumulate((len(alive) for _, alive in segments), initial=0)
        self.parts = [
            Part(fields, alive, bool(alive.all()), first)
            for (fields, alive), first in zip(segments, firsts, strict=False)
        ]
        self.fields = sorted(segments[0][0]) if segments else []
        self.alive = np.concatenate([np.zeros(0, bool), *(alive for _, alive in segments)])
        self.count = int(np.count_nonzero(self.alive))
        # A cached method would make a cycle, which only the collector frees.
        self.lengths = cache(partial(_lengths, self.parts))
        self.term_frequencies = lru_cache(LOOKUPS_CACHED)(partial(_term_frequencies, self.parts))
        self._totals: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.alive)

    def release(self) -> None:
        """Drop the cached look-ups: with deletions, or several segments, they are copies."""
        self.term_frequencies.cache_clear()

    def total_length(self, field: str) -> int:
        """Return the number of terms of all live passages."""
        if field not in self._totals:
            self._totals[field] = int(self.lengths(field)[self.alive].sum(dtype=np.int64))
        return self._totals[field]

    def mean_length(self, field: str) -> float:
        """Return the mean number of terms of a live passage; 0 for an empty index."""
        return self.total_length(field) / self.count if self.count else 0.0

    def frequencies(self, field: str, term: bytes) -> TermFrequencies:
        """Return the live passages with one term, ascending, and its frequency in each.

        It is not cached: leaves of a tree are looked up once a query.
        """
        found = [part.term_frequencies(field, [term])[0] for part in self.parts]
        passages, frequencies = map(
            np.concatenate, zip(_NOWHERE, *filter(None, found), strict=True)
        )
        return passages, frequencies

    def postings(self, field: str, terms: Sequence[bytes]) -> list[Posting | None]:
        """Return the live occurrences of each term over the whole index; None without any."""
        found = [part.fields[field].find(terms) for part in self.parts]
        return [self._joined([part[n] for part in found]) for n in range(len(terms))]

    def _joined(self, postings: Sequence[Posting | None]) -> Posting | None:
        alive = []
        for posting, part in zip(postings, self.parts, strict=True):
            kept = in_passages(posting, part.alive) if posting else None
            if kept and len(kept.passages):
                alive.append((kept, part.first))
        return _join(alive)

    def side_by_side(
        self, field: str, terms: tuple[bytes, bytes], passages: NDArray[np.int64], most: int = 1
    ) -> NDArray[np.bool_]:
        """Return whether the second term follows the first within `most` words in each passage.

        `passages` are live, and ascend. Only the positions in them are read.
        """
        found = np.zeros(len(passages), bool)
        for part in self.parts:
            begin, end = passages.searchsorted([part.first, part.first + len(part.alive)])
            own = passages[begin:end] - part.first
            first, second = (part.fields[field].within(term, own) for term in terms)
            if first and second:
                (_, ends), (begins, _) = _bounds(first), _bounds(second)
                following = np.append(begins, _NO_PLACE)[begins.searchsorted(ends, "right")]
                holding = np.repeat(first.passages, first.frequencies)[following - ends <= most]
                found[begin:end] = np.isin(own, holding)
        return found

    def posting(self, field: str, term: bytes) -> Posting | None:
        """Return the live occurrences of one term; None without any."""
        return next(iter(self.postings(field, [term])), None)

    def terms(self, field: str, start: bytes = b"") -> Iterator[bytes]:
        """Yield the terms of live passages from `start` on, in byte order, each once."""
        walks = (_from(part.fields[field], start) for part in self.parts)
        for term, _ in groupby(heapq.merge(*walks)):
            if self.posting(field, term):
                yield term


def _lengths(parts: Sequence[Part], field: str) -> NDArray[np.int32]:
    """Return the number of terms of each passage, (passages,).

    Raises `CorruptIndexError` where they are not as many as were counted.
    """
    found = [part.fields[field].lengths for part in parts]
    for lengths, part in zip(found, parts, strict=True):
        is_sum = np.array_equal(lengths.sum(keepdims=True), part.fields[field].length_total)
        if lengths.min(initial=0) < 0 or not is_sum:
            raise damaged("the index", f"{field}.lengths does not fit its total")
    return found[0] if len(found) == 1 else np.concatenate([*found, np.zeros(0, np.int32)])


def _term_frequencies(
    parts: Sequence[Part], field: str, terms: tuple[bytes, ...]
) -> list[list[TermFrequencies]]:
    """Return passages and frequencies of each term in each part that has it."""
    found = [part.term_frequencies(field, terms) for part in parts]
    if len(found) == 1:  # a list for each term would take as long as looking it up
        return [[own] if own else [] for own in found[0]]
    return [[own for part in found if (own := part[n])] for n in range(len(terms))]


def _from(postings: Postings, start: bytes) -> Iterator[bytes]:
    strings, first = postings.terms.strings, postings.terms.lower_bound(start)
    return (strings[number] for number in range(first, len(strings)))


def in_passages(posting: Posting, passages: NDArray[np.bool_]) -> Posting:
    """Return a posting without the occurrences in passages whose flag is false."""
    keep = passages[posting.passages]
    if keep.all():
        return posting
    positions = positions_of(posting)[np.repeat(keep, posting.frequencies)]
    return _packed(posting.passages[keep], posting.frequencies[keep], positions)


def _join(parts: Sequence[tuple[Posting, int]]) -> Posting | None:
    if not parts:
        return None
    if len(parts) == 1 and parts[0][1] == 0:
        return parts[0][0]
    return _packed(
        np.concatenate([part.passages + np.int32(offset) for part, offset in parts]),
        np.concatenate([part.frequencies for part, _ in parts]),
        np.concatenate([positions_of(part) for part, _ in parts]),
    )


def positions_of(posting: Posting) -> NDArray[np.int32]:
    """Return the places of one posting; others may share its array."""
    return posting.positions[posting.position_starts[0] : posting.position_starts[-1]]


def _bounds(posting: Posting) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and the last position of each occurrence, which hold the passage too."""
    passages = np.repeat(posting.passages.astype(np.int64), posting.frequencies)
    places = positions_of(posting)
    begins = (passages << 32) + (places >> EXTENT_BITS)
    return begins, begins + (places & MOST_EXTENT)


def _packed(
    passages: NDArray[np.int32], frequencies: NDArray[np.int32], positions: NDArray[np.int32]
) -> Posting:
    starts = np.concatenate([[0], np.cumsum(frequencies, dtype=np.int64)])
    return Posting(passages, frequencies, starts, positions)
