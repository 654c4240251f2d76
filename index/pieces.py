"""Here are the word pieces of a text: whose vectors are kept for late interaction?

Those that tell what the text is about: no special piece, no stop word, no
punctuation. Dropping the others loses nothing that could be measured, and saves a third
of what would be stored. Where nothing else is there, all but the special ones are kept.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plait.index.stopwords import STOP_WORDS

CONTINUATION = "##"
"""How WordPiece marks a piece that continues a word."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pieces:
    """A model's vocabulary, as far as it matters here; arrays are indexed by a piece's id."""

    ordinary: Flags
    """Not special: not `[CLS]`, not `[UNK]`, and not where a text spells them out."""
    telling: Flags
    """Ordinary, no stop word, and with a letter or a digit in it."""

    @classmethod
    def of(cls, vocabulary: Mapping[str, int], special: Collection[str]) -> "Pieces":
        """Judge every piece of a vocabulary, lower case, given with its ids."""
        size = max(vocabulary.values()) + 1
        ordinary, telling = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
        for piece, number in vocabulary.items():
            ordinary[number] = piece not in special
            telling[number] = ordinary[number] and tells(piece)
        return cls(ordinary, telling)

    def kept(self, ids: NDArray[np.int64]) -> Flags:
        """Say of each piece of a text whether its vector is kept, (pieces,)."""
        telling = self.telling[ids]
        return telling if telling.any() else self.ordinary[ids]


def tells(piece: str) -> bool:
    """Tell whether an ordinary piece says what a text is about.

    >>> [piece for piece in ("treaty", "the", "##the", "1956", ",", "&") if tells(piece)]
    ['treaty', '##the', '1956']
    """
    if piece.startswith(CONTINUATION):
        return True
    return piece not in STOP_WORDS and any(map(str.isalnum, piece))
