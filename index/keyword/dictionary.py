"""Dictionary of an index: where terms occur, and which are spelt alike."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from plait.index.arithmetic import looked_up
from plait.index.keyword.expansion import spelt_like
from plait.index.keyword.postings import TermFrequencies
from plait.index.keyword.reader import KeywordReader
from plait.index.leg import NO_PASSAGES, Flags, Passages

FIELD = "text"
"""Field of the dictionary's terms; it holds the titles as well."""


@dataclass(frozen=True, slots=True)
class TermOccurrences:
    """Live passages with some terms. A `plait.index.store.Occurrences`."""

    reader: KeywordReader
    keys: tuple[bytes, ...]
    parts: Sequence[Sequence[TermFrequencies]]
    """Occurrences of each term, in each segment that has it."""

    @property
    def counts(self) -> list[int]:
        """Numbers of live passages with each term."""
        return [sum(len(own) for own, _ in parts) for parts in self.parts]

    def first(self, term: int, most: int) -> Passages:
        """Return the first `most` passages with one of the terms, ascending."""
        passages = (own[:most].astype(np.int64) for own, _ in self.parts[term])
        return np.concatenate([NO_PASSAGES, *passages])[:most]

    def held_by(self, term: int, passages: Passages) -> Flags:
        """Return whether each of some passages holds one of the terms, (passages,)."""
        held = np.zeros(len(passages), bool)
        for own, _ in self.parts[term]:
            held |= looked_up(passages, own)[1]
        return held

    def side_by_side(self, first: int, second: int, passages: Passages, most: int = 1) -> Flags:
        """Return whether the second term follows the first within `most` words in each passage."""
        pair = self.keys[first], self.keys[second]
        return self.reader.side_by_side(FIELD, pair, passages, most)


class TermDictionary:
    """The terms of the texts of one index. A `plait.index.store.Dictionary`."""

    def __init__(self, reader: KeywordReader) -> None:
        self._reader = reader

    @property
    def passages(self) -> int:
        """Number of live passages of the index."""
        return self._reader.count

    def find(self, terms: Sequence[str]) -> TermOccurrences:
        """Return where some terms occur."""
        keys = tuple(term.encode() for term in terms)
        return TermOccurrences(self._reader, keys, self._reader.term_frequencies(FIELD, keys))

    def similar(self, word: str, edits: int) -> set[str]:
        """Return the terms of the words that at most `edits` edits turn into `word`."""
        expansion = spelt_like(self._reader, FIELD, word, edits)
        found = (part.term(place) for part in expansion.parts for place in part.numbers.tolist())
        return {term.decode() for term in found}

    def letters(self) -> Mapping[str, int]:
        """Return how often each letter is in the words, each word counted once a segment."""
        counts: Counter[str] = Counter()
        for part in self._reader.parts:
            letters = part.fields[FIELD].forms.spellings.letters
            points, often = np.unique(letters, return_counts=True)
            counts.update(dict(zip(map(chr, points.tolist()), often.tolist(), strict=True)))
        return counts
