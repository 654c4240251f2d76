"""Other spellings of the words of a query: `post-war` and `post war` as `postwar`.

A text has the joined form of its own compounds, so that a closed word is found there anyhow
(`plait.index.language.words`). Here are the forms that a compound, or two words side by side, may
have where a text writes them in one. Whether the index has such a form is not asked here.
"""

from collections.abc import Iterator, Sequence, Set as AbstractSet
from itertools import pairwise
from typing import NamedTuple

from plait.index.language.analyzer import TextAnalyzer
from plait.index.language.terms import Term

LETTERS_JOINED = 5
"""Least number of letters of two words that are joined: shorter ones make other words."""
WORDS_JOINED = 40
"""Greatest number of words of a query of which neighbours are joined: a longer one was pasted, and
finds its passages by its other words."""


class Variant(NamedTuple):
    """Term that stands for several terms of a query."""

    term: str
    terms: tuple[str, ...]
    """Terms that a passage with the variant holds, in other words."""


def counting(found: Sequence[Term]) -> list[Term]:
    """Return the terms of a query's bag of words; stop words where there is no other.

    What is joined counts too where it says more than its parts do, as in C++, AT&T or A-level.
    """
    small = {own.at for own in found if own.is_stop}
    own = [own for own in found if own.counts or _says_more(own, small)]
    return own or [own for own in found if own.is_stop]


def _says_more(term: Term, small: AbstractSet[int]) -> bool:
    """Return whether a joined term has a sign, or covers one of the `small` words' positions."""
    within = range(term.at, term.at + term.extent)
    return term.has_sign or (term.is_joined and not small.isdisjoint(within))


def spelt_otherwise(found: Sequence[Term], words: str, analyzer: TextAnalyzer) -> Iterator[Variant]:
    """Yield the variants of the terms that were found in `words`, each once."""
    seen: set[str] = set()
    for variant in (*_joined(found), *_side_by_side(found, words, analyzer)):
        if variant.term not in seen:
            seen.add(variant.term)
            yield variant


def _joined(found: Sequence[Term]) -> Iterator[Variant]:
    small = {own.at for own in found if own.is_stop}
    parts = {own.at: own.text for own in found if own.counts}
    for own in found:
        if own.is_joined and not _says_more(own, small):
            within = range(own.at, own.at + own.extent)
            terms = tuple(parts[at] for at in within if at in parts)
            yield Variant(own.text, terms)


def _side_by_side(found: Sequence[Term], words: str, analyzer: TextAnalyzer) -> Iterator[Variant]:
    typed = {own.text for own in found}
    words_found = [own for own in found if own.counts]
    for first, second in pairwise(words_found if len(words_found) <= WORDS_JOINED else ()):
        if second.at != first.at + 1 or words[first.end : second.start] != " ":
            continue
        # An ending such as `'s` would make an elision of the second word.
        text = analyzer.fold(words[first.start : first.end]) + words[second.start : second.end]
        made = analyzer.terms(text)
        if len(text) >= LETTERS_JOINED and len(made) == 1 and made[0] not in typed:
            yield Variant(made[0], (first.text, second.text))
