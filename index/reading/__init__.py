"""Articles of files and records: text, Markdown, web pages, JSON lines and tables.

    find_files ─ SourceFile ─ read_file ┬ plain, markdown, webpage ─ Draft ─────┬─ Article
                                        └ jsonlines, jsonfile, tables ─ records ┘

Useful for files however dirty: what cannot be read is reported as a `Failure`, and the rest
is read. Further formats are registered by `register_reader`, or by packages: see `registry`.
Not useful for PDF or word processors' files, or for fetching anything from the network.
"""

from plait.index.reading.draft import Draft
from plait.index.reading.failure import Failure, shown
from plait.index.reading.files import read_file, read_paths
from plait.index.reading.finding import SourceFile, absolute, find_files, kind_of
from plait.index.reading.formats import Format, Reader, one_article
from plait.index.reading.jsonlines import bounded_lines, read_records
from plait.index.reading.naming import Namer, is_named_by_digest, is_named_by_line, path_ends
from plait.index.reading.origins import (
    Origins,
    is_below,
    is_deleted,
    is_gone,
    path_of,
    real_path,
)
from plait.index.reading.records import FieldNames, Outcomes, Place
from plait.index.reading.registry import register_reader, suffixes

__all__ = [
    "Draft",
    "Failure",
    "FieldNames",
    "Format",
    "Namer",
    "Origins",
    "Outcomes",
    "Place",
    "Reader",
    "SourceFile",
    "absolute",
    "bounded_lines",
    "find_files",
    "is_below",
    "is_deleted",
    "is_gone",
    "is_named_by_digest",
    "is_named_by_line",
    "kind_of",
    "one_article",
    "path_ends",
    "path_of",
    "read_file",
    "read_paths",
    "read_records",
    "real_path",
    "register_reader",
    "shown",
    "suffixes",
]
