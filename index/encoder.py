"""Here are texts: what are their vectors? The one thing that varies between models."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from plait.index.model import DEFAULT


class Encoder(Protocol):
    """Turns texts into unit vectors. The same text gives the same vector in any batch."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def window(self) -> int:
        """Word pieces the model reads of a text, its special ones left out."""
        ...

    @property
    def fingerprint(self) -> str:
        """Change whenever vectors would."""
        ...

    @property
    def name(self) -> str:
        """Name the model to a person."""
        ...

    def token_ends(self, text: str) -> NDArray[np.int64]:
        """Give the end offset of each word piece, in characters of `text`, uncut."""
        ...

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Give a unit vector per text, (texts, dimension); tells `progress` how many more are done."""
        ...

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """Give one unit vector, (dimension,)."""
        ...


def load_encoder(model: str | None = None) -> Encoder:
    """Load the default model, or any hub id or folder by sentence-transformers.

    Raises `ModelError` where it cannot be found, verified or loaded. Only naming
    a model of a hub lets plait touch the network.
    """
    # Imported here because each costs time that the other's user should not pay.
    if model in (None, "", DEFAULT):
        from plait.index.onnx_encoder import OnnxEncoder  # noqa: PLC0415

        return OnnxEncoder()
    from plait.index.torch_encoder import TorchEncoder  # noqa: PLC0415

    return TorchEncoder(str(model))
