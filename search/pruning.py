"""Here are the passages of each word: which of them can be among the best at all?

MaxScore: Turtle and Flood, "Query Evaluation: Strategies and Optimizations" (1995). Words
that cannot lift a passage into the best, even all together, are not walked: they are
looked up in the passages that the others left in the race. Rank-safe: whoever is left
out scores less than the best `k`. Does not know where postings come from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.arrays import best_places
from plait.index.keyword.postings import Posting
from plait.search.bm25 import term_score
from plait.search.ranking import Scores, looked_up

Passages: TypeAlias = NDArray[np.integer[Any]]

SLACK = 1 - 1e-9
"""Sums are compared that were added in another order: far more than their rounding."""
ENOUGH = 1000
"""Passages with the rarest words that are walked first, at least ..."""
TRIED = 4
"""... and `k` times so many of the best of them are scored in full: what do the best reach?"""


@dataclass(frozen=True, slots=True)
class Impacts:
    """What one word adds to the passages that have it, not worked out yet."""

    posting: Posting
    norms: Scores
    """The length part of BM25, of every passage."""
    weight: float
    """Inverse document frequency, times what the field and the query make of it."""
    bound: float
    """No passage gains more."""

    @property
    def passages(self) -> Passages:
        """Those that have the word, ascending."""
        return self.posting.passages

    def scores(self) -> Scores:
        """Work out what all of them gain."""
        norms = self.norms[self.passages]
        return term_score(self.posting.frequencies.astype(np.float64), norms, self.weight)


def gains(words: Sequence[Impacts], passages: Passages) -> Scores:
    """Work out what some passages gain by each word, (words, passages); 0 where one lacks it."""
    frequencies, norms = np.empty((2, len(words), len(passages)))
    for row, word in enumerate(words):
        at, there = looked_up(passages, word.passages)
        frequencies[row] = word.posting.frequencies[at] * there
        norms[row] = word.norms[passages]
    norms[frequencies == 0] = 1.0  # with k1 = 0 there would be 0 / 0
    weights = np.array([word.weight for word in words])
    return term_score(frequencies, norms, weights[:, np.newaxis])


def contenders(
    words: Sequence[Impacts], k: int, alive: NDArray[np.bool_], least: float = 0.0
) -> Passages:
    """Give all passages that can be among the best `k`, and few others; ascending.

    `alive` says of every passage whether it counts. `k` passages elsewhere reach `least`.
    """
    least = SLACK * max(least, _reached(words, k, alive))
    strongest_first = sorted(words, key=lambda word: -word.bound)
    bounds = [word.bound for word in strongest_first]
    # What each word and those after it can add together.
    rests = [*accumulate(reversed(bounds), initial=0.0)][::-1]
    walked = sum(rest >= least for rest in rests[:-1])
    passages, scores = _walked(strongest_first[:walked], least - rests[walked])
    for word, rest in zip(strongest_first[walked:], rests[walked + 1 :], strict=True):
        scores = scores + gains([word], passages)[0]
        hopeful = np.flatnonzero(scores >= least - rest)
        passages, scores = passages[hopeful], scores[hopeful]
    return passages[alive[passages]]


def _reached(words: Sequence[Impacts], k: int, alive: NDArray[np.bool_]) -> float:
    """Give a score that `k` passages reach: those with the rarest words are good ones."""
    rarest_first = sorted(words, key=lambda word: len(word.passages))
    seen = accumulate(len(word.passages) for word in rarest_first)
    few = 1 + sum(count < max(ENOUGH, k) for count in seen)
    passages, scores = _walked(rarest_first[:few], 0.0)
    passages = passages[best_places(scores, TRIED * k)]
    return kth(gains(words, passages[alive[passages]]).sum(axis=0), k)


def _walked(words: Sequence[Impacts], least: float) -> tuple[Passages, Scores]:
    """Give the passages with any of the words, and what they gain by them if it is enough."""
    passages = np.concatenate([np.zeros(0, np.int32), *(word.passages for word in words)])
    order = np.argsort(passages, kind="stable")  # of ascending runs: it merges them
    passages = passages[order]
    first = np.flatnonzero(np.diff(passages, prepend=-1))
    added = np.concatenate([np.zeros(0), *(word.scores() for word in words)])[order]
    totals = np.add.reduceat(added, first) if len(first) else added
    enough = np.flatnonzero(totals >= least)
    return passages[first[enough]], totals[enough]


def kth(scores: Scores, k: int) -> float:
    """Give the `k`-th greatest score; 0 where there are fewer."""
    if len(scores) < k:
        return 0.0
    return float(np.partition(scores, len(scores) - k)[len(scores) - k])
