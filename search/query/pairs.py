"""Pairs of terms that stand side by side in the texts of a store."""

import numpy as np

from plait.index.store import Occurrences


def passages_with_pair(found: Occurrences, first: int, second: int, most: int = 1) -> int:
    """Return in how many passages a term is followed by another within `most` words.

    Both are indexes among the terms that were looked up.
    """
    rarer, other = sorted((first, second), key=lambda term: found.counts[term])
    own = found.first(rarer, found.counts[rarer])
    both = own[found.held_by(other, own)]
    return int(np.count_nonzero(found.side_by_side(first, second, both, most)))
