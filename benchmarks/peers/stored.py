"""Encoders that take vectors and tokens from an index, or draw them at random.

Any plait index of the same model serves as a store, so a store is made by `plait index`.
What no store has is encoded.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from peers.given import Given
from plait.index.dense.late_interaction import Tokens
from plait.index.local.dense import DenseArrays
from plait.index.local.lines import digest
from plait.index.local.snapshot import Snapshot
from plait.index.models.encoder import Encoder, load_encoder
from plait.index.models.encoding import Encoded, EncodedQuery
from plait.index.models.word_pieces import WordPieces
from plait.index.store import StoreSettings

TOKENS_PER_WORD = 0.8
"""Number of tokens that the default model keeps for each word of this corpus: 32,463 of 40,633
words, in every 400th passage."""


class _Wrapped:
    """An `Encoder` with the identity of the one it wraps, which encodes the queries."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.dimension = encoder.dimension
        self.window = encoder.window
        self.fingerprint = encoder.fingerprint
        self.name = encoder.name

    def token_ends(self, text: str) -> NDArray[np.int64]:
        """Return the end of each word piece, in characters of `text`."""
        return self._encoder.token_ends(text)

    def word_pieces(self, text: str) -> WordPieces:
        """Return the word pieces of a text."""
        return self._encoder.word_pieces(text)

    def encode_query(self, text: str) -> EncodedQuery:
        """Encode a query by the wrapped encoder."""
        return self._encoder.encode_query(text)


class StoredEncoder(_Wrapped):
    """An `Encoder` that takes from some indexes what they have encoded already."""

    def __init__(self, encoder: Encoder, stores: Sequence[Path]) -> None:
        super().__init__(encoder)
        self._arrays: list[DenseArrays] = []
        self._places: dict[bytes, tuple[int, int]] = {}
        for number, snapshot in enumerate(map(Snapshot, stores)):
            self._arrays.append(DenseArrays(snapshot, StoreSettings()))
            if snapshot.manifest.recipe.encoder != encoder.fingerprint:
                raise ValueError(f"{snapshot.root} holds vectors of another model.")
            digests = [segment.data.passage_digests for segment in snapshot.segments]
            rows = (row.tobytes() for part in digests for row in part)
            self._places |= {key: (number, place) for place, key in enumerate(rows)}

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        """Return the encodings of texts, looked up where an index has them."""
        keys = [digest(text.encode()) for text in texts]
        parts, found = [Encoded.empty(self.dimension)], []
        for number, arrays in enumerate(self._arrays):
            mine = [key for key in keys if self._places.get(key, (-1, 0))[0] == number]
            places = np.array([self._places[key][1] for key in mine], dtype=np.int64)
            parts.append(Encoded(arrays.vectors(places), arrays.tokens(places)))
            found += mine
        fresh = [(k, t) for k, t in zip(keys, texts, strict=True) if k not in self._places]
        parts.append(self._encoder.encode_passages([text for _, text in fresh]))
        rows = {key: row for row, key in enumerate([*found, *(key for key, _ in fresh)])}
        if progress:
            progress(len(texts))
        order = np.array([rows[key] for key in keys], dtype=np.int64)
        return Encoded.joined(parts).take(order)


class RandomEncoder(_Wrapped):
    """An `Encoder` that draws random unit vectors, and signs of as many tokens as are usual.

    Equal texts have equal vectors. Queries are encoded by the wrapped encoder, so that they
    take their time.
    """

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        """Return random encodings of texts."""
        parts = [Encoded.empty(self.dimension), *map(self._drawn, texts)]
        if progress:
            progress(len(texts))
        return Encoded.joined(parts)

    def _drawn(self, text: str) -> Encoded:
        draw = np.random.default_rng(int.from_bytes(digest(text.encode()), "little"))
        vector = draw.standard_normal((1, self.dimension))
        unit = (vector / np.linalg.norm(vector)).astype(np.float32)
        count = round(TOKENS_PER_WORD * len(text.split()))
        signs = draw.integers(0, 256, (count, self.dimension // 8), dtype=np.uint8)
        starts = np.array([0, len(signs)], dtype=np.int64)
        return Encoded(unit, Tokens(starts, signs))


def encoder_for(given: Given) -> Encoder:
    """Return the encoder of what is given: random, stored, or the default model itself."""
    encoder = load_encoder()
    if given.random:
        return RandomEncoder(encoder)
    stores = [Path(store) for store in given.stores]
    return StoredEncoder(encoder, stores) if stores else encoder
