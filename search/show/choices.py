"""Choices of the command line: formats of what is printed, and orders of a list."""

from enum import StrEnum


class Form(StrEnum):
    """Form of what is printed."""

    TEXT = "text"
    """Lines for a person."""
    JSON = "json"
    """One array."""
    JSONL = "jsonl"
    """One object a line."""
    CSV = "csv"
    """A table with a header, as spreadsheets read it."""
    MD = "md"
    """A list of links in Markdown."""
    FILES = "files"
    """Paths of the files, each once."""


class Order(StrEnum):
    """Order of a list; within one date or title by id."""

    ID = "id"
    TITLE = "title"
    DATE = "date"
    """Oldest first; articles without a date last."""
    NEWEST = "-date"
    """Newest first; articles without a date last."""
