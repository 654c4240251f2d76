"""Here are files and records: turn them into articles.

    find_files ─ SourceFile ─ read_file ┬ plain, markdown, webpage ─ Draft ─┬─ Article
                                        └ jsonlines, tables ─ records ──────┘

Useful for text, Markdown, web pages, JSON lines and tables, however dirty: what
cannot be read is reported as a `Failure` and the rest is read. Not useful for
PDF or word processors' files, or for fetching anything from the network.
"""

from plait.index.reading.failure import Failure, shown
from plait.index.reading.files import read_file, read_paths
from plait.index.reading.finding import SUFFIXES, SourceFile, absolute, find_files
from plait.index.reading.jsonlines import bounded_lines, read_records
from plait.index.reading.records import FieldNames

__all__ = [
    "SUFFIXES",
    "Failure",
    "FieldNames",
    "SourceFile",
    "absolute",
    "bounded_lines",
    "find_files",
    "read_file",
    "read_paths",
    "read_records",
    "shown",
]
