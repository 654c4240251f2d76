"""Terms that a prefix, a fuzzy word or one with wildcards stands for, and the passages with them.

The words of the texts are compared, not their stems (`plait.index.keyword.forms`). Terms are
indexes of a sorted table, postings a range of an array. Does not score.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from plait.index.keyword.forms import Forms
from plait.index.keyword.postings import Postings
from plait.index.keyword.reader import KeywordReader, Part
from plait.index.leg import NO_PASSAGES

_NONE32 = np.zeros(0, np.int32)
"""Empty array, as there must be one to concatenate."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """Some terms of one field."""

    parts: Sequence["SegmentTerms"]
    """Terms in each segment; several segments may have the same one."""

    @property
    def posting_count(self) -> int:
        """Number of postings of all terms, in deleted passages too: what is to be read."""
        return sum(part.posting_count for part in self.parts)

    def occurrences_if_fewer(self, most: int) -> "Occurrences | None":
        """Return where each term is in live passages; None for `most` terms or more."""
        living = [part.living() for part in self.parts]
        if any(len(part.numbers) >= most for part in living):
            return None
        names = [list(map(part.term, part.numbers.tolist())) for part in living]
        terms = {term: place for place, term in enumerate(sorted(set(chain(*names))))}
        if len(terms) >= most:
            return None
        found = [part.occurrences() for part in living]
        places = [np.array([terms[term] for term in own], np.int64) for own in names]
        return Occurrences.joined(len(terms), places, found)

    def passages(self, count: int) -> NDArray[np.int64]:
        """Return the live passages with any of the terms, ascending, of `count` in all."""
        found = np.zeros(count, bool)
        for part in self.parts:
            part.mark(found)
        return np.flatnonzero(found)


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Occurrences of some terms, those of the first in byte order, of the second, and so on."""

    counts: NDArray[np.int64]
    """Numbers of live passages with each term."""
    passages: NDArray[np.int64]
    """Passages of each term, ascending."""
    frequencies: NDArray[np.int32]

    @classmethod
    def joined(
        cls,
        terms: int,
        places: Sequence[NDArray[np.int64]],
        found: Sequence["Occurrences"],
    ) -> "Occurrences":
        """Join the occurrences of several segments; `places` are indexes of their terms."""
        pairs = zip(places, found, strict=True)
        term = np.concatenate([NO_PASSAGES, *(np.repeat(own, part.counts) for own, part in pairs)])
        order = np.argsort(term, kind="stable") if len(found) > 1 else slice(None)
        return cls(
            np.bincount(term, minlength=terms),
            np.concatenate([NO_PASSAGES, *(part.passages for part in found)])[order],
            np.concatenate([_NONE32, *(part.frequencies for part in found)])[order],
        )


@dataclass(frozen=True, slots=True)
class SegmentTerms:
    """Some terms of one field of one segment."""

    part: Part
    field: str
    numbers: NDArray[np.int64]
    """Indexes in the segment's table of terms, ascending."""

    @property
    def _all(self) -> Postings:
        return self.part.fields[self.field]

    @property
    def posting_count(self) -> int:
        """Number of postings of these terms, in deleted passages too."""
        return int(self._counts.sum())

    def term(self, number: int) -> bytes:
        """Read one term."""
        return self._all.terms.strings[number]

    def living(self) -> "SegmentTerms":
        """Return the terms that some live passage has."""
        if self.part.whole or not len(self.numbers):
            return self
        alive = self.part.alive[self._all.passages[self._places()]]
        firsts = np.cumsum(self._counts) - self._counts
        numbers = self.numbers[np.logical_or.reduceat(alive, firsts)]
        return SegmentTerms(self.part, self.field, numbers)

    def mark(self, found: NDArray[np.bool_]) -> None:
        """Set the flags of the live passages with any of these terms, numbered in the view."""
        passages, starts = self._all.passages, self._all.starts
        held = np.zeros(len(self.part.alive), bool)
        # Neighbouring terms have neighbouring postings: slices are fewer, and faster than indexes.
        firsts, lasts = _stretches(self.numbers)
        bounds = zip(starts[firsts].tolist(), starts[lasts + 1].tolist(), strict=True)
        held[np.concatenate([_NONE32, *(passages[begin:end] for begin, end in bounds)])] = True
        found[self.part.first : self.part.first + len(held)] = held & self.part.alive

    def occurrences(self) -> Occurrences:
        """Return the live occurrences of each term, numbered in the view."""
        places = self._places()
        passages, frequencies = self._all.passages[places], self._all.frequencies[places]
        alive = self.part.alive[passages]
        terms = np.repeat(np.arange(len(self.numbers)), self._counts)[alive]
        return Occurrences(
            np.bincount(terms, minlength=len(self.numbers)),
            passages[alive].astype(np.int64) + self.part.first,
            frequencies[alive],
        )

    @property
    def _counts(self) -> NDArray[np.int64]:
        starts = self._all.starts
        return starts[self.numbers + 1] - starts[self.numbers]

    def _places(self) -> slice | NDArray[np.int64]:
        """Return the rows of their postings: a slice where the terms are neighbours."""
        numbers, starts = self.numbers, self._all.starts
        if not len(numbers):
            return slice(0)
        if numbers[-1] - numbers[0] == len(numbers) - 1:
            return slice(int(starts[numbers[0]]), int(starts[numbers[-1] + 1]))
        counts = self._counts
        moves = np.repeat(starts[numbers] - (np.cumsum(counts) - counts), counts)
        places: NDArray[np.int64] = np.arange(len(moves)) + moves
        return places


def _stretches(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and the last of each stretch of neighbours among ascending numbers."""
    apart = np.diff(numbers) != 1
    return numbers[np.append(True, apart)], numbers[np.append(apart, True)]


def beginning_with(reader: KeywordReader, field: str, prefix: bytes) -> Expansion:
    """Find the terms of the forms that begin with a prefix of UTF-8; it must not be empty."""
    return _expansion(reader, field, lambda forms: forms.beginning_with(prefix))


def spelt_like(reader: KeywordReader, field: str, word: str, edits: int) -> Expansion:
    """Find the terms of the forms that at most `edits` edits turn into a word."""
    return _expansion(reader, field, lambda forms: forms.near(word, edits))


def matching(reader: KeywordReader, field: str, pattern: str) -> Expansion:
    """Find the terms of the forms that are like a pattern, with `*` and `?`."""
    return _expansion(reader, field, lambda forms: forms.like(pattern))


def _expansion(
    reader: KeywordReader, field: str, terms: Callable[[Forms], NDArray[np.int64]]
) -> Expansion:
    parts = reader.parts
    return Expansion([SegmentTerms(own, field, terms(own.fields[field].forms)) for own in parts])
