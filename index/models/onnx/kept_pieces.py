"""Here are the word pieces of a text: whose vectors are kept for late interaction?

Those that tell what the text is about: no special piece, no stop word, no
punctuation. Dropping the others loses nothing that could be measured, and saves a third
of what would be stored. Where nothing else is there, all but the special ones are kept.
"""

from collections.abc import Callable, Collection
from functools import cache

import numpy as np
from numpy.typing import NDArray

from plait.index.language.english import STOP_WORDS

CONTINUATION = "##"
"""How WordPiece marks a piece that continues a word."""

Flags = NDArray[np.bool_]


class Pieces:
    """A model's vocabulary, in lower case as stop words are.

    A piece is judged when a text first has it: all 30,522 would take 23 ms of every start.
    """

    def __init__(self, piece_of: Callable[[int], str | None], special: Collection[int]) -> None:
        """Take what spells the piece of an id, and the ids of special ones: `[CLS]`, `[UNK]`."""
        self._piece_of, self._special = piece_of, frozenset(special)
        # Per instance: vocabularies differ.
        self._tells = cache(self._is_telling)

    def _is_telling(self, number: int) -> bool:
        if number in self._special:
            return False
        piece = self._piece_of(number)
        return piece is not None and tells(piece)

    def kept(self, ids: NDArray[np.int64]) -> Flags:
        """Say of each piece of a text whether its vector is kept, (pieces,)."""
        numbers = ids.tolist()
        telling = np.array([self._tells(number) for number in numbers], np.bool_)
        if telling.any():
            return telling
        return np.array([number not in self._special for number in numbers], np.bool_)


def tells(piece: str) -> bool:
    """Tell whether an ordinary piece says what a text is about.

    >>> [piece for piece in ("treaty", "the", "##the", "1956", ",", "&") if tells(piece)]
    ['treaty', '##the', '1956']
    """
    if piece.startswith(CONTINUATION):
        return True
    return piece not in STOP_WORDS and any(map(str.isalnum, piece))
