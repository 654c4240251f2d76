"""Any other model: sentence-transformers runs it, with the prompts it was trained on."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plait.index.dense.moments import are_unit
from plait.index.errors import ModelError
from plait.index.models.encoder import Encoder, load_encoder

WORDS = ["ask", "told", ":", "the", "islands", "treaty", "war", "peace", "who"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a BERT of two layers and random weights, with prompts in its configuration."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes 10 s
    from sentence_transformers.sentence_transformer.modules import (  # noqa: PLC0415
        Pooling,
        Transformer,
    )
    from transformers import BertConfig, BertModel, BertTokenizer  # noqa: PLC0415

    base = tmp_path_factory.mktemp("models")
    vocabulary = base / "vocab.txt"
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary.write_text("\n".join([*special, *WORDS]), encoding="utf-8")
    config = BertConfig(
        vocab_size=len(special) + len(WORDS),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(base / "bert")
    BertTokenizer(vocab=str(vocabulary)).save_pretrained(base / "bert")
    transformer = Transformer(str(base / "bert"), max_seq_length=32)
    pooling = Pooling(transformer.get_embedding_dimension())
    model = SentenceTransformer(
        modules=[transformer, pooling], prompts={"query": "ask : ", "document": "told : "}
    )
    model.save(str(base / "tiny"))
    return base / "tiny"


@pytest.fixture(scope="module")
def tiny(folder: Path) -> Encoder:
    """Load the tiny model by its folder."""
    return load_encoder(str(folder))


def test_a_model_of_16_bits_gives_unit_vectors(folder: Path) -> None:
    """It rounds them; of passages and queries alike, nobody sees it."""
    from plait.index.models.torch_encoder import TorchEncoder  # noqa: PLC0415 - takes 10 s

    rounding: Any = TorchEncoder(folder, "tiny")  # not the shared one, which others use
    rounding._model.bfloat16()
    vectors = rounding.encode_passages([f"the islands treaty {n}" for n in range(40)]).vectors
    assert are_unit(vectors)
    assert are_unit(rounding.encode_query("who told the war").vector[np.newaxis])


def test_the_prompts_of_the_model_are_used(folder: Path, tiny: Encoder) -> None:
    """Queries and passages are what sentence-transformers gives with the prompt in place."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    plain = SentenceTransformer(str(folder))
    text = "the islands treaty"
    asked, told = plain.encode(
        [f"ask : {text}", f"told : {text}"], prompt="", normalize_embeddings=True
    )
    assert tiny.encode_query(text).vector == pytest.approx(asked, abs=1e-5)
    assert tiny.encode_passages([text]).vectors[0] == pytest.approx(told, abs=1e-5)
    assert not np.allclose(asked, told, atol=1e-3)


def test_vectors_are_unit_length_and_in_order(tiny: Encoder) -> None:
    """Sorting by length inside does not change the order outside; progress adds up."""
    texts = ["peace " * (n % 7) for n in range(70)]
    heard: list[int] = []
    vectors = tiny.encode_passages(texts, heard.append).vectors
    assert vectors.shape == (70, tiny.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors[3] == pytest.approx(tiny.encode_passages([texts[3]]).vectors[0], abs=1e-5)
    assert sum(heard) == 70
    assert tiny.encode_passages([]).vectors.shape == (0, tiny.dimension)


def test_there_are_no_tokens(tiny: Encoder) -> None:
    """Late interaction is the default model's: other texts have none, and so has a query."""
    tokens = tiny.encode_passages(["peace", "war"]).tokens
    assert tokens.lengths.tolist() == [0, 0]
    assert tokens.signs.shape == (0, tiny.dimension // 8)
    assert tiny.encode_query("peace").tokens.shape == (0, tiny.dimension)


def test_the_window_leaves_room_for_the_prompt(tiny: Encoder) -> None:
    """32 pieces less two special ones and the two of `told :`; ends count characters."""
    assert tiny.window == 28
    assert tiny.token_ends("the islands").tolist() == [3, 11]
    assert len(tiny.token_ends("peace " * 100)) == 100
    pieces = tiny.word_pieces("the isles")
    assert (pieces.spans.tolist(), pieces.unknown.tolist()) == ([[0, 3], [4, 9]], [False, True])
    assert tiny.word_pieces("").spans.shape == (0, 2)


def test_the_fingerprint_follows_content(folder: Path, tiny: Encoder, tmp_path: Path) -> None:
    """A copy has the same fingerprint; other prompts have another."""
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy)
    loaded = load_encoder(str(copy))
    assert loaded is load_encoder(str(copy))
    assert loaded.fingerprint == tiny.fingerprint
    path = copy / "config_sentence_transformers.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["prompts"]["query"] = "who : "
    path.write_text(json.dumps(config), encoding="utf-8")
    assert load_encoder(str(copy)).fingerprint != tiny.fingerprint


def test_a_broken_model_is_an_error(folder: Path, tmp_path: Path) -> None:
    """Weights that cannot be read name the folder and the remedy."""
    copy = tmp_path / "broken"
    shutil.copytree(folder, copy)
    (copy / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"cannot load .*broken"):
        load_encoder(str(copy))
