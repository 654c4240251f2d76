"""Here is what a model made of some texts: which vector and which tokens are whose?

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
    """(passages, dimension), unit rows."""
    tokens: Tokens
    """Of each passage; none at all where the model gives none."""

    @classmethod
    def joined(cls, parts: Sequence["Encoded"]) -> "Encoded":
        """Put the passages of all parts one after the other; one part at least."""
        vectors = np.concatenate([part.vectors for part in parts])
        return cls(vectors, Tokens.joined([part.tokens for part in parts]))

    @classmethod
    def empty(cls, dimension: int) -> "Encoded":
        """Stand for no passages."""
        return cls(np.zeros((0, dimension), dtype=np.float32), Tokens.empty(0, dimension))

    def take(self, passages: NDArray[np.int64]) -> "Encoded":
        """Copy these passages, in the order given; one may come twice."""
        return Encoded(self.vectors[passages], self.tokens.take(passages))


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    """What a model makes of one query."""

    vector: NDArray[np.float32]
    """(dimension,), of unit length."""
    tokens: NDArray[np.float32]
    """(tokens, dimension), unit rows, of the word pieces that tell; (0, dimension) without."""
    pieces: WordPieces
    """All word pieces that were read."""
    telling: NDArray[np.bool_]
    """(pieces,): whether each tells, so that its vector is among the tokens."""

    @classmethod
    def without_tokens(cls, vector: NDArray[np.float32], pieces: WordPieces) -> "EncodedQuery":
        """Stand for a query of which a model gives one vector, and none for its pieces."""
        none = np.zeros((0, len(vector)), dtype=np.float32)
        return cls(vector, none, pieces, np.zeros(len(pieces.unknown), np.bool_))


def check_unit(vectors: NDArray[np.float32], remedy: str) -> None:
    """Make sure that vectors, (texts, dimension), have unit length; raises `ModelError`.

    Damaged weights yield vectors too, and any passage could then be nearest.
    """
    if not are_unit(vectors):
        lengths = np.linalg.norm(vectors, axis=1)
        worst = float(lengths[np.abs(lengths - 1).argmax()])  # the first that is no number, if any
        raise ModelError(f"the model gives a vector of length {worst:g}; wanted 1. {remedy}.")
