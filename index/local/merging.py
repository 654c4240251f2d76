"""Merging: which segments become one, and the arrays of the merged segment.

Does not write them (`plait.index.local.writer`).
"""

from collections.abc import Iterator, Mapping, Sequence
from errno import EDQUOT, EMFILE, ENFILE, ENOMEM, ENOSPC
from itertools import accumulate

from plait.index.dense.late_interaction import Tokens
from plait.index.dense.vectors import Vectors
from plait.index.errors import damaged
from plait.index.fields.columns import Columns
from plait.index.files.arrays import Array
from plait.index.files.joining import kept_rows, kept_starts, kept_strings
from plait.index.keyword.merging import merge_postings
from plait.index.language.analyzer import FIELDS
from plait.index.local.entries import SegmentEntry
from plait.index.local.segment import ILLEGIBLE, ROW_ARRAYS, Segment

NO_ROOM = frozenset({ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM})
"""Errors after which a merge is left to the next run: nothing is wrong with what it reads."""

MAX_SEGMENTS = 8
"""Number of segments above which small ones are merged: a query visits each segment."""

GIANT_FACTOR = 3
"""Factor: a segment above this many times all smaller ones together is not merged after a run.

So a passage is written again when its segment grows by a third.
"""


def merged_during_run(segments: Sequence[SegmentEntry]) -> Sequence[SegmentEntry]:
    """Return what to merge during a run: nothing up to `MAX_SEGMENTS`.

    With more, the two smallest are, and each next one no larger than those before it together. So
    a passage that is written again lies in a segment of twice the size, except a few, and
    the work grows with the logarithm of the index: of 540 equal commits each passage is
    written 5 times, of 5,000 7 times (by merging the smaller half, 15 and 126 times).
    """
    if len(segments) <= MAX_SEGMENTS:
        return []
    ordered = sorted(segments, key=lambda segment: segment.passages)
    chosen, total = ordered[:2], sum(segment.passages for segment in ordered[:2])
    for segment in ordered[2:]:
        if segment.passages > total:
            break
        chosen.append(segment)
        total += segment.passages
    return chosen


def merged_after_run(segments: Sequence[SegmentEntry]) -> Sequence[SegmentEntry]:
    """Return what to merge when a run is over: the largest that is no giant, and all smaller.

    A giant is `GIANT_FACTOR` times what all smaller ones are together. So an index built at once
    is one segment, and a few articles more do not write it again.
    """
    ordered = sorted(segments, key=lambda segment: segment.passages)
    before = [0, *accumulate(segment.passages for segment in ordered)]
    small = [
        place
        for place in range(1, len(ordered))
        if ordered[place].passages <= GIANT_FACTOR * before[place]
    ]
    return ordered[: small[-1] + 1] if small else []


def merge_segments(segments: Sequence[Segment]) -> Iterator[Mapping[str, Array]]:
    """Yield the arrays of segments joined, without their deleted articles, a few rows at a time.

    Nothing is analysed or encoded again, and nothing stays in memory once it was yielded.
    Raises `CorruptIndexError` for arrays that plait never writes, even if their checksums fit.
    """
    try:
        for chunk in _merged(segments):
            yield chunk
            for segment in segments:
                segment.release()
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise damaged(segments[0].folder.parent, f"it cannot be merged ({error!r})") from error


def _merged(segments: Sequence[Segment]) -> Iterator[Mapping[str, Array]]:
    kept = [(segment.data, segment.alive_articles, segment.alive_passages) for segment in segments]
    yield {"first_passages": kept_starts([(d.first_passages, articles) for d, articles, _ in kept])}
    for name, of_passages in ROW_ARRAYS.items():
        parts = [(getattr(d, name), (articles, alive)[of_passages]) for d, articles, alive in kept]
        yield from ({name: rows} for rows in kept_rows(parts))
    told = [(d.illegible, alive) for d, _, alive in kept if d.illegible is not None]
    if len(told) == len(kept):  # of passages that an earlier version wrote it is not known
        yield from ({ILLEGIBLE: rows} for rows in kept_rows(told))
    yield from kept_strings("articles", [(d.articles, articles) for d, articles, _ in kept])
    yield from kept_strings("ids", [(d.ids, articles) for d, articles, _ in kept])
    columns = [(d.columns, articles) for d, articles, _ in kept if d.columns is not None]
    yield Columns.joined(columns).arrays()
    for field in FIELDS:
        yield from merge_postings(field, [(d.postings[field], alive) for d, _, alive in kept])
    yield from Vectors.merged([(d.vectors, alive) for d, _, alive in kept])
    yield from Tokens.merged([(d.tokens, alive) for d, _, alive in kept])
