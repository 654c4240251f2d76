"""Fields of an index folder: filters, facets and dates over the columns of all its segments."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from posixpath import dirname

import numpy as np
from numpy.typing import NDArray

from plait.index.errors import FingerprintError
from plait.index.fields.columns import Columns, Rows
from plait.index.fields.matching import SOURCE, Matcher
from plait.index.fields.values import DATES, KIND_NAMES, Kind, host_of, long_texts
from plait.index.filter import FieldFacts, Filter
from plait.index.leg import NO_PASSAGES, Flags, Passages, Scores
from plait.index.local.segment import Segment
from plait.index.local.snapshot import Snapshot
from plait.index.span import UNITS, Span

EXAMPLES = 3
"""Number of examples of a field's values."""


class Fields:
    """Values of the fields of one snapshot's articles."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def within(self, tree: Filter) -> Passages:
        """Return the live passages of the articles that pass a filter, ascending.

        Raises `FingerprintError` where an earlier version, which wrote no columns, wrote a segment.
        """
        found = [NO_PASSAGES]
        for segment, offset in zip(self._snapshot.segments, self._snapshot.offsets, strict=False):
            flags = Matcher(_Articles(segment)).flags(tree) & segment.alive_articles
            passages = np.repeat(flags, np.diff(segment.data.first_passages))
            found.append(np.flatnonzero(passages) + offset)
        passing = np.concatenate(found)
        passing.flags.writeable = False  # it is cached
        return passing

    @cached_property
    def facts(self) -> Mapping[str, FieldFacts]:
        """Facts of each field that some live article has, by name."""
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        holders: Counter[str] = Counter()
        values: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for segment in self._snapshot.segments:
            columns, alive = columns_of(segment), segment.alive_articles
            for field in columns.fields():
                all_rows = {kind: columns.rows(field, kind) for kind in Kind}
                for kind, rows in all_rows.items():
                    own = columns.counts(rows, alive)
                    counts[field][KIND_NAMES[kind]] += int(own.sum())
                    for row, held in _examples(rows, own):
                        values[field][_example(segment, field, kind, row)] += held
                having = columns.flags(all_rows.values(), len(alive))
                holders[field] += int((having & alive).sum())
        return {
            field: FieldFacts(
                field,
                {kind: count for kind, count in counts[field].items() if count},
                held,
                tuple(text for text, _ in values[field].most_common(EXAMPLES) if text),
            )
            for field, held in sorted(holders.items())
            if held
        }

    def counts(self, field: str, articles: Passages, unit: str = "") -> dict[str, int]:
        """Return how many of some articles have each value of a field; "" for those with none.

        `unit`, one of `plait.index.span.UNITS`, counts dates by it, and nothing else. An address
        counts as its host, and a file that is one article as its folder. Texts that differ by
        capitals are one value, as they are to a filter, and named as most articles spell it.
        """
        found: Counter[str] = Counter()
        spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for place, _, own in self._snapshot.articles_by_segment(articles):
            segment = self._snapshot.segments[place]
            flags = np.zeros(len(segment.data.ids), bool)
            flags[own] = True
            # An article with two values that are counted as one, such as days of a year, is one.
            pairs: set[tuple[str, int]] = set()
            for kind in DATES if unit else Kind:
                for text, holders in _held(segment, field, kind, flags):
                    bucket = _bucket(field, text, UNITS.get(unit))
                    spellings[bucket.casefold()][bucket] += len(holders)
                    pairs.update((bucket.casefold(), number) for number in holders)
            found.update(bucket for bucket, _ in pairs)
            found[""] += int(flags.sum()) - len({number for _, number in pairs})
        named = {key: min(own, key=lambda s: (-own[s], s)) for key, own in spellings.items()}
        return {named.get(key, ""): count for key, count in found.items() if count}

    def days(self, articles: Passages) -> Scores:
        """Return the first day of each article's date, counted from the year 1; NaN without one."""
        found = np.full(len(articles), np.nan)
        for place, mine, rows in self._snapshot.articles_by_segment(articles):
            found[mine] = self._all_days[place][rows]
        return found

    @cached_property
    def _all_days(self) -> list[Scores]:
        return [_days(columns_of(s), len(s.data.ids)) for s in self._snapshot.segments]


class _Articles:
    """Articles of one segment. A `plait.index.fields.matching.Articles`."""

    def __init__(self, segment: Segment) -> None:
        self.columns, self.ids = columns_of(segment), segment.data.ids
        self.article, self.opened = segment.article, segment.place.opened


def columns_of(segment: Segment) -> Columns:
    """Return the columns of a segment; raises `FingerprintError` where it has none."""
    if segment.data.columns is None:
        root = segment.folder.parent
        raise FingerprintError(
            f"{root} was written by an earlier plait, which kept no fields to filter by. "
            f"`plait reindex -i {root}` adds them; nothing is encoded again."
        )
    return segment.data.columns


def _held(
    segment: Segment, field: str, kind: Kind, flags: Flags
) -> Iterator[tuple[str, list[int]]]:
    """Yield the texts of one kind that flagged articles have in a field, and who has each."""
    columns = columns_of(segment)
    rows = columns.rows(field, kind)
    for row in (rows[0] + np.flatnonzero(columns.counts(rows, flags))).tolist():
        own = columns.holders((row, row + 1))
        holders = own[flags[own]].tolist()
        if kind == Kind.LONG:
            for number in holders:
                yield from ((text, [number]) for text in long_texts(segment.article(number), field))
        elif kind == Kind.FOLDER:
            folder, ids = columns.text(row), segment.data.ids
            sources = (segment.place.opened(folder + ids[n].decode()) for n in holders)
            yield from ((dirname(s), [n]) for s, n in zip(sources, holders, strict=True))
        else:
            yield _shown(segment, field, kind, columns.text(row)), holders


def _examples(rows: Rows, counts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield those of some rows whose values most articles have, and how many have each."""
    best = np.argsort(-counts, kind="stable")[:EXAMPLES]
    for row in best[counts[best] > 0].tolist():
        yield rows[0] + row, int(counts[row])


def _example(segment: Segment, field: str, kind: Kind, row: int) -> str:
    """Return a value as an example: for what is kept before ids, the folder of the first file."""
    columns = columns_of(segment)
    if kind != Kind.FOLDER:
        return _shown(segment, field, kind, columns.text(row))
    own = columns.holders((row, row + 1))
    first = segment.data.ids[own[segment.alive_articles[own]][0]].decode()
    return f"{dirname(segment.place.opened(columns.text(row) + first)).rstrip('/')}/"


def _shown(segment: Segment, field: str, kind: Kind, text: str) -> str:
    """Return the text of a value as a person writes it.

    That is a moment without a fraction of none, and a source in the present place.
    """
    if field == SOURCE:
        return segment.place.opened(text)
    return str(Span(text)) if kind == Kind.TIME else text


def _bucket(field: str, text: str, letters: int | None) -> str:
    """Return the text under which a value is counted."""
    return host_of(text) or text if field == "source" else text[:letters]


def _days(columns: Columns, count: int) -> Scores:
    days = np.full(count, np.nan)
    for kind in DATES:
        rows = columns.rows("date", kind)
        for row in range(*rows):
            days[columns.holders((row, row + 1))] = Span(columns.text(row)).day
    return days


def kinds_of(segments: Iterable[Segment]) -> dict[str, set[str]]:
    """Return the kinds of values that each field has in some segments, by its name."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for columns in filter(None, (segment.data.columns for segment in segments)):
        for field in columns.fields():
            kinds = (kind for kind in Kind if range(*columns.rows(field, kind)))
            found[field].update(KIND_NAMES[kind] for kind in kinds)
    return found
