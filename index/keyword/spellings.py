"""Words spelled almost like another, by Levenshtein's distance to all of them at once.

Ukkonen, "Algorithms for Approximate String Matching" (1985): a distance of at most `k`
needs only the `2 k + 1` diagonals of the table nearest to its main one. NumPy fills the
tables of all words together, a column at a time. Most words are passed over before that: an edit
adds one letter at most that the other has not, and takes one away. Letters are counted, not bytes;
two neighbours that changed places are one edit, as Damerau counts (1964).
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from plait.index.files.arrays import Array
from plait.index.files.strings import StringTable
from plait.index.leg import NO_PASSAGES

_NO_LETTER = -1
"""Code point beyond either end of a word; no letter equals it."""
_KINDS = 32
"""Number of kinds of letters that are told apart at first: the bits of a number."""


@dataclass(frozen=True)
class Spellings:
    """Letters of a list of words, end to end."""

    letters: Array
    """Code points; single bytes where all are ASCII."""
    starts: NDArray[np.int64]
    """Starts of the letters of each word, and the end of the last, (words + 1,)."""

    @classmethod
    def of(cls, words: StringTable) -> "Spellings":
        """Decode UTF-8; a table of ASCII is not copied."""
        blob = words.blob
        if blob.max(initial=0) < 0x80:  # noqa: PLR2004 - the first byte that is not ASCII
            return cls(blob, words.offsets)
        # All bytes of a letter except its first are 10xxxxxx.
        begins = (blob & 0b11000000) != 0b10000000  # noqa: PLR2004
        letters_before = np.concatenate([[0], np.cumsum(begins, dtype=np.int64)])
        text = blob.tobytes().decode().encode("utf-32-le")
        return cls(np.frombuffer(text, np.uint32), letters_before[words.offsets])

    def __len__(self) -> int:
        return len(self.starts) - 1

    def near(self, word: str, edits: int) -> NDArray[np.int64]:
        """Return the indexes of words within `edits` edits of `word`, ascending."""
        alike = self._with_like_letters(word, edits)
        lengths, starts = self._lengths[alike], self.starts[:-1][alike]
        pattern = np.full(len(word) + 4 * edits + 2, _NO_LETTER, np.int64)
        pattern[2 * edits + 1 : 2 * edits + 1 + len(word)] = [ord(letter) for letter in word]
        older = distances = _first_column(edits, len(alike))
        found = [NO_PASSAGES]
        letters: Array = np.full(len(alike), _NO_LETTER - 1, np.int64)
        for n in range(len(word) + edits + 1):
            if n:
                window = pattern[edits + n - 1 : 3 * edits + n + 1]
                there = np.minimum(starts + (n - 1), len(self.letters) - 1)
                before, letters = letters, self.letters[there]
                latest = _next_column(older, distances, window, (before, letters))
                older, distances = distances, latest
            row = len(word) - n + edits
            if row < len(distances):
                found.append(alike[(lengths == n) & (distances[row] <= edits)])
            near = np.flatnonzero(distances.min(axis=0) <= edits)
            if 2 * len(near) < len(alike):  # worth the copying
                alike, lengths, starts = alike[near], lengths[near], starts[near]
                older, distances = older.take(near, axis=1), distances.take(near, axis=1)
                letters = letters[near]
        return np.sort(np.concatenate(found))

    def _with_like_letters(self, word: str, edits: int) -> NDArray[np.int64]:
        """Return the indexes of words whose length and letters are `edits` away at most."""
        own = np.uint32(sum(1 << kind for kind in {ord(letter) % _KINDS for letter in word}))
        alike = (self._lengths >= len(word) - edits) & (self._lengths <= len(word) + edits)
        alike &= np.bitwise_count(self._kinds & ~own) <= edits
        alike &= np.bitwise_count(~self._kinds & own) <= edits
        return np.flatnonzero(alike)

    @cached_property
    def _kinds(self) -> NDArray[np.uint32]:
        """A bit for each letter that a word has, or for several letters together, (words,)."""
        bits = np.left_shift(np.uint32(1), self.letters.astype(np.uint32) % _KINDS)
        kinds = np.bitwise_or.reduceat(np.append(bits, np.uint32(0)), self.starts[:-1])
        return np.where(self._lengths > 0, kinds, np.uint32(0))

    @cached_property
    def _lengths(self) -> NDArray[np.int32]:
        """Number of letters of each word."""
        return np.diff(self.starts).astype(np.int32)


def _first_column(edits: int, words: int) -> NDArray[np.int8]:
    """Return the column of all tables before any letter.

    Row `d` of column `n` is the distance between the first `n + d - edits` letters of the word and
    the first `n` of each other; what is above `edits` is too far, however far.
    """
    steps = np.arange(-edits, edits + 1)
    column = np.where(steps < 0, edits + 1, steps).astype(np.int8)
    return np.repeat(column[:, np.newaxis], words, axis=1)


def _next_column(
    older: NDArray[np.int8],
    distances: NDArray[np.int8],
    window: NDArray[np.int64],
    letters: tuple[Array, Array],
) -> NDArray[np.int8]:
    """Return the next column of all tables: one letter more of each word.

    `window` holds the word's letter of each diagonal, from the one before the first; `letters` the
    others' letters of the last column and of this.
    """
    too_far = np.int8(len(distances) // 2 + 1)
    column = np.empty_like(distances)
    for row, (before, letter) in enumerate(pairwise(window.tolist())):
        best = distances[row] + (letters[1] != letter)
        if row + 1 < len(distances):  # a letter of the other that the word lacks
            np.minimum(best, distances[row + 1] + 1, out=best)
        if row:  # a letter of the word that the other lacks
            np.minimum(best, column[row - 1] + 1, out=best)
        swapped = (letters[0] == letter) & (letters[1] == before)
        np.minimum(best, older[row] + 1, out=best, where=swapped)
        np.minimum(best, too_far, out=column[row])
    return column
