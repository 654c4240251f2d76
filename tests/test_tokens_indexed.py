"""Tokens in an index: each passage's own, whatever happened to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import cast

import numpy as np
import pytest
from hypothesis import Phase, given, settings, strategies as st
from numpy.typing import NDArray

from plait.index.article import Article
from plait.index.dense.late_interaction import Tokens, max_similarity
from plait.index.local.dense import DenseArrays
from plait.index.local.manifest import read_manifest
from plait.index.local.snapshot import Snapshot
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.models.encoding import Encoded, EncodedQuery
from plait.index.models.word_pieces import WordPieces
from plait.index.store import StoreSettings
from plait.search.index import Index

Floats = NDArray[np.float32]


def tokens_of(snapshot: Snapshot, passages: NDArray[np.int64]) -> Tokens:
    """Read the tokens of passages as a search does."""
    return DenseArrays(snapshot, StoreSettings()).tokens(passages)


def test_a_text_is_most_like_itself(seeds: Index, encoder: Encoder) -> None:
    """Asked for a seed passage word by word, MaxSim puts it before all others."""
    snapshot = Snapshot(seeds.root)
    tokens = tokens_of(snapshot, np.arange(snapshot.keyword.count))
    for number in range(0, snapshot.keyword.count, 12):
        article, passage = snapshot.read(number)
        query = encoder.encode_query(f"{article.title}\n{passage.text}").tokens
        assert max_similarity(query, tokens, np.ones(len(query))).argmax() == number


@dataclass(frozen=True, slots=True)
class Spelling:
    """Stands in for the model where it only matters whose token is whose.

    A text has a token a word, and the 32 signs of a token are the bits of four letters.
    """

    dimension: int = 32
    window: int = 12
    fingerprint: str = "spelling"
    name: str = "spelling"

    def token_ends(self, text: str) -> NDArray[np.int64]:
        """Count words as word pieces."""
        return np.array([word.end() for word in re.finditer(r"\S+", text)], dtype=np.int64)

    def word_pieces(self, text: str) -> WordPieces:
        """Return the pieces that `token_ends` ends."""
        return WordPieces.ending(self.token_ends(text))

    def encode_passages(self, texts: Sequence[str], _: object = None) -> Encoded:
        """Spell each text."""
        vectors = np.full((len(texts), 32), 32**-0.5, dtype=np.float32)
        parts = [Tokens.of([spell(text)]) for text in texts]
        return Encoded(vectors, Tokens.joined([Tokens.empty(0, 32), *parts]))

    def encode_query(self, text: str) -> EncodedQuery:
        """Refuse: nobody asks here, and small segments are not tried."""
        raise AssertionError(text)


def spell(text: str) -> Floats:
    """Give 32 signs a word, (words, 32), as floats."""
    letters = b"".join(word[:4].ljust(4).encode() for word in text.split())
    bits = np.unpackbits(np.frombuffer(letters, dtype=np.uint8)).reshape(-1, 32)
    return bits.astype(np.float32) - np.float32(0.5)


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("add"),
            st.integers(0, 5),
            st.lists(st.sampled_from(["ant", "bee", "cat", "dog", "Eel.", "Fox."]), max_size=30),
        ),
        st.tuples(
            st.sampled_from(["remove", "commit", "merge", "reopen"]),
            st.integers(0, 5),
            st.just([]),
        ),
    ),
    max_size=16,
)


def follow(steps: Sequence[tuple[str, int, list[str]]], root: Path) -> dict[str, str]:
    """Do as the steps say; give the text that each article should have in the end."""
    encoder, texts = cast("Encoder", Spelling()), dict[str, str]()
    writer = IndexWriter(root, encoder).__enter__()
    for step, number, words in steps:
        name = f"a{number}"
        if step == "add":
            texts[name] = " ".join(words)
            writer.add(Article(name, "Pets", texts[name]))
        elif step == "remove":
            assert writer.remove(name) == (texts.pop(name, None) is not None)
        elif step == "reopen":
            writer.__exit__(None, None, None)
            writer = IndexWriter(root, encoder).__enter__()
        else:
            getattr(writer, step)()
    writer.__exit__(None, None, None)
    return texts


def check(root: Path, texts: dict[str, str], random: Random) -> None:
    """Compare the tokens of all live passages, asked for in any order, with their texts."""
    snapshot = Snapshot(root)
    alive = np.flatnonzero(snapshot.keyword.alive).tolist()
    random.shuffle(alive)
    found = tokens_of(snapshot, np.array(alive, dtype=np.int64))
    read = [snapshot.read(number) for number in alive]
    assert {article.id: article.text for article, _ in read} == texts
    own = [Tokens.of([spell(f"{article.title} {passage.text}")]) for article, passage in read]
    wanted = Tokens.joined([Tokens.empty(0, 32), *own])
    assert found.starts.tolist() == wanted.starts.tolist()
    assert np.array_equal(found.signs, wanted.signs)


# Every example flushes an index to disk: few of them, and none tried again to make it smaller.
@settings(max_examples=25, deadline=None, phases=set(Phase) - {Phase.shrink})
@given(STEPS, st.randoms(use_true_random=False))
def test_tokens_stay_with_their_passage(
    steps: Sequence[tuple[str, int, list[str]]], random: Random
) -> None:
    """Added, replaced, removed, merged, opened again: each passage has its own text's tokens."""
    with TemporaryDirectory() as folder:
        check(Path(folder), follow(steps, Path(folder)), random)


WORDS = [["ant"], ["bee", "cat"], ["dog", "ant", "cat"], ["Eel."], ["Fox.", "bee"]]
ADD = [("add", number, text) for number, text in enumerate(WORDS)]
AGAIN = [("add", 9 - number, text) for number, text in enumerate(WORDS)]
NEW = ("add", 10, ["cat", "cat", "cat"])
COMMIT, MERGE = ("commit", 0, list[str]()), ("merge", 0, list[str]())
GONE = [("remove", number, list[str]()) for number in range(5)]
SCENARIOS = {
    "back under other ids": [*ADD[:3], COMMIT, *ADD[3:], COMMIT, *GONE, AGAIN[0], NEW, *AGAIN[1:]],
    "merged without some": [*ADD[:3], COMMIT, *ADD[3:], COMMIT, NEW, GONE[1], GONE[4], MERGE],
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_tokens_follow_their_text(name: str, tmp_path: Path) -> None:
    """Texts of two segments, reused among new ones, or merged without their neighbours."""
    order = Random(0)  # noqa: S311 - no secret
    check(tmp_path, follow(SCENARIOS[name], tmp_path), order)


def test_the_manifest_knows_what_tokens_take(seeds: Index) -> None:
    """`token_bytes` are those of the files: 48 bytes a token, and their headers."""
    manifest = read_manifest(seeds.root)
    segments = Snapshot(seeds.root).segments
    held = sum(segment.data.tokens.signs.nbytes for segment in segments)
    headers = 128 * len(segments)
    assert manifest.facts()["token_bytes"] == held + headers
