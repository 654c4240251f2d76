"""Encoder on sentence-transformers, for every model that plait does not run on ONNX Runtime.

Runs on a GPU where there is one; importing it takes 10 seconds and more. Returns no tokens:
late interaction was measured, and is offered, with the default model only (docs/adr/0006).
"""

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from plait.index.dense.late_interaction import Tokens
from plait.index.dense.moments import are_unit
from plait.index.errors import ModelError
from plait.index.models.encoding import Encoded, EncodedQuery, check_unit
from plait.index.models.hub import hash_file
from plait.index.models.prompts import Prompts, choose_prompts
from plait.index.models.word_pieces import WordPieces

TEXTS_PER_BATCH = 32
"""Texts a batch on a CPU: sentence-transformers' own default."""

TEXTS_PER_BATCH_ON_GPU = 128
"""Texts a batch on a GPU, which idles on 32."""

_MODEL_FILES = (".safetensors", ".bin", ".json", ".txt", ".model")


class TorchEncoder:
    """A sentence-transformers model; an `plait.index.models.encoder.Encoder`."""

    def __init__(self, folder: Path, model: str) -> None:
        """Load a model folder; `model` is the name by which it was asked for.

        Raises `ModelError` where sentence-transformers cannot load it, or where it
        cannot tell which characters a word piece covers.
        """
        self._name = model.rstrip("/").rsplit("/", maxsplit=1)[-1]
        self._model = _load(folder)
        self._prompts = choose_prompts(self._name, self._model.prompts)
        self._digest = _digest(folder, self._prompts)
        self._window = self._measure_window()

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def window(self) -> int:
        """Word pieces read of a passage, special ones and the prompt excluded."""
        return self._window

    @property
    def fingerprint(self) -> str:
        """Name, hash of the model's files and prompts, precision."""
        return f"{self._name}:{self._digest[:8]}:fp32"

    @property
    def name(self) -> str:
        """What a person reads."""
        return self._name

    def token_ends(self, text: str) -> NDArray[np.int64]:
        """Return the end of each word piece, in characters of `text`; never truncated."""
        return self.word_pieces(text).ends

    def word_pieces(self, text: str) -> WordPieces:
        """Return where each word piece lies, and whether the model has none for what is there."""
        tokenizer = self._model.tokenizer
        encoded = tokenizer(
            text, add_special_tokens=False, truncation=False, return_offsets_mapping=True
        )
        unknown = np.array([number == tokenizer.unk_token_id for number in encoded["input_ids"]])
        return WordPieces.of(encoded["offset_mapping"], unknown.astype(np.bool_))

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        """Return the unit vector of each text, and no tokens.

        `progress` is told how many more are encoded.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        on_cpu = self._model.device.type == "cpu"
        size = TEXTS_PER_BATCH if on_cpu else TEXTS_PER_BATCH_ON_GPU
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
        for start in range(0, len(order), size):
            batch = order[start : start + size]
            vectors[batch] = self._encode([texts[i] for i in batch], self._prompts.passage)
            if progress is not None:
                progress(len(batch))
        return Encoded(vectors, Tokens.empty(len(texts), self.dimension))

    def encode_query(self, text: str) -> EncodedQuery:
        """Return the unit vector of one query, and no tokens; raises `ModelError` for another."""
        vector = self._encode([text], self._prompts.query)[0]
        check_unit(vector[np.newaxis], f"{self._name} cannot be used; name another model")
        return EncodedQuery.without_tokens(vector, self.word_pieces(text))

    def _encode(self, texts: list[str], prompt: str) -> NDArray[np.float32]:
        found = np.asarray(
            self._model.encode(
                texts,
                prompt=prompt,  # "" too: it keeps a default prompt from creeping in
                batch_size=len(texts),
                normalize_embeddings=True,
                show_progress_bar=False,
            ),
            dtype=np.float32,
        )
        # Models of 16 bits round unit vectors by .005; of others not a bit is changed.
        return found if are_unit(found) else found / np.linalg.norm(found, axis=1, keepdims=True)

    def _measure_window(self) -> int:
        longest, tokenizer = self._model.max_seq_length, self._model.tokenizer
        if not longest or not getattr(tokenizer, "is_fast", False):
            raise ModelError(
                f"{self._name} does not say how much text it reads, or where its word pieces "
                "end. Choose a model with max_seq_length and a tokenizer.json."
            )
        special = tokenizer.num_special_tokens_to_add()
        return int(longest) - int(special) - len(self.token_ends(self._prompts.passage))


def _load(folder: Path) -> SentenceTransformer:
    try:
        return SentenceTransformer(str(folder), local_files_only=True)
    # Whatever a model's files can provoke in three libraries: no common base.
    except Exception as error:
        raise ModelError(
            f"sentence-transformers cannot load {folder}: {error}. Name a folder that "
            "`SentenceTransformer.save` wrote, or another model."
        ) from error


def _digest(folder: Path, prompts: Prompts) -> str:
    """Return the hash of all that decides vectors: weights, configuration, tokenizer, prompts."""
    files = {
        path.relative_to(folder).as_posix(): hash_file(path)
        for path in sorted(folder.rglob("*"))
        if path.suffix in _MODEL_FILES and path.is_file()
    }
    decisive = {"files": files, "query": prompts.query, "passage": prompts.passage}
    return sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()
