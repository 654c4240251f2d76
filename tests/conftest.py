"""What the tests share: the seeds, indexed once, and a way to alter a manifest."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias, cast
from zlib import crc32

import numpy as np
import pytest
from numpy.typing import NDArray

from plait.index.dense.late_interaction import Tokens
from plait.index.ingest import bring_up_to_date
from plait.index.local.manifest import MANIFEST, record_checksum
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder, load_encoder
from plait.index.models.encoding import Encoded, EncodedQuery
from plait.index.models.word_pieces import WordPieces
from plait.search.index import Index

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
PAIR_WORDS = ["peace", "treaty", "1956", "islands", "war", "the", "of", "japan", "russia", "talks"]


Rewrite: TypeAlias = Callable[[Path, Callable[[Any], object]], None]
"""Takes an index folder, and what changes the record of its manifest."""


Calls: TypeAlias = Callable[[Callable[[], object]], int]
"""Counts the steps of some work, for a clock would fail on a busy machine."""


@pytest.fixture(scope="session")
def calls() -> Calls:
    """Count the calls of Python's functions."""

    def counted(work: Callable[[], object]) -> int:
        found = 0

        def count(_: FrameType, event: str, __: object) -> None:
            nonlocal found
            found += event == "call"

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            work()
        finally:
            sys.setprofile(before)
        return found

    return counted


@pytest.fixture(scope="session")
def rewrite() -> Rewrite:
    """Alter a manifest as a program would that knows how checksums are made."""

    def rewritten(root: Path, change: Callable[[Any], object]) -> None:
        record = json.loads((root / MANIFEST).read_text())
        del record["checksum"]
        change(record)
        sealed = record | {"checksum": record_checksum(record)}
        (root / MANIFEST).write_text(json.dumps(sealed))

    return rewritten


class Quick:
    """Stands in for the model where only the index folder matters: a vector from a text's hash."""

    dimension, window, fingerprint, name = 16, 60, "quick", "quick"

    def token_ends(self, text: str) -> NDArray[np.int64]:
        """Count letters as word pieces, four at a time."""
        return np.arange(4, len(text) + 4, 4).clip(max=len(text))

    def word_pieces(self, text: str) -> WordPieces:
        """Return the pieces that `token_ends` ends."""
        return WordPieces.ending(self.token_ends(text))

    def encode_passages(self, texts: Sequence[str], _: object = None) -> Encoded:
        """Draw a unit vector and two tokens for each text, the same each time."""
        drawn = [self._drawn(text) for text in texts]
        vectors = np.array([own[0] for own in drawn], np.float32).reshape(-1, self.dimension)
        tokens = [own[1:] for own in drawn]
        kept = Tokens.of(tokens) if tokens else Tokens.empty(0, self.dimension)
        return Encoded(vectors, kept)

    def encode_query(self, text: str) -> EncodedQuery:
        """Draw as for a passage."""
        drawn, pieces = self._drawn(text), self.word_pieces(text)
        telling = np.arange(len(pieces.unknown)) < len(drawn) - 1
        return EncodedQuery(drawn[0], drawn[1:][: telling.sum()], pieces, telling)

    def _drawn(self, text: str) -> NDArray[np.float32]:
        rows = np.random.default_rng(crc32(text.encode())).standard_normal((3, self.dimension))
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(unit, np.float32)


@pytest.fixture(scope="session")
def quick() -> Encoder:
    """Give an encoder that takes no time."""
    return cast("Encoder", Quick())


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """Load the default model once."""
    return load_encoder()


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Index:
    """Index the seed articles; ids are `articles/NAME`."""
    base = tmp_path_factory.mktemp("seeds")
    (base / "articles").symlink_to(SEEDS / "articles")
    root = base / "articles.plait"
    with IndexWriter(root, encoder) as writer:
        summary = bring_up_to_date(writer, [base])
    assert not summary.failures
    return Index.open(root, encoder)


@pytest.fixture(scope="session")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a cross-encoder of two layers and random weights, drawn from one seed."""
    import torch  # noqa: PLC0415 - takes seconds
    from sentence_transformers import CrossEncoder  # noqa: PLC0415 - takes 10 s
    from transformers import (  # noqa: PLC0415
        BertConfig,
        BertForSequenceClassification,
        BertTokenizer,
    )

    base = tmp_path_factory.mktemp("cross-encoder")
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = "abcdefghijklmnopqrst"
    pieces = [*special, *PAIR_WORDS, *letters, *(f"##{letter}" for letter in letters)]
    (base / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=128,
        initializer_range=1.0,  # or all texts would score nearly alike
    )
    config.num_labels = 1
    with torch.random.fork_rng():
        torch.manual_seed(5)
        BertForSequenceClassification(config).save_pretrained(base / "bert")
    BertTokenizer(vocab=str(base / "vocab.txt")).save_pretrained(base / "bert")
    CrossEncoder(str(base / "bert"), local_files_only=True).save(str(base / "tiny"))
    return base / "tiny"
