"""Here are texts: what are their vectors?

An encoder turns texts into unit vectors whose inner product says how close in
meaning they are, and the default model's keeps the vectors of their word pieces too,
for late interaction (`plait.index.dense.late_interaction`). Two implementations:
`plait.index.models.onnx.encoder` runs the default model, `plait.index.models.torch_encoder` any
other. This file imports neither until one is asked for: the second takes ten seconds.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from plait.index.models.encoding import Encoded, EncodedQuery
from plait.index.models.hub import DEFAULT, find_default, find_named, holds, names_default
from plait.index.models.word_pieces import WordPieces


class Encoder(Protocol):
    """What plait asks of a model. The same text has the same vectors in any batch."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def window(self) -> int:
        """Word pieces the model reads of a text, special ones and its prompt excluded."""
        ...

    @property
    def fingerprint(self) -> str:
        """A short text that changes whenever vectors would."""
        ...

    @property
    def name(self) -> str:
        """What a person reads."""
        ...

    def token_ends(self, text: str) -> NDArray[np.int64]:
        """Give the end of each word piece, in characters of `text`; never truncated."""
        ...

    def word_pieces(self, text: str) -> WordPieces:
        """Return where each word piece lies, and whether the model has none for what is there."""
        ...

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        """Give the vector and the tokens of each text.

        `progress` hears how many more are done.
        """
        ...

    def encode_query(self, text: str) -> EncodedQuery:
        """Give the vector and the tokens of one query."""
        ...


def load_encoder(model: str | None = None, *, fetch: bool = True) -> Encoder:
    """Open the model of that name: a folder, a hub id, or None for the default model.

    The network is used only for a hub id that this machine does not have, and not at all
    without `fetch`: for names that nobody typed, such as those in an index. Raises
    `ModelError` where the model cannot be found, verified or loaded.
    """
    if not model or names_default(model):
        return _default(lambda: find_default(model if fetch else None))
    folder = find_named(model, fetch=fetch)
    if holds(folder, DEFAULT):
        return _default(lambda: folder)
    from plait.index.models.torch_encoder import TorchEncoder  # noqa: PLC0415 - takes 10 s

    return TorchEncoder(folder, model)


def _default(find: Callable[[], Path]) -> Encoder:
    # Late as well, so that reading an index without asking for vectors loads no runtime.
    from plait.index.models.onnx.cache import ready_folder  # noqa: PLC0415
    from plait.index.models.onnx.encoder import OnnxEncoder  # noqa: PLC0415

    return OnnxEncoder(ready_folder("int8", find))


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
