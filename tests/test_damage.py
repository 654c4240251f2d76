"""Damage that leaves a file its size: named, never laundered by a merge, never a raw exception."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from shutil import copytree
from typing import Any, TypeAlias, cast

import numpy as np
import pytest

from plait.index.article import Article
from plait.index.errors import CorruptIndexError, ModelError, PlaitError
from plait.index.files.arrays import load_array, save_array
from plait.index.local.dense import DenseArrays
from plait.index.local.entries import FileEntry
from plait.index.local.lines import article_from_json, article_json
from plait.index.local.manifest import MANIFEST, read_manifest
from plait.index.local.snapshot import check_files
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.models.encoding import Encoded, EncodedQuery
from plait.search.index import Index
from plait.search.system import Options, System

Rewrite: TypeAlias = Callable[[Path, Callable[[Any], object]], None]

TEXTS = {
    "a": "The joint declaration of 1956 ended the state of war.",
    "b": "Fishing boats were seized near the islands. The crews were released.",
    "c": "Ministers met again. They did not speak about the islands of 1956.",
}
QUERIES = ("declaration of 1956", '"state of war"', "island* -boats", "minsters~")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, quick: Encoder) -> Path:
    """Make an index of two segments, one with a deletion."""
    root = tmp_path_factory.mktemp("damage") / "own"
    writer = IndexWriter(root, quick)
    for name, text in TEXTS.items():
        writer.add(Article(name, f"Story {name}", text))
    writer.commit()
    writer.remove("b")
    writer.add(Article("d", "Story d", "Nobody was there."))
    writer.commit()
    writer.close()
    return root


@pytest.fixture
def root(whole: Path, tmp_path: Path) -> Path:
    """Copy that index, to be damaged."""
    return copytree(whole, tmp_path / "own")


def flip(path: Path, place: int = -1, bit: int = 1) -> None:
    """Change one bit of a file."""
    data = bytearray(path.read_bytes())
    data[place] ^= bit
    path.write_bytes(data)


def answers(root: Path, encoder: Encoder) -> list[object]:
    """Ask in every way, and read every article."""
    with Index.open(root, encoder) as index:
        asked = [
            (query, Options(System.parse(mode)))
            for query in QUERIES
            for mode in ("hybrid", "keyword", "dense")
        ]
        found: list[object] = [index.search(query, options=options) for query, options in asked]
        return [*found, *map(index.article, sorted(index.store.article_ids()))]


def merging(root: Path, encoder: Encoder, match: str) -> None:
    """Merge all segments, and expect to be refused."""
    with pytest.raises(CorruptIndexError, match=match), IndexWriter(root, encoder) as writer:
        writer.merge()


def test_a_merge_does_not_launder_damage(root: Path, quick: Encoder) -> None:
    """One bit makes 1956 to 1957: the next run says so, and the check does as before."""
    articles = root / "segment-1" / "articles.blob.npy"
    flip(articles, articles.read_bytes().index(b"1956") + 3)
    for _ in range(2):
        merging(root, quick, r"articles\.blob\.npy: content altered")
        with pytest.raises(CorruptIndexError, match=r"articles\.blob\.npy: content altered"):
            check_files(root)


def names(root: Path) -> list[str]:
    """List the files of a manifest."""
    return [file.path for file in read_manifest(root).files()]


def test_a_merge_reads_no_file_that_was_altered(
    whole: Path, tmp_path: Path, quick: Encoder
) -> None:
    """Whichever file it is; nothing is published, and the check names it still."""
    for number, name in enumerate(names(whole)):
        root = copytree(whole, tmp_path / str(number))
        flip(root / name)
        before = read_manifest(root).segments  # its place is another than that of the original
        merging(root, quick, "damaged")
        assert read_manifest(root).segments == before
        with pytest.raises(CorruptIndexError, match=name):
            check_files(root)


@pytest.mark.parametrize("name", ["vectors", "token_signs", "passage_digests"])
def test_damage_is_not_used_again(root: Path, quick: Encoder, name: str) -> None:
    """A text that was encoded before takes its vector from a segment: not from a damaged one."""
    flip(root / "segment-1" / f"{name}.npy", 128 if name == "passage_digests" else -1)
    writer = IndexWriter(root, quick)
    writer.add(Article("again", "Story a", TEXTS["a"]))
    writer.add(Article("third", "Story c", TEXTS["c"]))
    with pytest.raises(CorruptIndexError, match=f"{name}.npy: content altered"):
        writer.commit()
    writer.close()


@pytest.mark.parametrize("name", ["ids.blob", "article_digests"])
def test_a_writer_compares_with_nothing_that_is_damaged(
    root: Path, quick: Encoder, name: str
) -> None:
    """It would take an article for a new one, or for one that changed."""
    flip(root / "segment-1" / f"{name}.npy")
    with pytest.raises(CorruptIndexError, match=f"{name}.npy: content altered"):
        IndexWriter(root, quick)


def test_damaged_deletions_are_not_written_again(root: Path, quick: Encoder) -> None:
    """Another article would be deleted for good, with the next one that is removed."""
    (path,) = root.glob("*.deleted-*.npy")
    flip(path, 128, 1 ^ 2)
    with pytest.raises(CorruptIndexError, match="content altered"):
        IndexWriter(root, quick)


class Wrong:
    """An encoder whose vectors are not what they should be."""

    def __init__(self, encoder: Encoder, factor: float) -> None:
        self._encoder, self._factor = encoder, np.float32(factor)

    def __getattr__(self, name: str) -> object:
        return getattr(self._encoder, name)

    def encode_passages(self, texts: list[str], progress: object = None) -> Encoded:
        """Encode, and spoil the vectors."""
        found = self._encoder.encode_passages(texts, cast("Any", progress))
        return Encoded(found.vectors * self._factor, found.tokens)


class Silent(Wrong):
    """An encoder whose queries have tokens that are no numbers."""

    def encode_query(self, text: str) -> EncodedQuery:
        """Encode, and spoil the tokens."""
        found = self._encoder.encode_query(text)
        return replace(found, tokens=found.tokens * np.float32("nan"))


def test_scores_that_are_no_numbers_are_an_error(root: Path, quick: Encoder) -> None:
    """And not an empty answer: nothing compares with them, so nothing would be found."""
    index = Index.open(root, cast("Encoder", Silent(quick, 1.0)))
    with pytest.raises(CorruptIndexError, match="score is no number"):
        index.search("declaration of 1956")


@pytest.mark.parametrize("factor", [float("nan"), float("inf"), 0.0, 1.01])
def test_vectors_of_no_unit_length_are_not_stored(
    root: Path, quick: Encoder, factor: float
) -> None:
    """Not a number, or any length but one: the model is at fault, and nothing is written."""
    writer = IndexWriter(root, cast("Encoder", Wrong(quick, factor)))
    writer.add(Article("new", "New", "Quite another text."))
    with pytest.raises(ModelError, match="vector of length"):
        writer.commit()
    writer.close()
    assert check_files(root)


EXPECTED = {"bit": (40, 6), "zeros": (43, 8), "ones": (50, 2), "noise": (50, 2), "header": (66, 0)}
"""Of 84 damaged files: how many are refused at least, how many answer wrongly at most."""


@pytest.mark.parametrize("damage", EXPECTED)
def test_no_damage_raises_anything_of_pythons(
    whole: Path, tmp_path: Path, quick: Encoder, damage: str
) -> None:
    """Each file of an index in turn, in five ways: an answer, or an error of plait's."""
    root = copytree(whole, tmp_path / "own")
    random = np.random.default_rng(5)
    right, refused = answers(whole, quick), 0
    wrong: list[str] = []
    for name in [MANIFEST, *names(whole)]:
        path = root / name
        data = bytearray(path.read_bytes())
        start = 128 if len(data) > 128 and name != MANIFEST else 0
        end = min(start + 64, len(data))
        match damage:
            case "bit":
                data[random.integers(start - (start == len(data)), len(data))] ^= 64
            case "zeros":
                data[start:end] = bytes(end - start)
            case "ones":
                data[start:end] = b"\xff" * (end - start)
            case "noise":
                data[start:end] = random.bytes(end - start)
            case "header":
                data[random.integers(12, 60)] ^= 1
        path.write_bytes(data)
        try:
            if answers(root, quick) != right:
                wrong.append(name)
        except PlaitError:
            refused += 1
        path.write_bytes((whole / name).read_bytes())
    least, most = EXPECTED[damage]
    assert refused >= least
    assert len(wrong) <= most, wrong
    assert answers(root, quick) == right


def alter(root: Path, name: str, change: Callable[[Any], Any], rewrite: Rewrite) -> None:
    """Change an array of the first segment, and its checksum with it."""
    path = root / "segment-1" / f"{name}.npy"
    array = change(np.load(path).copy())
    path.unlink()
    save_array(path, array)
    entry = asdict(FileEntry.of(root, path))

    def seal(record: Any) -> None:
        files = record["segments"][0]["files"]
        files[:] = [entry if file["path"] == entry["path"] else file for file in files]

    rewrite(root, seal)


def put(place: Any, value: Any) -> Callable[[Any], Any]:
    """Set one element."""

    def change(array: Any) -> Any:
        array[place] = value
        return array

    return change


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("ids.offsets", put(0, 1)),
        ("ids.offsets", put(1, 99)),
        ("articles.offsets", put(-1, 1 << 40)),
        ("articles.offsets", put(1, -5)),
        ("first_passages", put(1, 0)),
        ("first_passages", lambda array: array[:-1]),
        ("token_starts", put(2, 10**9)),
        ("text.starts", put(1, 10**9)),
        ("text.starts", put(3, 0)),
        ("text.position_starts", put(-1, 3)),
        ("text.terms.offsets", put(2, -1)),
        ("text.terms.heads", put(0, 1 << 63)),
        ("text.frequencies", lambda array: array[:-1]),
        ("text.frequencies", put(slice(None), 0)),
        ("text.lengths", put(0, 10**6)),
        ("text.lengths", put(0, -1)),
        ("text.passages", put(slice(None), 10**6)),
        ("text.passages", put(slice(None), -1)),
        ("text.lengths", lambda array: array.astype(np.int64)),
        ("spans", lambda array: array[:-1]),
        ("spans", put((slice(None), 1), 10**6)),
        ("spans", lambda array: array.reshape(-1)),
        ("vectors", lambda array: array[:, :8].copy()),
        ("vectors", lambda array: array.astype(np.float64)),
        ("vectors", put((0, 0), np.nan)),
        ("vectors", put((0, 0), np.inf)),
        ("vectors", put(slice(None), 0)),
        ("vector_total", put(0, np.nan)),
        ("vector_total", put(0, 1e30)),
        ("vector_outer", put((0, 0), np.inf)),
        ("vector_outer", put((0, 1), 0.5)),
        ("vector_signs", lambda array: array[:, :1].copy()),
        ("token_signs", lambda array: array[:-1]),
        ("vector_total", lambda array: array[:0]),
        ("ids.offsets", lambda array: array[:0]),
        ("text.position_starts", put(slice(1, -1), 3)),
        ("articles.blob", put(3, ord("x"))),
        ("article_digests", put(0, 0)),
    ],
)
def test_what_plait_never_writes_is_refused(
    root: Path, quick: Encoder, name: str, change: Callable[[Any], Any], rewrite: Rewrite
) -> None:
    """Though its checksum is right, as in an index that somebody made: the error names a remedy."""
    alter(root, name, change, rewrite)
    with pytest.raises(CorruptIndexError, match=r"plait check|again"):
        answers(root, quick)


@pytest.mark.parametrize(
    "shape", ["(37000000000,)", "(-1,)", "(3, 4, 5)", "()", "(True,)", "(2, 10**9)", "(1e9,)"]
)
def test_a_header_is_not_believed(tmp_path: Path, shape: str) -> None:
    """Sizes that a file does not have are told before anything is allocated or mapped."""
    save_array(tmp_path / "x.npy", np.arange(5))
    text = f"{{'descr': '<i8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    header = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()
    (tmp_path / "x.npy").write_bytes(header + bytes(40))
    with pytest.raises(CorruptIndexError, match=r"x\.npy"):
        load_array(tmp_path, "x", np.int64)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("text.passages", put(slice(None), 10**6)),
        ("text.frequencies", put(slice(None), 0)),
        ("text.frequencies", put(slice(None), -1)),
        ("text.frequencies", put(slice(None), 2**31 - 1)),
        ("text.terms.blob", put(slice(8, 10), 255)),
    ],
)
def test_what_plait_never_writes_is_not_merged(
    root: Path, quick: Encoder, name: str, change: Callable[[Any], Any], rewrite: Rewrite
) -> None:
    """Nor is memory taken for what numbers claim that contradict each other."""
    alter(root, name, change, rewrite)
    merging(root, quick, "damaged")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", 5),
        ("text", ["a"]),
        ("date", 0.5),
        ("source", None),
        ("metadata", {"a": {"b": 1}}),
        ("metadata", {"a": [["b"]]}),
        ("metadata", ["a"]),
        ("teasers", [7]),
        ("id", None),
    ],
)
def test_an_article_of_other_types_is_damage(name: str, value: object) -> None:
    """As a program could write it into an index, digests and all."""
    whole = json.loads(article_json(Article("a", "A title", "A text.")))
    assert article_from_json(json.dumps(whole).encode()).id == "a"
    with pytest.raises(CorruptIndexError, match="an article is damaged"):
        article_from_json(json.dumps(whole | {name: value}).encode())


def test_deep_articles_are_damage(root: Path, quick: Encoder, rewrite: Rewrite) -> None:
    """JSON that is nested beyond what Python reads."""
    deep = b"[" * 5000

    def change(array: Any) -> Any:
        array[: len(deep)] = np.frombuffer(deep, np.uint8)[: len(array)]
        return array

    alter(root, "articles.blob", change, rewrite)
    with pytest.raises(CorruptIndexError, match="damaged"):
        answers(root, quick)


def test_a_fault_of_ours_is_told_from_damage(
    root: Path, quick: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception inside a search of sound files says that they are sound, and keeps its cause."""
    index = Index.open(root, quick)
    monkeypatch.setattr(DenseArrays, "moments", None)
    with pytest.raises(CorruptIndexError, match="All its files have their checksums") as caught:
        index.search("declaration", options=Options(System.parse("dense")))
    assert caught.value.__cause__
    flip(root / "segment-1" / "spans.npy")
    with pytest.raises(CorruptIndexError, match=r"spans\.npy: content altered"):
        index.search("declaration", options=Options(System.parse("dense")))


def test_the_manifest_is_json(root: Path) -> None:
    """And nothing else, so that others can read it."""
    assert json.loads((root / MANIFEST).read_text())["format"] == 8
