"""Spelling correction: words of the index that may have been meant by unknown ones.

The dictionary is the index itself. A word is changed by one edit in every way; results that
are terms of the index were perhaps meant: Norvig, "How to Write a Spelling Corrector" (2007),
with two letters that changed places as one edit, as Damerau counts (1964). The likeliest word
is taken: by the kind of edit, then by how many passages have it. Longer words may be two
edits away. The first letter and all digits are assumed to be right. An unknown word whose
halves stand side by side somewhere was run together (`postwar`); words that were split are found
joined anyhow (`plait.search.query.variants`). `plait.search.index` finds out whether the
corrected query finds better (`plait.search.evidence.lift`).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher
from functools import cached_property, partial
from typing import TypeAlias

from whoosh.support.levenshtein import levenshtein

from plait.index.language.analyzer import TextAnalyzer
from plait.index.language.words import SIMPLE_WORD
from plait.index.leg import Passages
from plait.index.store import Store
from plait.search.query.pairs import passages_with_pair
from plait.search.query.parser import LONGEST_WITH_OPERATORS, Query
from plait.search.query.syntax import MOST_EDITS, PATTERN

LETTERS_FOR_CORRECTION = 4
"""Least number of letters of a word that is corrected: too many shorter ones are one edit apart."""
LETTERS_OF_HALF = 3
"""Least number of letters of either of two words that were run together."""
LETTERS_FOR_VOWEL_EDITS = 5
"""Least number of letters of a word of which a vowel is replaced: `oscer`, but Tusk is no task."""
LETTERS_FOR_OTHER_EDITS = 6
"""Least number of letters of a word of which any is replaced or deleted: Lula is not Luna."""
LETTERS_FOR_TWO_EDITS = 7
"""Least number of letters of a word that may be two edits away."""
VOWELS = "aeiouy"
"""Letters that vowel edits replace by one another."""
LONGEST_CORRECTED = 40
"""Greatest number of letters of a word that is corrected: each costs an alphabet of look-ups."""
WORDS_CORRECTED = 5
"""Greatest number of words that are looked up for one query: a text of another language has
hundreds that are unknown."""
LETTERS_PER_SCRIPT = 40
"""Number of letters of a script that are put into words, the most frequent: Cyrillic has 33."""
TERMS_READ = 8
"""Greatest number of terms whose words are read."""
PASSAGES_READ_PER_TERM = 20
"""Greatest number of passages that are read to see how articles spell a term."""

Edits: TypeAlias = Callable[[str, Iterable[str]], Iterator[str]]
"""Function from a word, and the letters that may be put in, to the words it may stand for."""

_WILD = re.compile(rf"{PATTERN.pattern}|[^\s()\"]*~\d?(?=[\s)]|$)")
"""Pattern of a word with wildcards, or a fuzzy word."""


class Speller:
    """Corrector of words that the articles of a store do not have."""

    def __init__(self, store: Store, analyzer: TextAnalyzer) -> None:
        self._store, self._analyzer = store, analyzer

    def corrected(self, query: Query, is_word: Callable[[str], bool]) -> str | None:
        """Return the text of a query with its unknown words corrected; None where none is.

        All else stays as it was typed: operators, case, punctuation, words behind a minus, and
        words for which `is_word`, called with small letters, is true.
        """
        unknown = self._unknown(query)
        if not unknown or len(query.text) > LONGEST_WITH_OPERATORS:
            return None
        meant: dict[str, str] = {}
        between = " " if query.tree is None else "-"  # an operator before it holds for both halves
        wild = {at for own in _WILD.finditer(query.text) for at in range(*own.span())}

        def replaced(found: re.Match[str]) -> str:
            word = found[0]
            if word not in meant and len(meant) == WORDS_CORRECTED:
                return word
            kept = found.start() in wild or _in_address(query.text, found.span())
            if not kept and word not in meant and self._analyzer.term(word) in unknown:
                halves = self._halves(word)
                meant[word] = between.join(halves) or self._meant(word, is_word) or word
            return word if kept else meant.get(word, word)

        text = SIMPLE_WORD.sub(replaced, query.text)
        return text if text != query.text else None

    def _unknown(self, query: Query) -> set[str]:
        """Return the terms of a query that no live passage has."""
        terms = [term for term, _ in query.terms]
        counts = self._store.dictionary.find([*terms, *[own.term for own in query.variants]]).counts
        others = zip(query.variants, counts[len(terms) :], strict=True)
        known = {term for variant, count in others if count for term in variant.terms}
        counted = zip(terms, counts, strict=False)
        return {term for term, count in counted if not count and term not in known}

    def _halves(self, typed: str) -> tuple[str, ...]:
        """Return the two words that were run together; nothing where the articles have none.

        Of several pairs, the one that is in most passages.
        """
        word, least = self._folded(typed), LETTERS_OF_HALF
        if not (word.isalpha() and len(word) <= LONGEST_CORRECTED):
            return ()
        cuts = range(least, len(word) - least + 1)
        pairs = {at: [self._analyzer.term(half) for half in (word[:at], word[at:])] for at in cuts}
        told = {at: [term for term in pair if term] for at, pair in pairs.items()}
        known = [at for at in cuts if len(told[at]) == 2]  # noqa: PLR2004 - halves
        found = self._store.dictionary.find([term for at in known for term in told[at]])
        often = {
            at: passages_with_pair(found, 2 * row, 2 * row + 1) for row, at in enumerate(known)
        }
        at = max(often, key=lambda own: often[own], default=0)
        return (typed[:at], typed[at:]) if at and often[at] else ()

    def _meant(self, typed: str, is_word: Callable[[str], bool]) -> str | None:
        """Return the likeliest word of the articles, in the case in which it was typed."""
        word = self._folded(typed)
        if not _is_correctable(word) or is_word(word):
            return None
        for terms, is_near in self._likeliest(word):
            for term, passages in self._first_passages(self._commonest(terms)[:TERMS_READ]):
                # Words are compared in full: the analyzer cuts off endings, and with them edits.
                for words in self._words(term, passages):
                    if near := [own for own in words if is_near(self._folded(own))]:
                        return _cased(_most_alike(near, word, self._folded), typed, self._analyzer)
        return None

    def _likeliest(self, word: str) -> Iterator[tuple[set[str], Callable[[str], bool]]]:
        """Yield terms that may have been meant, and a function that returns whether a word was.

        First come likely edits, then others, then either with an ending that was not read in
        articles, then two edits. It ends where a stop word may have been meant.
        """
        alphabet, term_of = self._alphabet(word), self._analyzer.term
        one_edit: set[str] = set()
        for edits in _kinds_of_edits(len(word)):
            altered = set(edits(word, alphabet))
            if not self._analyzer.language.stop_words.isdisjoint(altered):
                return
            terms = {term for own in altered if (term := term_of(own))}
            yield terms, altered.__contains__
            one_edit |= terms
        common = {
            term for term, count in self._commonest(one_edit) if count > PASSAGES_READ_PER_TERM
        }
        yield common, lambda _: True
        if len(word) >= LETTERS_FOR_TWO_EDITS and word.isalpha():
            similar = self._store.dictionary.similar(word, MOST_EDITS)
            yield similar, partial(_are_near, word)

    def _commonest(self, terms: Iterable[str]) -> list[tuple[str, int]]:
        """Return the terms that live passages have, and how many have each, most passages first."""
        ordered = sorted(terms)
        counts = self._store.dictionary.find(ordered).counts
        known = [pair for pair in zip(ordered, counts, strict=True) if pair[1]]
        return sorted(known, key=lambda pair: pair[1], reverse=True)

    def _first_passages(self, counted: Iterable[tuple[str, int]]) -> list[tuple[str, Passages]]:
        """Return the first passages with each of some terms."""
        terms = [term for term, _ in counted]
        found = self._store.dictionary.find(terms)
        return [
            (term, found.first(index, PASSAGES_READ_PER_TERM)) for index, term in enumerate(terms)
        ]

    def _words(self, term: str, passages: Passages) -> Iterator[list[str]]:
        """Yield the words that have a term in each of some passages."""
        for index in range(len(passages)):  # one by one: the first is mostly enough
            [(article, passage)] = self._store.read(passages[index : index + 1])
            words = sorted(set(SIMPLE_WORD.findall(f"{article.title}\n{passage.text}")))
            alike = (own for own in words if self._folded(own)[:1] == term[0])
            yield [own for own in alike if self._analyzer.term(own) == term]

    def _folded(self, word: str) -> str:
        """Return a word in small letters, without accents, as terms are made of it."""
        return self._analyzer.fold(word.lower())

    @cached_property
    def _letters(self) -> dict[str, list[str]]:
        """Letters of the index's terms by script, the most frequent first."""
        by_script: dict[str, list[str]] = {}
        for letter, _ in Counter(self._store.dictionary.letters()).most_common():
            if letter.isalpha():
                by_script.setdefault(_script(letter), []).append(letter)
        return by_script

    def _alphabet(self, word: str) -> list[str]:
        """Return the letters that are put into a word: those of its own scripts."""
        scripts = sorted({_script(letter) for letter in word if letter.isalpha()})
        return [
            letter
            for script in scripts
            for letter in self._letters.get(script, [])[:LETTERS_PER_SCRIPT]
        ]


def likely_edits(word: str, alphabet: Iterable[str]) -> Iterator[str]:
    """Yield words that `word` may stand for: letters changed places, one was left out or doubled.

    >>> {"oscar", "cooks", "letter"} & set(likely_edits("osacr", "")) == {"oscar"}
    True
    """
    for at in range(1, len(word)):
        before, letter, after = word[:at], word[at], word[at + 1 :]
        if (letter + after[:1]).isalpha() and letter != after[:1] and after:
            yield before + after[0] + letter + after[1:]
        if letter == before[-1] and letter.isalpha():
            yield before + after
    for at in range(1, len(word) + 1):
        yield from (word[:at] + letter + word[at:] for letter in alphabet)


def other_edits(word: str, alphabet: Iterable[str]) -> Iterator[str]:
    """Yield words that `word` may stand for: one letter replaced another, or is too much."""
    for at in range(1, len(word)):
        if word[at].isalpha():
            yield word[:at] + word[at + 1 :]
            yield from (word[:at] + letter + word[at + 1 :] for letter in alphabet)


def vowel_edits(word: str, alphabet: Iterable[str]) -> Iterator[str]:
    """Yield words that `word` may stand for: one vowel replaced another.

    >>> "oscar" in set(vowel_edits("oscer", "aeiou"))
    True
    """
    vowels = [letter for letter in alphabet if letter in VOWELS]
    for at in range(1, len(word)):
        if word[at] in VOWELS:
            yield from (word[:at] + letter + word[at + 1 :] for letter in vowels)


def _kinds_of_edits(letters: int) -> tuple[Edits, ...]:
    """Return the edits that are tried in a word of so many letters, the likeliest first."""
    if letters < LETTERS_FOR_VOWEL_EDITS:
        return (likely_edits,)
    return likely_edits, (vowel_edits if letters < LETTERS_FOR_OTHER_EDITS else other_edits)


def _in_address(text: str, span: tuple[int, int]) -> bool:
    """Return whether a word is in an e-mail address, a URL or a path."""
    begin, end = span
    before, after = text[:begin].rsplit(" ", maxsplit=1)[-1], text[end:].split(" ", maxsplit=1)[0]
    return not {"@", "/"}.isdisjoint(before + after)


def _is_correctable(word: str) -> bool:
    """Return whether a folded word has letters enough, and nothing else except digits."""
    letters = sum(map(str.isalpha, word))
    return word.isalnum() and letters >= LETTERS_FOR_CORRECTION and len(word) <= LONGEST_CORRECTED


def _are_near(word: str, other: str) -> bool:
    """Return whether two words begin alike and are at most two edits apart."""
    begins_alike = other[:1] == word[0] and other.isalpha()
    return begins_alike and levenshtein(other, word, limit=MOST_EDITS) <= MOST_EDITS


def _most_alike(words: Iterable[str], word: str, folded: Callable[[str], str]) -> str:
    """Return the one of some words whose letters are most like those of another."""
    return max(words, key=lambda own: SequenceMatcher(None, word, folded(own)).ratio())


def _cased(word: str, typed: str, analyzer: TextAnalyzer) -> str:
    """Return a word in the case of another, unless that makes another term of it."""
    forms = {typed.lower(): word.lower(), typed.upper(): word.upper()}
    capital = word[:1].upper() + word[1:] if typed[:1].isupper() else word
    cased = forms.get(typed, capital)
    return cased if analyzer.term(cased) == analyzer.term(word) else word


def _script(letter: str) -> str:
    """Return the first word of a letter's name in Unicode, such as `LATIN` or `CYRILLIC`."""
    return unicodedata.name(letter, "").partition(" ")[0]
