"""Sequences of surface forms, as arrays: those of words, of runs, of texts.

A run is made of words and a text of runs; either is spelled out in the same way, many at a time.
"""

from array import array
from typing import NamedTuple

import numpy as np

from plait.index.language.numbered import numbers_of
from plait.index.language.terms import EXTENT_BITS
from plait.index.language.word_table import Numbers


class Spelled(NamedTuple):
    """Forms of some sequences, end to end."""

    forms: Numbers
    """Index of each form."""
    places: Numbers
    """Position of each in its sequence, shifted by `EXTENT_BITS`, and its extent less 1."""
    counts: Numbers
    """Number of forms of each sequence."""
    lengths: Numbers
    """Number of forms of each sequence that count in a text's length."""
    advances: Numbers
    """Number of positions that each sequence takes."""


class Sequences:
    """Sequences by number, in the order in which they were added."""

    def __init__(self) -> None:
        self._forms, self._places = array("i"), array("i")
        self._lengths, self._advances, self._starts = array("i"), array("i"), array("i", [0])

    def __len__(self) -> int:
        return len(self._starts) - 1

    def add(self, spelled: Spelled) -> None:
        """Append sequences."""
        # What an interrupt left without a start goes; starts are written last.
        first, known = self._starts[-1], len(self)
        del self._forms[first:], self._places[first:]
        del self._lengths[known:], self._advances[known:]
        starts = first + np.cumsum(spelled.counts, dtype=np.int32)
        self._forms.frombytes(spelled.forms.tobytes())
        self._places.frombytes(spelled.places.tobytes())
        self._lengths.frombytes(spelled.lengths.tobytes())
        self._advances.frombytes(spelled.advances.tobytes())
        self._starts.frombytes(starts.tobytes())

    def joined(self, numbers: Numbers, counts: Numbers) -> Spelled:
        """Join sequences one behind the other: the first `counts[0]` of `numbers`, and so on."""
        starts = numbers_of(self._starts)
        begins = starts[numbers]
        taken = starts[1:][numbers] - begins
        ends = np.cumsum(taken, dtype=np.int32)
        rows = np.repeat(begins - (ends - taken), taken)
        rows += np.arange(len(rows), dtype=np.int32)
        bounds = np.concatenate([[0], np.cumsum(counts)])

        def summed(values: Numbers) -> Numbers:
            sums: Numbers = np.concatenate([[0], np.cumsum(values)])[bounds].astype(np.int32)
            return np.diff(sums)

        advances = numbers_of(self._advances)[numbers]
        before = np.cumsum(advances, dtype=np.int32) - advances
        before -= np.repeat(np.concatenate([before, [0]])[bounds[:-1]], counts)  # of its own
        places = numbers_of(self._places)[rows]
        places += np.repeat(before << EXTENT_BITS, taken)
        lengths = summed(numbers_of(self._lengths)[numbers])
        forms = numbers_of(self._forms)[rows]
        return Spelled(forms, places, summed(taken), lengths, summed(advances))
