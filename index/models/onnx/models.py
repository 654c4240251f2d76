"""Models that ONNX Runtime runs, by name.

A model is one file, which holds its `OnnxModel`, and one row here.
"""

from plait.index.models.onnx.minilm import MINILM
from plait.index.models.onnx.model import OnnxModel

DEFAULT_MODEL = MINILM
"""Model of an index for which none is named."""

ONNX_MODELS: dict[str, OnnxModel] = {known.name: known for known in (DEFAULT_MODEL,)}
"""Model of each name."""


def onnx_model(name: str) -> OnnxModel | None:
    """Return the model of a name or a hub id; None where it is none of these.

    >>> [own and own.name for own in map(onnx_model, ("all-MiniLM-L6-v2", "nobody/else"))]
    ['all-MiniLM-L6-v2', None]
    """
    matches = (own for own in ONNX_MODELS.values() if name in {own.name, own.pinned.hub_id})
    return next(matches, None)
