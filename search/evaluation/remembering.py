"""Here is an encoder that will be asked the same queries many times: ask it once for each.

Remembers queries, and nothing else; what it remembers lives as long as it.
"""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from plait.index.encoded import Encoded, EncodedQuery
from plait.index.encoder import Encoder
from plait.index.legibility import WordPieces


class Remembering:
    """The same encoder in every respect, but for the time a query takes again."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._encode_query = cache(encoder.encode_query)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._encoder.dimension

    @property
    def window(self) -> int:
        """Word pieces the model reads of a text."""
        return self._encoder.window

    @property
    def fingerprint(self) -> str:
        """The encoder's: vectors are the same."""
        return self._encoder.fingerprint

    @property
    def name(self) -> str:
        """What a person reads."""
        return self._encoder.name

    def token_ends(self, text: str) -> NDArray[np.int64]:
        """Give the end of each word piece, in characters of `text`."""
        return self._encoder.token_ends(text)

    def word_pieces(self, text: str) -> WordPieces:
        """Return the word pieces of a text."""
        return self._encoder.word_pieces(text)

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        """Give vector and tokens of each text; not remembered."""
        return self._encoder.encode_passages(texts, progress)

    def encode_query(self, text: str) -> EncodedQuery:
        """Give vector and tokens of one query, computed when it is first asked."""
        return self._encode_query(text)
