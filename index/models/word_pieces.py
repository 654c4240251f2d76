"""Word pieces of a text, as the tokenizer of a model splits it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class WordPieces:
    """Word pieces of a text, never truncated."""

    spans: NDArray[np.int64]
    """Start and end of each piece, in characters of the text, (pieces, 2)."""
    unknown: NDArray[np.bool_]
    """Whether each piece stands for what the vocabulary lacks: `[UNK]`."""

    @classmethod
    def of(cls, spans: Sequence[tuple[int, int]], unknown: NDArray[np.bool_]) -> "WordPieces":
        """Return the pieces of the spans that a tokenizer returns."""
        return cls(np.array(spans, dtype=np.int64).reshape(-1, 2), unknown)

    @classmethod
    def ending(cls, ends: NDArray[np.int64]) -> "WordPieces":
        """Return known pieces that each begin where the one before ends."""
        return cls(np.stack([np.append(0, ends)[:-1], ends], axis=1), ends < 0)

    @classmethod
    def joined(cls, parts: Sequence["WordPieces"]) -> "WordPieces":
        """Concatenate all parts, of which there is one at least."""
        if len(parts) == 1:
            return parts[0]
        spans = np.concatenate([part.spans for part in parts])
        return cls(spans, np.concatenate([part.unknown for part in parts]))

    def shifted(self, by: int) -> "WordPieces":
        """Return the pieces so many characters further on."""
        return WordPieces(self.spans + by, self.unknown)

    @property
    def ends(self) -> NDArray[np.int64]:
        """End of each piece, (pieces,)."""
        return self.spans[:, 1]

    def within(self, start: int, end: int) -> "WordPieces":
        """Return the pieces that end in `(start, end]`, counted from `start`."""
        first, last = self.ends.searchsorted((start, end), side="right")
        spans = np.maximum(self.spans[first:last] - start, 0)
        return WordPieces(spans, self.unknown[first:last])
