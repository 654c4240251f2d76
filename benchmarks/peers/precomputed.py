"""Vectors made before, behind the interface of a sentence-transformers model."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


class PrecomputedModel:
    """A model that knows the vectors of some texts, and of no others."""

    def __init__(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        self._rows = {text: row for row, text in enumerate(texts)}
        self._vectors = vectors

    def encode(self, texts: Sequence[str], *_: Any, **__: Any) -> NDArray[np.float32]:
        """Return the vectors of texts, (texts, dimension); raises `KeyError` for one unknown."""
        return self._vectors[[self._rows[text] for text in texts]]
