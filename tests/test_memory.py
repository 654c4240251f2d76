"""What mapped files take of a process: memory, measured by Linux's /proc, and open files."""

import shlex
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import numpy as np

from plait.index.files.arrays import BYTES_PER_WRITE, load_array, release, save_array
from plait.index.local.manifest import read_manifest
from plait.index.store import StoreSettings
from plait.search.index import Index
from plait.search.settings import Settings
from plait.search.system import System


def resident(path: Path) -> int:
    """Count the bytes of a mapped file that are in this process's memory."""
    found, mine = 0, False
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines():
        first = line.split(maxsplit=1)[0]
        if not first.endswith(":"):
            mine = line.endswith(f" {path}")
        elif mine and first == "Rss:":
            found += int(line.split()[1]) * 1024
    return found


def test_what_is_released_is_not_resident_and_can_be_read_again(tmp_path: Path) -> None:
    """Eight megabytes are read, let go of, and read again."""
    numbers = np.arange(1_000_000)
    path = tmp_path / "numbers.npy"
    save_array(path, numbers)
    mapped = load_array(tmp_path, "numbers", np.int64)
    np.testing.assert_array_equal(mapped, numbers)
    assert resident(path) > numbers.nbytes // 2
    release(mapped[2:5])
    assert resident(path) == 0
    np.testing.assert_array_equal(mapped, numbers)


def test_reading_a_byte_maps_little(tmp_path: Path) -> None:
    """Of eight megabytes written at once: Linux 6.18 maps as much as was written in one piece."""
    path = tmp_path / "numbers.npy"
    save_array(path, np.arange(1_000_000))
    mapped = load_array(tmp_path, "numbers", np.int64)
    assert mapped[700_000] == 700_000
    assert 0 < resident(path) <= 4 * BYTES_PER_WRITE


def test_arrays_in_memory_have_nothing_to_release() -> None:
    """A segment that was just built is not mapped."""
    numbers = np.arange(10)
    release(numbers[2:5])
    assert numbers.tolist() == list(range(10))


def test_every_second_query_lets_go_of_what_was_read(seeds: Index, tmp_path: Path) -> None:
    """Tokens, texts and postings; vectors, which every query reads, stay."""
    root = copytree(seeds.root, tmp_path / "own.plait")
    settings = Settings(store=StoreSettings(queries_per_release=2))
    index = Index.open(root, seeds.encoder, settings)
    folder = root / read_manifest(root).segments[0].name
    names = ("token_signs", "articles.blob", "text.passages", "text.positions")
    found = index.search('"peace treaty"')
    assert all(resident(folder / f"{name}.npy") for name in (*names, "vectors"))
    index.rank(index.parse("zyzzyva"), System.parse("hybrid(late=0, neighbours=0)"), 1)
    assert not any(resident(folder / f"{name}.npy") for name in names)
    assert resident(folder / "vectors.npy") > 0
    assert index.search('"peace treaty"') == found


def test_too_many_open_files_are_no_damage(seeds: Index) -> None:
    """The message is the system's, and does not advise to index again."""
    command = [sys.executable, "-m", "plait.cli", "search", "peace", "--system", "keyword"]
    shell = f"ulimit -n 20; exec {shlex.join([*command, '-i', str(seeds.root)])}"
    done = subprocess.run(["/bin/sh", "-c", shell], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Too many open files" in done.stderr
    assert "again" not in done.stderr
