"""Late interaction: MaxSim of a query with texts, by the signs of the texts' token vectors.

ColBERT (Khattab and Zaharia 2020, "ColBERT: Efficient and Effective Passage Search via
Contextualized Late Interaction over BERT") stores a text as the vectors of its tokens, its
word pieces, and compares each token of the query with the nearest one of the text. Of a
text's vectors only the signs are stored, one bit a component (docs/adr/0006); the query's
vectors are whole.

Useful for sorting a hundred candidates. Not useful for finding them: every bit of every
text is read. Does not encode (`plait.index.models.encoder`).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plait.index.arithmetic import BLOCK_ROWS
from plait.index.files.arrays import Array, load_array
from plait.index.files.joining import kept_starts, kept_stretches

TOKENS_UNPACKED_AT_ONCE = 16 * BLOCK_ROWS
"""Number of tokens unpacked at a time: their signs as floats, .4 MB at 384 dimensions, stay in a
core's cache."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Signs of the token vectors of some texts, text after text."""

    starts: NDArray[np.int64]
    """Starts, (texts + 1,): tokens of text `t` are rows `starts[t]:starts[t + 1]` of `signs`."""
    signs: NDArray[np.uint8]
    """Signs, (tokens, dimension / 8, rounded up): a bit a component, set where it is above 0."""

    @classmethod
    def empty(cls, count: int, dimension: int) -> "Tokens":
        """Return `count` texts without a token."""
        return cls(np.zeros(count + 1, np.int64), np.zeros((0, -(-dimension // 8)), np.uint8))

    @classmethod
    def of(cls, texts: Sequence[NDArray[np.float32]]) -> "Tokens":
        """Return the signs of each text's token vectors, (tokens, dimension); one text at least."""
        starts = np.cumsum([0, *map(len, texts)], dtype=np.int64)
        return cls(starts, np.packbits(np.concatenate(texts) > 0, axis=1))

    @classmethod
    def joined(cls, parts: Sequence["Tokens"]) -> "Tokens":
        """Join the texts of all parts; one part at least."""
        lengths = [part.lengths for part in parts]
        starts = np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64)
        return cls(starts, np.concatenate([part.signs for part in parts]))

    @classmethod
    def load(cls, folder: Path, dimension: int) -> "Tokens":
        """Open a segment's tokens by memory map; raises `CorruptIndexError`."""
        signs = load_array(folder, "token_signs", np.uint8, -(-dimension // 8))
        return cls(load_array(folder, "token_starts", np.int64), signs)

    def arrays(self) -> dict[str, Array]:
        """Return both arrays under the names that `load` expects."""
        return {"token_starts": self.starts, "token_signs": self.signs}

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Number of tokens of each text, (texts,)."""
        return np.diff(self.starts)

    def take(self, texts: NDArray[np.int64]) -> "Tokens":
        """Copy the tokens of these texts, in the order given; one may come twice."""
        begins = self.starts[texts]
        lengths = self.starts[texts + 1] - begins
        ends = np.cumsum(lengths)
        rows = np.arange(lengths.sum()) + np.repeat(begins - (ends - lengths), lengths)
        return Tokens(np.concatenate([[0], ends]).astype(np.int64), self.signs[rows])

    @classmethod
    def merged(
        cls, parts: Sequence[tuple["Tokens", NDArray[np.bool_]]]
    ) -> Iterator[dict[str, Array]]:
        """Yield both arrays of the texts that stay, some rows at a time."""
        yield {"token_starts": kept_starts([(tokens.starts, stays) for tokens, stays in parts])}
        for signs in kept_stretches([(part.signs, part.starts, stays) for part, stays in parts]):
            yield {"token_signs": signs}


def max_similarity(
    query: NDArray[np.float32], tokens: Tokens, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the weighted mean, over a query's tokens, of each one's best in a text, (texts,).

    MaxSim of Khattab and Zaharia (2020, equation 3), as a mean in which the query's
    tokens have `weights`, (tokens,): none negative, one positive. The similarity of `q`, a
    unit vector, and a token of signs `s` is `q . s / sqrt(dimension)`: the cosine of `q`
    and `s`, for which the query needs no rounding to bits (Gordo et al. 2014, "Asymmetric
    Distances for Binary Embeddings"). It follows the cosine with the token's own vector at
    some .8 of its size, `sqrt(2 / pi)` were the components normal.

    `query` is (tokens, dimension), unit rows. A text without tokens, and a query
    without any, have 0. A text's value never depends on the texts beside it.
    """
    found = np.zeros(len(tokens))
    told = tokens.lengths > 0
    if not told.any():
        return found
    for start in range(0, len(query), 2 * BLOCK_ROWS):
        block = slice(start, start + 2 * BLOCK_ROWS)
        products = _products(query[block], tokens.signs)
        # Empty texts have no rows, so each text that has some ends where the next begins.
        best = np.maximum.reduceat(products, tokens.starts[:-1][told])
        found[told] += (best * weights[block]).sum(axis=1)
    return found / (weights.sum() * math.sqrt(query.shape[1])) if len(query) else found


def _products(query: NDArray[np.float32], signs: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the exact products of each row of signs with each row of the query.

    They are (signs, queries).

    The query's components are rounded to a step so coarse that every sum of them,
    at most `sqrt(dimension)`, is a whole number of steps below 2**24: single precision
    adds those without rounding, in whatever order the product is computed. The step
    is 2**-18 at 384 dimensions, which moves a similarity by 4e-5 at the very most.
    """
    dimension = query.shape[1]
    step = np.float32(2.0 ** (math.ceil(math.log2(dimension) / 2) - 23))
    rounded = np.rint(query / step) * step
    padded = np.zeros((-(-len(signs) // BLOCK_ROWS) * BLOCK_ROWS, signs.shape[1]), dtype=np.uint8)
    padded[: len(signs)] = signs
    products = np.empty((len(padded) // BLOCK_ROWS, BLOCK_ROWS, len(query)), dtype=np.float32)
    unpacked = np.empty((TOKENS_UNPACKED_AT_ONCE, dimension), dtype=np.float32)
    for start in range(0, len(padded), TOKENS_UNPACKED_AT_ONCE):
        bits = np.unpackbits(
            padded[start : start + TOKENS_UNPACKED_AT_ONCE], axis=1, count=dimension
        )
        unpacked[: len(bits)] = bits
        blocks = unpacked[: len(bits)].reshape(-1, BLOCK_ROWS, dimension)
        place = start // BLOCK_ROWS
        np.matmul(blocks, rounded.T, out=products[place : place + len(blocks)])
    # A sign is 2 * bit - 1.
    flat = products.reshape(-1, len(query))[: len(signs)]
    found: NDArray[np.float32] = 2 * flat - rounded.sum(axis=1)
    return found
