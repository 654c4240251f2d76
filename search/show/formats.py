"""Formats in which hits and lists are printed for programs and other documents."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from plait.index.errors import QueryError
from plait.search.show.choices import Form
from plait.search.show.paths import below_here
from plait.search.show.printable import in_line, json_text, printable
from plait.search.show.records import Record


def chosen_form(
    form: Form,
    *,
    as_json: bool,
    full: bool = False,
    explain: bool = False,
    facets: bool = False,
) -> Form:
    """Return the format asked for; raises `QueryError` where options contradict each other."""
    if as_json and form not in {Form.TEXT, Form.JSON}:
        raise QueryError(f"--json and --format {form} contradict each other; leave one out.")
    found = Form.JSON if as_json else form
    for name, given, forms in (
        ("--full", full, (Form.JSON, Form.JSONL)),
        ("--explain", explain, (Form.TEXT, Form.JSON, Form.JSONL)),
        ("--facet", facets, (Form.TEXT, Form.JSON)),
    ):
        if given and found not in forms:
            raise QueryError(f"{name} goes with --format {' or '.join(forms)}, not {found}.")
    return found


def written(form: Form, records: Iterable[Record], columns: Sequence[str]) -> Iterator[str]:
    """Yield the lines of records in a format other than text, safe to print.

    `columns` are those of a table; a passage is its text there.
    """
    match form:
        case Form.JSON:
            return _array(records)
        case Form.JSONL:
            return (json_text(record, indent=None) for record in records)
        case Form.CSV:
            return map(printable, _table(records, columns))
        case Form.MD:
            return map(_link, records)
        case Form.FILES | Form.TEXT:
            return map(in_line, _files(records))


def _array(records: Iterable[Record]) -> Iterator[str]:
    """Yield the lines of a JSON array, item by item."""
    before = "["
    for record in records:
        yield before
        before = json_text(record).replace("\n", "\n  ").join(("  ", ","))
    yield before if before == "[" else before.removesuffix(",")
    yield "]"


def _table(records: Iterable[Record], columns: Sequence[str]) -> Iterator[str]:
    yield _row(columns)
    for record in records:
        yield _row([_cell(record[name]) for name in columns])


def _cell(value: object) -> object:
    return value["text"] if isinstance(value, dict) else value


def _row(cells: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _link(record: Record) -> str:
    """Return an item of a Markdown list: ranks are numbers, articles of a list have none."""
    mark = f"{record['rank']}." if "rank" in record else "-"
    title = in_line(record["title"] or record["id"])
    for letter in "\\[]*_`<":
        title = title.replace(letter, f"\\{letter}")
    source = in_line(below_here(record["source"]))
    target = f"<{source}>" if set(source) & set(" ()") else source
    named = f"[{title}]({target})" if source not in {"", "stdin"} else f"{title} ({record['id']})"
    return f"{mark} {named}" + (f", {in_line(record['date'])}" if record["date"] else "")


def _files(records: Iterable[Record]) -> Iterator[str]:
    seen: set[str] = set()
    for record in records:
        source = record["source"]
        if source not in seen and Path(source).is_absolute():
            seen.add(source)
            yield below_here(source)
