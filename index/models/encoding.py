"""Vectors and tokens that a model makes of texts.

A vector says what a text is about as a whole, its tokens what each word piece means
in its place. Does not encode (`plait.index.models.encoder`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plait.index.dense.late_interaction import Tokens
from plait.index.dense.moments import are_unit
from plait.index.errors import ModelError
from plait.index.models.word_pieces import WordPieces


@dataclass(frozen=True, slots=True)
class Encoded:
    """What a model makes of some passages."""

    vectors: NDArray[np.float32]
    """Vector of each passage, (passages, dimension), unit rows."""
    tokens: Tokens
    """Tokens of each passage; none at all where the model has none."""

    @classmethod
    def joined(cls, parts: Sequence["Encoded"]) -> "Encoded":
        """Concatenate the passages of all parts, of which there is one at least."""
        vectors = np.concatenate([part.vectors for part in parts])
        return cls(vectors, Tokens.joined([part.tokens for part in parts]))

    @classmethod
    def empty(cls, dimension: int) -> "Encoded":
        """Return what a model makes of no passages."""
        return cls(np.zeros((0, dimension), dtype=np.float32), Tokens.empty(0, dimension))

    def take(self, passages: NDArray[np.int64]) -> "Encoded":
        """Copy these passages, in the order given; one may come twice."""
        return Encoded(self.vectors[passages], self.tokens.take(passages))


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    """What a model makes of one query."""

    vector: NDArray[np.float32]
    """Vector of the query, (dimension,), of unit length."""
    tokens: NDArray[np.float32]
    """Token vectors, (tokens, dimension), unit rows, of the word pieces that tell."""
    pieces: WordPieces
    """Word pieces that were read."""
    telling: NDArray[np.bool_]
    """Whether each piece tells, so that its vector is among the tokens, (pieces,)."""

    @classmethod
    def without_tokens(cls, vector: NDArray[np.float32], pieces: WordPieces) -> "EncodedQuery":
        """Return a query of which a model makes one vector, and none of its pieces."""
        none = np.zeros((0, len(vector)), dtype=np.float32)
        return cls(vector, none, pieces, np.zeros(len(pieces.unknown), np.bool_))


def check_unit(vectors: NDArray[np.float32], remedy: str) -> None:
    """Raise `ModelError` where some of the vectors, (texts, dimension), have no unit length.

    Damaged weights yield vectors too, and any passage could then be nearest.
    """
    if not are_unit(vectors):
        lengths = np.linalg.norm(vectors, axis=1)
        worst = float(lengths[np.abs(lengths - 1).argmax()])  # the first that is no number, if any
        raise ModelError(f"the model gives a vector of length {worst:g}; wanted 1. {remedy}.")
