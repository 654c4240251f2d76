"""Formats that programs and packages add: read, listed, and refused where they clash."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeAlias

import pytest

from plait.index.article import Article
from plait.index.errors import ReadingError
from plait.index.ingest import bring_up_to_date
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.reading import (
    Draft,
    Failure,
    FieldNames,
    Format,
    Outcomes,
    Place,
    SourceFile,
    find_files,
    one_article,
    read_paths,
    register_reader,
    suffixes,
)
from plait.index.reading.draft import MAX_ARTICLE_BYTES
from plait.index.reading.formats import FORMATS
from plait.index.reading.records import digest_of
from plait.index.reading.registry import REGISTRY, Registry
from plait.search.index import Index

BUILT_IN = [
    *(".txt", ".md", ".markdown", ".html", ".htm", ".xhtml"),
    *(".jsonl", ".ndjson", ".jsonl.gz", ".csv", ".tsv"),
]


def read_shout(data: bytes) -> Draft:
    """Read a toy format: a title, an exclamation mark, and the text."""
    title, _, text = data.decode().partition("!")
    return Draft(title.capitalize(), text.lower())


SHOUT = Format("shouts", (".shout",), "text/x-shout", one_article(read_shout))


Install: TypeAlias = Callable[[str, str, str], Path]
"""Takes a package's name, its module's code and its entry points; returns where it is."""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install packages as pip would, for this test alone."""
    site = tmp_path / "site-packages"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def installed(name: str, code: str, entries: str) -> Path:
        (site / f"{name}.py").write_text(code)
        monkeypatch.delitem(sys.modules, name, raising=False)
        facts = site / f"{name}-1.0.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (facts / "entry_points.txt").write_text(f"[plait.readers]\n{entries}\n")
        return site

    return installed


@pytest.fixture(autouse=True)
def own_formats_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process know plait's own formats alone, and forget what a test adds."""
    for name, value in vars(Registry()).items():
        monkeypatch.setattr(REGISTRY, name, value)


def package_of(suffix: str, name: str = "shouts", more: str = "") -> str:
    """Return the code of a package that adds the toy format."""
    return f"""
from plait.index.reading import Draft, Format, one_article
def read(data):
    return Draft("From a package", data.decode())
FORMAT = Format({name!r}, ({suffix!r},), "text/x-shout", one_article(read){more})
def make():
    return FORMAT
"""


def read(folder: Path, name: str, text: str) -> Article | Failure:
    """Write one file and read it from its folder."""
    base = folder / "read"
    base.mkdir(exist_ok=True)
    (base / name).write_text(text)
    (outcome,) = read_paths([base / name], FieldNames())
    return outcome


def test_plaits_own_formats() -> None:
    """Every suffix has its media type, and every format is there once."""
    assert list(suffixes()) == BUILT_IN
    types = {suffix: one.media_type for one in FORMATS for suffix in one.suffixes}
    assert {types[suffix] for suffix in (".md", ".htm", ".xhtml", ".ndjson", ".tsv")} == {
        "text/markdown",
        "text/html",
        "application/xhtml+xml",
        "application/x-ndjson",
        "text/tab-separated-values",
    }
    assert (types[".txt"], types[".jsonl.gz"]) == ("text/plain", "application/gzip")


def test_a_program_adds_a_format(tmp_path: Path, quick: Encoder) -> None:
    """Its files are found in folders, indexed and searched, and its suffix is listed."""
    news, empty = tmp_path / "news", tmp_path / "empty"
    news.mkdir()
    empty.mkdir()
    (news / "a.SHOUT").write_text("STORM!THE HARBOUR IS CLOSED")
    register_reader(SHOUT)
    with IndexWriter(tmp_path / ".plait", quick) as writer:
        summary = bring_up_to_date(writer, [news, empty])
    assert summary.added == 1
    [failure] = summary.failures
    listed = ", ".join([*BUILT_IN, ".shout"])
    assert failure.reason == f"holds no file that plait reads ({listed})"
    article = Index.open(tmp_path / ".plait", quick).article("news/a.SHOUT")
    assert (article.title, article.text) == ("Storm", "the harbour is closed")


def test_one_article_is_bounded(tmp_path: Path) -> None:
    """A file of more bytes than an article has is a failure, whatever its format."""
    register_reader(SHOUT)
    found = read(tmp_path, "a.shout", "x" * (MAX_ARTICLE_BYTES + 1))
    assert isinstance(found, Failure)
    assert found.reason.startswith("larger than 10 MiB")


def test_a_format_of_many_records(tmp_path: Path) -> None:
    """A reader may yield as many articles as it finds, and a failure for each that is broken."""

    def lines(file: BinaryIO, place: Place, fields: FieldNames) -> Outcomes:
        for number, line in enumerate(file, start=1):
            yield place.outcome({"text": line.decode().strip()}, number, fields)

    register_reader(Format("lines", (".lines",), "text/x-lines", lines))
    base = tmp_path / "read"
    base.mkdir()
    (base / "a.lines").write_text("one\n\nthree\n")
    first, second, third = read_paths([base], FieldNames())
    assert isinstance(first, Article)
    digest = digest_of({"text": "one"})
    assert (first.id, first.text) == (f"read/a.lines:{digest}", "one")
    assert isinstance(second, Failure)
    assert isinstance(third, Article)
    assert third.text == "three"


def test_the_longest_suffix_wins(tmp_path: Path) -> None:
    """A format of `.gz` files has all but those of `.jsonl.gz`, in whatever order they came."""
    register_reader(Format("packed", (".gz",), "application/gzip", one_article(read_shout)))
    register_reader(Format("very", (".very.gz",), "application/gzip", one_article(read_shout)))
    names = {"a.gz": "packed", "a.jsonl.gz": "JSON lines in gzip", "a.b.VERY.gz": "very"}
    found = {name: REGISTRY.format_of(name) for name in names}
    assert {name: one and one.name for name, one in found.items()} == names
    assert REGISTRY.format_of("gz") is None
    assert isinstance(read(tmp_path, "a.gz", "Hello!You"), Article)


def test_an_unknown_suffix_is_plain_text(tmp_path: Path) -> None:
    """A file that is named itself is read, by plait's own reader."""
    found = read(tmp_path, "a.shout", "STORM!\nTHE HARBOUR")
    assert isinstance(found, Article)
    assert found.title == "STORM!"


def test_two_formats_of_one_suffix() -> None:
    """The error names both, and nothing of the later one is added."""
    register_reader(SHOUT)
    register_reader(SHOUT)  # itself once more is no other
    other = Format("cries", (".cry", ".shout"), "text/x-cry", one_article(read_shout))
    message = r"cries \(\S*test_reading_registry\) wants \.shout, which shouts \(\S+\) has already"
    with pytest.raises(ReadingError, match=message):
        register_reader(other)
    assert list(suffixes()) == [*BUILT_IN, ".shout"]


def test_a_format_may_replace_another(tmp_path: Path) -> None:
    """It takes over the suffixes that it names, and the order of the list stays."""
    register_reader(
        Format("notes", (".md",), "text/markdown", one_article(read_shout), replaces=True)
    )
    assert list(suffixes()) == BUILT_IN
    found = read(tmp_path, "a.md", "HERE!IT IS")
    assert isinstance(found, Article)
    assert found.title == "Here"
    kept = REGISTRY.format_of("a.markdown")
    assert kept
    assert kept.name == "Markdown"


@pytest.mark.parametrize("wrong", ["md", ".MD", ".", ""])
def test_a_suffix_has_its_dot_and_no_capitals(wrong: str) -> None:
    """The message shows a right one and the wrong one."""
    with pytest.raises(ReadingError, match=rf"as '\.md', found {wrong!r}"):
        Format("x", (wrong,), "text/plain", SHOUT.read)


def test_a_format_has_a_suffix() -> None:
    """Nothing would ever be read by it."""
    with pytest.raises(ReadingError, match="found none"):
        Format("x", (), "text/plain", SHOUT.read)


@pytest.mark.parametrize("target", ["FORMAT", "make"])
def test_a_package_adds_a_format(tmp_path: Path, install: Install, target: str) -> None:
    """Its entry point names a format, or a function that returns one."""
    install("shouting", package_of(".shout"), f"shout = shouting:{target}")
    found = read(tmp_path, "a.shout", "heard")
    assert isinstance(found, Article)
    assert (found.title, found.text) == ("From a package", "heard")
    assert list(suffixes()) == [*BUILT_IN, ".shout"]


def test_packages_are_looked_for_once(install: Install, tmp_path: Path) -> None:
    """Not before files are, and not again: what is installed meanwhile waits."""
    install("shouting", package_of(".shout"), "shout = shouting:FORMAT")
    assert "shouting" not in sys.modules
    (tmp_path / "news").mkdir()
    assert not list(find_files([tmp_path / "news"]))
    assert "shouting" in sys.modules
    install("crying", package_of(".cry"), "cry = crying:FORMAT")
    assert list(suffixes()) == [*BUILT_IN, ".shout"]


BROKEN = [
    ("import nothing_of_that_name", "x:FORMAT", "ModuleNotFoundError: No module named 'nothing"),
    ("FORMAT = 'epub'", "x:FORMAT", "wanted a Format, or a function that returns one, found str"),
    ("def make(): return 1 / 0", "x:make", "ZeroDivisionError: division by zero"),
    ("", "x:FORMAT", "AttributeError: module 'broken' has no attribute 'FORMAT'"),
    (package_of(".csv", "cells"), "x:FORMAT", "cells (broken) wants .csv, which CSV ("),
]


@pytest.mark.parametrize(("code", "target", "reason"), BROKEN)
def test_a_broken_package_is_a_failure_of_each_run(
    tmp_path: Path, install: Install, code: str, target: str, reason: str
) -> None:
    """The package and the remedy are named, and all else is read."""
    install("broken", code, f"bad = {target.replace('x:', 'broken:')}")
    install("shouting", package_of(".shout"), "shout = shouting:FORMAT")
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.shout").write_text("heard")
    (news / "b.csv").write_text("title,text\nRain,It rained.\n")
    for _ in range(2):
        failure, *articles = read_paths([news], FieldNames())
        assert isinstance(failure, Failure)
        assert failure.source == "package broken"
        assert reason in failure.reason
        assert failure.reason.startswith("its format 'bad' cannot be used (")
        assert failure.reason.endswith("): update the package, or remove it")
        assert [a.title for a in articles if isinstance(a, Article)] == ["From a package", "Rain"]


def test_a_program_comes_after_packages(tmp_path: Path, install: Install) -> None:
    """A program may replace what a package adds, though it is looked for later."""
    install("shouting", package_of(".shout"), "shout = shouting:FORMAT")
    with pytest.raises(ReadingError, match=r"which shouts \(shouting\) has already"):
        register_reader(SHOUT)
    register_reader(
        Format("own", (".shout",), "text/x-shout", one_article(read_shout), replaces=True)
    )
    found = read(tmp_path, "a.shout", "HERE!IT IS")
    assert isinstance(found, Article)
    assert found.title == "Here"
    assert not [f for f in find_files([tmp_path / "read"]) if isinstance(f, Failure)]


def test_a_package_may_register_itself(install: Install) -> None:
    """What is registered while packages are imported does not begin it all over."""
    code = package_of(".shout") + "from plait.index.reading import register_reader\n"
    install("shouting", code + "register_reader(FORMAT)\n", "shout = shouting:FORMAT")
    assert list(suffixes()) == [*BUILT_IN, ".shout"]


def test_the_command_line_follows(tmp_path: Path, install: Install) -> None:
    """Help lists what a package adds, and `plait --help` imports no reader at all."""
    site = install("shouting", package_of(".shout"), "shout = shouting:FORMAT")
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])
    }

    def printed(code: str) -> str:
        """Run code in an interpreter that sees the package; return what it printed."""
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    asked = "import sys; sys.argv = ['plait', {}]; from plait.cli import app\n"
    shown = printed(asked.format("'index', '-h'") + "app()")
    assert f"Reads {', '.join([*BUILT_IN, '.shout'])}. A file" in re.sub(r"\s+", " ", shown)
    loaded = printed(
        asked.format("'-h'") + "app(standalone_mode=False); print(*sys.modules, sep='\\n')"
    ).splitlines()
    assert "plait.cli" in loaded
    assert not {"plait.index.reading", "shouting", "trafilatura", "lxml", "gzip"} & set(loaded)


def test_a_suffix_counts_from_when_it_is_registered(tmp_path: Path) -> None:
    """Before that a folder's files of it are passed over."""
    (tmp_path / "a.shout").write_text("x")
    assert not list(find_files([tmp_path]))
    register_reader(SHOUT)
    [found] = find_files([tmp_path])
    assert isinstance(found, SourceFile)
