"""Choice of the word pieces whose vectors are stored for late interaction.

Chosen are those that tell what the text is about: no special piece, no stop word, no
punctuation. Dropping the others loses nothing that could be measured, and saves a third
of what would be stored. Where nothing else is there, all except special ones are stored.
"""

from collections.abc import Callable, Collection
from functools import cache

import numpy as np
from numpy.typing import NDArray

CONTINUATION = "##"
"""Mark by which WordPiece begins a piece that continues a word."""

Flags = NDArray[np.bool_]


class Pieces:
    """Pieces of a model's vocabulary, in lower case as stop words are.

    A piece is judged when a text first has it: all 30,522 would take 23 ms of every start.
    """

    def __init__(
        self,
        piece_of: Callable[[int], str | None],
        special: Collection[int],
        stop_words: Collection[str],
    ) -> None:
        """Take what spells the piece of an id, the ids of special ones, and stop words."""
        self._piece_of, self._special = piece_of, frozenset(special)
        self._stop_words = stop_words
        # Per instance: vocabularies differ.
        self._tells = cache(self._is_telling)

    def _is_telling(self, own: int) -> bool:
        if own in self._special:
            return False
        piece = self._piece_of(own)
        return piece is not None and tells(piece, self._stop_words)

    def kept(self, ids: NDArray[np.int64]) -> Flags:
        """Return whether the vector of each piece of a text is stored, (pieces,)."""
        listed = ids.tolist()
        telling = np.array([self._tells(own) for own in listed], np.bool_)
        if telling.any():
            return telling
        return np.array([own not in self._special for own in listed], np.bool_)


def tells(piece: str, stop_words: Collection[str]) -> bool:
    """Return whether an ordinary piece tells what a text is about.

    >>> [piece for piece in ("treaty", "the", "##the", "1956", ",") if tells(piece, {"the"})]
    ['treaty', '##the', '1956']
    """
    if piece.startswith(CONTINUATION):
        return True
    return piece not in stop_words and any(map(str.isalnum, piece))
