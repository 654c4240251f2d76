"""A folder is taken for a model that plait knows only where it is used alike."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from plait.index.models.encoder import load_encoder
from plait.index.models.hub import find_pinned
from plait.index.models.onnx.alike import is_known_model
from plait.index.models.onnx.minilm import MINILM

MODULES = ("Transformer", "Pooling", "Normalize")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the whole folder of the default model."""
    return shutil.copytree(find_pinned(MINILM.pinned, fetch=False), tmp_path / "mine")


def write(path: Path, record: Any) -> None:
    """Write JSON."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(record), encoding="utf-8")


def modules(*names: str) -> list[dict[str, str]]:
    """Make the content of modules.json."""
    places = ("", "1_Pooling", "2_Normalize")
    return [
        {"type": f"sentence_transformers.models.{name}", "path": place}
        for name, place in zip(names, places, strict=False)
    ]


def test_a_copy_of_the_default_model_is_it(folder: Path, tmp_path: Path) -> None:
    """Whole, without its last module, in the form of later versions, and only what is pinned."""
    assert load_encoder(str(folder)).fingerprint == load_encoder().fingerprint
    write(folder / "modules.json", modules("Transformer", "Pooling"))
    write(folder / "1_Pooling" / "config.json", {"pooling_mode": "mean"})
    write(folder / "config_sentence_transformers.json", {"prompts": {"query": ""}})
    assert is_known_model(folder, MINILM)
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in MINILM.pinned.files:
        shutil.copyfile(folder / name, bare / name)
    assert is_known_model(bare, MINILM)


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("1_Pooling/config.json", {"pooling_mode_cls_token": True}),
        (
            "1_Pooling/config.json",
            {"pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": True},
        ),
        ("1_Pooling/config.json", {"pooling_mode": "cls"}),
        ("sentence_bert_config.json", {"max_seq_length": 128}),
        ("sentence_bert_config.json", {}),  # so that the tokenizer's 512 count
        ("modules.json", modules("Transformer", "Pooling", "Dense")),
        ("modules.json", modules("Transformer")),
        ("modules.json", [{"type": "Transformer", "path": "0"}, *modules(*MODULES)[1:]]),
        ("config_sentence_transformers.json", {"prompts": {"query": "query: "}}),
        ("adapter_config.json", {}),
        ("tokenizer_config.json", {"do_lower_case": False}),
        ("modules.json", "?"),
    ],
)
def test_a_folder_with_the_same_weights_used_otherwise_is_not(
    folder: Path, name: str, record: Any
) -> None:
    """Other pooling, window, modules, prompts or case: it is run as it says."""
    write(folder / name, record)
    assert not is_known_model(folder, MINILM)
