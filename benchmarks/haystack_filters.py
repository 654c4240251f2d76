"""Haystack's own tests of a document store's filters, run on plait's (`make test-haystack`).

A document becomes an article whose metadata is the document's; a filter becomes a tree of values.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from conftest import Quick
from haystack import Document
from haystack.errors import FilterError
from haystack.testing.document_store import FilterDocumentsTest

from plait.index.article import Article
from plait.index.filter import All, Either, Exists, Field, Filter, Not, as_date
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.index import Index

RANGES = (">", ">=", "<", "<=")


def part_of(condition: Mapping[str, Any], name: str) -> Any:
    """Return a part of a condition; raises `FilterError` where it has none."""
    if name not in condition:
        raise FilterError(f"no {name!r} in {condition}")
    return condition[name]


def tree_of(condition: Mapping[str, Any]) -> Filter:
    """Return the filter of a condition, or of several that are joined; raises `FilterError`."""
    operator = part_of(condition, "operator")
    if "field" not in condition:
        parts = tuple(map(tree_of, part_of(condition, "conditions")))
        joined = {"AND": All(parts), "OR": Either(parts), "NOT": Not(All(parts))}
        return cast("Filter", part_of(joined, operator))
    field = Field(condition["field"].removeprefix("meta."))
    value = part_of(condition, "value")
    if operator in RANGES and (
        isinstance(value, list) or (isinstance(value, str) and as_date(value) is None)
    ):
        raise FilterError(f"{value!r} has no order")
    if operator in {"in", "not in"} and not isinstance(value, list):
        raise FilterError(f"{operator} wants a list, not {value!r}")
    return compared(field, operator, value)


def compared(field: Field, operator: str, value: Any) -> Filter:  # noqa: PLR0911 - a way each
    """Return the comparison of a field with a value; raises `FilterError` for another operator."""
    match operator:
        case "==":
            return field == value
        case "!=":
            return field != value
        case "in":
            return field.one_of(*value)
        case "not in":
            return ~field.one_of(*value)
        case ">":
            return field > value
        case ">=":
            return field >= value
        case "<":
            return field < value
        case "<=":
            return field <= value
    raise FilterError(f"no operator {operator!r}")


class PlaitDocumentStore:
    """Documents, of which a plait index tells which pass a filter."""

    def __init__(self, root: Path, encoder: Encoder) -> None:
        self._root, self._encoder = root, encoder
        self._documents: dict[str, Document] = {}

    def write_documents(self, documents: Sequence[Document]) -> None:
        """Index documents."""
        with IndexWriter(self._root, self._encoder) as writer:
            for document in documents:
                self._documents[document.id] = document
                known = {name: value for name, value in document.meta.items() if value is not None}
                writer.add(Article(document.id, "A title", document.content or "", metadata=known))

    def filter_documents(self, filters: Mapping[str, Any] | None = None) -> list[Document]:
        """Return the documents that pass, in the order in which they were written."""
        if not self._documents:
            return []
        store = Index.open(self._root, self._encoder).store
        passing = store.within(tree_of(filters) if filters else Exists("id"))
        articles = {article.id for article, _ in store.read(np.sort(passing))}
        return [own for own in self._documents.values() if own.id in articles]


class TestFilters(FilterDocumentsTest):
    """All of Haystack's tests of filters."""

    @pytest.fixture
    def document_store(self, tmp_path: Path) -> PlaitDocumentStore:
        """Give an empty store."""
        return PlaitDocumentStore(tmp_path / "documents.plait", cast("Encoder", Quick()))
