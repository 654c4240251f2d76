"""Value of a language: all that analysis and cutting know of one.

Languages by name are in `plait.index.language.languages`. What holds for every language, the
pattern of a word and the folding of accents, is in `plait.index.language.analyzer`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

Stem: TypeAlias = Callable[[str], str]
"""Folded word to its stem."""


class Versions(NamedTuple):
    """Versions of a language's rules, as fingerprints hold them.

    A rule that changes gets another version. Those of two languages differ, unless their rules
    are the same.
    """

    folding: str
    stemmer: str
    sentences: str


@dataclass(frozen=True, slots=True)
class Language:
    """A language that articles are written in.

    Its functions belong to a module, so that Whoosh can store a chain that has them.
    """

    name: str
    """Name in small letters, as an index records it."""
    stop_words: frozenset[str]
    """Folded words that are not indexed."""
    request_words: frozenset[str]
    """Words with which people ask, and which name nothing that they ask for."""
    fold: Callable[[str], str]
    """Function that removes endings such as `'s`; words come without accents, and with ASCII
    apostrophes."""
    make_stemmer: Callable[[], Stem]
    """Maker of a stemmer: one must not be shared by threads."""
    sentence_end: re.Pattern[str]
    """Pattern of all from the mark that ends a sentence to the blanks before the next."""
    versions: Callable[[], Versions]
    """Function that returns the versions of these rules; it loads the stemmer."""
