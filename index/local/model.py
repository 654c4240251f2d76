"""Model of an index folder: the one that it was built with, by the name in its manifest."""

from pathlib import Path

from plait.index.errors import NoIndexError
from plait.index.local.manifest import read_manifest
from plait.index.models.encoder import Encoder, load_encoder, name_to_record


def recorded_model(root: Path) -> str:
    """Return the name of an index's model, as it was given; empty where there is no index."""
    try:
        return read_manifest(root).recipe.model
    except NoIndexError:
        return ""


def writing_model(root: Path, model: str) -> tuple[Encoder, str]:
    """Load a model to write with, by default the index's own; return also its name to record.

    A name that only the index holds is looked for on this machine alone. Raises `ModelError`,
    and `CorruptIndexError`.
    """
    name = name_to_record(model) or recorded_model(root)
    return load_encoder(name, fetch=bool(model)), name
