"""Texts as arrays: the terms of many, end to end, by their indices in a lexicon."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plait.index.language.terms import EXTENT_BITS
from plait.index.language.word_table import Numbers

if TYPE_CHECKING:
    from array import array

TEXT_START = 1 << 16
"""Position of the first word of an article's text behind its title: no phrase reaches across."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Terms and surface forms that an analyzer has met, by index; it grows."""

    terms: list[str]
    forms: list[bytes]
    """Forms in UTF-8, as they are stored."""
    owners: "array[int]"
    """Index of the term of each form."""


@dataclass(frozen=True, slots=True)
class NumberedTexts:
    """Terms of some texts, end to end."""

    lexicon: Lexicon
    """Terms and forms of these texts, and of others."""
    forms: Numbers
    """Index of the form of each term of the texts."""
    places: Numbers
    """Position of each term in its text, shifted by `EXTENT_BITS`, and its extent less 1."""
    counts: Numbers
    """Number of terms of each text."""
    lengths: Numbers
    """Number of terms of each text that count in its length."""
    advances: Numbers
    """Number of positions that each text takes."""

    @property
    def terms(self) -> Numbers:
        """Index of each term of the texts."""
        return numbers_of(self.lexicon.owners)[self.forms]

    def with_titles(self, articles: NDArray[np.integer]) -> "NumberedTexts":
        """Return titles and texts, given in turn, as one text each: the title, a gap, the text.

        Positions go on from each text to the next of the same article; `articles` are their numbers
        for each pair, ascending.
        """
        advances = self.advances[1::2].astype(np.int64)
        before = np.cumsum(advances) - advances
        _, first, of_article = np.unique(articles, return_index=True, return_inverse=True)
        starts = np.zeros(len(self.counts), np.int64)
        starts[1::2] = TEXT_START + before - before[first][of_article]
        places = self.places + np.repeat((starts << EXTENT_BITS).astype(np.int32), self.counts)
        pairs = (own.reshape(-1, 2).sum(axis=1, dtype=np.int32) for own in self._of_texts)
        return NumberedTexts(self.lexicon, self.forms, places, *pairs)

    @property
    def _of_texts(self) -> tuple[Numbers, Numbers, Numbers]:
        return self.counts, self.lengths, self.advances


def numbers_of(values: "array[int]") -> Numbers:
    """Return 32-bit integers as an array, not copied: they cannot grow while it is there."""
    return np.frombuffer(values, dtype=np.int32) if values else np.zeros(0, np.int32)
