"""Test collections that the package `ir-datasets` knows, read by their id.

The package is imported only here and only when it is needed. It keeps its data in a folder
of its own and may download them when they are not there: whoever names an id agrees to that.
"""

import json
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from plait.index.errors import PlaitError, ReadingError
from plait.search.evaluation.collection import Collection, Topic, judged
from plait.search.evaluation.files.topic_fields import asked_text, parse_fields

ID_PREFIX = "ir_datasets:"
"""Prefix that tells an id from a path."""
TITLE_FIELDS = ("title", "headline", "headlines")
"""Names of the fields that hold a title, which differ between data sets."""


def read_registered(name: str, fields: str = "") -> Collection:
    """Return the data set of an id; `fields` names what is asked of each topic.

    Raises `ReadingError` where the package, the id, or the data are missing; what
    `ir-datasets` said is in the message.
    """
    try:
        library = import_module("ir_datasets")
    except ImportError as error:
        raise ReadingError(
            f"{ID_PREFIX}{name} needs the package ir-datasets; pip install 'plait[datasets]'."
        ) from error
    try:
        dataset = library.load(name)
    except Exception as error:
        raise _failed(name, error, "https://ir-datasets.com lists the ids") from error
    for part in ("docs", "queries", "qrels"):
        if not getattr(dataset, f"has_{part}")():
            raise ReadingError(f"{ID_PREFIX}{name} has no {part}; name a data set with judgements.")
    remedy = f"see `ir_datasets doc_fifo {name}`, and what it says of its data"
    try:
        topics = [_topic(query, parse_fields(fields)) for query in dataset.queries_iter()]
        qrels: dict[str, dict[str, int]] = {}
        for judgement in dataset.qrels_iter():
            qrels.setdefault(judgement.query_id, {})[judgement.doc_id] = int(judgement.relevance)
    except PlaitError:
        raise
    except Exception as error:
        raise _failed(name, error, remedy) from error
    return judged(name, _records(dataset, name, remedy), topics, qrels)


def _topic(query: Any, names: Sequence[str]) -> Topic:
    record = query._asdict()
    try:
        return Topic(str(record.pop("query_id")), asked_text(record, names))
    except ValueError as error:
        raise ReadingError(f"topic {query.query_id!r} has {error}.") from error


def _records(dataset: Any, name: str, remedy: str) -> Iterator[bytes]:
    """Yield the articles as JSON lines, such as `plait index` reads."""
    try:
        for document in dataset.docs_iter():
            title = _first(document, TITLE_FIELDS)
            text = document.text if hasattr(document, "text") else document.default_text()
            record = {"_id": document.doc_id, "title": title, "text": text}
            yield json.dumps(record).encode() + b"\n"
    except Exception as error:
        raise _failed(name, error, remedy) from error


def _first(row: Any, names: tuple[str, ...]) -> str:
    """Return the first of some fields that is there and not empty."""
    values = (getattr(row, name, "") for name in names)
    return next((str(value).strip() for value in values if value), "")


def _failed(name: str, error: Exception, remedy: str) -> ReadingError:
    """Return our error for any of ir-datasets', whose parsers and downloads raise all kinds."""
    return ReadingError(f"{ID_PREFIX}{name}: {type(error).__name__}: {error}; {remedy}.")
