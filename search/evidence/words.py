"""Weights of a query's words, and exact finds: passages that hold its rare words.

The weight of a word is its inverse document frequency, times its count in the query. Some
words, and some pairs of words side by side, are in hardly any passage: names, codes, numbers.
Where they are most of what is asked for, a passage that holds them is an exact find, whatever
its cosine (docs/adr/0015). Only the text field counts: it holds the title too. Does not rank.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from plait.index.arithmetic import idf
from plait.index.leg import Flags, Passages, Scores
from plait.index.store import Dictionary
from plait.search.hit import Finds
from plait.search.query.pairs import passages_with_pair
from plait.search.query.parser import Query

Ramp: TypeAlias = tuple[float, float]
"""Bounds: the value above which something counts, and the value from which it counts in full."""

RARITY: Ramp = (0.7, 0.8)
"""Bounds of inverse document frequency, divided by the logarithm of the number of passages. Of
10,000 passages, a word in 15 begins to be rare, and a word in 5 or fewer is rare in full."""
WORDS_SHARE: Ramp = (0.5, 0.75)
"""Bounds of the share of the query's weight in a passage's rare words, for an exact find."""
NEXT_WORD = 3
"""Greatest distance of two words side by side: two stop words may come between, where they do so in
the query."""
PAIR_SHARE: Ramp = (0.65, 0.8)
"""Bounds of the share of the query's weight in two words side by side, for an exact find. They are
higher, as any text has pairs of words that no other has."""


@dataclass(frozen=True, slots=True)
class Word:
    """Distinct term of a query."""

    term: str
    count: float
    """Count in the query (`plait.search.query.parser.Query.terms`)."""
    idf: float
    passages: int = 0
    """Number of passages that hold it."""
    of_request: bool = False
    """Whether it is a word with which people ask ("tell me about …"), not one that they ask for."""
    place: int = 0
    """Position of its first word in the query."""
    indexes: tuple[int, ...] = (0,)
    """Indexes among the terms looked up: its own, and those of spellings that hold it too."""

    @property
    def weight(self) -> float:
        """Weight of the word in the query."""
        return self.count * self.idf


class QueryWords:
    """The words of one query, as one index knows them."""

    def __init__(self, dictionary: Dictionary, query: Query, *, filtered: bool = False) -> None:
        """Look up the words; `filtered` tells that only some passages are candidates."""
        self._passages, self._filtered = dictionary.passages, filtered
        variants = query.variants
        self._found = dictionary.find([t for t, _ in query.terms] + [v.term for v in variants])
        self._spellings: defaultdict[str, list[int]] = defaultdict(list)
        for at, variant in enumerate(variants, len(query.terms)):
            for term in variant.terms:
                self._spellings[term].append(at)
        self.words = [self._word(query, index) for index in range(len(query.terms))]

    def _word(self, query: Query, index: int) -> Word:
        """Return a word of the query; passages with any spelling of it hold it."""
        term, typed = query.terms[index]
        indexes = (index, *dict.fromkeys(self._spellings[term]))
        count = max(self._found.counts[at] for at in indexes)
        rarity = idf(count, self._passages)
        of_request = term in query.of_request
        return Word(term, typed, rarity, count, of_request, query.places[index], indexes)

    def _holders(self, word: Word, passages: Passages) -> Flags:
        """Return whether each passage holds a word in some spelling, (passages,)."""
        held: Flags = np.zeros(len(passages), bool)
        for index in word.indexes:
            held = held | self._found.held_by(index, passages)
        return held

    def coverage(self, passages: Passages) -> Scores:
        """Return the share of the query's weight that is in each passage, 0 to 1.

        A word that no passage has weighs most. Stop words count where there is no other word.
        """
        total = sum(word.weight for word in self.words)
        covered = np.zeros(len(passages))
        for word in self.words:
            covered += word.weight * self._holders(word, passages)
        return covered / total if total else covered

    def finds(self, passages: Passages) -> Finds:
        """Return the exact finds among some passages, ascending, and their rare words."""
        wanted = [word for word in self.words if not word.of_request]
        asked_for = [word for word in wanted if word.passages]
        total = sum(word.weight for word in wanted)
        shares, held = np.zeros(len(passages)), []
        for word in asked_for:
            if rarity := self._rarity(word.idf):
                holders = self._holders(word, passages)
                shares += rarity * word.weight / total * holders
                held.append((word.term, holders))
        low, high = WORDS_SHARE
        degrees = np.clip((shares - low) / (high - low), 0.0, 1.0) if held else shares
        for name, degree, holders in self._pairs(asked_for, total, passages):
            degrees = np.maximum(degrees, degree * holders)
            held.append((name, holders))
        return Finds(degrees, held)

    def _pairs(
        self, asked_for: Sequence[Word], total: float, passages: Passages
    ) -> Iterator[tuple[str, float, Flags]]:
        """Yield each rare pair of words that is most of the query, its degree, and its holders.

        The words follow one another, in passages as in the query; stop words, words of the
        request and words that no passage has do not come between them.
        """
        for first, second in pairwise(asked_for):
            share = ramp((first.weight + second.weight) / total, PAIR_SHARE)
            if not share:
                continue
            holders = self._joined(first, second, passages)
            # Nearly all passages with both words are candidates, as the pair is most of the query.
            count = int(np.count_nonzero(holders))
            if count and self._filtered:
                count = self._count_everywhere(first, second)
            if count and (rarity := self._rarity(idf(count, self._passages))):
                yield f"{first.term} {second.term}", share * rarity, holders

    def _count_everywhere(self, first: Word, second: Word) -> int:
        """Return how many passages of the index have two words side by side."""
        pair = first.indexes[0], second.indexes[0]
        apart = passages_with_pair(self._found, *pair, _distance(first, second))
        joined = (self._found.counts[at] for at in set(first.indexes) & set(second.indexes))
        return max(apart, *joined, 0)

    def _joined(self, first: Word, second: Word, passages: Passages) -> Flags:
        """Return whether each passage has two words side by side, or in one, (passages,)."""
        pair, held_by = (first.indexes[0], second.indexes[0]), self._found.held_by
        holders = held_by(pair[0], passages) & held_by(pair[1], passages)
        both = passages[holders]
        if len(both):
            holders[holders] = self._found.side_by_side(*pair, both, _distance(first, second))
        for at in set(first.indexes) & set(second.indexes):
            holders |= held_by(at, passages)
        return holders

    def _rarity(self, of_idf: float) -> float:
        """Return how rare something is, from 0 to 1; in a single passage nothing is rare."""
        if self._passages <= 1:
            return 0.0
        return ramp(of_idf / math.log(self._passages), RARITY)


def _distance(first: Word, second: Word) -> int:
    """Return how far a second word may be behind a first: as in the query, and not too far."""
    return min(max(second.place - first.place, 1), NEXT_WORD)


def ramp(value: float, bounds: Ramp) -> float:
    """Return 0 up to the lower bound, 1 from the upper bound on, linear between them.

    >>> [ramp(value, (0.5, 0.75)) for value in (0.4, 0.625, 0.9)]
    [0.0, 0.5, 1.0]
    """
    low, high = bounds
    return min(max((value - low) / (high - low), 0.0), 1.0)  # NumPy takes ten times as long
