"""Columns of a segment: the distinct values of every field, and the articles that have each.

Values of one field and one kind lie side by side and sorted, so that a range of values is a
range of rows, and the articles that have any of them are one stretch of an array. All fields
of a segment lie in seven files, opened by memory map. A value costs 16 bytes and its text once,
and 4 bytes for each article that has it.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.fields.values import Entry, Kind, sort_key
from plait.index.files.arrays import Array, load_array
from plait.index.files.strings import StringTable

Rows: TypeAlias = tuple[int, int]
"""First row of a range of values, and the one after its last."""

NAMES, VALUES = "field_names", "field_values"
"""Names of the tables of strings, in which there are names of fields, and texts of values."""
BOUNDS, STARTS, ARTICLES = "field_bounds", "field_starts", "field_articles"
"""Names of the arrays of numbers."""


@dataclass(frozen=True)
class Columns:
    """Values of all fields of a segment's articles."""

    names: StringTable
    """Names of the fields, sorted."""
    bounds: NDArray[np.int64]
    """Starts, (fields * kinds + 1,): values of kind `k` of field `f` begin at
    `bounds[f * kinds + k]`."""
    values: StringTable
    """Texts of the values."""
    starts: NDArray[np.int64]
    """Starts, (values + 1,): value `v` has the articles `articles[starts[v]:starts[v + 1]]`."""
    articles: NDArray[np.int32]
    """Indexes of articles, ascending for each value."""

    @classmethod
    def of(cls, articles: Iterable[Iterable[Entry]]) -> "Columns":
        """Return the columns of some articles' values."""
        holders: defaultdict[Entry, list[int]] = defaultdict(list)
        for number, entries in enumerate(articles):
            for entry in dict.fromkeys(map(_kept, entries)):  # a list may name a value twice
                holders[entry].append(number)
        return cls._of({entry: np.array(own, np.int32) for entry, own in holders.items()})

    @classmethod
    def _of(cls, holders: dict[Entry, NDArray[np.int32]]) -> "Columns":
        names = sorted({name for name, _, _ in holders})
        place = {name: number * len(Kind) for number, name in enumerate(names)}

        def order(entry: Entry) -> tuple[int, Any]:
            name, kind, text = entry
            return place[name] + kind, sort_key(kind, text)

        entries = sorted(holders, key=order)
        counts = np.bincount(
            [place[name] + kind for name, kind, _ in entries], minlength=len(names) * len(Kind)
        )
        own = [holders[entry] for entry in entries]
        return cls(
            StringTable.of(name.encode() for name in names),
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            StringTable.of(text.encode() for _, _, text in entries),
            np.cumsum([0, *map(len, own)], dtype=np.int64),
            np.concatenate([np.zeros(0, np.int32), *own]),
        )

    @classmethod
    def joined(cls, parts: Sequence[tuple["Columns", NDArray[np.bool_]]]) -> "Columns":
        """Return the columns of several segments end to end, of articles whose flag is true."""
        holders: defaultdict[Entry, list[NDArray[np.int32]]] = defaultdict(list)
        first = 0
        for columns, kept in parts:
            moved = (np.cumsum(kept) - 1 + first).astype(np.int32)
            for entry, articles in columns.items():
                if len(own := articles[kept[articles]]):
                    holders[entry].append(moved[own])
            first += int(kept.sum())
        return cls._of({entry: np.concatenate(own) for entry, own in holders.items()})

    @classmethod
    def load(cls, folder: Path) -> "Columns":
        """Open columns by memory map; raises `CorruptIndexError`."""
        return cls(
            StringTable.load(folder, NAMES),
            load_array(folder, BOUNDS, np.int64),
            StringTable.load(folder, VALUES),
            load_array(folder, STARTS, np.int64),
            load_array(folder, ARTICLES, np.int32),
        )

    def arrays(self) -> dict[str, Array]:
        """Return all arrays under the names that `load` expects."""
        numbers: dict[str, Array] = {
            BOUNDS: self.bounds,
            STARTS: self.starts,
            ARTICLES: self.articles,
        }
        return numbers | self.names.arrays(NAMES) | self.values.arrays(VALUES)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name.decode(): number * len(Kind) for number, name in enumerate(self.names)}

    def fields(self) -> list[str]:
        """Return the names of all fields, sorted."""
        return list(self._places)

    def rows(self, field: str, kind: Kind) -> Rows:
        """Return the range of a field's values of one kind; an empty one for an unknown field."""
        place = self._places.get(field)
        if place is None:
            return 0, 0
        first, last = self.bounds[place + kind : place + kind + 2].tolist()
        return first, last

    def text(self, row: int) -> str:
        """Return the text of a value."""
        return self.values[row].decode()

    def lower_bound(self, rows: Rows, kind: Kind, key: tuple[Any, ...]) -> int:
        """Return the first of some rows whose `sort_key` is not below a key."""
        return bisect_left(
            range(rows[1]), key, rows[0], key=lambda row: sort_key(kind, self.text(row))
        )

    def holders(self, rows: Rows) -> NDArray[np.int32]:
        """Return the articles of each value of a range, one after the other."""
        first, last = self.starts[[rows[0], rows[1]]]
        return self.articles[first:last]

    def flags(self, all_rows: Iterable[Rows], count: int) -> NDArray[np.bool_]:
        """Return whether each of `count` articles has a value of any of some ranges, (count,)."""
        found = np.zeros(count, bool)
        for rows in all_rows:
            found[self.holders(rows)] = True
        return found

    def counts(self, rows: Rows, flags: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return how many of the flagged articles have each value of a range, (values,)."""
        starts = self.starts[rows[0] : rows[1] + 1]
        sums = np.concatenate([[0], np.cumsum(flags[self.holders(rows)])])
        counts: NDArray[np.int64] = np.diff(sums[starts - starts[0]])
        return counts

    def items(self) -> Iterator[tuple[Entry, NDArray[np.int32]]]:
        """Yield every value and its articles."""
        starts = self.starts.tolist()
        for name in self._places:
            for kind in Kind:
                first, last = self.rows(name, kind)
                for row, (begin, end) in enumerate(pairwise(starts[first : last + 1]), first):
                    yield (name, kind, self.text(row)), self.articles[begin:end]


def _kept(entry: Entry) -> Entry:
    """Return what a column keeps of a value: of a long text only that there is one."""
    field, kind, _ = entry
    return (field, kind, "") if kind == Kind.LONG else entry
