"""Filters: conditions on the fields of an article, as one tree of values.

A tree is made by `Field`, `&`, `|` and `~`, or read from a text
(`plait.search.query.where`). Does not look at articles (`plait.index.fields.matching`).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn, TypeAlias

from plait.index.span import Span, span_at, span_of

Value: TypeAlias = str | int | float | bool | Span
"""Value of a comparison: a text, a number, a truth value or a span of time."""
Given: TypeAlias = Value | dt.date | None
"""Value as a program gives it; a `datetime` is a date too."""
Operator: TypeAlias = Literal["=", ">", ">=", "<", "<=", "contains", ":", "like"]
"""Comparison. `contains` asks for a part of a text, `:` for whole words of it, `like` for a
pattern with `*` and `?`."""

RANGES: tuple[Operator, ...] = (">", ">=", "<", "<=")
"""Operators that only numbers and dates have."""

ID = "id"
"""Field that every article has."""

KEYWORDS = frozenset(["and", "or", "not", "in", "exists", "contains", "like", "is", "to"])
"""Words of a filter's text: a field named so stands in backquotes, a value in quotes."""


class Filter:
    """Condition on an article; a tree of them is a value, equal to another of the same parts."""

    __slots__ = ()

    def __and__(self, other: "Filter") -> "Filter":
        return All((*_parts(self, All), *_parts(other, All)))

    def __or__(self, other: "Filter") -> "Filter":
        return Either((*_parts(self, Either), *_parts(other, Either)))

    def __bool__(self) -> NoReturn:
        """Refuse `and`, `or` and `not`, of which Python would keep one side only."""
        raise TypeError("a filter is neither true nor false; join filters by & | ~ in parentheses")

    def __invert__(self) -> "Filter":
        return Not(self)


def _parts(tree: Filter, kind: "type[All | Either]") -> tuple[Filter, ...]:
    """Return the parts of a tree of one kind, so that a long chain of `&` makes no deep tree."""
    return tree.parts if isinstance(tree, kind) else (tree,)


def joined(kind: "type[All | Either]", parts: Sequence[Filter]) -> Filter:
    """Return a tree of one kind; its part alone where it has one only."""
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


@dataclass(frozen=True, slots=True, eq=False)
class Compare(Filter):
    """Whether some value of a field compares so; false where an article has none."""

    field: str
    operator: Operator
    value: Value

    def __eq__(self, other: object) -> bool:
        """Compare types too: Python takes `True` for 1, which no filter does."""
        return isinstance(other, Compare) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        return self.field, self.operator, type(self.value), self.value

    def __str__(self) -> str:
        return f"{written_name(self.field)} {self.operator} {written_value(self.value)}"


@dataclass(frozen=True, slots=True, eq=False)
class OneOf(Filter):
    """Whether some value of a field equals one of these; false where an article has none."""

    field: str
    values: tuple[Value, ...]

    def __eq__(self, other: object) -> bool:
        """Compare types too, as `Compare` does."""
        return isinstance(other, OneOf) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        return self.field, tuple(map(type, self.values)), self.values

    def __str__(self) -> str:
        return f"{written_name(self.field)} in ({', '.join(map(written_value, self.values))})"


@dataclass(frozen=True, slots=True)
class Exists(Filter):
    """Whether an article has any value of a field."""

    field: str

    def __str__(self) -> str:
        return f"{written_name(self.field)} exists"


@dataclass(frozen=True, slots=True)
class All(Filter):
    """Whether all of some conditions hold; true for none."""

    parts: tuple[Filter, ...]

    def __str__(self) -> str:
        return "(" + " and ".join(map(str, self.parts or (Exists(ID),))) + ")"


@dataclass(frozen=True, slots=True)
class Either(Filter):
    """Whether any of some conditions holds; false for none."""

    parts: tuple[Filter, ...]

    def __str__(self) -> str:
        return "(" + " or ".join(map(str, self.parts or (Not(Exists(ID)),))) + ")"


@dataclass(frozen=True, slots=True)
class Not(Filter):
    """Whether a condition does not hold, also where an article has no value of its fields."""

    part: Filter

    def __str__(self) -> str:
        return f"not {self.part}"


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Field of an article, whose comparisons are filters.

    >>> str((Field("date") >= "2018-11") & ~Field("section").one_of("sport", "weather"))
    '(date >= "2018-11" and not section in ("sport", "weather"))'
    """

    name: str

    def __eq__(self, value: Given) -> Filter:  # type: ignore[override]
        return Not(Exists(self.name)) if value is None else self._compare("=", value)

    def __ne__(self, value: Given) -> Filter:  # type: ignore[override]
        return Not(self == value)

    __hash__ = None  # type: ignore[assignment]

    def __gt__(self, value: Given) -> Filter:
        return self._compare(">", value)

    def __ge__(self, value: Given) -> Filter:
        return self._compare(">=", value)

    def __lt__(self, value: Given) -> Filter:
        return self._compare("<", value)

    def __le__(self, value: Given) -> Filter:
        return self._compare("<=", value)

    def one_of(self, *values: Given) -> Filter:
        """Return the filter of articles that have one of these values; None stands for none."""
        found = OneOf(self.name, tuple(_value(value) for value in values if value is not None))
        return found | Not(Exists(self.name)) if None in values else found

    def contains(self, part: str) -> Filter:
        """Return the filter of articles of whose value a text is a part, in any case."""
        return self._compare("contains", part)

    def has(self, words: str) -> Filter:
        """Return the filter of articles whose value has these words in a row, in any case."""
        return self._compare(":", words)

    def like(self, pattern: str) -> Filter:
        """Return the filter of articles whose value fits a pattern with `*` and `?`."""
        return self._compare("like", pattern)

    def exists(self) -> Filter:
        """Return the filter of articles that have any value."""
        return Exists(self.name)

    def _compare(self, operator: Operator, value: Given) -> Filter:
        """Compare; nothing is more or less than None."""
        return Either(()) if value is None else Compare(self.name, operator, _value(value))


def _value(given: Given) -> Value:
    return span_at(given) if isinstance(given, dt.date) else given  # type: ignore[return-value]


Where: TypeAlias = str | Filter | tuple[str | Filter, ...] | None
"""Filter, or its text, or several that all hold; None for none."""


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """Facts of one field of an index: what a filter may compare it with."""

    name: str
    kinds: Mapping[str, int]
    """Number of values of each kind: `text`, `number`, `date` or `flag`; each article counts once
    a value."""
    articles: int
    """Number of live articles that have the field."""
    examples: tuple[str, ...] = ()
    """Values that articles have, the most frequent first."""


def fields_in(tree: Filter) -> list[str]:
    """Return the fields that a tree names, each once, in order."""
    match tree:
        case Compare() | OneOf() | Exists():
            return [tree.field]
        case All() | Either():
            return list(dict.fromkeys(name for part in tree.parts for name in fields_in(part)))
        case Not():
            return fields_in(tree.part)
    raise TypeError(f"no filter: {tree!r}")


def as_date(value: Value) -> Span | None:
    """Return the span that a value is, or that a text stands for; None for any other."""
    return value if isinstance(value, Span) else span_of(value) if isinstance(value, str) else None


def written_name(name: str) -> str:
    """Return a field's name as a filter's text has it: in backquotes where it is no plain word.

    >>> written_name("page"), written_name("in"), written_name("my `own`")
    ('page', '`in`', '`my ``own```')
    """
    plain = name.replace("_", "").replace(".", "").replace("-", "")
    is_plain = plain.isalnum() and name.lower() not in KEYWORDS
    return name if is_plain else "`" + name.replace("`", "``") + "`"


def written_value(value: Value) -> str:
    """Return a value as a filter's text has it; a text is in quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
