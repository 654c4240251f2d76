"""Pattern of a word, and the parts that it may be made of, whatever the language.

Numbers keep their points, acronyms their dots; a full stop without a blank after it still ends a
word. Signs that are part of a name belong to it: C++, C#, .NET, AT&T. Combining marks, and
characters that are not seen, belong to the letter before them.

A word may have several parts: those between hyphens or underscores, or behind an elision. Each is
found by itself, and all of them joined, so that `post-war` is found by `postwar`, and `F-16` by
`F16`. A part has a position of its own; what is joined begins at the first part's and covers all.
Does not fold or stem (`plait.index.language.terms`).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

APOSTROPHES = "'\u2019\u2018\u201b\u02bc\u02bb\u2032\uff07`\u00b4\u00b7"
"""Characters that people and keyboards put for an apostrophe, and the raised dot of Catalan: words
are spelt with them and without."""

MOST_PARTS = 16
"""Greatest number of parts that are joined: four bits of a position hold it."""
LONGEST_JOINED = 64
"""Greatest number of characters that are joined; what is longer is a chain, not a word."""
LETTERS_AFTER_ELISION = 3
"""Least number of letters behind an apostrophe that are a part: `O'Neill`, but not `don't`."""

_UNSEEN = "\u00ad\u200c\u200d\u2060\ufeff"
"""Characters without width inside of words: soft hyphen, joiners."""

_LETTERS = rf"[^\W_]+(?:[\u0300-\u036f{_UNSEEN}]+[^\W_]*)*"
_HYPHEN = r"[-\u2010\u2011\u200b](?:\n[ \t]*)?"
_JOINER = rf"(?:[{APOSTROPHES}&]|{_HYPHEN}|_+)"

WORD = re.compile(
    r"\d{1,3}(?:[\u00a0\u202f\u2009]\d{3})+(?!\w)"
    r"|\d+(?:[.,]\d+)+(?![^\W_])"
    r"|(?:[^\W\d_]\.)+[^\W\d_](?!\w)"
    r"|(?<![^\s\x00-\x1f(\[\"'\u201c])\.[^\W\d_]{2,}(?![.\w])"
    rf"|{_LETTERS}(?:{_JOINER}{_LETTERS})*(?:(?:\+\+|\#)(?![\w+#]))?"
)
"""Pattern of a word with all of its parts. It has no blank in it, except a line break behind the
hyphen of a word that was divided there."""

SIMPLE_WORD = re.compile(rf"\d+(?:[.,]\d+)+(?![^\W_])|{_LETTERS}(?:[{APOSTROPHES}]{_LETTERS})*")
"""Pattern of a word without joined parts, in which a slip is corrected."""

THOUSANDS = re.compile(r"\d{1,3}(?:[,\u00a0\u202f\u2009]\d{3})+(?:\.\d+)?")
"""Pattern of a number whose commas or thin blanks separate thousands."""

_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f\u2009]\d+)+")
_SEPARATORS = re.compile(r"[^\d.]")
_ONE_PART = re.compile(r"[^\W_]+")
_POINTS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_BETWEEN = re.compile(rf"{_HYPHEN}|_+|&|[{APOSTROPHES}](?=[^\W\d_]{{{LETTERS_AFTER_ELISION}}})")
_SIGNS = re.compile(r"(?:\+\+|#)$")


class Part(NamedTuple):
    """Part of a word, or several joined."""

    text: str
    start: int
    """Start in the word, in characters."""
    end: int
    at: int = 0
    """Position in the word, 0 for the first part."""
    extent: int = 1
    """Number of positions that it covers."""
    is_joined: bool = False
    """Whether it says again what parts say, and adds no length."""


def parts_of(word: str) -> list[Part]:
    """Return the parts of a word of `WORD` by position; what is joined comes before its parts.

    >>> [part.text for part in parts_of("post-war")], [part.text for part in parts_of("C++")]
    (['postwar', 'post', 'war'], ['C++'])
    """
    whole = Part(word, 0, len(word))
    if _ONE_PART.fullmatch(word) or _ACRONYM.fullmatch(word):
        return [whole]
    if _NUMBER.fullmatch(word):
        return _parts_of_number(whole)
    if word[0] == ".":
        return [whole._replace(is_joined=True), Part(word[1:], 1, len(word))]
    signs = _SIGNS.search(word)
    end = signs.start() if signs else len(word)
    parts = [Part(word[a:b], a, b, at) for at, (a, b) in enumerate(_split(word[:end]))]
    if signs and end == 1:  # C++ is no C
        return [whole]
    text = word if "&" in word else "".join(part.text for part in parts) + word[end:]
    is_single = len(parts) == 1 and not signs
    if is_single or len(parts) > MOST_PARTS or len(text) > LONGEST_JOINED:
        return parts
    return [whole._replace(text=text, extent=len(parts), is_joined=True), *parts]


def _parts_of_number(whole: Part) -> list[Part]:
    """Return a number, without separators of thousands, and what it may be in other languages."""
    if THOUSANDS.fullmatch(whole.text):
        return [whole._replace(text=_SEPARATORS.sub("", whole.text))]
    joined = whole._replace(text=whole.text.replace(".", ""), is_joined=True)
    return [joined, whole] if _POINTS.fullmatch(whole.text) else [whole]


def _split(word: str) -> Iterator[tuple[int, int]]:
    """Yield where each part between joiners begins and ends."""
    begin = 0
    for cut in _BETWEEN.finditer(word):
        yield begin, cut.start()
        begin = cut.end()
    yield begin, len(word)
