"""Formats of files that plait reads: name, suffixes, media type and reader of each.

A new format is one file with its reader and one row below. Other packages and programs
add theirs without a row: see `plait.index.reading.registry`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import BinaryIO, TypeAlias

from plait.index.errors import ReadingError
from plait.index.reading.draft import MAX_ARTICLE_BYTES, Draft
from plait.index.reading.jsonlines import read_jsonl, read_jsonl_gz
from plait.index.reading.markdown import read_markdown
from plait.index.reading.paths import date_of_path
from plait.index.reading.plain import read_plain
from plait.index.reading.records import FieldNames, Outcomes, Place
from plait.index.reading.tables import read_csv, read_tsv
from plait.index.reading.webpage import read_webpage

Reader: TypeAlias = Callable[[BinaryIO, Place, FieldNames], Outcomes]
"""Yields the articles of an open file, and a failure for each record that cannot be read.

The file is read from its beginning, can be read twice, and is closed by whoever opened it.
What a reader raises is a failure of the whole file: ReadingError where the reader knows why.
"""


@dataclass(frozen=True, slots=True)
class Format:
    """One format of files, and the reader of it.

    Raises ReadingError for a suffix without its dot or with capitals, or where there is none.
    """

    name: str
    """Name of the format, as in `Markdown`; messages use it."""
    suffixes: tuple[str, ...]
    """Suffixes of its files, with the dot, in lower case; the longest that fits a name wins."""
    media_type: str
    """Media type, as registered with IANA where it is: `text/csv`."""
    read: Reader
    """Reader of its files; `one_article` makes one of a function of bytes."""
    replaces: bool = False
    """Whether it takes over suffixes that another format has already."""

    def __post_init__(self) -> None:
        if not self.suffixes:
            raise ReadingError(f"{self}: wanted suffixes, as in ('.md', '.markdown'), found none")
        for suffix in self.suffixes:
            if len(suffix) < len(".x") or suffix[0] != "." or suffix != suffix.lower():
                wanted = "wanted a suffix with its dot, in lower case, as '.md'"
                raise ReadingError(f"{self}: {wanted}, found {suffix!r}")

    def __str__(self) -> str:
        """Return the name, and the module of the reader, since two formats may share a name."""
        return f"{self.name} ({self.read.__module__})"


def one_article(read: Callable[[bytes], Draft]) -> Reader:
    """Return the reader of a format that has one article a file, whose id is the file's name.

    The article has the date of its path where the reader and the text have none.
    The reader raises ReadingError for a file of more than `MAX_ARTICLE_BYTES` bytes.
    """

    @wraps(read)  # a format shows where its reader is from
    def outcome(file: BinaryIO, place: Place, _: FieldNames) -> Outcomes:
        data = file.read(MAX_ARTICLE_BYTES + 1)
        if len(data) > MAX_ARTICLE_BYTES:
            limit = f"larger than {MAX_ARTICLE_BYTES >> 20} MiB, the most for one article"
            raise ReadingError(f"{limit}: split it, or write its articles as JSON lines")
        article = read(data).finish(place.name, place.source)
        yield article if article.date else replace(article, date=date_of_path(place.below))

    return outcome


PLAIN = Format("plain text", (".txt",), "text/plain", one_article(read_plain))

FORMATS = (
    PLAIN,
    Format("Markdown", (".md", ".markdown"), "text/markdown", one_article(read_markdown)),
    Format("HTML", (".html", ".htm"), "text/html", one_article(read_webpage)),
    Format("XHTML", (".xhtml",), "application/xhtml+xml", one_article(read_webpage)),
    Format("JSON lines", (".jsonl", ".ndjson"), "application/x-ndjson", read_jsonl),
    Format("JSON lines in gzip", (".jsonl.gz",), "application/gzip", read_jsonl_gz),
    Format("CSV", (".csv",), "text/csv", read_csv),
    Format("TSV", (".tsv",), "text/tab-separated-values", read_tsv),
)
"""Formats that plait brings along, in the order in which their suffixes are listed."""
