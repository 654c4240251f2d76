"""Terms spelled almost like a word, by Levenshtein's distance to all of them at once.

Ukkonen, "Algorithms for Approximate String Matching" (1985): a distance of at most `k`
needs only the `2 k + 1` diagonals of the table nearest to its main one. NumPy fills the
tables of all terms together, a column at a time. Letters are counted, not bytes; two that
changed places are two edits.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plait.index.files.arrays import Array
from plait.index.files.strings import StringTable
from plait.index.leg import NO_PASSAGES

_NO_LETTER = -1
"""Code point beyond either end of a word; no letter of a term equals it."""


@dataclass(frozen=True, slots=True)
class Spellings:
    """Letters of a list of terms, end to end."""

    letters: Array
    """Code points; single bytes where all are ASCII."""
    starts: NDArray[np.int64]
    """Starts of the letters of each term, and the end of the last, (terms + 1,)."""

    @classmethod
    def of(cls, terms: StringTable) -> "Spellings":
        """Decode UTF-8; a table of ASCII is not copied."""
        blob = terms.blob
        if blob.max(initial=0) < 0x80:  # noqa: PLR2004 - the first byte that is not ASCII
            return cls(blob, terms.offsets)
        # All bytes of a letter except its first are 10xxxxxx.
        begins = (blob & 0b11000000) != 0b10000000  # noqa: PLR2004
        letters_before = np.concatenate([[0], np.cumsum(begins, dtype=np.int64)])
        text = blob.tobytes().decode().encode("utf-32-le")
        return cls(np.frombuffer(text, np.uint32), letters_before[terms.offsets])

    def __len__(self) -> int:
        return len(self.starts) - 1

    def near(self, word: str, edits: int) -> NDArray[np.int64]:
        """Return the indexes of terms within `edits` edits of `word`, ascending."""
        lengths = np.diff(self.starts)
        alike = np.flatnonzero(np.abs(lengths - len(word)) <= edits)
        lengths, starts = lengths[alike], self.starts[:-1][alike]
        pattern = np.full(len(word) + 4 * edits + 1, _NO_LETTER, np.int64)
        pattern[2 * edits : 2 * edits + len(word)] = [ord(letter) for letter in word]
        # Row `d` is the distance between the first `n + d - edits` letters of the word and
        # the first `n` of each term; what is above `edits` is too far, however far.
        steps = np.arange(-edits, edits + 1)
        column = np.where(steps < 0, edits + 1, steps).astype(np.int8)
        distances = np.repeat(column[:, np.newaxis], len(alike), axis=1)
        found = [NO_PASSAGES]
        for n in range(len(word) + edits + 1):
            if n:
                window = pattern[edits + n - 1 : 3 * edits + n]
                there = np.minimum(starts + (n - 1), len(self.letters) - 1)
                _next_column(distances, window, self.letters[there])
            row = len(word) - n + edits
            if row < len(distances):
                found.append(alike[(lengths == n) & (distances[row] <= edits)])
            near = np.flatnonzero(distances.min(axis=0) <= edits)
            if 2 * len(near) < len(alike):  # worth the copying
                alike, lengths, starts = alike[near], lengths[near], starts[near]
                distances = distances.take(near, axis=1)
        return np.sort(np.concatenate(found))


def _next_column(distances: NDArray[np.int8], window: NDArray[np.int64], letters: Array) -> None:
    """Fill the next column of all terms' tables, in place: one letter more of each.

    `window` holds the word's letter of each diagonal.
    """
    too_far = np.int8(len(distances) // 2 + 1)
    for row, letter in enumerate(window.tolist()):
        best = distances[row] + (letters != letter)
        if row + 1 < len(distances):  # a letter of the term that the word lacks
            np.minimum(best, distances[row + 1] + 1, out=best)
        if row:  # a letter of the word that the term lacks
            np.minimum(best, distances[row - 1] + 1, out=best)
        np.minimum(best, too_far, out=distances[row])
