"""Article of a record with named fields.

Does not find the records of a file: see `jsonlines` and `tables`.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from hashlib import blake2b
from typing import TypeAlias

from plait.index.article import Article, FieldValue, scalar_of, stored
from plait.index.errors import ReadingError
from plait.index.reading.cleaning import without_surrogates
from plait.index.reading.dates import date_of_publication
from plait.index.reading.draft import EMPTY, Draft
from plait.index.reading.failure import Failure, listed, unforeseen
from plait.index.reading.types import converted, declared
from plait.index.reading.values import (
    Record,
    author_in,
    date_in,
    is_missing,
    is_several,
    json_type,
    string_in,
)

BEIR_ID_FIELD = "_id"

TEXT_FIELD = "text"

DIGEST_BYTES = 8
"""Bytes of a digest of a record: among ten million, two meet once in 400,000 collections."""

TEXT_FIELDS = (
    *("content", "contents", "body", "article", "articlebody", "bodytext", "contenttext"),
    *("fulltext", "maintext", "document", "passage", "abstract", "description", "summary"),
)
"""Fields, in lower case and letters alone, that stand in for `text` where it has nothing, the
likeliest first: those of corpora, news services and feeds."""

NO_LETTERS = re.compile(r"[\W_]+")

MAX_FAILURES = 1_000_000
"""Failures of a source after which reading stops: it is no file of records, and the rest of it
would take minutes."""

MAX_BLANK_LINES = 1_000_000
"""Blank lines between two records after which reading stops."""

TOO_MANY_BLANK_LINES = (
    f"{MAX_BLANK_LINES:,} blank lines in a row: what comes after them is not read"
)

METADATA_FIELD = "metadata"
"""Name of the field in which BEIR has an object of further fields."""


@dataclass(frozen=True, slots=True)
class FieldNames:
    """Names of a record's fields; by default those of BEIR's corpora.

    A record that has none of exactly that name may have it in another case: `Title`, `DATE`.
    Raises ReadingError for a name that is not UTF-8.
    """

    id: str = BEIR_ID_FIELD
    """Field of the id; by default `id` in a record without `_id`."""
    title: str = "title"
    text: str = TEXT_FIELD
    """Field of the text; by default another of `TEXT_FIELDS` where a record has none in `text`."""
    date: str = "date"
    author: str = "author"
    types: str = ""
    """Types of further fields, as in `year=number, zip=text`; others have those of the record."""

    def __post_init__(self) -> None:
        declared(self.types)
        for name in astuple(self):
            if without_surrogates(name) != name:
                raise ReadingError(f"the field name {name!a} is no UTF-8; no record has such a one")

    @property
    def has_usual_text(self) -> bool:
        """Whether another field may stand in for the text: none was named for it."""
        return self.text.casefold() == TEXT_FIELD

    def spelled(self, names: Collection[str]) -> "FieldNames":
        """Return the names as a record spells them: exactly so, or as the one name in another case.

        Two fields that differ in case alone are both left as they are.
        """
        wanted = (self.id, self.title, self.text, self.date, self.author)
        if all(name in names for name in wanted):  # most records of large files
            return self
        plain = {name: name.strip().casefold() for name in names}
        found = Counter(plain.values())
        unique = {own: name for name, own in plain.items() if found[own] == 1}
        id_, title, body, date, author = (
            n if n in names else unique.get(n.casefold(), n) for n in wanted
        )
        if id_ == BEIR_ID_FIELD and id_ not in names:
            id_ = unique.get("id", id_)
        return FieldNames(id_, title, body, date, author, self.types)


@dataclass(frozen=True, slots=True)
class Place:
    """Source of records: a file or a stream."""

    source: str
    """Path of the file, for `Article.source`."""
    name: str
    """Name of the file: the id of its one article, or the beginning of `NAME:DIGEST`, the id of a
    record without one, which is made of what is in it."""
    below: str = ""
    """Path of the file below the folder that is indexed, whose names may hold the date of its one
    article; empty for a stream."""

    def outcome(self, record: Record, line: int, fields: FieldNames) -> Article | Failure:
        """Return the article of the record that begins on a line, or its failure."""
        try:
            names = fields.spelled(record)
            draft = draft_of(record, names)
            own = id_of(record, names) or f"{self.name}:{digest_of(record)}"
            return draft.finish(own, self.source)
        except ReadingError as error:
            return self.failure(line, str(error))
        except Exception as error:  # noqa: BLE001 - see `unforeseen`
            return self.failure(line, unforeseen(error))

    def failure(self, line: int, reason: str) -> Failure:
        """Return the failure of the record that begins on a line."""
        return Failure(f"{self.source}:{line}", reason)


Outcomes: TypeAlias = Iterator[Article | Failure]
"""Articles of a source, and a failure for each that cannot be read, in order."""


def until_too_many_failures(outcomes: Outcomes, source: str) -> Outcomes:
    """Yield the outcomes of a source, up to its millionth failure."""
    left = MAX_FAILURES
    for outcome in outcomes:
        yield outcome
        if isinstance(outcome, Failure):
            left -= 1
            if not left:
                reason = f"{MAX_FAILURES:,} failures: what comes after them is not read"
                yield Failure(source, reason)
                return


def draft_of(record: Record, fields: FieldNames) -> Draft:
    """Return a record's fields as a draft.

    A date or author that is not understood stays in the metadata, and so does a field of another
    name from which the date is, and a list of several dates.
    Raises ReadingError for a title or text of the wrong type, or without either.
    """
    body, text = text_in(record, fields)
    if fields.title not in record and body not in record:
        wanted = f"has neither a field {fields.title!r} nor {fields.text!r}"
        raise ReadingError(f"{wanted}, but {listed(record)}: say which field holds the text")
    title = string_in(record, fields.title, ", ")
    if not title and not text:  # found at once: a table may be a million such rows
        raise ReadingError(EMPTY)
    date = date_in(record.get(fields.date))
    author = author_in(record.get(fields.author))
    used = {id_field(record, fields), fields.title, body}
    used |= {name for name, value in ((fields.date, date), (fields.author, author)) if value}
    if is_several(record.get(fields.date)):
        used -= {fields.date}
    date = date or date_of_publication(record)
    metadata = with_declared(metadata_of(record, used), fields)
    return Draft(title, text, "", date, author, metadata)


def id_field(record: Record, fields: FieldNames) -> str:
    """Return the name of the field that holds the id; by default `_id`, or else `id`."""
    return "id" if fields.id == BEIR_ID_FIELD and BEIR_ID_FIELD not in record else fields.id


def id_of(record: Record, fields: FieldNames) -> str | None:
    """Return a record's id, None where it has none.

    Raises ReadingError for an id of the wrong type, or an empty one.
    """
    value = record.get(id_field(record, fields))
    if is_missing(value):
        return None
    if isinstance(value, float) and value.is_integer():  # of a column that has missing values, too
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ReadingError(f"its id is {json_type(value)}, not text or a whole number")
    if not str(value).strip():
        raise ReadingError("its id is empty: give it one, or leave the field out")
    return str(value)


def digest_of(record: Record) -> str:
    """Return a digest of what is in a record, by which it is known where it has no id."""
    given = {name: value for name, value in record.items() if not is_missing(value)}
    whole = json.dumps(given, sort_keys=True).encode()
    return blake2b(whole, digest_size=DIGEST_BYTES).hexdigest()


def text_in(record: Record, fields: FieldNames) -> tuple[str, str]:
    """Return the name of the field that holds the text, and the text.

    Where it is not named otherwise, one of `TEXT_FIELDS` stands in for a `text` that is empty.
    Raises ReadingError where the field is an object.
    """
    text = string_in(record, fields.text, "\n\n")
    if text.strip() or not fields.has_usual_text:
        return fields.text, text
    for name in bodies_of(record):
        if not isinstance(record[name], Mapping) and name not in {fields.title, fields.id}:
            found = string_in(record, name, "\n\n")
            if found.strip():
                return name, found
    return fields.text, text


def bodies_of(names: Iterable[str]) -> list[str]:
    """Return those of a record's fields that may stand in for its text, the likeliest first."""
    found = {NO_LETTERS.sub("", name).casefold(): name for name in names}
    return [found[name] for name in TEXT_FIELDS if name in found]


def metadata_of(record: Record, used: set[str]) -> dict[str, FieldValue]:
    """Return the remaining fields, those of BEIR's `metadata` object among them.

    What is missing is left out. A field of the record wins over one of the same name inside.
    """
    nested = record.get(METADATA_FIELD)
    inner = nested if isinstance(nested, dict) and METADATA_FIELD not in used else {}
    outer = {
        name: value
        for name, value in record.items()
        if name not in used and not (name == METADATA_FIELD and value is nested and inner)
    }
    found = {**inner, **outer}.items()
    return {name: stored(value) for name, value in found if not is_missing(value)}


def with_declared(
    metadata: Mapping[str, FieldValue], fields: FieldNames
) -> Mapping[str, FieldValue]:
    """Return metadata in which the fields that a user named have the types declared for them."""
    types = declared(fields.types)
    return {n: converted(v, types[n]) if n in types else v for n, v in metadata.items()}


def with_types(cells: Mapping[str, str], fields: FieldNames) -> Record:
    """Return a record of texts in which numbers and flags are no texts, except in named fields."""
    named = {*astuple(fields), *declared(fields.types), "id"}
    return {name: cell if name in named else scalar_of(cell) for name, cell in cells.items()}
