"""Cross-encoder: a model that reads a query and a text together, and scores the text.

It runs on sentence-transformers, on a GPU where there is one; importing it takes 10 seconds
and more. Useful for every cross-encoder with one score. Not useful for models of
several classes, or for encoders, which read one text at a time.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sentence_transformers import CrossEncoder

from plait.index.errors import ModelError

_HEADS = ("ForSequenceClassification", "ForCausalLM")
"""Endings of names of architectures that can score a pair of texts."""


class CrossEncoderReranker:
    """Cross-encoder of a model folder. A `plait.search.stages.reranking.Reranker`."""

    def __init__(self, folder: Path) -> None:
        """Load a model folder.

        Raises `ModelError` where sentence-transformers cannot load it, and for a model
        that does not return one score of two texts.
        """
        if not _reads_pairs(folder):
            raise ModelError(
                f"{folder} is no cross-encoder: it does not read two texts together. Name a "
                "model whose architecture ends with ForSequenceClassification."
            )
        self._folder = folder
        self._model = _load(folder)
        if self._model.num_labels != 1:
            raise ModelError(
                f"{folder} sorts pairs into {self._model.num_labels} classes; wanted a "
                "cross-encoder with one score."
            )

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return the logistic of the model's score of each text, from 0 to 1.

        The models' own activation is not used: some have this one and some none. Raises
        `ModelError` where a score is not a number.
        """
        pairs = [(query, text) for text in texts]
        found = self._model.predict(
            pairs,
            batch_size=max(len(pairs), 1),
            activation_fn=_as_it_is,
            show_progress_bar=False,
        )
        logits = np.asarray(found, dtype=np.float64)
        if not np.isfinite(logits).all():
            raise ModelError(f"{self._folder} gives scores that are no numbers; name another.")
        scores: list[float] = (0.5 * (1.0 + np.tanh(0.5 * logits))).tolist()
        return scores


def _as_it_is(logits: Any) -> Any:
    return logits


def _reads_pairs(folder: Path) -> bool:
    """Return whether a model is a cross-encoder; others would get a head of random weights."""
    if _settings(folder / "config_sentence_transformers.json").get("model_type") == "CrossEncoder":
        return True
    names = _settings(folder / "config.json").get("architectures") or [""]
    return str(names[0]).endswith(_HEADS)


def _settings(path: Path) -> dict[str, Any]:
    try:
        settings: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelError(f"cannot read {path}: {error}. Install the model again.") from error
    return settings


def _load(folder: Path) -> CrossEncoder:
    try:
        model: CrossEncoder = CrossEncoder(str(folder), local_files_only=True)
    # A model's files can raise anything in three libraries: there is no common base.
    except Exception as error:
        raise ModelError(
            f"sentence-transformers cannot load {folder}: {error}. Name a folder that "
            "`CrossEncoder.save` wrote, or another model."
        ) from error
    return model
