"""A second ONNX model is one value: the default's weights by another name, with half its window."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from plait.index.article import Article
from plait.index.errors import FingerprintError
from plait.index.local.manifest import read_manifest
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder, load_encoder, name_to_record
from plait.index.models.hub import find_pinned
from plait.index.models.onnx.minilm import MINILM
from plait.index.models.onnx.models import DEFAULT_MODEL, ONNX_MODELS
from plait.search.evaluation import Topic, open_index
from plait.search.evaluation.collection import judged
from plait.search.index import Index

TOY = replace(
    MINILM,
    pinned=replace(MINILM.pinned, name="toy", hub_id="nobody/toy"),
    max_pieces=128,
    recipe=7,
    stop_words=frozenset({"peace"}),
)


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Encoder:
    """Register it, as one row would, and load it with a cache of its own."""
    monkeypatch.setenv("PLAIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(ONNX_MODELS, TOY.name, TOY)
    return load_encoder("toy")


def test_a_second_model_is_all_its_own(toy: Encoder, encoder: Encoder, tmp_path: Path) -> None:
    """Name, fingerprint, window, stop words and folder are its value's; the weights decide."""
    assert (toy.name, toy.fingerprint, toy.window) == ("toy", "toy:53aa5117:int8.7", 126)
    assert load_encoder("nobody/toy").fingerprint == toy.fingerprint
    assert (tmp_path / "cache" / "toy-53aa5117-int8.7" / "model.onnx").is_file()
    short, long = "the treaty", "treaty " * 126
    assert np.array_equal(toy.encode_query(short).vector, encoder.encode_query(short).vector)
    assert len(toy.encode_query(short).tokens) == len(encoder.encode_query(short).tokens) + 1
    beyond = f"{long} war"
    assert np.array_equal(toy.encode_query(beyond).vector, toy.encode_query(long).vector)
    assert not np.array_equal(encoder.encode_query(beyond).vector, toy.encode_query(long).vector)


def test_an_index_is_searched_with_the_model_it_names(toy: Encoder, tmp_path: Path) -> None:
    """Recorded by name, loaded by name, and not mixed with the default."""
    root, name = tmp_path / "own", name_to_record("toy")
    with IndexWriter(root, toy, name) as writer:
        writer.add(Article("a", "A treaty", "Two leaders signed a treaty. " * 30))
    index = Index.open(root)
    assert index.search("treaty")[0].article.id == "a"
    assert index.encoder.fingerprint == toy.fingerprint
    with pytest.raises(FingerprintError, match="index with --model toy"):
        IndexWriter(root, load_encoder())


@pytest.mark.usefixtures("toy")
def test_an_index_is_written_with_the_model_it_names(tmp_path: Path) -> None:
    """Named once, when it is made; another is refused."""
    root = tmp_path / "own"
    with IndexWriter(root, model="toy") as writer:
        writer.add(Article("a", "A treaty", "Two leaders signed a treaty."))
    with IndexWriter(root) as writer:
        writer.add(Article("b", "A storm", "Farmers counted apples."))
    recipe = read_manifest(root).recipe
    assert (recipe.model, recipe.encoder) == ("toy", "toy:53aa5117:int8.7")
    assert len(Index.open(root)) == 2
    with pytest.raises(FingerprintError, match="index with --model toy"):
        IndexWriter(root, model=MINILM.name)


def test_a_model_in_a_folder_is_recorded_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that it is found from elsewhere too."""
    folder = find_pinned(MINILM.pinned, fetch=False)
    monkeypatch.chdir(folder.parent)
    IndexWriter(tmp_path / "own", model=folder.name).close()
    assert read_manifest(tmp_path / "own").recipe.model == str(folder.resolve())


def test_a_model_named_beside_an_encoder_is_recorded_so_too(
    toy: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that loaded the folder by a relative path leaves the whole one."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    IndexWriter(tmp_path / "own", toy, "./here").close()
    assert read_manifest(tmp_path / "own").recipe.model == str(tmp_path / "here")


def test_a_collection_is_measured_with_the_model_named(
    toy: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each model has an index of its own; an index that is named keeps its model."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text('{"_id": "a", "text": "A treaty."}\n')
    found = judged("small", tmp_path / "a.jsonl", [Topic("q", "treaty")], {"q": {"a": 1}})

    def opened(root: Path | None, model: str = "") -> Index:
        return open_index(found, root, lambda _: None, model)[0]

    assert opened(None, "toy").store.recipe.encoder == toy.fingerprint
    assert opened(None).store.recipe.encoder == load_encoder().fingerprint
    folders = sorted(path.name for path in (tmp_path / ".plait-bench").iterdir())
    assert folders == [found.index_name, f"{found.index_name}-toy-53aa5117-int8.7"]
    assert opened(tmp_path / "own", "toy").store.recipe.model == "toy"
    assert opened(tmp_path / "own").store.recipe.encoder == toy.fingerprint
    with pytest.raises(FingerprintError, match="index with --model toy"):
        opened(tmp_path / "own", MINILM.name)


def test_the_first_model_is_the_default(encoder: Encoder) -> None:
    """Who names none has that one, whose fingerprint is in the indexes there are."""
    assert next(iter(ONNX_MODELS.values())) is DEFAULT_MODEL is MINILM
    assert load_encoder().fingerprint == encoder.fingerprint == "all-MiniLM-L6-v2:53aa5117:int8.3"
