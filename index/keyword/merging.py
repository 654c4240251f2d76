"""Merging of inverted files: one field of several segments end to end, some terms at a time.

Building and merging are the same operation: sort occurrences by term.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import count, pairwise

import numpy as np
from numpy.typing import NDArray

from plait.index.files.arrays import Array
from plait.index.files.joining import cuts
from plait.index.keyword.postings import Postings, check_postings, invert

OCCURRENCES_MERGED_AT_ONCE = 1 << 19
"""Number of occurrences merged at a time, more or less: some 50 MB, whatever is merged."""

_DELETED = -1
"""Number in place of a deleted passage's."""

_STARTS = ("starts", "position_starts", "terms.offsets", "forms.starts", "forms.offsets")
"""Names of the arrays that hold where each row begins, and where all end."""


def merge_postings(
    field: str,
    parts: Sequence[tuple[Postings, NDArray[np.bool_]]],
    most: int = OCCURRENCES_MERGED_AT_ONCE,
) -> Iterator[dict[str, Array]]:
    """Join one field of several segments end to end, some terms at a time.

    Leaves out passages whose flag (alive) is false. The result is what `build_postings`
    makes of the remaining passages, and surface forms of others (`plait.index.keyword.forms`);
    each chunk holds more rows of each of its arrays, of
    some `most` occurrences or one term that has more.
    """
    ends = dict.fromkeys((f"{field}.{name}" for name in _STARTS), 0)
    for number, chunk in enumerate(_merged_ranges(parts, most)):
        arrays = chunk.arrays(field)
        for name, end in ends.items():
            starts = arrays[name] + end
            ends[name] = int(starts[-1])
            arrays[name] = starts[1:] if number else starts
        if number:  # all lengths came with the first
            del arrays[f"{field}.lengths"], arrays[f"{field}.length_total"]
        yield arrays


def _merged_ranges(
    parts: Sequence[tuple[Postings, NDArray[np.bool_]]], most: int
) -> Iterator[Postings]:
    """Yield ranges of terms, merged; each has the lengths of all passages."""
    lengths = np.concatenate([postings.lengths[alive] for postings, alive in parts])
    counts = [int(alive.sum()) for _, alive in parts]
    bases = np.cumsum([0, *counts[:-1]])
    moved = [
        np.where(alive, base + np.cumsum(alive) - 1, _DELETED).astype(np.int32)
        for (_, alive), base in zip(parts, bases, strict=True)
    ]
    whole = [postings for postings, _ in parts]
    for ranges in _ranges(whole, most):
        stretches = [p.between(*own) for p, own in zip(whole, ranges, strict=True)]
        yield _merged(list(zip(stretches, moved, strict=True)), lengths)


def _ranges(parts: Sequence[Postings], most: int) -> Iterator[Sequence[tuple[int, int]]]:
    """Split the terms of all parts at the same terms, into ranges of some `most` occurrences."""
    keys: set[bytes] = set()
    for postings in parts:
        occurrences = postings.position_starts[postings.starts]
        places = cuts(occurrences, max(most // len(parts), 1))[1:-1]
        keys.update(postings.terms.strings[place] for place in places)
    bounds = [
        [0, *map(postings.terms.lower_bound, sorted(keys)), len(postings.terms.strings)]
        for postings in parts
    ]
    return zip(*map(pairwise, bounds), strict=True)


def _merged(
    parts: Sequence[tuple[Postings, NDArray[np.int32]]], lengths: NDArray[np.int32]
) -> Postings:
    """Join postings whose passages get other numbers, or are left out as `_DELETED`."""
    numbers: defaultdict[bytes, int] = defaultdict(count().__next__)
    pieces: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]] = []
    owners, forms = [np.zeros(0, np.int32)], list[bytes]()
    for postings, moved in parts:
        check_postings(postings, len(moved))
        renumbered = np.fromiter(map(numbers.__getitem__, postings.terms.strings), np.int32)
        terms = np.repeat(renumbered, np.diff(postings.starts))
        passages = np.repeat(moved[postings.passages], postings.frequencies)
        keep = passages != _DELETED
        terms = np.repeat(terms, postings.frequencies)
        pieces.append((terms[keep], passages[keep], postings.positions[keep]))
        owners.append(np.repeat(renumbered, np.diff(postings.forms.starts)))
        forms += postings.forms.strings
    occurrences = tuple(np.concatenate(column) for column in zip(*pieces, strict=True))
    vocabulary = [term.decode() for term in numbers]
    return invert(vocabulary, occurrences, lengths, (np.concatenate(owners), forms))  # type: ignore[arg-type]
