"""Analysis: texts to terms, by one language.

A chain of Whoosh's filters defines what a term is. The same is done here once to every
distinct word, and cached: that is what makes indexing fast. What differs between languages is
in their values (`plait.index.language.language`).
"""

import hashlib
import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count, islice

import numpy as np
from whoosh.analysis import (
    Analyzer,
    Filter,
    LowercaseFilter,
    RegexTokenizer,
    StopFilter,
    Token,
)
from whoosh.fields import TEXT, Schema

from plait.index.language.english import ENGLISH
from plait.index.language.language import Language
from plait.index.language.letters import without_accents
from plait.index.language.word_table import Numbers, Runs, newest
from plait.index.language.words import APOSTROPHES, THOUSANDS, WORD

STOPPED = -1
"""Stands for the index of a term where a word is not indexed."""

_END = -2
"""Stands for the index of a term where a run of non-blanks ends."""

_NONE = np.zeros(0, dtype=np.int32)
"""Indices of no terms, since `np.concatenate` wants one array at least."""

RUNS_CACHED = 500_000
"""Distinct runs of non-blanks, some 100 MB, above which a call begins with an empty cache."""

TEXTS_ANALYSED_AT_ONCE = 500
"""Texts analysed together: what is made of them on the way fits the processor's caches."""

FIELDS = ("title", "text")
"""Fields of a passage: its article's title, and that title with the passage's text."""

_WORD_OR_END = re.compile(rf"\n|{WORD.pattern}")


def fold(word: str, language: Language = ENGLISH) -> str:
    """Fold accents, apostrophes, separators of thousands, the dots of acronyms, and endings.

    >>> [fold(word) for word in ("Côte", "Putin’s", "O'Neill", "Łódź", "u.s", "1.5", "300,000")]
    ['Cote', 'Putin', 'ONeill', 'Lodz', 'us', '1.5', '300000']
    """
    if word.isalnum() and word.isascii():  # nearly every word
        return language.fold(word)
    word = word.translate(_PLAIN_APOSTROPHES)
    if not word.isascii():
        word = without_accents(word)
    word = language.fold(word).replace("'", "")
    if not word[:1].isdigit():
        return word if word[:1] == "." else word.replace(".", "")
    return word.replace(",", "") if THOUSANDS.fullmatch(word) else word


_PLAIN_APOSTROPHES = dict.fromkeys(map(ord, APOSTROPHES), "'")


class FoldFilter(Filter):
    """Applies `fold` to each token of a Whoosh chain."""

    def __init__(self, language: Language) -> None:
        self.language = language

    # Whoosh's own classes disagree on how a filter is called.
    def __call__(self, tokens: Iterable[Token]) -> Iterator[Token]:  # type: ignore[override]
        """Fold the tokens as they come."""
        for token in tokens:
            token.text = fold(token.text, self.language)
            yield token


class StemFilter(Filter):
    """Applies a language's stemmer to each token of a Whoosh chain."""

    is_morph = True

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, tokens: Iterable[Token]) -> Iterator[Token]:  # type: ignore[override]
        """Stem the tokens as they come."""
        stem = self.language.make_stemmer()
        for token in tokens:
            token.text = stem(token.text)
            yield token


def whoosh_chain(language: Language = ENGLISH) -> Analyzer:
    """Compose the chain of a language: words, lower case, folding, stop words, stems."""
    return (
        RegexTokenizer(WORD)
        | LowercaseFilter()
        | FoldFilter(language)
        | StopFilter(stoplist=language.stop_words, minsize=1)
        | StemFilter(language)
    )


def whoosh_schema(analyzer: Analyzer) -> Schema:
    """Describe both fields to Whoosh, positions included."""
    return Schema(**{name: TEXT(analyzer=analyzer, phrase=True) for name in FIELDS})


class TextAnalyzer:
    """Text to terms, with a cache of the terms of every run of non-blanks and every word.

    No word of `WORD` holds a blank, and no filter looks beyond one word, so `treaty,` always
    has the same terms. Terms and runs have indices, so that the terms of text seen before are
    taken from arrays (`plait.index.language.word_table`). The terms are those that
    `whoosh_chain` yields, in the same order; a test compares them.
    """

    def __init__(self, language: Language = ENGLISH) -> None:
        self.language = language
        self.chain = whoosh_chain(language)
        self.schema = whoosh_schema(self.chain)
        self._clear()

    def _clear(self) -> None:
        self._runs = Runs()
        self._terms: defaultdict[str, int] = defaultdict(count().__next__)
        self._words = _Words(self._terms, self.language)
        self._vocabulary: list[str] = []
        # The terms of run 0, of run 1, ... end to end, and where those of each begin and end.
        self._flat, self._starts = array("i"), array("i", [0])

    @property
    def fingerprint(self) -> str:
        """Hash that changes whenever the terms of some text would."""
        rules, stop_words = self.language.versions(), sorted(self.language.stop_words)
        recipe = "|".join(["2", WORD.pattern, "lower", rules.folding, *stop_words, rules.stemmer])
        return hashlib.blake2b(recipe.encode(), digest_size=8).hexdigest()

    @cached_property
    def request_terms(self) -> frozenset[str]:
        """Terms of the words with which people ask."""
        return frozenset(filter(None, map(self._words.term, self.language.request_words)))

    def fold(self, word: str) -> str:
        """Fold a word as its terms are folded."""
        return fold(word, self.language)

    def term(self, word: str) -> str | None:
        """Return the term of one word, or None for a stop word."""
        return next(iter(self.terms(word)), None)

    def spans(self, text: str) -> list[tuple[str, int, int]]:
        """Return the terms of a text, in order, and where the word of each begins and ends."""
        words = ((self._words.term(word[0]), *word.span()) for word in WORD.finditer(text))
        return [word for word in words if word[0]]

    def terms(self, text: str) -> list[str]:
        """Return the terms of a text, in order, repeats included."""
        return [term for word in WORD.findall(text) if (term := self._words.term(word))]

    def number(self, texts: Iterable[str]) -> "NumberedTexts":
        """Return the terms of many texts as indices; far faster than one text after another."""
        if len(self._runs) > RUNS_CACHED:
            self._clear()
        rest = iter(texts)
        batches = iter(lambda: list(islice(rest, TEXTS_ANALYSED_AT_ONCE)), [])  # until one is empty
        parts = [(_NONE, _NONE), *map(self._number_batch, batches)]
        terms, lengths = map(np.concatenate, zip(*parts, strict=True))
        return NumberedTexts(self._vocabulary, terms, lengths)

    def _number_batch(self, texts: Sequence[str]) -> tuple[Numbers, Numbers]:
        """Return the terms of some texts, end to end, and how many each text has."""
        runs, counts = self._runs.number(texts)
        self._learn(self._runs.after(len(self._starts) - 1))
        self._vocabulary += newest(self._terms, len(self._vocabulary))
        return self._spelled_out(runs, counts)

    def _spelled_out(self, runs: Numbers, counts: Numbers) -> tuple[Numbers, Numbers]:
        """Return the terms of runs, end to end, and how many each text of `counts` runs has."""
        starts = _numbers(self._starts)
        begins = starts[runs]
        taken = starts[1:][runs] - begins
        ends = np.cumsum(taken, dtype=np.int32)
        places = np.repeat(begins - (ends - taken), taken)
        places += np.arange(len(places), dtype=np.int32)
        bounds = np.concatenate([[0], ends])[np.concatenate([[0], np.cumsum(counts)])]
        return _numbers(self._flat)[places], np.diff(bounds).astype(np.int32)

    def _learn(self, runs: str) -> None:
        """Cache the terms of new runs, each on a line of its own."""
        words = map(self._words.__getitem__, _WORD_OR_END.findall(runs))
        terms = np.fromiter(words, np.int32)
        # Terms that an interrupt left without a start go; starts are written last.
        first = self._starts[-1]
        del self._flat[first:]
        kept = np.cumsum(terms >= 0, dtype=np.int32) + np.int32(first)
        self._flat.frombytes(terms[terms >= 0].tobytes())
        self._starts.frombytes(kept[terms == _END].tobytes())


class _Words(dict[str, int]):
    """Index of each word's term, found when it is first asked for."""

    def __init__(self, terms: "defaultdict[str, int]", language: Language) -> None:
        super().__init__({"\n": _END})
        self._terms = terms
        self._language = language
        self._stem = language.make_stemmer()

    def __missing__(self, word: str) -> int:
        term = self.term(word)
        self[word] = index = self._terms[term] if term else STOPPED
        return index

    def term(self, word: str) -> str:
        """Return the term of one word of `WORD`, empty for a stop word."""
        # What `whoosh_chain` does to one word, without setting up its filters for it.
        folded = fold(word.lower(), self._language)
        stopped = not folded or folded in self._language.stop_words
        return "" if stopped else self._stem(folded)


def _numbers(values: "array[int]") -> Numbers:
    return np.frombuffer(values, dtype=np.int32) if values else _NONE


@dataclass(frozen=True, slots=True)
class NumberedTexts:
    """Terms of some texts, end to end."""

    vocabulary: list[str]
    """Term of each index; other texts may have terms in it too."""
    terms: Numbers
    """Index of each term of the texts."""
    lengths: Numbers
    """Terms in each text."""
