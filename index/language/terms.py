"""Terms of a word: its parts folded and stemmed, and where each stands in it.

A stop word has a term too, by which phrases and fields find it, but adds nothing to a text's
length or to a bag of words.
"""

from typing import NamedTuple

from plait.index.language.english import ENGLISH
from plait.index.language.language import Language
from plait.index.language.letters import without_accents
from plait.index.language.words import APOSTROPHES, Part, parts_of

STOP_MARK = "_"
"""Mark behind the term of a stop word, so that no other word has that term: `its` has the stem of
`it`. No word ends so."""

EXTENT_BITS = 4
"""Number of low bits of a place that hold how many positions a term covers, less 1."""
MOST_EXTENT = (1 << EXTENT_BITS) - 1
"""Mask of these bits."""


def fold(word: str, language: Language = ENGLISH) -> str:
    """Fold accents, apostrophes, the dots of acronyms, and endings.

    >>> [fold(word) for word in ("Côte", "Putin’s", "O'Neill", "Łódź", "u.s", "1.5")]
    ['Cote', 'Putin', 'ONeill', 'Lodz', 'us', '1.5']
    """
    if word.isalnum() and word.isascii():  # nearly every word
        return language.fold(word)
    word = word.translate(_PLAIN_APOSTROPHES)
    if not word.isascii():
        word = without_accents(word)
    word = language.fold(word).replace("'", "")
    return word if word[:1] == "." or word[:1].isdigit() else word.replace(".", "")


_PLAIN_APOSTROPHES = dict.fromkeys(map(ord, APOSTROPHES), "'")


class Term(NamedTuple):
    """Term of a text, and where it stands."""

    text: str
    start: int
    """Start of its word, or part, in characters of the text."""
    end: int
    at: int
    """Position: how many parts of words precede it."""
    extent: int = 1
    """Number of positions that it covers."""
    is_joined: bool = False
    """Whether it says again what parts of a word say."""
    is_stop: bool = False
    """Whether it is a stop word's."""
    form: str = ""
    """Surface form: its word or part, folded, whose stem it is; the term itself of a stop word."""

    @property
    def counts(self) -> bool:
        """Whether it counts in the length of its text, and in a bag of words."""
        return not (self.is_joined or self.is_stop)


class WordTerms(NamedTuple):
    """Terms of a word."""

    terms: tuple[Term, ...]
    places: tuple[int, ...]
    """Position in the word, and extent, of each term, as `NumberedTexts` has them."""
    advance: int
    """Number of positions that it takes."""
    length: int
    """Number of terms that count."""


class TermsOfWords(dict[str, WordTerms]):
    """Terms of each word of `WORD` in a language, found when it is first asked for."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language
        self._stem = language.make_stemmer()

    def __missing__(self, word: str) -> WordTerms:
        parts = parts_of(word)
        terms = tuple(term for part in parts if (term := self._term(part)))
        places = tuple(term.at << EXTENT_BITS | term.extent - 1 for term in terms)
        advance = 1 + max(part.at for part in parts)
        self[word] = found = WordTerms(terms, places, advance, sum(term.counts for term in terms))
        return found

    def _term(self, part: Part) -> Term | None:
        """Return the term of a part; None where nothing is left of it."""
        folded = fold(part.text.lower(), self._language)
        is_stop = folded in self._language.stop_words
        form = folded + STOP_MARK if is_stop else folded
        return Term(self.term_of(form), *part[1:], is_stop, form) if folded else None

    def term_of(self, form: str) -> str:
        """Return the term of a surface form: its stem, or itself for a stop word."""
        return form if form.endswith(STOP_MARK) else self._stem(form)
