"""Here are paths: which files lie there, and which articles are in them?"""

import gzip
import io
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from plait.index.article import Article
from plait.index.errors import ReadingError
from plait.index.intake.article import make_article
from plait.index.intake.decoding import clean, decode
from plait.index.intake.records import Failure, FieldNames, read_records, read_table

LARGEST = 256 << 20
"""Bytes of one article's file, at most; records are read line by line and have no such bound."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file found on disk, and its state then."""

    path: Path
    name: str
    """Path below the base folder, or absolute outside it: the id of a file of one article."""
    size: int
    mtime_ns: int


def find_files(paths: Sequence[Path], base: Path) -> Iterator[SourceFile | Failure]:
    """Walk files and folders in order of name, each real file once.

    Inside folders, hidden names and formats plait does not read are passed over;
    a file that is named itself is read as text if its format is unknown.
    """
    seen: set[Path] = set()
    for path in paths:
        yield from _visit(path.absolute(), base.absolute(), seen, named=True)


def _visit(
    path: Path, base: Path, seen: set[Path], *, named: bool
) -> Iterator[SourceFile | Failure]:
    try:
        real, state = path.resolve(), path.stat()
    except (OSError, RuntimeError) as error:
        yield Failure(str(path), _reason(error))
        return
    if real in seen:
        return
    seen.add(real)
    if stat.S_ISDIR(state.st_mode):
        try:
            children = sorted(path.iterdir())
        except OSError as error:
            yield Failure(str(path), _reason(error))
            return
        for child in children:
            if not child.name.startswith("."):
                yield from _visit(child, base, seen, named=False)
    elif not stat.S_ISREG(state.st_mode):
        yield Failure(str(path), "not a regular file")
    elif named or _reader(path):
        name = path.relative_to(base) if path.is_relative_to(base) else path
        yield SourceFile(path, name.as_posix(), state.st_size, state.st_mtime_ns)


def read_file(file: SourceFile, fields: FieldNames) -> Iterator[Article | Failure]:
    """Read the articles of a file; what cannot be read becomes a `Failure`."""
    read = _reader(file.path) or _read_text
    try:
        yield from read(file, fields)
    except (ReadingError, OSError, EOFError) as error:
        yield Failure(str(file.path), _reason(error))


def _reader(path: Path) -> "Callable[[SourceFile, FieldNames], Iterator[Article | Failure]] | None":
    name = path.name.lower()
    return next((read for ending, read in _READERS.items() if name.endswith(ending)), None)


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _bytes(file: SourceFile) -> bytes:
    if file.size > LARGEST:
        raise ReadingError(f"larger than {LARGEST >> 20} MiB; split it, or turn it into .jsonl")
    data = file.path.read_bytes()
    if not data.strip():
        raise ReadingError("empty")
    return data


def _read_text(file: SourceFile, fields: FieldNames) -> Iterator[Article]:
    del fields  # a text has none
    title, _, text = clean(decode(_bytes(file))).partition("\n")
    yield make_article(file.name, title, text, str(file.path), {})


def _read_markdown(file: SourceFile, fields: FieldNames) -> Iterator[Article]:
    del fields
    text, metadata = _front_matter(clean(decode(_bytes(file))))
    title, _, body = text.partition("\n")
    title = metadata.pop("title", "") or title.lstrip("#").strip()
    if title and text.partition("\n")[0].lstrip("#").strip() != title:
        body = text
    yield make_article(file.name, title, body, str(file.path), metadata)


def _front_matter(text: str) -> tuple[str, dict[str, str]]:
    """Take simple `key: value` lines between two `---` off the top."""
    head, mark, body = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n") or not mark:
        return text, {}
    pairs = [line.partition(":") for line in head.split("\n") if ":" in line]
    return body.lstrip(), {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}


def _read_html(file: SourceFile, fields: FieldNames) -> Iterator[Article]:
    del fields
    import trafilatura  # noqa: PLC0415 - a second, and only web pages need it

    page = trafilatura.bare_extraction(decode(_bytes(file)), with_metadata=True)
    if page is None or not page.text:
        raise ReadingError("no article found in this page")
    metadata = {"date": page.date or "", "author": page.author or ""}
    title = page.title or ""
    body = page.text.removeprefix(title).lstrip()
    yield make_article(file.name, title, body, str(file.path), metadata)


def _read_lines(file: SourceFile, fields: FieldNames) -> Iterator[Article | Failure]:
    packed = file.path.name.lower().endswith(".gz")
    with gzip.open(file.path) if packed else file.path.open("rb") as lines:
        yield from read_records(lines, str(file.path), file.name, fields)


def _read_table(file: SourceFile, fields: FieldNames) -> Iterator[Article | Failure]:
    separator = "\t" if file.path.suffix.lower() == ".tsv" else ","
    lines = io.StringIO(decode(_bytes(file)), newline="")
    yield from read_table(lines, separator, (str(file.path), file.name), fields)


_READERS: dict[str, Callable[[SourceFile, FieldNames], Iterator[Article | Failure]]] = {
    ".txt": _read_text,
    ".md": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".jsonl": _read_lines,
    ".jsonl.gz": _read_lines,
    ".csv": _read_table,
    ".tsv": _read_table,
}
"""How a file is read, by the ending of its name."""
