"""Encoders: texts to unit vectors whose inner product says how close in meaning they are.

There are two. `plait.index.models.onnx.encoder` runs the models that plait knows to the last
byte, and returns the vectors of word pieces too, for late interaction
(`plait.index.dense.late_interaction`); `plait.index.models.torch_encoder` runs any other.
Neither is imported before one is asked for: the second takes ten seconds.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from plait.index.files.shared import Shared
from plait.index.models.encoding import Encoded, EncodedQuery
from plait.index.models.hub import find_named, find_pinned
from plait.index.models.onnx.alike import is_known_model
from plait.index.models.onnx.model import OnnxModel
from plait.index.models.onnx.models import DEFAULT_MODEL, ONNX_MODELS, onnx_model
from plait.index.models.word_pieces import WordPieces


class Encoder(Protocol):
    """What plait asks of a model; the same text has the same vectors in any batch."""

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
        """Short text that changes whenever vectors would."""
        ...

    @property
    def name(self) -> str:
        """What a person reads."""
        ...

    def token_ends(self, text: str) -> NDArray[np.int64]:
        """Return the end of each word piece, in characters of `text`; never truncated."""
        ...

    def word_pieces(self, text: str) -> WordPieces:
        """Return where each word piece lies, and whether the model has none for what is there."""
        ...

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        """Return the vector and the tokens of each text.

        `progress` is told how many more are encoded.
        """
        ...

    def encode_query(self, text: str) -> EncodedQuery:
        """Return the vector and the tokens of one query."""
        ...


def load_encoder(model: str | None = None, *, fetch: bool = True) -> Encoder:
    """Load the model of a name: a folder, a hub id, or None for the default model.

    A model that this process has loaded, and still uses, is returned as it is; so is the last
    one that runs on ONNX Runtime, as the default does.

    The network is used only for a hub id that this machine does not have, and not at all
    without `fetch`: for names that nobody typed, such as those in an index. Raises
    `ModelError` where the model cannot be found, verified or loaded.
    """
    if not model:
        return _on_onnx(DEFAULT_MODEL, partial(find_pinned, DEFAULT_MODEL.pinned, fetch=False))
    if named := onnx_model(model):
        return _on_onnx(named, partial(find_pinned, named.pinned, fetch=fetch))
    folder = find_named(model, fetch=fetch)
    for known in ONNX_MODELS.values():
        if is_known_model(folder, known):
            return _on_onnx(known, lambda: folder)
    return _TORCH.get((model, _stamps(folder)), partial(_on_torch, folder, model))


def name_to_record(model: str) -> str:
    """Return a model's name as an index records it: of a folder, its absolute path."""
    folder = Path(model).expanduser()
    is_folder = model and not onnx_model(model) and folder.is_dir()
    return str(folder.absolute()) if is_folder else model


_ONNX: Shared[Encoder] = Shared(keep_last=True)
"""Models on ONNX Runtime, by folder and fingerprint. The last one stays: a program that opens an
index for each request would load it each time, which takes 0.1 s and scatters what is allocated."""

_TORCH: Shared[Encoder] = Shared()
"""Other models that are in use, by name and files. None stays: it may take gigabytes."""


def _on_onnx(model: OnnxModel, find: Callable[[], Path]) -> Encoder:
    # Late as well, so that reading an index without asking for vectors loads no runtime.
    from plait.index.models.onnx.cache import ready_folder  # noqa: PLC0415
    from plait.index.models.onnx.encoder import OnnxEncoder  # noqa: PLC0415

    folder = ready_folder(model, "int8", find)  # its files are pinned by hash, as is the print
    return _ONNX.get((folder, model.fingerprint("int8")), partial(OnnxEncoder, folder, model))


def _on_torch(folder: Path, model: str) -> Encoder:
    from plait.index.models.torch_encoder import TorchEncoder  # noqa: PLC0415 - takes 10 s

    return TorchEncoder(folder, model)


def _stamps(folder: Path) -> tuple[tuple[Path, int, int, int], ...]:
    """Return what the disk says of each file of a model: another model has others."""
    found = ((path, path.stat()) for path in sorted(folder.resolve().rglob("*")) if path.is_file())
    return tuple((path, now.st_ino, now.st_size, now.st_mtime_ns) for path, now in found)
