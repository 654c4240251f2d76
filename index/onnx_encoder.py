"""Here are texts: what are their vectors, by the default model, without a framework?

ONNX Runtime runs a graph made once from the model's weights; `tokenizers` cuts
word pieces. Neither torch nor transformers is imported.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from plait.index.durable import publish
from plait.index.errors import ModelError
from plait.index.model import DEFAULT, PINNED, default_folder, verify

LENGTH = 256
"""Word pieces the model was trained to read, its two special ones included."""

BATCH_TOKENS = 4096
"""Word pieces a batch holds at most, padding included: enough to keep two cores busy."""

_VERSION = "int8-1"


class OnnxEncoder:
    """The default model, all-MiniLM-L6-v2, with 8-bit weights."""

    dimension = 384
    window = LENGTH - 2
    name = DEFAULT
    fingerprint = f"{DEFAULT}:{PINNED['model.safetensors'][:8]}:{_VERSION}"

    def __init__(self) -> None:
        """Load the model, making its graph first where there is none; raises `ModelError`."""
        folder = default_folder()
        graph = graph_file(folder)
        verify(folder, ("tokenizer.json",))
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._passages = _session(graph)

    def token_ends(self, text: str) -> NDArray[np.int64]:
        """Give the end of each word piece, in characters of `text`."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return np.array([end for _, end in encoding.offsets], dtype=np.int64)

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """Give one unit vector, (dimension,)."""
        vector: NDArray[np.float32] = self._run([self._pieces([text])[0]])[0]
        return vector

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Give a unit vector per text, (texts, dimension); batches hold texts of like length."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        pieces = self._pieces(texts)
        order = sorted(range(len(texts)), key=lambda place: len(pieces[place]), reverse=True)
        start = 0
        while start < len(order):
            size = max(1, BATCH_TOKENS // len(pieces[order[start]]))
            batch = order[start : start + size]
            vectors[batch] = self._run([pieces[place] for place in batch])
            start += len(batch)
            if progress:
                progress(len(batch))
        return vectors

    def _pieces(self, texts: Sequence[str]) -> list[list[int]]:
        encodings = self._tokenizer.encode_batch(list(texts))
        return [_cut(encoding.ids) for encoding in encodings]

    def _run(self, batch: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        longest = max(map(len, batch))
        tokens = np.zeros((len(batch), longest), dtype=np.int64)
        mask = np.zeros((len(batch), longest), dtype=np.int64)
        for row, ids in enumerate(batch):
            tokens[row, : len(ids)] = ids
            mask[row, : len(ids)] = 1
        (pooled,) = self._passages.run(["pooled"], {"tokens": tokens, "mask": mask})
        unit: NDArray[np.float32] = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return unit


def _cut(ids: list[int]) -> list[int]:
    """Keep the first pieces and the closing special one, as the model was trained."""
    return ids if len(ids) <= LENGTH else [*ids[: LENGTH - 1], ids[-1]]


def cache_folder() -> Path:
    """Name the folder for what plait makes once: PLAIT_CACHE, or the user's cache."""
    if explicit := os.environ.get("PLAIT_CACHE"):
        return Path(explicit)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "plait"


def graph_file(folder: Path) -> Path:
    """Give the model's ONNX file, made now where it is missing; raises `ModelError`."""
    target = cache_folder() / f"{DEFAULT}-{PINNED['model.safetensors'][:16]}-{_VERSION}.onnx"
    if target.exists():
        return target
    verify(folder)
    from plait.index.onnx_graph import write_graph  # noqa: PLC0415 - needed once per machine

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        publish(target, lambda path: write_graph(folder, path))
    except OSError as error:
        raise ModelError(
            f"cannot write the model's graph to {target}: {error}. "
            "Set PLAIT_CACHE to a folder that can be written."
        ) from error
    return target


def _session(graph: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # Spinning threads gain little here and cost much on a busy machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            str(graph), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # ONNX Runtime's errors share no base but this one
        raise ModelError(f"cannot load {graph}: {error}. Delete it; it is made anew.") from error
