"""Invariants of the arrays of every segment that plait wrote.

They are checked whenever a segment is opened, so in time that grows with its articles,
passages and distinct terms, not with its postings. Values are not checked: they have
checksums (`plait check`).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plait.index.fields.columns import ARTICLES, BOUNDS, NAMES, STARTS, VALUES, Columns
from plait.index.fields.values import Kind
from plait.index.files.strings import SortedTable, StringTable, heads_of
from plait.index.keyword.postings import Postings

if TYPE_CHECKING:
    from plait.index.local.segment import Segment, SegmentData


def broken(segment: "Segment") -> Iterator[str]:
    """Yield each invariant that is broken, in words; nothing for a segment that plait wrote."""
    data, articles, passages = segment.data, len(segment.data.ids), segment.passage_count
    if not (articles and passages):
        yield "it is empty"
        return
    yield from _row_counts(data, articles, passages)  # first: the rest takes their time
    if len(segment.deleted) > articles:
        yield "it has more deletions than articles"
    yield from _strings("ids", data.ids)
    yield from _strings("articles", data.articles)
    if not rises(data.first_passages, passages, strictly=True):
        yield "first_passages does not rise to the number of passages"
    if not rises(data.tokens.starts, len(data.tokens.signs)):
        yield "token_starts does not rise to the number of tokens"
    if data.columns is not None:
        yield from _columns(data.columns, articles)
    for field, postings in data.postings.items():
        yield from _field(field, postings, passages)
    gone = segment.deleted
    if len(gone) and not (gone[0] >= 0 and gone[-1] < articles and (np.diff(gone) > 0).all()):
        yield "its deletions are no articles of it"


def _row_counts(data: "SegmentData", articles: int, passages: int) -> Iterator[str]:
    rows = {
        "articles": (len(data.articles), articles),
        "article_digests": (len(data.article_digests), articles),
        "first_passages": (len(data.first_passages), articles + 1),
        "passage_digests": (len(data.passage_digests), passages),
        "vectors": (len(data.vectors.matrix), passages),
        "vector_signs": (len(data.vectors.signs), passages),
        "token_starts": (len(data.tokens.starts), passages + 1),
    }
    if data.illegible is not None:
        rows["illegible"] = (len(data.illegible), passages)
    for name, (found, wanted) in rows.items():
        if found != wanted:
            yield f"{name} has {found} rows, not {wanted}"


def rises(starts: NDArray[np.int64], end: int, *, strictly: bool = False) -> bool:
    """Return whether numbers begin with 0, never fall, and end with `end`."""
    if not len(starts) or starts[0] != 0 or starts[-1] != end:
        return False
    before, after = starts[:-1], starts[1:]
    return bool((before < after if strictly else before <= after).all())


def _strings(name: str, table: StringTable) -> Iterator[str]:
    if not rises(table.offsets, len(table.blob)):
        yield f"{name}.offsets does not rise to the length of {name}.blob"


def _table(name: str, table: SortedTable) -> Iterator[str]:
    if not rises(table.strings.offsets, len(table.strings.blob)):
        yield f"{name}.offsets does not rise to the length of {name}.blob"
    elif not np.array_equal(table.heads, heads_of(table.strings)):
        yield f"{name}.heads are not those of {name}.blob"
    elif not (table.heads[:-1] <= table.heads[1:]).all():
        yield f"{name} is not sorted"


def _columns(columns: Columns, articles: int) -> Iterator[str]:
    yield from _strings(NAMES, columns.names)
    yield from _strings(VALUES, columns.values)
    bounds, starts = len(columns.names) * len(Kind) + 1, len(columns.values) + 1
    if len(columns.bounds) != bounds or not rises(columns.bounds, len(columns.values)):
        yield f"{BOUNDS} does not rise to the number of values"
    if len(columns.starts) != starts or not rises(
        columns.starts, len(columns.articles), strictly=True
    ):
        yield f"{STARTS} does not rise to the number of articles"
    if columns.articles.min(initial=0) < 0 or columns.articles.max(initial=-1) >= articles:
        yield f"{ARTICLES} names articles that are not there"
    names = [name.decode("utf-8", "replace").encode() for name in columns.names]
    if names != sorted(set(columns.names)):
        yield f"{NAMES} are not sorted, or no UTF-8"


def _field(field: str, postings: Postings, passages: int) -> Iterator[str]:
    yield from _table(f"{field}.terms", postings.terms)
    count, starts = len(postings.passages), postings.position_starts
    if len(postings.lengths) != passages:
        yield f"{field}.lengths has {len(postings.lengths)} rows, not {passages}"
    if len(postings.starts) != len(postings.terms.strings) + 1:
        yield f"{field}.starts has not one row a term"
    elif not rises(postings.starts, count, strictly=True):
        yield f"{field}.starts does not rise to the number of postings"
    if (len(postings.frequencies), len(starts)) != (count, count + 1):
        yield f"{field}.frequencies or .position_starts has not one row a posting"
    # That they rise is not checked: there is one for each posting.
    elif starts[0] != 0 or starts[-1] != len(postings.positions):
        yield f"{field}.position_starts does not end with the number of positions"
