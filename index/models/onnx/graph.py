"""Graph of a BERT encoder that ONNX Runtime runs fast, written from the model's weights.

The graph is written by hand from `config.json` and `model.safetensors`, so that no
framework is imported to make it and each operator is a measured choice
(docs/adr/0002-encoding.md). It takes the word pieces of ONE text, (1, pieces), and
returns its unit vector, (1, width), and the hidden states that it is the mean of,
(1, pieces, width): there is no padding, no mask, and no way for a text to depend on
its neighbours.

Useful for BERT with absolute positions, exact GELU and mean pooling. Not useful
for any other model (`plait.index.models.torch_encoder`).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import set_external_data
from safetensors.numpy import load_file

from plait.index.models.onnx.model import Precision

Floats: TypeAlias = NDArray[np.float32]
Attributes: TypeAlias = Mapping[str, Any]

GRAPH, WEIGHTS = "model.onnx", "weights.bin"
"""Names of the two files that are written."""

EXTERNAL_BYTES = 1024
"""Bytes from which a constant is stored outside the graph: onnx's own threshold."""

MICROSOFT = "com.microsoft"
"""Domain of ONNX Runtime's own operators."""

PAIR_LIMIT = 127
"""Largest sum of two quantised weights that lie side by side in a column.

Without VNNI, x86 adds such a pair of 8-bit products in 16 bits, and saturates
(`vpmaddubsw` in ONNX Runtime's MLAS). Rounding adds one at most, and 255·128 fits:
so every CPU computes the same integers. The usual cure, 7-bit weights, loses more.
"""


def write_graph(
    source: Path, target: Path, precision: Precision, loud: Mapping[int, float]
) -> None:
    """Write `target`/model.onnx and weights.bin from the model folder `source`.

    `loud` are channels of the attention inputs whose values are several times those of the
    others. One scale serves all channels, so these are divided, and their weights multiplied,
    before both are rounded (SmoothQuant, Xiao et al. 2023, with a table in place of
    calibration).

    The bytes are the same with every version of onnx and numpy, and on every processor:
    no weight comes of more than elementwise arithmetic, which IEEE 754 settles.
    The weights lie outside the graph so that ONNX Runtime maps them into memory:
    loading takes a fourth of the time, and processes share the pages.
    """
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    writer = _Bert(
        weights=load_file(source / "model.safetensors"),
        heads=int(config["num_attention_heads"]),
        epsilon=float(config["layer_norm_eps"]),
        precision=precision,
        loud=loud,
    )
    model = writer.model(layers=int(config["num_hidden_layers"]))
    with (target / WEIGHTS).open("wb") as file:
        _move_weights(model.graph.initializer, file)
    (target / GRAPH).write_bytes(model.SerializeToString(deterministic=True))


def _move_weights(tensors: Iterable[onnx.TensorProto], file: BinaryIO) -> None:
    """Write the bytes of tensors one after another, and record in each where they are.

    Not by `onnx.save_model`: the files are pinned by hash, and how onnx lays them out is
    its own affair.
    """
    for tensor in tensors:
        if len(tensor.raw_data) >= EXTERNAL_BYTES:
            set_external_data(tensor, WEIGHTS, file.tell(), len(tensor.raw_data))
            file.write(tensor.raw_data)
            tensor.ClearField("raw_data")


def quantise(weight: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Round a matrix, (inputs, outputs), inputs even, to 8-bit integers, one scale a column.

    Returns the integers and the scales, (outputs,): `integers * scales` is near `weight`.
    """
    pairs = np.abs(weight[0::2]) + np.abs(weight[1::2])
    scales = pairs.max(axis=0) / np.float32(PAIR_LIMIT)
    scales[scales == 0] = 1
    return np.rint(weight / scales).astype(np.int8), scales


@dataclass(slots=True)
class _Bert:
    """Collects nodes and constants; every method returns the name of what it computes."""

    weights: Mapping[str, Floats]
    heads: int
    epsilon: float
    precision: Precision
    loud: Mapping[int, float]
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: dict[str, onnx.TensorProto] = field(default_factory=dict)

    def model(self, layers: int) -> onnx.ModelProto:
        """Build the whole graph: embed, `layers` times attend and feed forward, pool."""
        hidden = self.embed("pieces")
        for number in range(layers):
            hidden = self.feed_forward(
                f"encoder.layer.{number}", self.attend(f"encoder.layer.{number}", hidden)
            )
        self.pool(hidden)
        width = self.weights["embeddings.LayerNorm.weight"].shape[0]
        graph = helper.make_graph(
            self.nodes,
            "bert",
            [helper.make_tensor_value_info("pieces", TensorProto.INT64, [1, "length"])],
            [
                helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, width]),
                helper.make_tensor_value_info("tokens", TensorProto.FLOAT, [1, "length", width]),
            ],
            list(self.constants.values()),
        )
        opsets = [helper.make_opsetid("", 20), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9)

    def embed(self, pieces: str) -> str:
        """Sum the embeddings of piece, position and segment (always the first); normalise."""
        prefix = "embeddings."
        words = self.constant("words", self.weights[prefix + "word_embeddings.weight"])
        places = self.weights[prefix + "position_embeddings.weight"]
        segment = self.weights[prefix + "token_type_embeddings.weight"][0]
        length = self.node("Shape", [pieces], {"start": 1, "end": 2})
        table = self.constant("places", places + segment)
        zero = self.constant("zero", np.zeros(1, dtype=np.int64))
        placed = self.node("Slice", [table, zero, length, zero])
        return self.normalise(
            prefix + "LayerNorm", self.node("Add", [self.node("Gather", [words, pieces]), placed])
        )

    def attend(self, layer: str, hidden: str) -> str:
        """Apply multi-head self-attention; one matrix makes queries, keys and values."""
        names = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self.weights[f"{name}.weight"].T for name in names], axis=1)
        bias = np.concatenate([self.weights[f"{name}.bias"] for name in names])
        calm = hidden
        if self.precision == "int8":
            loudness = np.ones(len(weight), dtype=np.float32)
            loudness[list(self.loud)] = list(self.loud.values())
            calm = self.node("Div", [hidden, self.constant("loudness", loudness)])
            weight = weight * loudness[:, np.newaxis]
        joint = self.dense(f"{layer}.qkv", calm, weight, bias)
        split: Attributes = {"axis": -1, "num_outputs": 3}
        parts = self.several("Split", [joint], split, outputs=3)
        context = self.node("MultiHeadAttention", parts, {"num_heads": self.heads}, MICROSOFT)
        output = f"{layer}.attention.output"
        mixed = self.dense(f"{output}.dense", context, *self.parameters(f"{output}.dense"))
        return self.add_normalise(output, mixed, hidden)

    def feed_forward(self, layer: str, hidden: str) -> str:
        """Apply two dense layers with GELU between them."""
        inner = self.dense_by_row(f"{layer}.intermediate.dense", hidden)
        active = self.node("Gelu", [inner], domain=MICROSOFT)
        outer = self.dense_by_row(f"{layer}.output.dense", active)
        return self.add_normalise(f"{layer}.output", outer, hidden)

    def dense_by_row(self, name: str, data: str) -> str:
        """Apply a dense layer whose input has pieces ten times louder than others.

        Each row is divided by its largest value, and the product multiplied by it, so
        that one scale for all rows loses nothing.
        """
        weight, bias = self.parameters(name)
        if self.precision == "fp32":
            return self.dense(name, data, weight, bias)
        last = self.constant("last", np.array([-1], dtype=np.int64))
        size = self.node("ReduceMax", [self.node("Abs", [data]), last], {"keepdims": 1})
        product = self.dense(name, self.node("Div", [data, size]), weight, None)
        return self.add_bias(name, self.node("Mul", [product, size]), bias)

    def parameters(self, name: str) -> tuple[Floats, Floats]:
        """Return weight, (inputs, outputs), and bias, (outputs,), of the dense layer of a name."""
        return self.weights[f"{name}.weight"].T, self.weights[f"{name}.bias"]

    def dense(self, name: str, data: str, weight: Floats, bias: Floats | None) -> str:
        """Compute `data @ weight + bias` in the graph's precision."""
        if self.precision == "fp32":
            product = self.node("MatMul", [data, self.constant(f"{name}.weight", weight)])
        else:
            integers, scales = quantise(weight)
            inputs = [data, self.constant(f"{name}.integers", integers)]
            inputs.append(self.constant(f"{name}.scales", scales))
            inputs.append(self.constant(f"{name}.zeros", np.zeros(len(scales), dtype=np.int8)))
            product = self.node("DynamicQuantizeMatMul", inputs, domain=MICROSOFT)
        return product if bias is None else self.add_bias(name, product, bias)

    def add_bias(self, name: str, product: str, bias: Floats) -> str:
        """Add a bias, (outputs,), to every row."""
        return self.node("Add", [product, self.constant(f"{name}.bias", bias)])

    def add_normalise(self, name: str, data: str, residual: str) -> str:
        """Add the residual and normalise.

        Two operators: the fused one, SkipLayerNormalization, takes five times as long
        (4.8 ms against 0.9 ms over the 12 of a 200-piece text).
        """
        return self.normalise(f"{name}.LayerNorm", self.node("Add", [data, residual]))

    def normalise(self, name: str, data: str) -> str:
        """Apply layer normalisation over the last axis."""
        parts = [
            self.constant(f"{name}.{p}", self.weights[f"{name}.{p}"]) for p in ("weight", "bias")
        ]
        return self.node(
            "LayerNormalization", [data, *parts], {"axis": -1, "epsilon": self.epsilon}
        )

    def pool(self, hidden: str) -> None:
        """Output the pieces, and their mean scaled to unit length."""
        self.nodes.append(helper.make_node("Identity", [hidden], ["tokens"]))
        axis = self.constant("axis", np.array([1], dtype=np.int64))
        mean = self.node("ReduceMean", [hidden, axis], {"keepdims": 0})
        node = helper.make_node("LpNormalization", [mean], ["vector"], axis=-1, p=2)
        self.nodes.append(node)

    def constant(self, name: str, array: NDArray[np.generic]) -> str:
        """Add an array, and return its name."""
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def node(
        self,
        kind: str,
        inputs: Sequence[str],
        attributes: Attributes | None = None,
        domain: str = "",
    ) -> str:
        """Add an operator with one output."""
        return self.several(kind, inputs, attributes or {}, domain)[0]

    def several(
        self,
        kind: str,
        inputs: Sequence[str],
        attributes: Attributes,
        domain: str = "",
        outputs: int = 1,
    ) -> list[str]:
        """Add an operator with any number of outputs."""
        names = [f"{kind}.{len(self.nodes)}.{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, domain=domain, **attributes))
        return names
