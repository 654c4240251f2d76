"""Here is a file: which articles does it hold?

Chooses the format by the end of the name; whatever goes wrong with one file
becomes a failure, so that the next one is read.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, TypeAlias

from plait.index.errors import ReadingError
from plait.index.reading.draft import LARGEST_ARTICLE, Draft
from plait.index.reading.failure import Failure, in_words, shown, unforeseen
from plait.index.reading.finding import SourceFile, find_files
from plait.index.reading.jsonlines import read_jsonl, read_jsonl_gz
from plait.index.reading.markdown import read_markdown
from plait.index.reading.plain import read_plain
from plait.index.reading.records import FieldNames, Outcomes, Place, until_too_many_failures
from plait.index.reading.tables import read_csv, read_tsv
from plait.index.reading.webpage import read_webpage

ReadsOne: TypeAlias = Callable[[bytes], Draft]
ReadsMany: TypeAlias = Callable[[BinaryIO, Place, FieldNames], Outcomes]

ONE_ARTICLE: Mapping[str, ReadsOne] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_webpage,
    ".htm": read_webpage,
    ".xhtml": read_webpage,
}
"""Formats of one article a file, by the end of the name; any other name is plain text."""

MANY_RECORDS: Mapping[str, ReadsMany] = {
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".jsonl.gz": read_jsonl_gz,
    ".csv": read_csv,
    ".tsv": read_tsv,
}
"""Formats of many records a file. They are read as they are asked for, never whole."""


def read_paths(paths: Sequence[Path], base: Path, fields: FieldNames) -> Outcomes:
    """Read every article below some paths; see `find_files` and `read_file`."""
    for found in find_files(paths, base):
        if isinstance(found, Failure):
            yield found
        else:
            yield from read_file(found, fields)


def read_file(file: SourceFile, fields: FieldNames) -> Outcomes:
    """Read the articles of a file; what cannot be read becomes a failure."""
    return until_too_many_failures(outcomes_of(file, fields), shown(file.path))


def outcomes_of(file: SourceFile, fields: FieldNames) -> Outcomes:
    """Read the articles of a file, however many of its records fail."""
    name = file.path.name.lower()
    source = shown(file.path)
    try:
        for suffix, read_many in MANY_RECORDS.items():
            if name.endswith(suffix):
                with file.path.open("rb") as opened:
                    yield from read_many(opened, Place(source, file.name), fields)
                return
        read_one = ONE_ARTICLE.get(file.path.suffix.lower(), read_plain)
        yield read_one(content(file.path)).finish(file.name, source)
    except ReadingError as error:
        yield Failure(source, str(error))
    except OSError as error:
        yield Failure(source, in_words(error))
    except Exception as error:  # noqa: BLE001 - see `unforeseen`
        yield Failure(source, unforeseen(error))


def content(path: Path) -> bytes:
    """Read a file that is one article. Raises ReadingError where it is too large."""
    with path.open("rb") as opened:
        data = opened.read(LARGEST_ARTICLE + 1)
    if len(data) > LARGEST_ARTICLE:
        limit = f"larger than {LARGEST_ARTICLE >> 20} MiB, the most for one article"
        raise ReadingError(f"{limit}: split it, or write its articles as JSON lines")
    return data
