"""The errors that plait raises on purpose, as one tree.

PlaitError
├── ReadingError        a file cannot be read as articles, topics or judgements
├── ModelError          an encoder cannot be found, verified or loaded
├── QueryError          a query or an option of a search cannot be honoured
├── NotFoundError       the index has no such article or passage
├── QualityError        a measure is below the floor that was asked
└── IndexDirectoryError the folder on disk cannot be used as asked
    ├── NoIndexError        there is no index at that path
    ├── LockedError         another process is writing, or wrote meanwhile
    ├── FingerprintError    built with another analyzer, encoder, cutting or format
    └── CorruptIndexError   a file is missing, truncated or altered

A message says what was wanted, what was found and what to do. The library
raises; only `plait.cli` prints and exits. Errors of the machine (`OSError`:
disk full, permission denied) pass through as they are.
"""

from pathlib import Path


class PlaitError(Exception):
    """Base of every error that plait raises on purpose."""


class ReadingError(PlaitError):
    """A file or a record cannot be turned into an article; the message says why."""


class ModelError(PlaitError):
    """An encoder cannot be found, verified or loaded."""


class QueryError(PlaitError):
    """A query or an option of a search cannot be honoured."""


class NotFoundError(PlaitError):
    """The index has no article or passage with that id."""


class QualityError(PlaitError):
    """A measured value is below the floor that was asked."""


class IndexDirectoryError(PlaitError):
    """The index folder cannot be used as asked."""


class NoIndexError(IndexDirectoryError):
    """There is no index at the given path."""


class LockedError(IndexDirectoryError):
    """Another process holds the writer's lock, or published while this one wrote."""


class FingerprintError(IndexDirectoryError):
    """The index was built with another analyzer, encoder, cutting or format."""


class CorruptIndexError(IndexDirectoryError):
    """A file of the index is missing, truncated or altered."""


def damaged(what: Path | str, found: str) -> CorruptIndexError:
    """Return the error for one damaged place of an index, which says what to do."""
    remedy = "`plait check` lists all damage; index again into a new folder."
    return CorruptIndexError(f"{what} is damaged: {found}. {remedy}")
