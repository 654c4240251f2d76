"""Here is some text: which terms does it contain?

Whoosh's chain of filters, applied once per distinct word: every filter here
looks at one word alone, so a word's term can be remembered, and remembering it
is what makes indexing fast.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from whoosh.analysis import Analyzer, Filter, LowercaseFilter, RegexTokenizer, StemFilter, StopFilter
from whoosh.fields import TEXT, Schema

FIELDS = ("title", "text")
"""The indexed fields of a passage: its article's title, and the title with the passage's text."""

# Lucene's English stop words (org.apache.lucene.analysis.en.EnglishAnalyzer).
STOP_WORDS = frozenset(
    "a an and are as at be but by for if in into is it no not of on or such that the their then "
    "there these they this to was will with".split()
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

    def __call__(self, tokens: Iterator[Any]) -> Iterator[Any]:
        for token in tokens:
            token.text = fold(token.text)
            yield token


def whoosh_chain() -> Analyzer:
    """Compose the chain: words, lower case, folding, stop words, Porter's stems."""
    return (
        RegexTokenizer(WORD)
        | LowercaseFilter()
        | FoldFilter()
        | StopFilter(stoplist=STOP_WORDS, minsize=1)
        | StemFilter()
    )


def whoosh_schema(chain: Analyzer) -> Schema:
    """Describe both fields to Whoosh, positions included."""
    return Schema(**{name: TEXT(analyzer=chain, phrase=True) for name in FIELDS})


class TextAnalyzer:
    """Text to terms, remembering every distinct word.

    Gives what `whoosh_chain()` gives, in the same order; a test holds them together.
    """

    def __init__(self) -> None:
        self.chain = whoosh_chain()
        self.schema = whoosh_schema(self.chain)
        self._terms: dict[str, str | None] = {}

    @property
    def fingerprint(self) -> str:
        """Change whenever the terms of some text would."""
        recipe = "|".join(["1", WORD.pattern, "lower", "fold", *sorted(STOP_WORDS), "porter"])
        return hashlib.blake2b(recipe.encode(), digest_size=8).hexdigest()

    def term(self, word: str) -> str | None:
        """Give the term of one word, or None for a stop word."""
        try:
            return self._terms[word]
        except KeyError:
            found = [token.text for token in self.chain(word)]
            # The pattern matches a word of its own making whole, so at most one.
            self._terms[word] = found[0] if found else None
            return self._terms[word]

    def terms(self, text: str) -> list[str]:
        """Give the terms of a text, in order, repeats included."""
        terms = map(self.term, WORD.findall(text))
        return [term for term in terms if term]
