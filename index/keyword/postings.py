"""Inverted file of one field, as flat arrays.

Does not score (`plait.index.keyword.bm25`) or merge (`plait.index.keyword.merging`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.arithmetic import looked_up
from plait.index.errors import damaged
from plait.index.files.arrays import Array, load_array
from plait.index.files.strings import SortedTable
from plait.index.keyword.forms import Forms
from plait.index.language.numbered import NumberedTexts, numbers_of
from plait.index.language.terms import STOP_MARK
from plait.index.language.word_table import Numbers

_ARRAYS: Mapping[str, type[np.generic]] = {
    "starts": np.int64,
    "passages": np.int32,
    "frequencies": np.int32,
    "position_starts": np.int64,
    "positions": np.int32,
    "lengths": np.int32,
    "length_total": np.int64,
}


TermFrequencies: TypeAlias = tuple[NDArray[np.int32], NDArray[np.int32]]
"""Passages with a term, ascending, and its frequency in each."""


@dataclass(frozen=True, slots=True)
class Posting:
    """Occurrences of one term: `passages` ascending, `frequencies` beside them."""

    passages: NDArray[np.int32]
    frequencies: NDArray[np.int32]
    position_starts: NDArray[np.int64]
    """Starts of each passage's `positions`, and the end of the last, (passages + 1,)."""
    positions: NDArray[np.int32]
    """Places, as `plait.index.language.analyzer.NumberedTexts` has them."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Inverted file of one field over `len(lengths)` passages.

    The occurrences of term `t` are postings `starts[t]:starts[t + 1]`; the positions
    of posting `p` are `positions[position_starts[p]:position_starts[p + 1]]`.
    """

    terms: SortedTable
    """Terms, sorted by their UTF-8 bytes."""
    starts: NDArray[np.int64]
    passages: NDArray[np.int32]
    frequencies: NDArray[np.int32]
    position_starts: NDArray[np.int64]
    positions: NDArray[np.int32]
    lengths: NDArray[np.int32]
    """Exact number of terms in each passage, without stop words and what is joined."""
    length_total: NDArray[np.int64]
    """Sum of `lengths`, (1,), by which damage to them is known."""
    forms: Forms
    """Surface forms of the terms; stop words have none."""
    checked: set[int] = field(default_factory=set, init=False, compare=False, repr=False)
    """Indexes of terms whose postings were checked and are sound; each is checked once."""
    checked_positions: set[int] = field(default_factory=set, init=False, compare=False, repr=False)
    """Indexes of terms whose positions were checked as well."""

    @classmethod
    def load(cls, folder: Path, field: str) -> "Postings":
        """Open one field of a segment by memory map; raises `CorruptIndexError`."""
        loaded = {name: load_array(folder, f"{field}.{name}", _ARRAYS[name]) for name in _ARRAYS}
        terms = SortedTable.load(folder, f"{field}.terms")
        return cls(terms, forms=Forms.load(folder, f"{field}.forms"), **loaded)

    def arrays(self, field: str) -> dict[str, Array]:
        """Return all arrays under the names that `load` expects."""
        named = {f"{field}.{name}": getattr(self, name) for name in _ARRAYS}
        tables = self.terms.arrays(f"{field}.terms") | self.forms.arrays(f"{field}.forms")
        return named | tables

    def between(self, first: int, last: int) -> "Postings":
        """Return a range of the terms with their occurrences, not copied."""
        begin, end = self.starts[[first, last]]
        opening, closing = self.position_starts[[begin, end]]
        return Postings(
            self.terms.between(first, last),
            self.starts[first : last + 1] - begin,
            self.passages[begin:end],
            self.frequencies[begin:end],
            self.position_starts[begin : end + 1] - opening,
            self.positions[opening:closing],
            self.lengths,
            self.length_total,
            self.forms.between(first, last),
        )

    def find(self, terms: Sequence[bytes]) -> list[Posting | None]:
        """Return the posting of each term; None for one that no passage has."""
        numbers = self.terms.find(terms)
        return [None if number is None else self._posting(number) for number in numbers]

    def term_frequencies(self, terms: Sequence[bytes]) -> list[TermFrequencies | None]:
        """Return passages and frequencies of each term; None for one that no passage has."""
        numbers = self.terms.find(terms)
        return [None if number is None else self._frequencies(number) for number in numbers]

    def within(self, term: bytes, passages: NDArray[np.integer[Any]]) -> Posting | None:
        """Return the posting of a term in some passages, ascending; None where no passage has it.

        Positions in other passages are not read. Raises `CorruptIndexError` for positions that
        no passage has.
        """
        number = self.terms.find([term])[0]
        if number is None:
            return None
        own, frequencies = self._frequencies(number)
        at, there = looked_up(passages, own)
        rows, counts = at[there] + self.starts[number], frequencies[at[there]]
        starts = self.position_starts[rows]
        if not np.array_equal(self.position_starts[rows + 1] - starts, counts):
            raise damaged("the index", "postings and their positions contradict each other")
        begins = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        places = np.arange(begins[-1]) + np.repeat(starts - begins[:-1], counts)
        held, positions = own[at[there]], self.positions[places]
        _check_places(positions, counts)
        return Posting(held, counts, begins, positions)

    def _posting(self, number: int) -> Posting:
        first, last = self.starts[number : number + 2].tolist()
        passages, frequencies = self._frequencies(number)
        position_starts = self.position_starts[first : last + 1]
        if not np.array_equal(np.diff(position_starts), frequencies):
            raise damaged("the index", "postings and their positions contradict each other")
        if number not in self.checked_positions:
            _check_places(self.positions[position_starts[0] : position_starts[-1]], frequencies)
            self.checked_positions.add(number)
        return Posting(passages, frequencies, position_starts, self.positions)

    def _frequencies(self, number: int) -> TermFrequencies:
        first, last = self.starts[number : number + 2].tolist()
        found = self.passages[first:last], self.frequencies[first:last]
        if number not in self.checked:
            self._check(*found)
            self.checked.add(number)
        return found

    def _check(self, passages: NDArray[np.int32], frequencies: NDArray[np.int32]) -> None:
        """Raise `CorruptIndexError` for what cannot be the postings of a term."""
        rising = (passages[1:] > passages[:-1]).all()
        within = passages[0] >= 0 and passages[-1] < len(self.lengths)
        if not (rising and within and frequencies.min() > 0):
            raise damaged("the index", "the postings of a term contradict themselves")


def _check_places(places: NDArray[np.int32], counts: NDArray[np.int32]) -> None:
    """Raise `CorruptIndexError` for what cannot be places of a term; `counts` are by passage."""
    rising = places[1:] > places[:-1]
    rising[np.cumsum(counts)[:-1] - 1] = True  # where the next passage begins
    if not (rising.all() and places.min(initial=0) >= 0):
        raise damaged("the index", "a term's places in a passage contradict themselves")


def check_postings(found: Postings, passages: int) -> None:
    """Raise `CorruptIndexError` for postings that cannot be those of so many passages."""
    own, counts = found.passages, found.frequencies
    within = own.min(initial=0) >= 0 and own.max(initial=-1) < passages
    if not (within and np.array_equal(np.diff(found.position_starts), counts)):
        raise damaged("the index", "postings and their positions contradict each other")
    if counts.min(initial=1) < 1:
        raise damaged("the index", "a term is in a passage less than once")


def build_postings(texts: NumberedTexts) -> Postings:
    """Return the inverted file of texts, given in the order of the passages."""
    passages = np.repeat(np.arange(len(texts.counts), dtype=np.int32), texts.counts)
    lexicon = texts.lexicon
    written = np.flatnonzero(np.bincount(texts.forms))
    mark = ord(STOP_MARK)
    own = [form for form in written.tolist() if lexicon.forms[form][-1] != mark]
    forms = numbers_of(lexicon.owners)[own], [lexicon.forms[form] for form in own]
    return invert(lexicon.terms, (texts.terms, passages, texts.places), texts.lengths, forms)


def invert(
    vocabulary: list[str],
    occurrences: tuple[Numbers, NDArray[np.int32], NDArray[np.int32]],
    lengths: NDArray[np.int32],
    forms: tuple[Numbers, list[bytes]],
) -> Postings:
    """Sort occurrences (term, passage, position), and forms (terms, strings), by term.

    Occurrences of a term keep their order.
    """
    terms, passages, positions = occurrences
    counts = np.bincount(terms, minlength=len(vocabulary))
    # Code points sort as their UTF-8 bytes do.
    present = sorted(np.flatnonzero(counts).tolist(), key=vocabulary.__getitem__)
    rank = np.zeros(len(vocabulary), dtype=np.int32)
    rank[present] = np.arange(len(present))
    order = stable_order(rank[terms], len(present))
    passages, positions = passages[order], positions[order]
    bounds = np.concatenate([[0], np.cumsum(counts[present])]).astype(np.int64)
    fresh = np.ones(len(passages), dtype=bool)
    fresh[1:] = passages[1:] != passages[:-1]
    fresh[bounds[:-1]] = True
    heads = np.flatnonzero(fresh)
    position_starts = np.append(heads, len(passages)).astype(np.int64)
    return Postings(
        terms=SortedTable.of(vocabulary[number].encode() for number in present),
        starts=np.searchsorted(heads, bounds).astype(np.int64),
        passages=passages[heads],
        frequencies=np.diff(position_starts).astype(np.int32),
        position_starts=position_starts,
        positions=positions,
        lengths=lengths,
        length_total=lengths.sum(keepdims=True, dtype=np.int64),
        forms=Forms.of(rank[forms[0]], forms[1], counts[forms[0]] > 0, len(present)),
    )


def stable_order(keys: NDArray[np.int32], count: int) -> NDArray[np.int32]:
    """Return `argsort(kind="stable")` of whole numbers below `count`, by counting.

    A sparse matrix does so when it turns from rows to columns, in an eighth of the time.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415 - 0.1 s, and queries need none of it

    places = np.arange(len(keys), dtype=np.int32)
    row = csr_array((places, keys, [0, len(keys)]), shape=(1, count))
    return np.asarray(row.tocsc().data, dtype=np.int32)
