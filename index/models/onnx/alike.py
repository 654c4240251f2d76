"""Whether a model folder is read as a model that plait knows, beyond weights and word pieces.

Pooling, window, further modules and prompts stand in files that are not pinned: folders without
them are read as the known model is, and what they say must agree.
"""

import json
from pathlib import Path
from typing import Any

from plait.index.models.hub import holds
from plait.index.models.onnx.model import OnnxModel

MODULES = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
"""Modules of a model whose vector is that of its pooling: plait brings vectors to unit length."""
POOLING = "mean"
"""Pooling of the models that `plait.index.models.onnx.graph` writes."""


def is_known_model(folder: Path, model: OnnxModel) -> bool:
    """Return whether a folder holds a model's pinned files, and says nothing else about its use."""
    if not holds(folder, model.pinned) or (folder / "adapter_config.json").exists():
        return False
    try:
        return (
            _window(folder) in {None, model.max_pieces}
            and _has_usual_modules(folder)
            and not _has_prompts(folder)
            and _read(folder / "tokenizer_config.json").get("do_lower_case") is not False
        )
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return False  # sentence-transformers says what is wrong with it


def _read(path: Path) -> Any:
    """Return the JSON of a file; an empty object where there is none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _window(folder: Path) -> int | None:
    """Return the number of word pieces that a folder says are read; None where it does not."""
    own = _read(folder / "sentence_bert_config.json").get("max_seq_length")
    found: int | None = own or _read(folder / "tokenizer_config.json").get("model_max_length")
    return found


def _has_usual_modules(folder: Path) -> bool:
    modules = _read(folder / "modules.json")
    if not modules:
        return True
    names = [module["type"].rpartition(".")[2] for module in modules]
    if names not in MODULES or modules[0]["path"]:
        return False
    pooling = json.loads((folder / modules[1]["path"] / "config.json").read_text(encoding="utf-8"))
    if "pooling_mode" in pooling:  # as it is written since sentence-transformers 5
        return bool(pooling["pooling_mode"] == POOLING)
    modes = {name for name, value in pooling.items() if "pooling_mode" in name and value}
    return modes == {f"pooling_mode_{POOLING}_tokens"}


def _has_prompts(folder: Path) -> bool:
    found = _read(folder / "config_sentence_transformers.json")
    return any((found.get("prompts") or {}).values())
