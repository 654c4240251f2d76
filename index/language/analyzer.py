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
from functools import cached_property
from itertools import count, islice

import numpy as np
from whoosh.analysis import (
    Analyzer,
    Filter,
    RegexTokenizer,
    Token,
)
from whoosh.fields import TEXT, Schema

from plait.index.language.english import ENGLISH
from plait.index.language.language import Language
from plait.index.language.numbered import Lexicon, NumberedTexts, numbers_of
from plait.index.language.terms import EXTENT_BITS, Term, TermsOfWords, fold
from plait.index.language.word_table import Numbers, Runs, newest
from plait.index.language.words import WORD

_NONE = np.zeros(0, dtype=np.int32)
"""Indices of no terms, since `np.concatenate` wants one array at least."""

RUNS_CACHED = 500_000
"""Distinct runs of non-blanks, some 100 MB, above which a call begins with an empty cache."""

TEXTS_ANALYSED_AT_ONCE = 500
"""Texts analysed together: what is made of them on the way fits the processor's caches."""

FIELDS = ("title", "text")
"""Fields of a passage: its article's title, and that title with the passage's text."""

_WORD_OR_END = re.compile(rf" |{WORD.pattern}")

_DIVIDED = re.compile(r"(?<=[-\u2010\u2011\u200b])\n[ \t]*(?=[^\W_])")
"""Pattern of what stands between the halves of a word that a line end divides."""


class TermFilter(Filter):
    """Makes the terms of each token of a Whoosh chain."""

    is_morph = True

    def __init__(self, language: Language) -> None:
        self.language = language

    # Whoosh's own classes disagree on how a filter is called.
    def __call__(self, tokens: Iterable[Token]) -> Iterator[Token]:  # type: ignore[override]
        """Yield the terms of the words as they come."""
        terms, before = TermsOfWords(self.language), 0
        for token in tokens:
            word = terms[token.text]
            start = getattr(token, "startchar", 0)
            for term in word.terms:
                token.text, token.pos = term.text, before + term.at
                token.startchar, token.endchar = start + term.start, start + term.end
                yield token
            before += word.advance


def whoosh_chain(language: Language = ENGLISH) -> Analyzer:
    """Compose the chain of a language: words, and the terms of each."""
    return RegexTokenizer(WORD) | TermFilter(language)


def whoosh_schema(analyzer: Analyzer) -> Schema:
    """Describe both fields to Whoosh, positions included."""
    return Schema(**{name: TEXT(analyzer=analyzer, phrase=True) for name in FIELDS})


class TextAnalyzer:
    """Text to terms, with a cache of the terms of every run of non-blanks and every word.

    No word of `WORD` holds a blank, once a word that a line end divides is put together, and none
    looks beyond itself, so `treaty,` always has the same terms. Terms and runs have indices, so
    that the terms of text seen before are taken from arrays (`plait.index.language.word_table`).
    The terms are those that `whoosh_chain` yields, in the same order; a test compares them.
    """

    def __init__(self, language: Language = ENGLISH) -> None:
        self.language = language
        self.chain = whoosh_chain(language)
        self.schema = whoosh_schema(self.chain)
        self._words = TermsOfWords(language)
        self._clear()

    def _clear(self) -> None:
        self._runs = Runs()
        self._terms: defaultdict[str, int] = defaultdict(count().__next__)
        self._forms: defaultdict[str, int] = defaultdict(count().__next__)
        self._lexicon = Lexicon([], [], array("i"))
        # The forms of run 0, of run 1, ... end to end, their places in their run, and where those
        # of each run begin and end; the positions that each run takes, and its length.
        self._flat, self._places, self._starts = array("i"), array("i"), array("i", [0])
        self._advances, self._lengths = array("i"), array("i")

    @property
    def fingerprint(self) -> str:
        """Hash that changes whenever the terms of some text would."""
        rules, stop_words = self.language.versions(), sorted(self.language.stop_words)
        recipe = "|".join(["3", WORD.pattern, "lower", rules.folding, *stop_words, rules.stemmer])
        return hashlib.blake2b(recipe.encode(), digest_size=8).hexdigest()

    @cached_property
    def request_terms(self) -> frozenset[str]:
        """Terms of the words with which people ask."""
        terms = map(self.term, self.language.request_words)
        return frozenset(term for term in terms if term)

    def fold(self, word: str) -> str:
        """Fold a word as its terms are folded."""
        return fold(word, self.language)

    def term(self, word: str) -> str | None:
        """Return the term of one word, or None for a stop word; the first of several."""
        return next(iter(self.terms(word)), None)

    def found(self, text: str) -> Iterator[Term]:
        """Yield all terms of a text by position; what is joined comes before its parts."""
        before = 0
        for word in WORD.finditer(text):
            own, start = self._words[word[0]], word.start()
            for term in own.terms:
                yield term._replace(
                    start=start + term.start, end=start + term.end, at=before + term.at
                )
            before += own.advance

    def spans(self, text: str) -> list[tuple[str, int, int]]:
        """Return the terms of a text's bag of words, in order, and where each begins and ends."""
        return [(own.text, own.start, own.end) for own in self.found(text) if own.counts]

    def terms(self, text: str) -> list[str]:
        """Return the terms of a text's bag of words, in order, repeats included."""
        words = map(self._words.__getitem__, WORD.findall(text))
        return [term.text for word in words for term in word.terms if term.counts]

    def number(self, texts: Iterable[str]) -> NumberedTexts:
        """Return the terms of many texts as indices; far faster than one text after another."""
        if len(self._runs) > RUNS_CACHED:
            self._clear()
        rest = iter(texts)
        batches = iter(lambda: list(islice(rest, TEXTS_ANALYSED_AT_ONCE)), [])  # until one is empty
        parts = [(_NONE,) * 5, *map(self._number_batch, batches)]
        return NumberedTexts(self._lexicon, *map(np.concatenate, zip(*parts, strict=True)))

    def _number_batch(self, texts: Sequence[str]) -> tuple[Numbers, ...]:
        """Return the arrays of `NumberedTexts` of some texts."""
        whole = [_DIVIDED.sub("", own) if "\n" in own else own for own in texts]
        runs, counts = self._runs.number(whole)
        self._learn(self._runs.after(len(self._starts) - 1))
        self._learn_forms()
        return self._spelled_out(runs, counts)

    def _spelled_out(self, runs: Numbers, counts: Numbers) -> tuple[Numbers, ...]:
        """Return the terms of runs, end to end; each text has `counts` runs."""
        starts = numbers_of(self._starts)
        begins = starts[runs]
        taken = starts[1:][runs] - begins
        ends = np.cumsum(taken, dtype=np.int32)
        rows = np.repeat(begins - (ends - taken), taken)
        rows += np.arange(len(rows), dtype=np.int32)
        bounds = np.concatenate([[0], np.cumsum(counts)])

        def summed(values: Numbers) -> Numbers:
            sums: Numbers = np.concatenate([[0], np.cumsum(values)])[bounds].astype(np.int32)
            return np.diff(sums)

        advances = numbers_of(self._advances)[runs]
        before = np.cumsum(advances, dtype=np.int32) - advances
        before -= np.repeat(np.concatenate([before, [0]])[bounds[:-1]], counts)  # of its own text
        places = numbers_of(self._places)[rows]
        places += np.repeat(before << EXTENT_BITS, taken)
        lengths = summed(numbers_of(self._lengths)[runs])
        return numbers_of(self._flat)[rows], places, summed(taken), lengths, summed(advances)

    def _learn(self, runs: str) -> None:
        """Cache the terms of new runs, each followed by a blank."""
        # What an interrupt left without a start goes; starts are written last.
        first, known = self._starts[-1], len(self._starts) - 1
        del self._flat[first:], self._places[first:], self._advances[known:], self._lengths[known:]
        starts, advances, lengths = array("i"), array("i"), array("i")
        advance = length = 0
        for word in _WORD_OR_END.findall(runs):
            if word == " ":
                starts.append(len(self._flat))
                advances.append(advance)
                lengths.append(length)
                advance = length = 0
                continue
            own = self._words[word]
            self._flat.extend([self._forms[term.form] for term in own.terms])
            base = advance << EXTENT_BITS
            self._places.extend(base + place for place in own.places)
            advance += own.advance
            length += own.length
        self._advances.frombytes(advances.tobytes())
        self._lengths.frombytes(lengths.tobytes())
        self._starts.frombytes(starts.tobytes())

    def _learn_forms(self) -> None:
        """Note the terms of new forms."""
        own = self._lexicon
        del own.forms[len(own.owners) :]  # what an interrupt left without a term
        own.forms.extend(newest(self._forms, len(own.owners)))
        new = own.forms[len(own.owners) :]
        owners = array("i", [self._terms[self._words.term_of(form)] for form in new])
        own.terms.extend(newest(self._terms, len(own.terms)))
        own.owners.frombytes(owners.tobytes())
