"""Writing: what a commit keeps, what a crash loses, what is refused."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from plait.index.article import Article
from plait.index.dense.late_interaction import Tokens
from plait.index.errors import (
    CorruptIndexError,
    FingerprintError,
    IndexDirectoryError,
    LockedError,
    NoIndexError,
)
from plait.index.local.manifest import Manifest, read_manifest
from plait.index.local.snapshot import Snapshot
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.models.encoding import Encoded, EncodedQuery
from plait.index.models.word_pieces import WordPieces
from plait.search.index import Index
from plait.search.system import Options, System

Rewrite: TypeAlias = Callable[[Path, Callable[[Any], object]], None]

STORIES = [
    Article(f"a{n}", f"Story {n}", f"Ministers met in city {n}. They spoke about treaty {n % 3}.")
    for n in range(12)
]


def test_add_update_remove_and_merge(tmp_path: Path, encoder: Encoder) -> None:
    """An index that grew and shrank ranks as one built at once, before and after merging."""
    grown, built = tmp_path / "grown", tmp_path / "built"
    changed = replace(STORIES[3], text="Farmers counted apples. Nobody spoke about treaties.")
    final = [changed if a.id == "a3" else a for a in STORIES if a.id != "a5"]
    with IndexWriter(grown, encoder) as writer:
        for number, article in enumerate(STORIES):
            assert writer.add(article) == "added"
            if number % 2:
                writer.commit()
        assert writer.add(changed) == "updated"
        assert writer.add(STORIES[0]) == "unchanged"
        assert writer.remove("a5")
        assert not writer.remove("a5")
    with IndexWriter(built, encoder) as writer:
        for article in final:
            writer.add(article)
    wanted = _ranking(built, encoder)
    assert _ranking(grown, encoder) == pytest.approx(wanted)
    with IndexWriter(grown, encoder) as writer:
        writer.merge()
    assert len(Snapshot(grown).segments) == 1
    assert _ranking(grown, encoder) == pytest.approx(wanted)
    assert sorted(Snapshot(grown).article_ids()) == sorted(a.id for a in final)
    assert not read_manifest(grown).damage(grown)


def _ranking(root: Path, encoder: Encoder) -> dict[str, float]:
    hits = Index.open(root, encoder).search("treaty 1 city apples", 20, Options(passages=True))
    return {hit.passage.id: hit.score for hit in hits}


def test_only_one_writer(tmp_path: Path, encoder: Encoder) -> None:
    """A second writer is refused and told who holds the lock; readers are not."""
    with IndexWriter(tmp_path, encoder) as writer:
        writer.add(STORIES[0])
        writer.commit()
        with pytest.raises(LockedError, match=str(os.getpid())):
            IndexWriter(tmp_path, encoder)
        assert len(Index.open(tmp_path)) == 1


def test_an_exception_commits_nothing(tmp_path: Path, encoder: Encoder) -> None:
    """Leaving the block by an error keeps the last commit, and frees the lock."""
    with IndexWriter(tmp_path, encoder) as writer:
        writer.add(STORIES[0])
    with pytest.raises(ZeroDivisionError), IndexWriter(tmp_path, encoder) as writer:
        _fail_after(writer)
    assert list(Snapshot(tmp_path).article_ids()) == ["a0"]
    with IndexWriter(tmp_path, encoder):
        pass


def _fail_after(writer: IndexWriter) -> None:
    writer.add(STORIES[1])
    raise ZeroDivisionError


def test_damage_is_found_and_named(tmp_path: Path, encoder: Encoder) -> None:
    """A changed, a shortened and a missing file are each reported by name."""
    with IndexWriter(tmp_path, encoder) as writer:
        writer.add(STORIES[0])
    snapshot = Snapshot(tmp_path)
    folder = tmp_path / snapshot.segments[0].folder.name
    vectors = bytearray((folder / "vectors.npy").read_bytes())
    vectors[-1] ^= 1
    (folder / "vectors.npy").write_bytes(vectors)
    (folder / "spans.npy").write_bytes(b"short")
    (folder / "text.lengths.npy").unlink()
    report = "\n".join(snapshot.manifest.damage(tmp_path))
    for expected in (
        "vectors.npy: content altered",
        "spans.npy: 5 bytes",
        "text.lengths.npy: missing",
    ):
        assert expected in report
    with pytest.raises(CorruptIndexError, match=r"spans\.npy"):
        Snapshot(tmp_path)


def test_no_index_and_wrong_recipe_name_the_remedy(
    tmp_path: Path, encoder: Encoder, rewrite: Rewrite
) -> None:
    """Opening nothing, or an index of another encoder, says what to do."""
    with pytest.raises(NoIndexError, match="plait index"):
        Index.open(tmp_path / "none")
    with IndexWriter(tmp_path, encoder) as writer:
        writer.add(STORIES[0])
    rewrite(tmp_path, lambda record: record["recipe"].update(encoder="other-model:1"))
    with pytest.raises(FingerprintError, match="new folder"):
        IndexWriter(tmp_path, encoder)
    with pytest.raises(FingerprintError, match="other-model"):
        Index.open(tmp_path, encoder).search("treaty")


def test_a_foreign_folder_is_left_alone(tmp_path: Path, encoder: Encoder) -> None:
    """An index is made in an empty or new folder only, and removes nothing but its own."""
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(IndexDirectoryError, match=r"precious\.txt"):
        IndexWriter(tmp_path, encoder)
    with pytest.raises(IndexDirectoryError, match="is a file"):
        IndexWriter(tmp_path / "precious.txt", encoder)
    root = tmp_path / "index"
    with IndexWriter(root, encoder) as writer:
        writer.add(STORIES[0])
    for name in ("segment-photos", "sources-old", ".tmp-notes", "segment-99"):
        (root / name).mkdir()
    with IndexWriter(root, encoder):
        pass
    left = {path.name for path in root.iterdir()}
    assert {"segment-photos", "sources-old", ".tmp-notes"} <= left
    assert "segment-99" not in left


def test_a_failed_commit_can_be_tried_again(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full at the last step loses nothing that was gathered."""
    writer = IndexWriter(tmp_path, encoder)
    with writer:
        writer.add(STORIES[0])
        writer.commit()
        writer.add(replace(STORIES[0], text="Another text."))
        writer.add(STORIES[1])
        with monkeypatch.context() as patch:
            patch.setattr(Manifest, "publish", _disk_full)
            with pytest.raises(OSError, match="No space"):
                writer.commit()
        writer.commit()
    assert sorted(Snapshot(tmp_path).article_ids()) == ["a0", "a1"]
    assert Index.open(tmp_path).article("a0").text == "Another text."


def _disk_full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_one_long_article_does_not_hide_the_others(tmp_path: Path) -> None:
    """A thousand passages of one article leave room for ten articles."""
    long = Article(
        "long", "Cats", "\n".join(f"Cats and cat number {n}. " * 30 for n in range(1100))
    )

    class Quick:
        """Stands in for the model where only the number of passages matters."""

        dimension, window, fingerprint, name = 8, 60, "quick", "quick"

        def token_ends(self, text: str) -> NDArray[np.int64]:
            """Count letters as word pieces, four at a time."""
            return np.arange(4, len(text) + 4, 4).clip(max=len(text))

        def word_pieces(self, text: str) -> WordPieces:
            """Return the pieces that `token_ends` ends."""
            return WordPieces.ending(self.token_ends(text))

        def encode_passages(self, texts: list[str], _: object = None) -> Encoded:
            """Point the long article's passages at the query, the others aside."""
            rows = [[1.0, 0.0] if "number" in text else [0.6, 0.8] for text in texts]
            vectors = np.zeros((len(rows), 8), dtype=np.float32)
            vectors[:, :2] = rows
            return Encoded(vectors, Tokens.empty(len(rows), 8))

        def encode_query(self, text: str) -> EncodedQuery:
            """Point at the long article."""
            (vector,) = self.encode_passages(["number " + text]).vectors
            return EncodedQuery.without_tokens(vector, self.word_pieces(text))

    quick = cast("Encoder", Quick())
    with IndexWriter(tmp_path, quick) as writer:
        writer.add(long)
        for n in range(20):
            writer.add(Article(f"short{n}", "Pets", "A cat is a pet."))
    assert Snapshot(tmp_path).keyword.count > 1100
    for mode in ("hybrid", "keyword", "dense"):
        hits = Index.open(tmp_path, quick).search("cat", 10, Options(System.parse(mode)))
        assert len({hit.article.id for hit in hits}) == 10


@pytest.mark.parametrize("text", ["\ufffd", "\u0301", "\ufe0f", "\u200b \u200b", "x" * 5000])
def test_odd_texts_are_indexed(tmp_path: Path, encoder: Encoder, text: str) -> None:
    """Texts without a word piece, or without a blank, neither crash nor vanish."""
    with IndexWriter(tmp_path, encoder) as writer:
        writer.add(Article("odd", "An odd text", text))
    assert Index.open(tmp_path, encoder).search("odd")[0].article.text == text


def test_a_closed_writer_takes_nothing(tmp_path: Path, quick: Encoder) -> None:
    """Or it would seem to be kept; closing by itself commits nothing."""
    writer = IndexWriter(tmp_path, quick)
    writer.add(STORIES[0])
    writer.close()
    with pytest.raises(LockedError, match="open the index again"):
        writer.add(STORIES[1])
    with pytest.raises(LockedError, match="open the index again"):
        writer.remove("a0")
    assert len(Index.open(tmp_path)) == 0


def test_an_empty_index_is_searched(tmp_path: Path, encoder: Encoder) -> None:
    """No articles, no hits, no error, in any mode."""
    with IndexWriter(tmp_path, encoder):
        pass
    for mode in ("hybrid", "keyword", "dense"):
        assert Index.open(tmp_path, encoder).search("peace", 3, Options(System.parse(mode))) == []


class Counting:
    """The real model, and what it was asked to encode."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.encoded: list[str] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._encoder, name)

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        """Encode, and remember the texts."""
        self.encoded += texts
        return self._encoder.encode_passages(texts, progress)


def test_only_new_texts_are_encoded(tmp_path: Path, encoder: Encoder) -> None:
    """A vector is made once for a text: not for a twin, a new id, or after a merge."""
    counting = Counting(encoder)
    with IndexWriter(tmp_path, cast("Encoder", counting)) as writer:
        for article in STORIES[:3]:
            writer.add(article)
        writer.add(replace(STORIES[0], id="twin"))
        writer.commit()
        assert len(counting.encoded) == 3
        writer.remove("a1")
        writer.add(replace(STORIES[1], id="renamed"))
        writer.add(replace(STORIES[2], date="2020-01-01"))
        writer.commit()
        writer.merge()
        assert len(counting.encoded) == 3
        writer.add(replace(STORIES[2], text="Quite another text."))
    assert len(counting.encoded) == 4
