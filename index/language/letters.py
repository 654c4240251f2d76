"""Folding of letters to those of ASCII, where they are Latin.

Most letters with a mark decompose by Unicode (NFKD). Others have a name that says which letter
they are a form of: `LATIN SMALL LETTER L WITH STROKE`. Lucene's ASCIIFoldingFilter lists such
letters one by one; here the names tell.
"""

import re
import unicodedata

FOLDED_AT_ONCE = 4096
"""Characters of a word folded at a time: each is an object of 80 bytes for a moment, and one
letter can decompose into 18."""

_FORM = re.compile(
    r"LATIN (?:(SMALL|CAPITAL) LETTER|LETTER SMALL CAPITAL|SMALL LIGATURE|CAPITAL LIGATURE)"
    r" (?:OPEN |DOTLESS |TURNED |REVERSED |LONG |SIDEWAYS )*([A-Z]{1,2})(?: WITH .+)?"
)
"""Pattern of a name of a letter: its case, and the letter or two that it is a form of."""

_NAMED = {
    "SHARP S": "ss",
    "ETH": "d",
    "THORN": "th",
    "ENG": "n",
    "SCHWA": "a",
    "ESH": "s",
    "EZH": "z",
    "INSULAR D": "d",
    "INSULAR F": "f",
    "INSULAR G": "g",
    "AFRICAN D": "d",
}
"""Letters with a name of their own, and what people type for them."""
_WITH_NAME = re.compile(rf"LATIN (?:SMALL|CAPITAL) LETTER ({'|'.join(_NAMED)})(?: WITH .+)?")


class _Forms(dict[int, str]):
    """Letters that stand for a character, found when it is first met."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        self[point] = found = _plain(character)
        return found


def _plain(character: str) -> str:
    """Return a character without what combines with it, as ASCII letters where it is Latin."""
    category = unicodedata.category(character)
    if unicodedata.combining(character) or category == "Cf":
        return ""
    name = unicodedata.name(character, "")
    if named := _WITH_NAME.fullmatch(name):
        plain = _NAMED[named[1]]
    elif (form := _FORM.fullmatch(name)) and not character.isascii():
        plain = form[2].lower()
    else:
        return character
    return plain.upper() if category == "Lu" else plain


_FORMS = _Forms({0x2BC: "", 0xB7: ""})  # an apostrophe and a dot that are in one letter


def without_accents(word: str) -> str:
    """Decompose letters (NFKD), drop what combines with them, and fold other Latin letters.

    >>> [without_accents(word) for word in ("naïve", "Łódź", "Tromsø", "Đoković", "straße")]
    ['naive', 'Lodz', 'Tromso', 'Dokovic', 'strasse']
    """
    # In pieces, as each letter decomposes by itself; only the order of accents does not.
    return "".join(
        unicodedata.normalize("NFKD", word[start : start + FOLDED_AT_ONCE]).translate(_FORMS)
        for start in range(0, len(word), FOLDED_AT_ONCE)
    )
