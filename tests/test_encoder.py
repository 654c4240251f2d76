"""The default model's encoder: right numbers, on its own, whatever the text."""

import json
import os
import re
import subprocess
import sys
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from plait.index.errors import ModelError
from plait.index.models.encoder import Encoder, load_encoder
from plait.index.models.hub import find_pinned
from plait.index.models.onnx.cache import ready_folder
from plait.index.models.onnx.encoder import OnnxEncoder
from plait.index.models.onnx.graph import quantise
from plait.index.models.onnx.minilm import MINILM

SEEDS = Path(__file__).resolve().parent.parent / "seeds" / "articles"
find_minilm = partial(find_pinned, MINILM.pinned, fetch=False)
ODD = [
    "",
    " ",
    "\n\t",
    "🙂",
    "e\u0301tude — naïve",
    "\ud800 lone",
    "尖閣諸島",
    "[SEP] [PAD]",
    "\0a",
]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Passages of very different lengths: 16 seed articles, cut at 40 to 1,240 characters."""
    files = sorted(SEEDS.glob("*.txt"))[:16]
    return [path.read_text(encoding="utf-8")[: 40 + 80 * n] for n, path in enumerate(files)]


def cosines(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosine of each row of one with the same row of the other; both of unit length."""
    product: NDArray[np.float32] = np.einsum("ij,ij->i", left, right)
    return product


def test_vectors_are_those_of_sentence_transformers(texts: list[str], encoder: Encoder) -> None:
    """The float graph is the model itself (cosine .9999); 8-bit integers come close (.998).

    One word 400 times, cut at the window, is no prose: .996 there, so only the first counts.
    """
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes 10 s

    reference = SentenceTransformer(str(find_minilm()), device="cpu")
    long = ["island " * 400]
    wanted = reference.encode(texts + long, normalize_embeddings=True)
    exact = OnnxEncoder(ready_folder(MINILM, "fp32", find_minilm), MINILM, "fp32")
    assert cosines(exact.encode_passages(texts + long).vectors, wanted).min() >= 0.9999
    assert cosines(encoder.encode_passages(texts).vectors, wanted[:-1]).min() >= 0.998


def test_a_vector_does_not_depend_on_its_neighbours(texts: list[str], encoder: Encoder) -> None:
    """Alone, among others, reversed, as a query: the same bits."""
    together = encoder.encode_passages(texts)
    backwards = encoder.encode_passages(texts[::-1]).take(np.arange(len(texts))[::-1])
    assert np.array_equal(backwards.vectors, together.vectors)
    assert np.array_equal(backwards.tokens.starts, together.tokens.starts)
    assert np.array_equal(backwards.tokens.signs, together.tokens.signs)
    for place, text in enumerate(texts):
        alone = encoder.encode_query(text)
        assert np.array_equal(alone.vector, together.vectors[place])
        own = together.tokens.take(np.array([place]))
        assert np.array_equal(np.packbits(alone.tokens > 0, axis=1), own.signs)


def test_odd_texts_have_unit_vectors(encoder: Encoder) -> None:
    """Empty, blank, emoji, unpaired surrogates and a million characters: all encoded."""
    vectors = encoder.encode_passages([*ODD, "peace " * 170_000]).vectors
    assert vectors.shape == (len(ODD) + 1, encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_no_texts_have_no_vectors(encoder: Encoder) -> None:
    """An empty list gives an empty array of the right width."""
    nothing = encoder.encode_passages([])
    assert nothing.vectors.shape == (0, encoder.dimension)
    assert nothing.tokens.signs.shape == (0, encoder.dimension // 8)
    assert len(nothing.tokens) == 0


def test_the_window_is_what_the_model_reads(encoder: Encoder) -> None:
    """The last piece inside the window changes the vector; the first beyond it does not."""
    inside = ["peace"] * encoder.window
    whole = encoder.encode_query(" ".join(inside))
    beyond = encoder.encode_query(" ".join([*inside, "war"]))
    within = encoder.encode_query(" ".join([*inside[:-1], "war"]))
    assert np.array_equal(beyond.vector, whole.vector)
    assert len(beyond.tokens) == len(whole.tokens) == encoder.window
    assert not np.array_equal(within.vector, whole.vector)


def test_meaning_decides(encoder: Encoder) -> None:
    """A question is nearer to its answer than to another subject."""
    answers = ["The treaty ended the war between Egypt and Israel.", "Cocoa prices rose again."]
    query = encoder.encode_query("peace in the Middle East")
    near, far = encoder.encode_passages(answers).vectors @ query.vector
    assert near > far + 0.2


@pytest.mark.parametrize("text", [*ODD, "unbelievably long " * 300])
def test_token_ends_are_offsets_into_the_text(text: str, encoder: Encoder) -> None:
    """Ends never decrease, never leave the text, and are not cut at the window."""
    ends = encoder.token_ends(text)
    assert ends.dtype == np.int64
    assert all(a <= b for a, b in pairwise(ends))
    assert not len(ends) or 0 < ends[0] <= ends[-1] <= len(text)
    if len(text) > 1000:
        assert len(ends) > encoder.window
        assert ends[-1] == len(text.rstrip())


def test_token_ends_cut_words_into_pieces(encoder: Encoder) -> None:
    """Offsets count characters, not bytes, and fall between word pieces."""
    text = "Café 🙂 okjökull"
    assert encoder.token_ends(text).tolist() == [4, 6, 9, 11, 13, 15]
    pieces = encoder.word_pieces(text)
    assert pieces.spans.tolist() == [[0, 4], [5, 6], [7, 9], [9, 11], [11, 13], [13, 15]]
    assert pieces.unknown.tolist() == [False, True, False, False, False, False]
    assert encoder.word_pieces("").spans.shape == (0, 2)


def test_progress_adds_up(texts: list[str], encoder: Encoder) -> None:
    """What `progress` hears sums to the number of texts."""
    heard: list[int] = []
    encoder.encode_passages(texts, heard.append)
    assert sum(heard) == len(texts)


def test_the_fingerprint_says_model_weights_and_precision(encoder: Encoder) -> None:
    """It is the same for every way to name the model, and another for another precision."""
    assert re.fullmatch(r"all-MiniLM-L6-v2:53aa5117:int8\.\d+", encoder.fingerprint)
    for name in (MINILM.name, MINILM.pinned.hub_id, str(find_minilm())):
        assert load_encoder(name).fingerprint == encoder.fingerprint
    exact = OnnxEncoder(ready_folder(MINILM, "fp32", find_minilm), MINILM, "fp32")
    assert exact.fingerprint != encoder.fingerprint


def test_integers_never_saturate() -> None:
    """Two neighbouring weights times the largest input fit 16 bits, as x86 without VNNI needs."""
    weight = np.random.default_rng(0).standard_t(3, size=(384, 500)).astype(np.float32)
    weight[:, 0] = 0
    integers, scales = quantise(weight)
    pairs = np.abs(integers[0::2].astype(int)) + np.abs(integers[1::2].astype(int))
    assert pairs.max() * 255 <= 2**15 - 1
    assert np.abs(integers * scales - weight).max() <= scales.max() / 2 * 1.001


QUERY = """
import json, socket, sys
def refuse(*_, **__): raise OSError("the network was touched")
socket.socket.connect = socket.getaddrinfo = refuse
from plait.index.models.encoder import load_encoder
load_encoder().encode_query("who owns the islands?")
print(json.dumps([name for name in sys.modules if "." not in name]))
"""


def test_a_query_loads_no_framework_and_no_network(encoder: Encoder) -> None:
    """With the graph made, a fresh process imports neither torch nor its kin, nor onnx."""
    assert encoder.name
    done = subprocess.run([sys.executable, "-c", QUERY], capture_output=True, text=True, check=True)
    heavy = {"torch", "transformers", "sentence_transformers", "onnx", "huggingface_hub", "scipy"}
    heavy |= {"whoosh", "Stemmer"}
    assert heavy & set(json.loads(done.stdout)) == set()


def test_a_cache_that_cannot_be_written_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names the folder and the variable that moves it."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PLAIT_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(ModelError, match=r"cannot write .*file.*Set PLAIT_CACHE"):
        load_encoder()


def test_the_cache_is_made_once_and_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An intact folder is not touched again; a damaged one is replaced; no leftovers remain."""
    monkeypatch.setenv("PLAIT_CACHE", str(tmp_path))
    folder = ready_folder(MINILM, "int8", find_minilm)
    made = (folder / "model.onnx").stat().st_mtime_ns
    assert ready_folder(MINILM, "int8", find_minilm) == folder
    assert (folder / "model.onnx").stat().st_mtime_ns == made
    os.truncate(folder / "weights.bin", 1000)
    assert ready_folder(MINILM, "int8", find_minilm) == folder
    assert (folder / "weights.bin").stat().st_size > 50_000_000
    assert {path.name for path in tmp_path.iterdir()} == {folder.name, "lock"}


def test_processes_may_make_the_graph_at_once(tmp_path: Path) -> None:
    """Three first runs at the same time all succeed, and leave one folder."""
    code = (
        "from plait.index.models.encoder import load_encoder; load_encoder().encode_query('peace')"
    )
    environment = {**os.environ, "PLAIT_CACHE": str(tmp_path)}
    runs = [subprocess.Popen([sys.executable, "-c", code], env=environment) for _ in range(3)]
    assert [run.wait() for run in runs] == [0, 0, 0]
    assert len(list(tmp_path.iterdir())) == 2  # and the lock


def test_a_graph_that_cannot_run_is_an_error(tmp_path: Path) -> None:
    """A broken graph names the file and the remedy."""
    good = ready_folder(MINILM, "int8", find_minilm)
    (tmp_path / "tokenizer.json").write_bytes((good / "tokenizer.json").read_bytes())
    (tmp_path / "model.onnx").write_bytes(b"not a graph")
    with pytest.raises(ModelError, match=r"cannot run .*model\.onnx"):
        OnnxEncoder(tmp_path, MINILM)
