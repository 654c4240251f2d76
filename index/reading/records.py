"""Article of a record with named fields.

Does not find the records of a file: see `jsonlines` and `tables`.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import astuple, dataclass
from typing import TypeAlias

from plait.index.article import Article, FieldValue, scalar_of, stored
from plait.index.errors import ReadingError
from plait.index.reading.cleaning import without_surrogates
from plait.index.reading.dates import date_of_publication, iso_date_or_part
from plait.index.reading.draft import EMPTY, Draft
from plait.index.reading.failure import Failure, listed, unforeseen
from plait.index.reading.types import converted, declared, json_of

Record: TypeAlias = Mapping[str, object]

BEIR_ID_FIELD = "_id"

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
    text: str = "text"
    date: str = "date"
    author: str = "author"
    types: str = ""
    """Types of further fields, as in `year=number, zip=text`; others have those of the record."""

    def __post_init__(self) -> None:
        declared(self.types)
        for name in astuple(self):
            if without_surrogates(name) != name:
                raise ReadingError(f"the field name {name!a} is no UTF-8; no record has such a one")

    def spelled(self, names: Collection[str]) -> "FieldNames":
        """Return the names as a record spells them: exactly so, or as the one name in another case.

        Two fields that differ in case alone are both left as they are.
        """
        wanted = (self.id, self.title, self.text, self.date, self.author)
        if all(name in names for name in wanted):  # most records of large files
            return self
        found = Counter(name.casefold() for name in names)
        unique = {name.casefold(): name for name in names if found[name.casefold()] == 1}
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
    """Name of the file: the id of its one article, or the beginning of `NAME:LINE`, the id of a
    record without one."""
    below: str = ""
    """Path of the file below the folder that is indexed, whose names may hold the date of its one
    article; empty for a stream."""

    def outcome(self, record: Record, line: int, fields: FieldNames) -> Article | Failure:
        """Return the article of the record that begins on a line, or its failure."""
        try:
            names = fields.spelled(record)
            draft = draft_of(record, names)
            return draft.finish(id_of(record, names) or f"{self.name}:{line}", self.source)
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
    if fields.title not in record and fields.text not in record:
        wanted = f"has neither a field {fields.title!r} nor {fields.text!r}"
        raise ReadingError(f"{wanted}, but {listed(record)}: say which field holds the text")
    title, text = string_in(record, fields.title), string_in(record, fields.text)
    if not title and not text:  # found at once: a table may be a million such rows
        raise ReadingError(EMPTY)
    date = date_in(record.get(fields.date))
    author = author_in(record.get(fields.author))
    used = {id_field(record, fields), fields.title, fields.text}
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
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ReadingError(f"its id is {json_type(value)}, not text or a whole number")
    if not str(value).strip():
        raise ReadingError("its id is empty: give it one, or leave the field out")
    return str(value)


def string_in(record: Record, name: str) -> str:
    """Return a field's text; empty where it is missing or null.

    Raises ReadingError where it is anything else.
    """
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ReadingError(f"its field {name!r} is {json_type(value)}, not text")
    return value


def author_in(value: object) -> str:
    """Return the author, or the authors of a list of names joined by commas."""
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return ", ".join(value)
    return value if isinstance(value, str) else ""


def date_in(value: object) -> str:
    """Return the date that a value is, or the first of a list that is one; else an empty string."""
    values = value if isinstance(value, list) else [value]
    return next(filter(None, (iso_date_or_part(as_text(one)) for one in values)), "")


def is_several(value: object) -> bool:
    """Return whether a value is a list of more than one."""
    return isinstance(value, list) and len(value) > 1


def metadata_of(record: Record, used: set[str]) -> dict[str, FieldValue]:
    """Return the remaining fields, those of BEIR's `metadata` object among them.

    Nulls are left out. A field of the record wins over one of the same name inside.
    """
    nested = record.get(METADATA_FIELD)
    inner = nested if isinstance(nested, dict) and METADATA_FIELD not in used else {}
    outer = {
        name: value
        for name, value in record.items()
        if name not in used and not (name == METADATA_FIELD and value is nested and inner)
    }
    found = {**inner, **outer}.items()
    return {name: stored(value) for name, value in found if value is not None}


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


def as_text(value: object) -> str:
    """Return a string as it is, an empty one for null, and any other value as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json_of(value)


def json_type(value: object) -> str:
    """Return the type of a value in JSON's words."""
    if isinstance(value, bool):
        return "true or false"
    names = {dict: "an object", list: "an array", int: "a number", float: "a number"}
    return names.get(type(value), type(value).__name__)
