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
from plait.index.language.numbered import Lexicon, NumberedTexts
from plait.index.language.sequences import Sequences, Spelled
from plait.index.language.terms import Term, TermsOfWords, WordForms, fold, forms_of
from plait.index.language.word_table import Runs, newest
from plait.index.language.words import WORD

_NONE = np.zeros(0, dtype=np.int32)
"""Indices of no terms, since `np.concatenate` wants one array at least."""

RUNS_CACHED = 500_000
"""Distinct runs of non-blanks, some 100 MB, above which a call begins with an empty cache."""

TEXTS_ANALYSED_AT_ONCE = 500
"""Texts analysed together: what is made of them on the way fits the processor's caches."""

FIELDS = ("title", "text")
"""Fields of a passage: its article's title, and that title with the passage's text."""

_END = " "
"""End of a run."""
_WORD_OR_END = re.compile(rf"{_END}|{WORD.pattern}")

_HYPHENS_AT_END = ("-\n", "\u2010\n", "\u2011\n", "\u200b\n")
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
            own, advance = terms[token.text]
            start = getattr(token, "startchar", 0)
            for term in own:
                token.text, token.pos = term.text, before + term.at
                token.startchar, token.endchar = start + term.start, start + term.end
                yield token
            before += advance


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
        self._runs, self._of_runs = Runs(), Sequences()
        # Word 0 is the end of a run; it has no forms.
        self._numbers: defaultdict[str, int] = defaultdict(count(1).__next__, {_END: 0})
        self._of_words = Sequences()
        self._of_words.add(Spelled(_NONE, _NONE, *[np.zeros(1, np.int32)] * 3))
        self._forms: defaultdict[str, int] = defaultdict(count().__next__)
        self._terms: defaultdict[str, int] = defaultdict(count().__next__)
        self._lexicon = Lexicon([], [], array("i"))

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
            (terms, advance), start = self._words[word[0]], word.start()
            for term in terms:
                yield term._replace(
                    start=start + term.start, end=start + term.end, at=before + term.at
                )
            before += advance

    def spans(self, text: str) -> list[tuple[str, int, int]]:
        """Return the terms of a text's bag of words, in order, and where each begins and ends."""
        return [(own.text, own.start, own.end) for own in self.found(text) if own.counts]

    def terms(self, text: str) -> list[str]:
        """Return the terms of a text's bag of words, in order, repeats included."""
        words = map(self._words.__getitem__, WORD.findall(text))
        return [term.text for own, _ in words for term in own if term.counts]

    def number(self, texts: Iterable[str]) -> NumberedTexts:
        """Return the terms of many texts as indices; far faster than one text after another."""
        if len(self._runs) > RUNS_CACHED:
            self._clear()
        rest = iter(texts)
        batches = iter(lambda: list(islice(rest, TEXTS_ANALYSED_AT_ONCE)), [])  # until one is empty
        parts = [(_NONE,) * 5, *map(self._number_batch, batches)]
        return NumberedTexts(self._lexicon, *map(np.concatenate, zip(*parts, strict=True)))

    def _number_batch(self, texts: Sequence[str]) -> Spelled:
        """Return the forms of some texts."""
        whole = [_put_together(text) for text in texts]
        runs, counts = self._runs.number(whole)
        self._learn(self._runs.after(len(self._of_runs)))
        return self._of_runs.joined(runs, counts)

    def _learn(self, runs: str) -> None:
        """Cache the forms of new runs, each followed by a blank."""
        words = _WORD_OR_END.findall(runs)
        numbers = np.fromiter(map(self._numbers.__getitem__, words), np.int32, len(words))
        self._of_words.add(self._spelled(newest(self._numbers, len(self._of_words))))
        self._learn_forms()
        ends = np.flatnonzero(numbers == 0)
        counts = np.diff(ends, prepend=-1).astype(np.int32)
        self._of_runs.add(self._of_words.joined(numbers, counts))

    def _spelled(self, words: Sequence[str]) -> Spelled:
        """Return the forms of new words."""
        number, fold_plain = self._forms.__getitem__, self.language.fold
        stop_words = self.language.stop_words
        forms: list[int] = []
        others: list[tuple[int, int, WordForms]] = []
        for at, word in enumerate(words):
            if word.isascii() and word.isalnum():  # nearly every word
                form = fold_plain(word.lower())
                if form and form not in stop_words:
                    forms.append(number(form))
                    continue
            own = forms_of(word, self.language)
            others.append((at, len(forms), own))
            forms.extend(map(number, own.forms))
        counts, lengths, advances = np.ones((3, len(words)), np.int32)
        places = np.zeros(len(forms), np.int32)
        for at, first, own in others:
            counts[at], lengths[at], advances[at] = len(own.forms), own.length, own.advance
            places[first : first + len(own.places)] = own.places
        return Spelled(np.array(forms, np.int32), places, counts, lengths, advances)

    def _learn_forms(self) -> None:
        """Note the terms of new forms."""
        own = self._lexicon
        del own.forms[len(own.owners) :]  # what an interrupt left without a term
        new = newest(self._forms, len(own.owners))
        own.forms.extend(map(str.encode, new))
        owners = array("i", [self._terms[self._words.term_of(form)] for form in new])
        own.terms.extend(newest(self._terms, len(own.terms)))
        own.owners.frombytes(owners.tobytes())


def _put_together(text: str) -> str:
    """Return a text without the line ends that divide words."""
    # A look for each hyphen costs less than the pattern does.
    if "\n" in text and any(hyphen in text for hyphen in _HYPHENS_AT_END):
        return _DIVIDED.sub("", text)
    return text
