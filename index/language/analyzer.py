"""Here is some text: which terms does it contain?

A chain of Whoosh's filters says what a term is; the same is done here once to every
distinct word and remembered, for that is what makes indexing fast.
"""

import hashlib
import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count, islice

import numpy as np
import Stemmer
from whoosh.analysis import (
    Analyzer,
    Filter,
    LowercaseFilter,
    PyStemmerFilter,
    RegexTokenizer,
    StopFilter,
    Token,
)
from whoosh.fields import TEXT, Schema

from plait.index.language.english import REQUEST_WORDS, STOP_WORDS
from plait.index.language.word_table import Numbers, Runs, newest

STOPPED = -1
"""In place of a term's number: the word is not indexed."""

_END = -2
"""In place of a term's number: here a run of non-blanks ends."""

_NONE = np.zeros(0, dtype=np.int32)
"""So that nothing can be concatenated, too."""

MEMORY = 500_000
"""Runs of non-blanks, some 100 MB, above which a call begins with a new memory."""

TEXTS = 500
"""Analysed together: what is made of them on the way fits into the processor's caches."""

FOLDED_AT_ONCE = 4096
"""Characters of a word folded at a time: each is an object of 80 bytes for a moment, and one
letter can stand for 18."""

FIELDS = ("title", "text")
"""Fields of a passage: its article's title, and that title with the passage's text."""

# Numbers keep their points and commas, acronyms their dots, words their
# apostrophes; a full stop without a blank after it still ends a word. Combining
# marks belong to the letter before them.
WORD = re.compile(
    r"\d+(?:[.,]\d+)+(?!\w)"
    r"|(?:[^\W\d_]\.)+[^\W\d_](?!\w)"
    r"|[\w\u0300-\u036f]+(?:['\u2019][\w\u0300-\u036f]+)*"
)

_WORD_OR_END = re.compile(rf"\n|{WORD.pattern}")


def fold(word: str) -> str:
    """Fold accents, possessive endings and the dots of acronyms: `Côte's` gives `Cote`.

    >>> [fold(word) for word in ("Côte", "Putin’s", "u.s", "1.5", "fy26")]
    ['Cote', 'Putin', 'us', '1.5', 'fy26']
    """
    if not word.isascii():
        word = word.replace("\u2019", "'")
        # In pieces, as each letter decomposes by itself; only the order of accents does not.
        pieces = (
            word[start : start + FOLDED_AT_ONCE] for start in range(0, len(word), FOLDED_AT_ONCE)
        )
        word = "".join(map(without_accents, pieces))
    if word.endswith(("'s", "'S")):
        word = word[:-2]
    return word if word[:1].isdigit() else word.replace(".", "")


def without_accents(word: str) -> str:
    """Decompose letters (NFKD) and drop what combines with them."""
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


class FoldFilter(Filter):
    """Apply `fold` to each token of a Whoosh chain."""

    # Whoosh's own classes disagree on how a filter is called.
    def __call__(self, tokens: Iterable[Token]) -> Iterator[Token]:  # type: ignore[override]
        """Fold the tokens as they come."""
        for token in tokens:
            token.text = fold(token.text)
            yield token


def whoosh_chain() -> Analyzer:
    """Compose the chain: words, lower case, folding, stop words, stems.

    The stems are Snowball's English ones ("Porter 2"), by its C library: whoosh3's own
    Porter leaves doubled consonants (`swimming` becomes `swimm`), and its own Snowball
    takes 27 microseconds a word.
    """
    return (
        RegexTokenizer(WORD)
        | LowercaseFilter()
        | FoldFilter()
        | StopFilter(stoplist=STOP_WORDS, minsize=1)
        | PyStemmerFilter("english")
    )


def whoosh_schema(analyzer: Analyzer) -> Schema:
    """Describe both fields to Whoosh, positions included."""
    return Schema(**{name: TEXT(analyzer=analyzer, phrase=True) for name in FIELDS})


class TextAnalyzer:
    """Text to terms, remembering what every run of non-blanks and every word gave.

    No word of `WORD` holds a blank, and no filter looks beyond one word, so
    `treaty,` always gives the same terms. Terms and runs have numbers, so that text
    seen before is put together by arrays (`plait.index.language.word_table`). The terms are
    those that `whoosh_chain()` gives, in the same order; a test holds them together.
    """

    def __init__(self) -> None:
        self.chain = whoosh_chain()
        self.schema = whoosh_schema(self.chain)
        self._forget()

    def _forget(self) -> None:
        self._runs = Runs()
        self._terms: defaultdict[str, int] = defaultdict(count().__next__)
        self._words = _Words(self._terms)
        self._vocabulary: list[str] = []
        # The terms of run 0, of run 1, ...: end to end, and where each begins and ends.
        self._flat, self._starts = array("i"), array("i", [0])

    @property
    def fingerprint(self) -> str:
        """Change whenever the terms of some text would."""
        stems = f"snowball {Stemmer.version()}"
        recipe = "|".join(["1", WORD.pattern, "lower", "fold", *sorted(STOP_WORDS), stems])
        return hashlib.blake2b(recipe.encode(), digest_size=8).hexdigest()

    @cached_property
    def request_terms(self) -> frozenset[str]:
        """Terms of the words with which people ask."""
        return frozenset(filter(None, map(self._words.term, REQUEST_WORDS)))

    def term(self, word: str) -> str | None:
        """Give the term of one word, or None for a stop word."""
        return next(iter(self.terms(word)), None)

    def spans(self, text: str) -> list[tuple[str, int, int]]:
        """Give the terms of a text, in order, with where the word of each begins and ends."""
        words = ((self._words.term(word[0]), *word.span()) for word in WORD.finditer(text))
        return [word for word in words if word[0]]

    def terms(self, text: str) -> list[str]:
        """Give the terms of a text, in order, repeats included."""
        return [term for word in WORD.findall(text) if (term := self._words.term(word))]

    def number(self, texts: Iterable[str]) -> "NumberedTexts":
        """Give the terms of many texts as numbers; far faster than one by one."""
        if len(self._runs) > MEMORY:
            self._forget()
        rest = iter(texts)
        batches = iter(lambda: list(islice(rest, TEXTS)), [])  # until one is empty
        parts = [(_NONE, _NONE), *map(self._number_batch, batches)]
        terms, lengths = map(np.concatenate, zip(*parts, strict=True))
        return NumberedTexts(self._vocabulary, terms, lengths)

    def _number_batch(self, texts: Sequence[str]) -> tuple[Numbers, Numbers]:
        """Give the terms of some texts, end to end, and how many each text has."""
        runs, counts = self._runs.number(texts)
        self._learn(self._runs.after(len(self._starts) - 1))
        self._vocabulary += newest(self._terms, len(self._vocabulary))
        return self._spelled_out(runs, counts)

    def _spelled_out(self, runs: Numbers, counts: Numbers) -> tuple[Numbers, Numbers]:
        """Put the terms of runs end to end; count those of each text of `counts` runs."""
        starts = _numbers(self._starts)
        begins = starts[runs]
        taken = starts[1:][runs] - begins
        ends = np.cumsum(taken, dtype=np.int32)
        places = np.repeat(begins - (ends - taken), taken)
        places += np.arange(len(places), dtype=np.int32)
        bounds = np.concatenate([[0], ends])[np.concatenate([[0], np.cumsum(counts)])]
        return _numbers(self._flat)[places], np.diff(bounds).astype(np.int32)

    def _learn(self, runs: str) -> None:
        """Find the terms of runs that are new, each on a line of its own."""
        words = map(self._words.__getitem__, _WORD_OR_END.findall(runs))
        terms = np.fromiter(words, np.int32)
        # What an interrupt left without a start goes; starts come last, and make terms count.
        first = self._starts[-1]
        del self._flat[first:]
        kept = np.cumsum(terms >= 0, dtype=np.int32) + np.int32(first)
        self._flat.frombytes(terms[terms >= 0].tobytes())
        self._starts.frombytes(kept[terms == _END].tobytes())


class _Words(dict[str, int]):
    """The number of each word's term, found when it is first asked for."""

    def __init__(self, terms: "defaultdict[str, int]") -> None:
        super().__init__({"\n": _END})
        self._terms = terms
        # Without a memory of its own, which costs four times what it saves beside this one.
        self._stem = Stemmer.Stemmer("english", 0).stemWord

    def __missing__(self, word: str) -> int:
        term = self.term(word)
        self[word] = number = self._terms[term] if term else STOPPED
        return number

    def term(self, word: str) -> str:
        """Give the term of one word of `WORD`, empty for a stop word."""
        # What `whoosh_chain` does to one word, without setting up its filters for it.
        folded = fold(word.lower())
        return "" if not folded or folded in STOP_WORDS else self._stem(folded)


def _numbers(values: "array[int]") -> Numbers:
    return np.frombuffer(values, dtype=np.int32) if values else _NONE


@dataclass(frozen=True, slots=True)
class NumberedTexts:
    """The terms of some texts, end to end."""

    vocabulary: list[str]
    """Term `n` is `vocabulary[n]`; other texts may have terms in it too."""
    terms: Numbers
    lengths: Numbers
    """Terms in each text."""
