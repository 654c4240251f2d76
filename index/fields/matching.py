"""Articles of a segment that pass a filter, as flags, by its columns.

A comparison with a number or a date, or with a whole text, is a range of sorted values. Parts,
words and patterns of texts are compared with each distinct value. Where a field has values of
several kinds, each is compared with those of its own kind.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from fnmatch import translate
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.article import Article
from plait.index.fields.columns import Columns, Rows
from plait.index.fields.values import DATES, Kind, host_of, long_texts
from plait.index.files.strings import StringTable
from plait.index.filter import (
    ID,
    RANGES,
    All,
    Compare,
    Either,
    Exists,
    Filter,
    Not,
    OneOf,
    as_date,
)
from plait.index.leg import Flags
from plait.index.span import Span

Test: TypeAlias = Callable[[str], bool]
"""Function from a text to whether it is wanted."""

SOURCE = "source"
"""Field whose texts may be kept relative to the place of the index."""

RELATIVE = "./"
"""Beginning of those that are, and of no path."""

GREATEST = "\U0010ffff"
"""Last of Unicode's letters, which no text has: what begins with a text sorts before both."""

_WORD = re.compile(r"\w+")
_GLOB = re.compile(r"[*?]")


class Articles(Protocol):
    """Articles of a segment, as filters see them."""

    @property
    def columns(self) -> Columns:
        """Values of their fields."""
        ...

    @property
    def ids(self) -> StringTable:
        """Ids, deleted ones included."""
        ...

    def article(self, number: int) -> Article:
        """Read one."""
        ...

    def opened(self, kept: str) -> str:
        """Return the source of an article that columns keep so."""
        ...


class Matcher:
    """Matcher of filters with the articles of one segment."""

    def __init__(self, articles: Articles) -> None:
        self._articles, self._columns = articles, articles.columns
        self._count = len(articles.ids)

    def flags(self, tree: Filter) -> Flags:
        """Return whether each article passes, (articles,), deleted ones included."""
        match tree:
            case All():
                return self._folded(np.logical_and, tree.parts, start=True)
            case Either():
                return self._folded(np.logical_or, tree.parts, start=False)
            case Not():
                return ~self.flags(tree.part)
            case Exists():
                return self._having(tree.field)
            case OneOf():
                wanted = [Compare(tree.field, "=", value) for value in tree.values]
                return self._compared(wanted, one_of_test(wanted))
            case Compare():
                return self._compared([tree], text_test(tree))
        raise TypeError(f"no filter: {tree!r}")

    def _folded(self, join: Any, parts: Any, *, start: bool) -> Flags:
        found = np.full(self._count, start)
        for part in parts:
            join(found, self.flags(part), out=found)
        return found

    def _having(self, field: str) -> Flags:
        if field == ID:  # no column: the ids of a segment are a table of their own
            return np.ones(self._count, bool)
        own = (self._columns.rows(field, kind) for kind in Kind)
        return self._columns.flags(own, self._count)

    def _compared(self, any_of: Sequence[Compare], test: Test) -> Flags:
        """Compare with numbers, flags or dates, or texts; a text that may be a date is both.

        All comparisons are of one field; `test` tells whether a text passes any of them.
        """
        found = np.zeros(self._count, bool)
        for tree in any_of:
            is_text = isinstance(tree.value, str)
            if not is_text or (as_date(tree.value) and tree.operator != "like"):
                found |= self._columns.flags(self._ranges(tree), self._count)
        texts = [t for t in any_of if isinstance(t.value, str) and t.operator not in RANGES]
        return found | self._with_text(texts, test) if texts else found

    def _ranges(self, tree: Compare) -> Iterator[Rows]:
        """Yield the rows of the values that compare so."""
        value, columns = tree.value, self._columns
        if span := as_date(value):
            for kind in DATES:
                yield dated_rows(columns, columns.rows(tree.field, kind), tree.operator, span)
        elif value == value:  # noqa: PLR0124 - NaN, which nothing compares with, differs from itself
            flag = "true" if value else "false"
            kind, own = (Kind.FLAG, flag) if isinstance(value, bool) else (Kind.NUMBER, value)
            rows = columns.rows(tree.field, kind)
            low = columns.lower_bound(rows, kind, (own,))
            high = columns.lower_bound(rows, kind, (own, GREATEST))
            yield chosen(rows, tree.operator, low, high)

    def _with_text(self, any_of: Sequence[Compare], test: Test) -> Flags:
        """Flag the articles with a text that passes a test of some comparisons of one field."""
        field, columns = any_of[0].field, self._columns
        if field == ID:
            return np.array([test(own.decode()) for own in self._articles.ids], bool)
        found = np.zeros(self._count, bool)
        opened = self._articles.opened if field == SOURCE else str
        for row in {row for tree in any_of for rows in self._texts(tree) for row in range(*rows)}:
            if test(opened(columns.text(row))):
                found[columns.holders((row, row + 1))] = True
        for row in range(*columns.rows(field, Kind.FOLDER)):
            self._below(columns.text(row), columns.holders((row, row + 1)), test, found)
        for number in columns.holders(columns.rows(field, Kind.LONG)).tolist():
            found[number] |= any(map(test, long_texts(self._articles.article(number), field)))
        return found

    def _texts(self, tree: Compare) -> Iterator[Rows]:
        """Yield the rows of texts that may pass: those that begin as is wanted."""
        rows = self._columns.rows(tree.field, Kind.TEXT)
        head = str(tree.value).casefold()
        if tree.operator == "like":
            head = _GLOB.split(head)[0]
        elif tree.operator != "=":
            yield rows
            return
        yield self._between(
            rows, (head,), (head, GREATEST) if tree.operator == "=" else (head + GREATEST,)
        )
        if tree.field == SOURCE:  # each stands for another text
            yield self._between(rows, (RELATIVE,), (RELATIVE + GREATEST,))

    def _between(self, rows: Rows, first: tuple[str, ...], last: tuple[str, ...]) -> Rows:
        """Return those of some rows of texts whose keys are between two."""
        low = self._columns.lower_bound(rows, Kind.TEXT, first)
        return low, self._columns.lower_bound((low, rows[1]), Kind.TEXT, last)

    def _below(self, folder: str, articles: NDArray[np.int32], test: Test, found: Flags) -> None:
        """Flag the articles of a folder whose source, folder and id, passes a test."""
        ids = self._articles.ids
        opened = self._articles.opened
        passing = [n for n in articles.tolist() if test(opened(folder + ids[n].decode()))]
        found[passing] = True


def dated_rows(columns: Columns, rows: Rows, operator: str, span: Span) -> Rows:
    """Return the rows, of values of one precision, all of whose days compare so with a span."""

    def first(row: int) -> str:
        return Span(columns.text(row)).first

    def last(row: int) -> str:
        return Span(columns.text(row)).last

    values = range(*rows)
    begin, end = 0, len(values)
    if operator == ">":
        begin = bisect_right(values, span.last, key=first)
    elif operator not in {"<", "<="}:
        begin = bisect_left(values, span.first, key=first)
    if operator == "<":
        end = bisect_left(values, span.first, key=last)
    elif operator not in {">", ">="}:
        end = bisect_right(values, span.last, key=last)
    return rows[0] + begin, rows[0] + max(begin, end)


def chosen(rows: Rows, operator: str, low: int, high: int) -> Rows:
    """Return the part of some rows that compares so with the values from `low` to `high`."""
    match operator:
        case ">":
            return high, rows[1]
        case ">=":
            return low, rows[1]
        case "<":
            return rows[0], low
        case "<=":
            return rows[0], high
        case _:
            return low, high


def text_test(tree: Compare) -> Test:
    """Return the test of a comparison with a text, in any case."""
    wanted = str(tree.value).casefold()
    match tree.operator:
        case "contains":
            return lambda text: wanted in text.casefold()
        case "like":
            fits = pattern(wanted).match
            return lambda text: fits(text.casefold()) is not None
        case ":" if tree.field == SOURCE:
            return place_test(wanted)
        case ":":
            words = f" {' '.join(_WORD.findall(wanted))} "
            # Where no word is wanted, these are two blanks, which come nowhere.
            return lambda text: words in f" {' '.join(_WORD.findall(text.casefold())) or '_'} "
        case _:
            return lambda text: text.casefold() == wanted


def one_of_test(any_of: Sequence[Compare]) -> Test:
    """Return the test whether a text equals one of several, in any case."""
    wanted = {tree.value.casefold() for tree in any_of if isinstance(tree.value, str)}
    return lambda text: text.casefold() in wanted


def pattern(wanted: str) -> re.Pattern[str]:
    """Return the regular expression of a pattern, in which only `*` and `?` are no letters."""
    return re.compile(translate(wanted.replace("[", "[[]")))


def place_test(wanted: str) -> Test:
    """Return the test of a source: some of its folders, its file, or the host of its address.

    With `*` or `?` it is a pattern of the source from any folder on.

    >>> list(map(place_test("example.org"), ["https://news.example.org/a", "/my/example"]))
    [True, False]
    """
    wanted = wanted.removeprefix("./").strip("/")
    if _GLOB.search(wanted):
        fits = pattern(f"*/{wanted}").match
        return lambda text: fits(f"/{text.casefold()}") is not None

    def test(text: str) -> bool:
        own = text.casefold()
        return f"/{wanted}/" in f"/{own}/" or host_of(own).endswith(f".{wanted}")

    return test
