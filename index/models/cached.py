"""Cache of the queries that an encoder has encoded."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from plait.index.models.encoder import Encoder
from plait.index.models.encoding import Encoded, EncodedQuery
from plait.index.models.word_pieces import WordPieces


class CachedEncoder:
    """An encoder that encodes each query once, and is like the one it was made of otherwise."""

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
        """Fingerprint of the encoder: vectors are the same."""
        return self._encoder.fingerprint

    @property
    def name(self) -> str:
        """What a person reads."""
        return self._encoder.name

    def token_ends(self, text: str) -> NDArray[np.int64]:
        """Return the end of each word piece, in characters of `text`."""
        return self._encoder.token_ends(text)

    def word_pieces(self, text: str) -> WordPieces:
        """Return the word pieces of a text."""
        return self._encoder.word_pieces(text)

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        """Return vector and tokens of each text; not cached."""
        return self._encoder.encode_passages(texts, progress)

    def encode_query(self, text: str) -> EncodedQuery:
        """Return vector and tokens of one query, from the cache where it was encoded before."""
        return self._encode_query(text)
