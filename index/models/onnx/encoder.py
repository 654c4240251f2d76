"""Encoder on ONNX Runtime: a text to its vectors, in milliseconds.

Runs the graph that `plait.index.models.onnx.graph` made, on ONNX Runtime and `tokenizers`
alone: torch, transformers and sentence-transformers are never imported.

Every text is run by itself, on one thread, and as many at a time as there are
cores. So nothing is padded, no vector can depend on its neighbours, no thread
waits for another, and a query costs the same on a busy machine.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from plait.index.dense.late_interaction import Tokens
from plait.index.errors import ModelError
from plait.index.models.encoding import Encoded, EncodedQuery, check_unit
from plait.index.models.onnx.kept_pieces import Pieces
from plait.index.models.onnx.model import OnnxModel, Precision
from plait.index.models.word_pieces import WordPieces

# Or a mere import leaves a device's id and a database in ~/.cache/Microsoft, to be sent to
# a server of Microsoft's. Whatever the user has set: plait promises to work offline.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

TEXTS_SPLIT_AT_ONCE = 1024
"""Texts split into word pieces at a time: bounds RAM, and what an interrupt waits for."""

CHARACTERS_SPLIT_AT_ONCE = 1 << 16
"""Characters split into word pieces at a time: those of a whole novel take gigabytes."""

WORD_END = re.compile(r"[ \n!-/:-@\\^-`{-~\u4e00-\u9fff]")
"""Characters before which a word of the model's ends, whatever they are: blanks (cleaned text has
no others), ASCII punctuation, Chinese characters. Square brackets may belong to a special piece,
as in `[SEP]`."""


class OnnxEncoder:
    """A model on ONNX Runtime; an `plait.index.models.encoder.Encoder`."""

    def __init__(self, folder: Path, model: OnnxModel, precision: Precision = "int8") -> None:
        """Load a folder that `plait.index.models.onnx.cache.ready_folder` returned.

        Raises `ModelError` where ONNX Runtime cannot run the graph.
        """
        self._folder, self._model = folder, model
        self._precision: Precision = precision
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._first, self._last = self._tokenizer.encode("").ids  # [CLS] and [SEP]
        self._unknown = self._tokenizer.token_to_id("[UNK]")
        added = self._tokenizer.get_added_tokens_decoder().items()
        special = [number for number, token in added if token.special]
        self._pieces = Pieces(self._tokenizer.id_to_token, special, model.stop_words)
        self._session = _session(folder / "model.onnx")

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._session.get_outputs()[0].shape[1])

    @property
    def window(self) -> int:
        """Word pieces read of a text, special ones excluded; the rest is not read."""
        return self._model.max_pieces - 2

    @property
    def fingerprint(self) -> str:
        """Model, hash of its weights, precision and recipe of the graph."""
        return self._model.fingerprint(self._precision)

    @property
    def name(self) -> str:
        """What a person reads."""
        return self._model.name

    def token_ends(self, text: str) -> NDArray[np.int64]:
        """Return the end of each word piece, in characters of `text`; never truncated."""
        return self.word_pieces(text).ends

    def word_pieces(self, text: str) -> WordPieces:
        """Return where each word piece lies, and whether the model has none for what is there."""
        parts = []
        for start, stop in blocks(text):
            split = self._tokenizer.encode(encodable(text[start:stop]), add_special_tokens=False)
            part = WordPieces.of(split.offsets, np.array(split.ids) == self._unknown)
            parts.append(part.shifted(start))
        return WordPieces.joined(parts)

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        """Return the vector and the tokens of each text.

        `progress` is told how many more are encoded.
        """
        parts = [Encoded.empty(self.dimension)]
        with ThreadPoolExecutor(_cores(), thread_name_prefix="encode") as pool:
            for start in range(0, len(texts), TEXTS_SPLIT_AT_ONCE):
                ids = self._split(texts[start : start + TEXTS_SPLIT_AT_ONCE])
                # Longest first: the last to finish are the quickest, so no core idles.
                order = np.argsort([-len(own) for own in ids], kind="stable")
                done = []
                for passage in pool.map(self._passage, [ids[i] for i in order]):
                    done.append(passage)
                    if progress is not None:
                        progress(1)
                parts.append(Encoded.joined(done).take(np.argsort(order)))
        return Encoded.joined(parts)

    def encode_query(self, text: str) -> EncodedQuery:
        """Return the vector and the tokens of one text; raises `ModelError` for damaged weights."""
        read = encodable(text[:CHARACTERS_SPLIT_AT_ONCE])
        split = self._tokenizer.encode(read, add_special_tokens=False)
        ids = [self._first, *split.ids[: self.window], self._last]
        vector, tokens = self._run(ids)
        check_unit(vector[np.newaxis], f"Delete {self._folder}, and it is made again")
        unit = tokens / np.linalg.norm(tokens, axis=1, keepdims=True)
        row = np.array(ids)
        pieces = WordPieces.of(split.offsets[: self.window], row[1:-1] == self._unknown)
        return EncodedQuery(vector, unit, pieces, self._pieces.kept(row)[1:-1])

    def _split(self, texts: Sequence[str]) -> list[list[int]]:
        """Split texts into the ids that the model reads, special ones included.

        Those of its window are within the first `CHARACTERS_SPLIT_AT_ONCE` characters of any
        text of words.
        """
        encodings = self._tokenizer.encode_batch_fast(
            [encodable(text[:CHARACTERS_SPLIT_AT_ONCE]) for text in texts], add_special_tokens=False
        )
        return [[self._first, *e.ids[: self.window], self._last] for e in encodings]

    def _passage(self, ids: Sequence[int]) -> Encoded:
        """Encode one text, with the signs of its tokens alone."""
        vector, tokens = self._run(ids)
        return Encoded(vector[np.newaxis], Tokens.of([tokens]))

    def _run(self, ids: Sequence[int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the vector, (dimension,), and the hidden states of the pieces that are kept."""
        row = np.array(ids, dtype=np.int64)
        found = self._session.run(["vector", "tokens"], {"pieces": row[np.newaxis]})
        (vector,), (hidden,) = (np.asarray(output, dtype=np.float32) for output in found)
        return vector, hidden[self._pieces.kept(row)]


def blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of blocks of text, split between words.

    Each has one to two times `CHARACTERS_SPLIT_AT_ONCE`. Only a word that is a block by itself
    is split inside: the model knows none so long.
    """
    start, size = 0, CHARACTERS_SPLIT_AT_ONCE
    while len(text) - start > size:
        end = WORD_END.search(text, start + size, start + 2 * size)
        stop = end.start() if end else min(start + 2 * size, len(text))
        yield start, stop
        start = stop
    yield start, len(text)


def encodable(text: str) -> str:
    """Replace what UTF-8 cannot hold (lone surrogates) by `?`, keeping every offset."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _cores() -> int:
    """Return how many cores this process may use, where the system says so."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _session(graph: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The graph is written as it should run; fusing further would undo measured choices.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3  # errors only; they are raised as well
    try:
        return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    # ONNX Runtime's exceptions have no common base below Exception.
    except Exception as error:
        raise ModelError(
            f"onnxruntime {onnxruntime.__version__} cannot run {graph}: {error}. Install "
            "onnxruntime 1.20 or later; if that is installed, delete the folder and try again."
        ) from error
