"""Terms of a word: its parts folded and stemmed, and where each stands in it.

A stop word has a term too, by which phrases and fields find it, but adds nothing to a text's
length or to a bag of words.
"""

from collections.abc import Sequence
from typing import NamedTuple

from plait.index.language.english import ENGLISH
from plait.index.language.language import Language
from plait.index.language.letters import without_accents
from plait.index.language.words import APOSTROPHES, LONGEST_JOINED, MOST_PARTS, Part, parts_of

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
    form: str = ""
    """Surface form: its word or part, folded, whose stem it is; the term itself of a stop word."""

    @property
    def counts(self) -> bool:
        """Whether it counts in the length of its text, and in a bag of words."""
        return not (self.is_joined or self.is_stop)

    @property
    def is_stop(self) -> bool:
        """Whether it is a stop word's."""
        return self.text.endswith(STOP_MARK)

    @property
    def has_sign(self) -> bool:
        """Whether it says more than the letters of its parts, as C++, .NET and AT&T do."""
        return self.is_joined and not self.text.isalnum()


class WordForms(NamedTuple):
    """Surface forms of a word, by position; what is joined comes before its parts."""

    forms: Sequence[str]
    places: Sequence[int]
    """Position of each in the word, shifted by `EXTENT_BITS`, and its extent less 1."""
    length: int
    """Number of those that count."""
    advance: int
    """Number of positions that the word takes."""


def forms_of(word: str, language: Language) -> WordForms:
    """Return the forms of a word of `WORD`; a stop word's is its term."""
    plain = word.lower() if word.isalnum() else language.fold(word.lower())
    if plain.isalnum():  # nearly every word, or one with an ending
        form = _form(plain, language)
        return WordForms([form], [0], not form.endswith(STOP_MARK), 1)
    pieces = word.lower().split("-")
    if word.isascii() and len(word) <= LONGEST_JOINED and all(map(str.isalnum, pieces)):
        return _hyphenated(pieces, language)
    found, advance = _with_forms(word, language)
    return WordForms(
        [form for form, _ in found],
        [part.at << EXTENT_BITS | part.extent - 1 for _, part in found],
        sum(not (part.is_joined or form.endswith(STOP_MARK)) for form, part in found),
        advance,
    )


def _with_forms(word: str, language: Language) -> tuple[list[tuple[str, Part]], int]:
    """Return the parts of a word with their forms, and the number of positions that it takes."""
    parts = parts_of(word)
    found = [(form, part) for part in parts if (form := _form(part.text, language))]
    return found, 1 + max(part.at for part in parts)


def _hyphenated(pieces: Sequence[str], language: Language) -> WordForms:
    """Return the forms of most compounds, in an eighth of the time."""
    plain, stop_words = [language.fold(piece) for piece in pieces], language.stop_words
    forms = [own + STOP_MARK if own in stop_words else own for own in plain]
    length = sum(own not in stop_words for own in plain)
    places: Sequence[int] = range(0, len(pieces) << EXTENT_BITS, 1 << EXTENT_BITS)
    if len(pieces) <= MOST_PARTS:
        forms.insert(0, _form("".join(pieces), language))
        places = [len(pieces) - 1, *places]
    return WordForms(forms, places, length, len(pieces))


def _form(part: str, language: Language) -> str:
    """Return the form of a part; nothing where nothing is left of it."""
    folded = fold(part.lower(), language)
    return folded + STOP_MARK if folded in language.stop_words else folded


class TermsOfWords(dict[str, tuple[list[Term], int]]):
    """Terms of each word of `WORD`, and the positions that it takes, kept once they are found."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language
        self._stem = language.make_stemmer()

    def __missing__(self, word: str) -> tuple[list[Term], int]:
        found, advance = _with_forms(word, self._language)
        self[word] = own = [Term(self.term_of(f), *part[1:], f) for f, part in found], advance
        return own

    def term_of(self, form: str) -> str:
        """Return the term of a surface form: its stem, or itself for a stop word."""
        return form if form.endswith(STOP_MARK) else self._stem(form)
