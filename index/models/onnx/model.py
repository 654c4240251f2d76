"""Value of a model that ONNX Runtime runs: what it is, and what its graph must hash to.

Models by name are in `plait.index.models.onnx.models`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from plait.index.models.hub import PinnedModel

Precision: TypeAlias = Literal["int8", "fp32"]
"""Precision of a graph's matrices: 8-bit integers for use, floats to compare with."""


@dataclass(frozen=True, slots=True)
class OnnxModel:
    """A BERT encoder whose graph `plait.index.models.onnx.graph` writes."""

    pinned: PinnedModel
    max_pieces: int
    """Word pieces read of a text, special ones included: `sentence_bert_config.json`."""
    recipe: int
    """Version of the graph and of the choice of pieces; raise it whenever either changes."""
    graphs: Mapping[Precision, Mapping[str, str]]
    """File name to SHA-256, in hexadecimal, of what `write_graph` writes in each precision."""
    loud_channels: Mapping[int, float]
    """Channel to divisor, of those of the attention inputs that reach several times the others."""
    stop_words: Collection[str]
    """Pieces whose token vectors are not stored: the stop words of the model's language."""

    @property
    def name(self) -> str:
        """What a person reads."""
        return self.pinned.name

    def fingerprint(self, precision: Precision) -> str:
        """Return a text that changes whenever vectors would."""
        return f"{self.name}:{self.pinned.digest}:{precision}.{self.recipe}"

    def folder_name(self, precision: Precision) -> str:
        """Return the name of the folder that holds the graph."""
        return f"{self.name}-{self.pinned.digest}-{precision}.{self.recipe}"

    def folder_files(self, precision: Precision) -> Mapping[str, str]:
        """Return the files of that folder, name to SHA-256."""
        return {**self.graphs[precision], "tokenizer.json": self.pinned.files["tokenizer.json"]}
