"""Files and records on disk, turned into articles."""

from plait.index.intake.files import SourceFile, find_files, read_file
from plait.index.intake.records import Failure, FieldNames, read_records

__all__ = ["Failure", "FieldNames", "SourceFile", "find_files", "read_file", "read_records"]
