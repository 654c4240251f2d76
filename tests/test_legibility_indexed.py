"""Languages that a model does not know, in an index: counted, kept, and told to the user."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plait.index.article import Article
from plait.index.errors import CorruptIndexError
from plait.index.local.manifest import MANIFEST, read_manifest
from plait.index.local.snapshot import Snapshot, check_files
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.models.legibility import REMEDY

Rewrite = Callable[[Path, Callable[[Any], object]], None]

RUSSIAN = "Министры обеих стран встретились в Женеве и подписали мирный договор номер {}."
ENGLISH = "Two ministers met in Geneva and signed treaty number {} after months of talks."
SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def plait(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    environment = {k: v for k, v in os.environ.items() if k != "PLAIT_INDEX"}
    return subprocess.run(
        [sys.executable, "-m", "plait.cli", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


def lines(text: str, first: int, count: int) -> str:
    """Write articles of a language as JSON lines."""
    records = [
        {"_id": f"{text[:3]}{n}", "text": text.format(n)} for n in range(first, first + count)
    ]
    return "".join(json.dumps(record) + "\n" for record in records)


def counted(root: Path) -> list[int | None]:
    """Return what the manifest counts, segment by segment, once an open index agrees with it."""
    manifest = Snapshot(root).manifest
    check_files(root)
    return [entry.illegible for entry in manifest.segments]


@pytest.fixture
def mixed(tmp_path: Path, encoder: Encoder) -> Path:
    """Index five articles in English and three in Russian."""
    root = tmp_path / "mixed"
    with IndexWriter(root, encoder) as writer:
        for n in range(5):
            writer.add(Article(f"en{n}", "", ENGLISH.format(n)))
        for n in range(3):
            writer.add(Article(f"ru{n}", "", RUSSIAN.format(n)))
        writer.commit()
        assert (writer.legibility.passages, writer.legibility.illegible) == (8, 3)
    return root


@pytest.fixture
def aged(mixed: Path, rewrite: Rewrite) -> Path:
    """Make of the index what plait wrote before: format 4, and nothing said of languages."""

    def change(record: Any) -> None:
        record["format"] = 4
        for segment in record["segments"]:
            del segment["illegible"]
            segment["files"] = [f for f in segment["files"] if "illegible" not in f["path"]]

    rewrite(mixed, change)
    for array in mixed.glob("*/illegible.npy"):
        array.unlink()
    return mixed


def test_the_count_follows_deletions_and_merges(mixed: Path, encoder: Encoder) -> None:
    """Of live passages, exactly, whatever became of the others."""
    assert counted(mixed) == [3]
    writer = IndexWriter(mixed, encoder)
    writer.remove("ru0")
    writer.commit()
    assert counted(mixed) == [2]
    writer.remove("en0")
    writer.add(Article("en1", "", RUSSIAN.format(9)))
    writer.add(Article("ru7", "", RUSSIAN.format(1)))  # its vector is used again
    writer.commit()
    assert counted(mixed) == [2, 2]
    writer.merge()
    writer.close()
    assert counted(mixed) == [4]
    assert read_manifest(mixed).facts()["illegible"] == "4 of 7 passages"


def test_an_index_of_format_4_says_that_it_does_not_know(aged: Path, encoder: Encoder) -> None:
    """It is searched as it is; a writer, which makes it anew, finds out."""
    assert counted(aged) == [None]
    assert read_manifest(aged).facts()["illegible"] == "not known: indexed by an earlier plait"
    writer = IndexWriter(aged, encoder)
    writer.add(Article("ru7", "", RUSSIAN.format(7)))
    writer.remove("ru0")
    writer.commit()
    assert json.loads((aged / MANIFEST).read_text())["format"] == 8
    assert counted(aged) == [2, 1]
    writer.close()
    assert read_manifest(aged).facts()["illegible"] == "3 of 8 passages"


@pytest.mark.parametrize("lost", ["file", "entry"])
def test_an_array_that_is_missing_is_damage(mixed: Path, rewrite: Rewrite, lost: str) -> None:
    """A segment of format 5 without it is not taken for one of an earlier format."""
    if lost == "file":
        next(mixed.glob("*/illegible.npy")).unlink()
    else:
        rewrite(mixed, lambda record: record["segments"][0].pop("illegible"))
    with pytest.raises(CorruptIndexError):
        Snapshot(mixed)
    with pytest.raises(CorruptIndexError):
        check_files(mixed)


def test_an_array_of_other_rows_is_damage(mixed: Path) -> None:
    """A verdict for each passage."""
    array = next(mixed.glob("*/illegible.npy"))
    assert np.load(array).tolist() == [0, 0, 0, 0, 0, 1, 1, 1]
    np.save(array, np.zeros(7, np.uint8))
    with pytest.raises(CorruptIndexError):
        Snapshot(mixed)


def test_a_user_is_told_once_with_the_remedy(tmp_path: Path) -> None:
    """`plait index` says so of this run, `plait info` of the whole index."""
    (tmp_path / "ru.jsonl").write_text(lines(RUSSIAN, 0, 6))
    (tmp_path / "en.jsonl").write_text(lines(ENGLISH, 0, 4))
    done = plait("index", "ru.jsonl", "en.jsonl", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == (
        "plait: 6 of 10 passages are in a language or script that all-MiniLM-L6-v2 hardly knows: "
        f"their words find them, their meaning hardly does. {REMEDY}\n"
    )
    assert plait("search", "договор", "--system", "hybrid(weight=0.3)", cwd=tmp_path).stdout
    assert json.loads(plait("info", "--json", cwd=tmp_path).stdout)["illegible"] == (
        "6 of 10 passages"
    )
    assert "illegible   6 of 10 passages\n" in plait("info", cwd=tmp_path).stdout
    (tmp_path / "more.jsonl").write_text(lines(ENGLISH, 50, 2))
    for paths in (("more.jsonl",), ("ru.jsonl", "en.jsonl", "more.jsonl")):
        again = plait("index", *paths, cwd=tmp_path)
        assert (again.returncode, again.stderr) == (0, "")


def test_nothing_is_said_of_the_seeds(tmp_path: Path) -> None:
    """No notice, and a count of 0."""
    done = plait("index", str(SEEDS / "articles"), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    facts = json.loads(plait("info", "--json", cwd=tmp_path).stdout)
    assert facts["illegible"] == f"0 of {facts['passages']} passages"


def test_info_of_an_index_of_format_4(aged: Path) -> None:
    """Not 0: nobody asked."""
    assert "illegible   not known: indexed by an earlier plait\n" in (
        plait("info", "-i", str(aged), cwd=aged.parent).stdout
    )
