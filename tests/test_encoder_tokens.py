"""The default model's token vectors: of the right pieces, with the right signs."""

from functools import partial

import numpy as np
import pytest

from plait.index.dense.late_interaction import Tokens
from plait.index.language.english import STOP_WORDS
from plait.index.models.encoder import Encoder
from plait.index.models.hub import find_pinned
from plait.index.models.onnx.cache import ready_folder
from plait.index.models.onnx.encoder import OnnxEncoder
from plait.index.models.onnx.kept_pieces import Pieces
from plait.index.models.onnx.minilm import MINILM
from plait.search.index import Index

find_minilm = partial(find_pinned, MINILM.pinned, fetch=False)


def test_which_pieces_are_kept() -> None:
    """Neither special ones nor stop words nor punctuation, unless nothing else is there."""
    names = ["[CLS]", "[SEP]", "[UNK]", "the", "##the", "treaty", "1956", ",", "of", "é"]
    number = {name: n for n, name in enumerate(names)}
    pieces = Pieces(
        names.__getitem__, [number[name] for name in ("[CLS]", "[SEP]", "[UNK]")], STOP_WORDS
    )

    def kept(text: str) -> list[str]:
        ids = np.array([number[name] for name in text.split()], dtype=np.int64)
        return [names[n] for n in ids[pieces.kept(ids)]]

    assert kept("[CLS] the treaty ##the of 1956 , é [UNK] [SEP]") == [
        "treaty",
        "##the",
        "1956",
        "é",
    ]
    assert kept("[CLS] the , [UNK] [SEP]") == ["the", ","]
    assert kept("[CLS] [UNK] [SEP]") == []


def test_tokens_are_those_of_sentence_transformers(seeds: Index, encoder: Encoder) -> None:
    """The same pieces, and signs that agree: .99999 of them as floats, .983 in 8 bits."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes 10 s

    reference = SentenceTransformer(str(find_minilm()), device="cpu")
    texts = [seeds.article(name).text[:900] for name in list(seeds.store.article_ids())[:24]]
    states = reference.encode(texts, output_value="token_embeddings")
    wanted = []
    for text, hidden in zip(texts, states, strict=True):
        names = reference.tokenizer.tokenize(text)[: len(hidden) - 2]
        kept = [
            name.startswith("##") or (name not in STOP_WORDS and any(c.isalnum() for c in name))
            for name in names
        ]
        wanted.append(np.asarray(hidden.cpu())[1:-1][kept])
    signs = np.unpackbits(Tokens.of(wanted).signs, axis=1)
    exact = OnnxEncoder(ready_folder(MINILM, "fp32", find_minilm), MINILM, "fp32")
    for own, agreement in ((exact, 0.9999), (encoder, 0.975)):
        tokens = own.encode_passages(texts).tokens
        assert tokens.lengths.tolist() == [len(hidden) for hidden in wanted]
        assert (np.unpackbits(tokens.signs, axis=1) == signs).mean() >= agreement


def test_the_tokens_of_a_query_have_unit_length(encoder: Encoder) -> None:
    """One row for each piece that tells; none for a text of unknown signs alone."""
    query = encoder.encode_query("Who owns the Paracel islands?")
    assert query.tokens.shape == (5, encoder.dimension)  # who owns para ##cel islands
    assert query.tokens.dtype == np.float32
    assert np.linalg.norm(query.tokens, axis=1) == pytest.approx(1, abs=1e-5)
    assert encoder.encode_query("🙂").tokens.shape == (0, encoder.dimension)
