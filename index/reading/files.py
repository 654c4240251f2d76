"""Articles of a file, read in the format of its suffix.

Whatever goes wrong with one file becomes a failure, so that the next one is read.
"""

from collections.abc import Sequence
from pathlib import Path

from plait.index.errors import ReadingError
from plait.index.reading.failure import Failure, in_words, shown, unforeseen
from plait.index.reading.finding import SourceFile, find_files
from plait.index.reading.records import FieldNames, Outcomes, Place, until_too_many_failures
from plait.index.reading.registry import REGISTRY
from plait.index.reading.unregistered import HEAD_BYTES, format_of_named


def read_paths(paths: Sequence[Path], fields: FieldNames) -> Outcomes:
    """Yield every article at and below some paths; see `find_files` and `read_file`."""
    for found in find_files(paths):
        if isinstance(found, Failure):
            yield found
        else:
            yield from read_file(found, fields)


def read_file(file: SourceFile, fields: FieldNames) -> Outcomes:
    """Yield the articles of a file, and a failure for whatever cannot be read.

    A name without a registered suffix is read as what its bytes begin with, or plain text.
    """
    return until_too_many_failures(outcomes_of(file, fields), shown(file.path))


def outcomes_of(file: SourceFile, fields: FieldNames) -> Outcomes:
    """Yield the articles of a file, however many of its records fail."""
    source = shown(file.path)
    try:
        with file.path.open("rb") as opened:
            wanted = REGISTRY.format_of(file.path.name)
            if wanted is None:
                wanted = format_of_named(file.path.name, opened.read(HEAD_BYTES))
                opened.seek(0)
            below = file.name.partition("/")[2] or file.name
            yield from wanted.read(opened, Place(source, file.name, below), fields)
    except ReadingError as error:
        yield Failure(source, str(error))
    except OSError as error:
        yield Failure(source, in_words(error))
    except Exception as error:  # noqa: BLE001 - see `unforeseen`
        yield Failure(source, unforeseen(error))
