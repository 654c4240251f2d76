"""Passages that a leaf of a query tree matches, and their scores, by arrays.

A leaf is a word, a prefix, a fuzzy word, one with wildcards or a phrase. Scores are those of
Whoosh's matchers, but for rounding.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from whoosh.query import FuzzyTerm, Or, Phrase, Prefix, Query as Tree, Term, Wildcard

from plait.index.arithmetic import idf, looked_up
from plait.index.keyword.bm25 import term_score
from plait.index.keyword.budget import MATCHES_COUNTED, POSTINGS_READ, WORDS_COMPARED, Budget
from plait.index.keyword.expansion import Expansion, beginning_with, matching, spelt_like
from plait.index.keyword.postings import Posting
from plait.index.keyword.reader import KeywordReader, in_passages, positions_of
from plait.index.language.numbered import TEXT_START
from plait.index.language.terms import EXTENT_BITS, MOST_EXTENT
from plait.index.leg import NO_PASSAGES, Passages, Scores
from plait.index.phrase import Words

Found: TypeAlias = tuple[Passages, Scores]
"""Passages that were found, ascending, and their scores."""

FEW_TERMS = 2
"""Greatest number of terms of a prefix or a fuzzy word that are scored in an index of
`FEW_PASSAGES`; with more terms, a match scores 1. In a larger index it does so from
`Or.TOO_MANY_CLAUSES` terms on."""
FEW_PASSAGES = 5000
"""Number of passages up to which Whoosh scores no more than `FEW_TERMS`."""

_FARTHEST = 1 << 31
"""Number above all positions in a passage; keys of two passages are twice that apart."""

_NOTHING: Found = np.zeros(0, np.int64), np.zeros(0)


class Leaves:
    """Runs the leaves of one query, within a budget."""

    def __init__(
        self, reader: KeywordReader, norms: Callable[[str], Scores], articles: Passages
    ) -> None:
        """Score with `norms`, which returns BM25's length norm of every passage in a field.

        `articles` are the numbers of each passage's article; phrases reach from one passage of an
        article into the next.
        """
        self._reader, self._norms, self._articles = reader, norms, articles
        self._budget = Budget()

    def run(self, leaf: Tree) -> Found:
        """Return what a leaf matches, and scores; raises `QueryError` where it needs too much."""
        if isinstance(leaf, Phrase):
            return self._phrase(leaf)
        if isinstance(leaf, Prefix):
            return self._prefix(leaf)
        if isinstance(leaf, FuzzyTerm | Wildcard):
            return self._compared(leaf)
        if isinstance(leaf, Term):
            return self._term(leaf)
        raise TypeError(f"no leaf of a query: {leaf!r}")

    def _term(self, leaf: Term) -> Found:
        passages, frequencies = self._reader.frequencies(leaf.fieldname, leaf.text.encode())
        self._budget.spend(MATCHES_COUNTED, len(passages))
        weight = idf(len(passages), self._reader.count)
        scores = self._scores(leaf.fieldname, passages, frequencies, weight)
        return passages.astype(np.int64), scores * leaf.boost

    def _scores(
        self,
        field: str,
        passages: NDArray[np.integer],
        frequencies: NDArray[np.int32],
        weights: Scores | float,
    ) -> Scores:
        norms = self._norms(field)[passages]
        return term_score(frequencies.astype(np.float64), norms, weights)

    def _prefix(self, leaf: Prefix) -> Found:
        field = leaf.fieldname
        if leaf.text:
            return self._expanded(beginning_with(self._reader, field, leaf.text.encode()), leaf)
        # What was typed, an accent perhaps, was folded away: all that has the field matches.
        passages = np.flatnonzero(self._reader.alive & (self._reader.lengths(field) > 0))
        self._budget.spend(MATCHES_COUNTED, len(passages))
        return passages, np.full(len(passages), leaf.boost)

    def _compared(self, leaf: FuzzyTerm | Wildcard) -> Found:
        reader, field = self._reader, leaf.fieldname
        words = sum(len(part.fields[field].forms.strings) for part in reader.parts)
        self._budget.spend(WORDS_COMPARED, words)
        if isinstance(leaf, Wildcard):
            return self._expanded(matching(reader, field, leaf.text), leaf)
        return self._expanded(spelt_like(reader, field, leaf.text, int(leaf.maxdist)), leaf)

    def _expanded(self, expansion: Expansion, leaf: Prefix | FuzzyTerm | Wildcard) -> Found:
        """Find the passages with any of some terms; where these are few, add their scores."""
        self._budget.spend(POSTINGS_READ, expansion.posting_count)
        small = len(self._reader) <= FEW_PASSAGES
        few = expansion.occurrences_if_fewer(FEW_TERMS + 1 if small else Or.TOO_MANY_CLAUSES)
        if few is None:
            passages = expansion.passages(len(self._reader))
            self._budget.spend(MATCHES_COUNTED, len(passages))
            return passages, np.ones(len(passages))  # Whoosh's constant, without the boost
        self._budget.spend(MATCHES_COUNTED, len(few.passages))
        weights = [idf(count, self._reader.count) for count in few.counts.tolist()]
        each = np.repeat(weights, few.counts)
        scores = self._scores(leaf.fieldname, few.passages, few.frequencies, each)
        sums = np.bincount(few.passages, scores * leaf.boost).astype(np.float64, copy=False)
        passages = np.flatnonzero(np.bincount(few.passages))
        return passages, sums[passages]

    def _phrase(self, leaf: Phrase) -> Found:
        edges = [(word, at, at + 1) for at, word in enumerate(leaf.words)]
        if isinstance(leaf, Words):
            edges += [(term, at, at + extent) for term, at, extent in leaf.joined]
        terms = list(dict.fromkeys(term.encode() for term, _, _ in edges))
        found = dict(zip(terms, self._reader.postings(leaf.fieldname, terms), strict=True))
        steps = [
            Step(posting, begin, end)
            for term, begin, end in edges
            if (posting := found[term.encode()])
        ]
        self._budget.spend(POSTINGS_READ, sum(len(step.posting.passages) for step in steps))
        passages = self._in_order(steps, len(leaf.words), leaf.slop)
        if not len(passages):
            return _NOTHING
        self._budget.spend(MATCHES_COUNTED, len(passages))
        scores = []
        for step in steps:
            posting = step.posting
            at, there = looked_up(passages, posting.passages)
            weight = idf(len(posting.passages), self._reader.count)
            frequencies = np.where(there, posting.frequencies[at], 0)
            scores.append(self._scores(leaf.fieldname, passages, frequencies, weight))
        return passages, np.sum(scores, axis=0) * leaf.boost

    def _in_order(self, steps: Sequence["Step"], words: int, slop: int) -> Passages:
        """Find passages that end words that follow one another, each within `slop` positions.

        A step leads from one word to the next, or over several that are joined.
        """
        together = self._with_all(steps, words)
        # Last positions of what precedes each word; the first may be anywhere.
        reached: list[list[Passages]] = [[] for _ in range(words)]
        found = [NO_PASSAGES]
        for step in sorted(steps, key=lambda own: own.begin):
            kept = in_passages(step.posting, together)
            self._budget.spend(POSTINGS_READ, int(kept.frequencies.sum()))
            passages = np.repeat(kept.passages.astype(np.int64), kept.frequencies)
            begins, ends = self._keys(passages, positions_of(kept))
            if step.begin:
                before = np.unique(np.concatenate([NO_PASSAGES, *reached[step.begin]]))
                near = _follow(begins, before, min(slop, _FARTHEST))
                passages, ends = passages[near], ends[near]
            if step.end == words:
                found.append(passages)
            else:
                reached[step.end].append(ends)
        return np.unique(np.concatenate(found))

    def _with_all(self, steps: Sequence["Step"], words: int) -> NDArray[np.bool_]:
        """Return whether the article of each passage has all words, (passages,)."""
        together = np.ones(int(self._articles.max(initial=-1)) + 1, bool)
        for word in range(words):
            here = np.zeros(len(together), bool)
            for step in steps:
                if step.begin <= word < step.end:
                    here[self._articles[step.posting.passages]] = True
            together &= here
        return together[self._articles]

    def _keys(self, passages: Passages, places: NDArray[np.int32]) -> tuple[Passages, Passages]:
        """Return the first and the last position of some terms, apart for texts of two articles.

        Titles are those of each passage, since every passage has its article's.
        """
        is_text = places >= TEXT_START << EXTENT_BITS
        units = np.where(is_text, len(self._articles) + self._articles[passages], passages)
        begins = units * (2 * _FARTHEST) + (places >> EXTENT_BITS)
        return begins, begins + (places & MOST_EXTENT)


@dataclass(frozen=True, slots=True)
class Step:
    """Term of a phrase, and the words that it stands for."""

    posting: Posting
    begin: int
    """Index of the first of these words."""
    end: int
    """Index after the last."""


def _follow(keys: Passages, ends: Passages, slop: int) -> NDArray[np.bool_]:
    """Return whether one of `ends` is before each of `keys`, at most `slop` away."""
    before = np.concatenate([[-2 * _FARTHEST], ends])[ends.searchsorted(keys)]
    near: NDArray[np.bool_] = keys - before <= slop
    return near
