"""Here is some text: which terms does it contain?

Whoosh's chain of filters, applied once to every distinct word: remembering what
came out is what makes indexing fast.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from whoosh.analysis import (
    Analyzer,
    Filter,
    LowercaseFilter,
    RegexTokenizer,
    StemFilter,
    StopFilter,
    Token,
)
from whoosh.fields import TEXT, Schema

MEMORY = 500_000
"""Runs of non-blanks remembered at most, some 100 MB; then memory begins anew."""

FIELDS = ("title", "text")
"""Fields of a passage: its article's title, and that title with the passage's text."""

# Lucene's English stop words (org.apache.lucene.analysis.en.EnglishAnalyzer).
STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "for",
        "if",
        "in",
        "into",
        "is",
        "it",
        "no",
        "not",
        "of",
        "on",
        "or",
        "such",
        "that",
        "the",
        "their",
        "then",
        "there",
        "these",
        "they",
        "this",
        "to",
        "was",
        "will",
        "with",
    ]
)

# Numbers keep their points and commas, acronyms their dots, words their
# apostrophes; a full stop without a blank after it still ends a word. Combining
# marks belong to the letter before them.
WORD = re.compile(
    r"\d+(?:[.,]\d+)+(?!\w)"
    r"|(?:[^\W\d_]\.)+[^\W\d_](?!\w)"
    r"|[\w\u0300-\u036f]+(?:['\u2019][\w\u0300-\u036f]+)*"
)


def fold(word: str) -> str:
    """Fold accents, possessive endings and the dots of acronyms: `Côte's` gives `Cote`.

    >>> [fold(word) for word in ("Côte", "Putin’s", "u.s", "1.5", "fy26")]
    ['Cote', 'Putin', 'us', '1.5', 'fy26']
    """
    if not word.isascii():
        decomposed = unicodedata.normalize("NFKD", word.replace("\u2019", "'"))
        word = "".join(c for c in decomposed if not unicodedata.combining(c))
    if word.endswith(("'s", "'S")):
        word = word[:-2]
    return word if word[:1].isdigit() else word.replace(".", "")


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

    The stems are Snowball's English ones ("Porter 2"): whoosh3's own Porter leaves
    doubled consonants (`swimming` becomes `swimm`).
    """
    return (
        RegexTokenizer(WORD)
        | LowercaseFilter()
        | FoldFilter()
        | StopFilter(stoplist=STOP_WORDS, minsize=1)
        | StemFilter(lang="en")
    )


def whoosh_schema(analyzer: Analyzer) -> Schema:
    """Describe both fields to Whoosh, positions included."""
    return Schema(**{name: TEXT(analyzer=analyzer, phrase=True) for name in FIELDS})


class TextAnalyzer:
    """Text to terms, remembering what every run of non-blanks and every word gave.

    No word of `WORD` holds a blank, and no filter looks beyond one word, so
    `treaty,` always gives the same terms. Runs save cutting words out of text that
    was seen before, words save filtering them. The result is what `whoosh_chain()`
    gives, in the same order; a test holds them together.
    """

    def __init__(self) -> None:
        self.chain = whoosh_chain()
        self.schema = whoosh_schema(self.chain)
        words = _Memory(lambda word: tuple(token.text for token in self.chain(word)))

        def analyse(run: str) -> tuple[str, ...]:
            return tuple(chain.from_iterable(words[w.lower()] for w in WORD.findall(run)))

        self._memory, self._words = _Memory(analyse), words

    @property
    def fingerprint(self) -> str:
        """Change whenever the terms of some text would."""
        recipe = "|".join(["1", WORD.pattern, "lower", "fold", *sorted(STOP_WORDS), "snowball"])
        return hashlib.blake2b(recipe.encode(), digest_size=8).hexdigest()

    def term(self, word: str) -> str | None:
        """Give the term of one word, or None for a stop word."""
        return next(iter(self.terms(word)), None)

    def terms(self, text: str) -> list[str]:
        """Give the terms of a text, in order, repeats included."""
        if len(self._memory) > MEMORY:
            self._memory.clear()
            self._words.clear()
        return list(chain.from_iterable(map(self._memory.__getitem__, text.split())))


class _Memory(dict[str, tuple[str, ...]]):
    """Remembers what a function gave; the look-up of a known key stays in C."""

    def __init__(self, function: Callable[[str], tuple[str, ...]]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, key: str) -> tuple[str, ...]:
        self[key] = found = self._function(key)
        return found
