"""Here is a model that is not the default one: sentence-transformers runs it.

Slow to import (10 s and more), any model, a GPU where there is one.
"""

import os
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from plait.index.errors import ModelError

BATCH = 32

_KNOWN_PROMPTS = {
    # Wang et al., model cards of intfloat/e5-*: every text needs its prefix.
    "e5-": ("query: ", "passage: "),
    # BAAI, model cards of bge-*-en: queries need an instruction, passages none.
    "bge-": ("Represent this sentence for searching relevant passages: ", ""),
}
"""Prompts of families whose configuration often lacks them: (query, passage)."""


class TorchEncoder:
    """Any sentence-transformers model, by hub id or folder."""

    def __init__(self, model: str) -> None:
        """Load a model, from disk if it is there; raises `ModelError`."""
        self._model = _load(model)
        self.name = model
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.window = int(self._model.max_seq_length or 512) - 2
        self._query_prompt, self._passage_prompt = _prompts(model, self._model.prompts)
        self.fingerprint = self._fingerprint(model)

    def _fingerprint(self, model: str) -> str:
        state = blake2b(digest_size=8)
        for name, tensor in sorted(self._model.state_dict().items()):
            # The first numbers of every tensor tell models apart without reading all.
            state.update(name.encode() + tensor.flatten()[:64].float().cpu().numpy().tobytes())
        state.update(f"{self._query_prompt}|{self._passage_prompt}|{self.window}".encode())
        return f"{Path(model).name}:{state.hexdigest()}"

    def token_ends(self, text: str) -> NDArray[np.int64]:
        """Give the end of each word piece, in characters of `text`."""
        encoded = self._model.tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, truncation=False
        )
        return np.array([end for _, end in encoded["offset_mapping"]], dtype=np.int64)

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Give a unit vector per text, (texts, dimension)."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]), reverse=True)
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            vectors[batch] = self._encode([self._passage_prompt + texts[place] for place in batch])
            if progress:
                progress(len(batch))
        return vectors

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """Give one unit vector, (dimension,)."""
        vector: NDArray[np.float32] = self._encode([self._query_prompt + text])[0]
        return vector

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        return np.asarray(
            self._model.encode(
                texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False, prompt=""
            ),
            dtype=np.float32,
        )


def _prompts(model: str, configured: dict[str, str]) -> tuple[str, str]:
    """Choose the prompts: configured ones first, then what the family documents."""
    query = configured.get("query") or ""
    passage = configured.get("passage") or configured.get("document") or ""
    if query or passage:
        return query, passage
    name = Path(model).name.lower()
    return next((p for family, p in _KNOWN_PROMPTS.items() if name.startswith(family)), ("", ""))


def _load(model: str) -> SentenceTransformer:
    looks_like_path = model.startswith((".", "/", "~")) or model.count("/") > 1
    folder = Path(model).expanduser()
    if looks_like_path and not folder.is_dir():
        raise ModelError(f"no model folder at {folder}. Check the path given to --model.")
    try:
        if folder.is_dir():
            return SentenceTransformer(str(folder), local_files_only=True)
        try:
            return SentenceTransformer(model, local_files_only=True)
        except (OSError, ValueError):
            os.environ.setdefault("HF_HUB_DOWNLOAD_TIMEOUT", "10")
            return SentenceTransformer(model)
    except Exception as error:  # the libraries below raise whatever they please
        raise ModelError(
            f"cannot load the model {model!r}: {str(error).splitlines()[0]}. Give --model a "
            "folder that holds a sentence-transformers model, a hub id that can be reached "
            "from here, or leave it out for the default model."
        ) from error
