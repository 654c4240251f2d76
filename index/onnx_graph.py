"""Here are a BERT encoder's weights: how do they become a graph that ONNX Runtime runs?

Writes the graph operator by operator, straight from `model.safetensors`, so that
no deep-learning framework is needed. Ends in the mean of the token vectors, as
all-MiniLM-L6-v2 is pooled; the caller scales it to unit length.

Linear layers hold 8-bit weights with a scale per block of 32, and round the
activations per row of a block (`MatMulNBits`, accuracy level 4): a text's vector
does not depend on what else is in its batch.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

BLOCK = 32
_OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]


def write_graph(folder: Path, target: Path) -> None:
    """Turn `config.json` and `model.safetensors` of a folder into an ONNX file."""
    config = json.loads((folder / "config.json").read_text())
    builder = _Builder(load_file(folder / "model.safetensors"), config["layer_norm_eps"])
    heads = int(config["num_attention_heads"])
    hidden = builder.embeddings()
    for layer in range(int(config["num_hidden_layers"])):
        hidden = builder.layer(f"encoder.layer.{layer}", hidden, heads)
    builder.pool(hidden)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("tokens", "mask")
    ]
    width = int(config["hidden_size"])
    output = helper.make_tensor_value_info("pooled", TensorProto.FLOAT, ["batch", width])
    graph = helper.make_graph(builder.nodes, "encoder", inputs, [output], builder.constants)
    onnx.save(helper.make_model(graph, opset_imports=_OPSETS, ir_version=9), str(target))


class _Builder:
    """Gathers nodes and constants; each method returns the name of its output."""

    def __init__(self, weights: dict[str, NDArray[np.float32]], epsilon: float) -> None:
        self.weights = weights
        self.epsilon = epsilon
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def node(self, kind: str, inputs: list[str], **attributes: object) -> str:
        output = f"{kind}_{len(self.nodes)}"
        domain = attributes.pop("domain", "")
        self.nodes.append(
            helper.make_node(kind, inputs, [output], domain=str(domain), **attributes)
        )
        return output

    def embeddings(self) -> str:
        """Sum word, position and type vectors, and normalise."""
        prefix = "embeddings"
        words = self.node("Gather", [self.weight(f"{prefix}.word_embeddings.weight"), "tokens"])
        places = self.weights[f"{prefix}.position_embeddings.weight"]
        kind = self.weights[f"{prefix}.token_type_embeddings.weight"][0]
        table = self.constant("positions", places + kind)
        length = self.node(
            "Gather", [self.node("Shape", ["tokens"]), self.constant("one", np.array([1]))]
        )
        cut = self.node("Slice", [table, self.constant("zero", np.array([0])), length])
        total = self.node("Add", [words, cut])
        norm = [self.weight(f"{prefix}.LayerNorm.{part}") for part in ("weight", "bias")]
        return self.node("LayerNormalization", [total, *norm], axis=-1, epsilon=self.epsilon)

    def linear(self, name: str, data: str) -> str:
        """Multiply by 8-bit weights; the bias is added by the operator that follows."""
        matrix = self.weights[f"{name}.weight"]
        rows, columns = matrix.shape
        blocks = matrix.reshape(rows, columns // BLOCK, BLOCK)
        scales = np.abs(blocks).max(axis=2, keepdims=True) / 127.0
        codes = np.round(blocks / np.where(scales == 0, 1, scales)) + 128
        inputs = [
            data,
            self.constant(f"{name}.codes", codes.astype(np.uint8)),
            self.constant(f"{name}.scales", scales.astype(np.float32).reshape(-1)),
        ]
        return self.node(
            "MatMulNBits",
            inputs,
            domain="com.microsoft",
            K=columns,
            N=rows,
            bits=8,
            block_size=BLOCK,
            accuracy_level=4,
        )

    def layer(self, name: str, data: str, heads: int) -> str:
        """Attend, then feed forward, each with a residual and a normalisation."""
        own = f"{name}.attention.self"
        parts = ("query", "key", "value")
        projected = [self.linear(f"{own}.{part}", data) for part in parts]
        bias = np.concatenate([self.weights[f"{own}.{part}.bias"] for part in parts])
        attended = self.node(
            "MultiHeadAttention",
            [*projected, self.constant(f"{own}.bias", bias), self.padding()],
            domain="com.microsoft",
            num_heads=heads,
        )
        middle = self.residual(f"{name}.attention.output", attended, data)
        wide = self.linear(f"{name}.intermediate.dense", middle)
        inner = [wide, self.weight(f"{name}.intermediate.dense.bias")]
        active = self.node("BiasGelu", inner, domain="com.microsoft")
        return self.residual(f"{name}.output", active, middle)

    def residual(self, name: str, data: str, skip: str) -> str:
        inputs = [
            self.linear(f"{name}.dense", data),
            skip,
            self.weight(f"{name}.LayerNorm.weight"),
            self.weight(f"{name}.LayerNorm.bias"),
            self.weight(f"{name}.dense.bias"),
        ]
        return self.node(
            "SkipLayerNormalization", inputs, domain="com.microsoft", epsilon=self.epsilon
        )

    def padding(self) -> str:
        return self.node("Cast", ["mask"], to=TensorProto.INT32)

    def pool(self, hidden: str) -> None:
        """Sum the vectors of real tokens; the length cancels when scaled to unit length."""
        flags = self.node("Cast", ["mask"], to=TensorProto.FLOAT)
        row = self.node("Unsqueeze", [flags, self.constant("axis", np.array([1]))])
        total = self.node("MatMul", [row, hidden])
        squeeze = helper.make_node("Squeeze", [total, "axis"], ["pooled"])
        self.nodes.append(squeeze)
