"""Fields that an index has, and the types that values of a filter get from them."""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from plait.index.errors import QueryError
from plait.index.filter import (
    RANGES,
    All,
    Compare,
    Either,
    FieldFacts,
    Filter,
    Operator,
    Value,
    joined,
)
from plait.index.span import Span, span_at, span_of

EVERY_INDEX: Mapping[str, str] = {
    "id": "text",
    "date": "date",
    "source": "text",
    "author": "text",
    "language": "text",
}
"""Fields that any article may have, and their kinds, also where no article of an index has one."""

SEARCHED = ("title", "text")
"""Names of what is searched by words."""

FIELDS_LISTED = 20
"""Number of fields that an error lists."""

_RELATIVE = re.compile(
    r"(?:the )?(?:last|past) (?:(\d{1,4}) )?(day|week|month|year)s?", re.IGNORECASE
)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)((?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)")
"""Pattern of a number as JSON has it; `007` is a code."""
LONGEST_NUMBER_READ = 400
"""Greatest number of characters of a number; the longest float has 309 digits."""

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


@dataclass(frozen=True, slots=True)
class Known:
    """Fields of an index, and the day that relative dates count from."""

    fields: Mapping[str, FieldFacts]
    today: dt.date

    def name(self, given: str, shown: str = "") -> str:
        """Return the name of a field as the index has it, in any case.

        Raises `QueryError` that lists what there is; `shown` is where the name stands.
        """
        names = {*EVERY_INDEX, *self.fields}
        folded = {name.casefold(): name for name in sorted(names)}
        found = given if given in names else folded.get(given.casefold())
        if found:
            return found
        if given.casefold() in SEARCHED:
            remedy = f"write {given}:word in the query"
            raise QueryError(f"{given} is searched, not filtered by; {remedy}.{_below(shown)}")
        near = get_close_matches(given.casefold(), folded, 1)
        hint = f" Did you mean {folded[near[0]]}?" if near else ""
        listed = sorted(names)[:FIELDS_LISTED]
        more = f" and {len(names) - len(listed)} more" if len(names) > len(listed) else ""
        raise QueryError(
            f"no field {given!r}.{hint} The articles have: {', '.join(listed)}{more}; "
            f"`plait info --fields` says what is in them.{_below(shown)}"
        )

    def kinds(self, name: str) -> set[str]:
        """Return the kinds of a field's values."""
        own = set(self.fields[name].kinds) if name in self.fields else set()
        return own or {EVERY_INDEX.get(name, "text")}

    def compared(self, name: str, operator: Operator, text: str, shown: str = "") -> Filter:
        """Return the comparison of a field with a value that is written, typed as the field is.

        Where the field has values of several types, it is compared with each that the text fits.
        Raises `QueryError` where it fits none.
        """
        kinds, values = self.kinds(name), []
        if "date" in kinds and (first := self.since(text)):
            return _recent(name, operator, Span(first.isoformat()), span_at(self.today))
        if operator == "contains" and "text" not in kinds:
            operator = "="
        if operator not in {"like", "contains"}:
            fitting = kinds - ({"flag"} if operator in RANGES else set())
            values = [v for k in sorted(fitting) if (v := self._read(k, text)) is not None]
        if "text" in kinds and operator not in RANGES:
            values.append(text)
        if not values:
            self._refuse(name, operator, text, shown)
        return joined(Either, [Compare(name, operator, value) for value in values])

    def _read(self, kind: str, text: str) -> Value | None:
        """Return the value of one kind that a text stands for; None for no such value."""
        readers: dict[str, Callable[[str], Value | None]] = {
            "date": self.date,
            "number": _number,
            "flag": lambda own: {"true": True, "false": False}.get(own.lower()),
        }
        return readers[kind](text) if kind in readers else None

    def date(self, text: str) -> Span | None:
        """Return the span of a date in ISO 8601, or of one that is relative to today."""
        today = self.today.isoformat()
        named = {"today": today, "now": today, "this month": today[:7], "this year": today[:4]}
        if text.lower() == "yesterday":
            return span_at(max(self.today, dt.date(1, 1, 2)) - dt.timedelta(days=1))
        return span_of(named.get(text.lower(), text))

    def since(self, text: str) -> dt.date | None:
        """Return the day on which `last 30 days`, weeks, months or years begin; None for others."""
        found = _RELATIVE.fullmatch(text)
        if not found:
            return None
        count, unit = int(found[1] or 1), found[2].lower()
        try:
            if unit in _DAYS:
                return self.today - dt.timedelta(days=count * _DAYS[unit])
            months = self.today.year * 12 + self.today.month - 1 - count * _MONTHS[unit]
            year, month = months // 12, months % 12 + 1
            return dt.date(year, month, min(self.today.day, monthrange(year, month)[1]))
        except (ValueError, OverflowError):
            return dt.date.min

    def check_type(self, name: str, operator: Operator, value: Value) -> None:
        """Raise `QueryError` for a value that no value of the field can be compared with."""
        kind = {bool: "flag", Span: "date"}.get(type(value), "number")
        if kind == "flag" and operator in RANGES:
            raise QueryError(f"{name} {operator} {value}: true and false have no order.")
        if operator in {"contains", "like"} and kind != "number":
            raise QueryError(f"{name} {operator} {value}: wanted a text.")
        if kind not in self.kinds(name):
            self._refuse(name, operator, str(value))

    def _refuse(self, name: str, operator: Operator, text: str, shown: str = "") -> None:
        kinds = self.kinds(name)
        facts = self.fields.get(name)
        examples = ", ".join(facts.examples[:2]) if facts else ""
        if kinds == {"text"} and operator in RANGES:
            wanted = "texts have no order; = or : or `in` compares them"
        elif kinds == {"date"} and operator not in {"like", "contains"}:
            wanted = "write a date as 2018, 2018-11, 2018-11-14, yesterday or last 30 days"
        else:
            wanted = f"wanted a {' or a '.join(sorted(kinds))}"
        example = f" (as in {examples})" if examples else ""
        held = f"{name} holds {' and '.join(f'{kind}s' for kind in sorted(kinds))}{example}"
        raise QueryError(f"{name} {operator} {text}: {held}; {wanted}.{_below(shown)}")


def _recent(name: str, operator: Operator, first: Span, today: Span) -> Filter:
    """Return the comparison with the days from `first` to today."""
    if operator in {">", "<="}:
        return Compare(name, operator, today)
    if operator in {">=", "<"}:
        return Compare(name, operator, first)
    return All((Compare(name, ">=", first), Compare(name, "<=", today)))


def _below(shown: str) -> str:
    return f"\n{shown}" if shown else ""


def _number(text: str) -> Value | None:
    """Return the number that a text stands for, of any size; None for none, and for a code."""
    found = _NUMBER.fullmatch(text) if len(text) <= LONGEST_NUMBER_READ else None
    return (float(text) if found[1] else int(text)) if found else None
