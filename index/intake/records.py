"""Here are records, one a line or row: which articles are they?"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from plait.index.article import Article
from plait.index.errors import ReadingError
from plait.index.intake.article import make_article

# Fields of a table may be whole articles; Python's own limit is 128 KiB.
csv.field_size_limit(1 << 30)


@dataclass(frozen=True, slots=True)
class Failure:
    """A file or record that could not be read."""

    source: str
    """Its path, or `path:line`."""
    reason: str


@dataclass(frozen=True, slots=True)
class FieldNames:
    """Which field of a record is what; as in BEIR by default."""

    id: str = "_id"
    title: str = "title"
    text: str = "text"


def read_records(
    lines: Iterable[bytes], source: str, name: str, fields: FieldNames
) -> Iterator[Article | Failure]:
    """Read JSON lines; a bad one becomes a `Failure` and the next is read.

    A record without an id is called `name:line`.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                record = _json_object(line)
                yield record_article(record, source, f"{name}:{number}", fields)
            except ReadingError as error:
                yield Failure(f"{source}:{number}", str(error))


def read_table(
    lines: Iterable[str], separator: str, names: tuple[str, str], fields: FieldNames
) -> Iterator[Article | Failure]:
    """Read a table with a header row; `names` are its source and the stem of its ids."""
    source, name = names
    rows = csv.DictReader(lines, delimiter=separator)
    try:
        for row in rows:
            place = rows.line_num
            try:
                cells = {key: value or "" for key, value in row.items() if isinstance(key, str)}
                yield record_article(cells, source, f"{name}:{place}", fields)
            except ReadingError as error:
                yield Failure(f"{source}:{place}", str(error))
    except (csv.Error, UnicodeDecodeError) as error:
        yield Failure(source, f"not a readable table: {error}")


def record_article(
    record: Mapping[str, object], source: str, fallback_id: str, fields: FieldNames
) -> Article:
    """Turn one record into an article; raises `ReadingError`."""
    if fields.text not in record and fields.title not in record:
        raise ReadingError(
            f"no field {fields.text!r} or {fields.title!r}; it has {', '.join(record) or 'none'}. "
            "Name the fields with --text-field and --title-field."
        )
    given = record.get(fields.id, record.get("id", ""))
    article_id = str(given) if given not in (None, "") else fallback_id
    used = {fields.id, "id", fields.title, fields.text, "metadata"}
    extra = {key: _as_text(value) for key, value in record.items() if key not in used}
    nested = record.get("metadata")
    if isinstance(nested, Mapping):
        extra |= {str(key): _as_text(value) for key, value in nested.items()}
    title, text = _string(record, fields.title), _string(record, fields.text)
    return make_article(article_id, title, text, source, extra)


def _json_object(line: bytes) -> Mapping[str, object]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise ReadingError(f"not JSON: {error}") from None
    if not isinstance(record, dict):
        raise ReadingError(f"not an object but {type(record).__name__}")
    return record


def _string(record: Mapping[str, object], field: str) -> str:
    value = record.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ReadingError(f"the field {field!r} is not text but {type(value).__name__}")
    # A lone half of a surrogate pair cannot be written as UTF-8.
    return value.encode("utf-8", "replace").decode()


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
