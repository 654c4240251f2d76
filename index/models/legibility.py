"""Whether a model knows the language of a text, inferred from how its tokenizer splits words.

A model knows a language by the words of its vocabulary. Words of another become unknown
pieces, or are spelt: letter by letter in another script, in scraps of two or three letters in
the same one. A text that is mostly such pieces has a vector that says next to nothing.

Useful for telling a user so. Not useful for naming the language, nor for one whose words the
vocabulary holds though the model was hardly trained on them. And a text of little but foreign
names, or of JavaScript, is split like one in another language.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from plait.index.models.word_pieces import WordPieces

FEWEST_LETTERS = 20
"""Letters below which a text, a name or a row of a table, tells nothing."""

FEWEST_LATIN_LETTERS = 80
"""Letters below which, in a sentence or less, a few foreign names are a large share."""

MOST_STRANGE = 0.4
"""Share of a text's letters in unknown pieces or spelt. With the default model: English below
.1 in each of 33,000 passages, Arabic, Chinese and Russian above in 99 of 100."""

SHORTEST_PIECE = 2.9
"""Latin letters a piece. With the default model: 4.3 to 5 in English, 2.8 in Spanish."""

MOST_PIECES = 1.5
"""Pieces a word of Latin letters: 1.1 to 1.3 in English, 1.8 in Spanish. Where words are whole,
as those of Vietnamese to a model that knows it, short pieces are short words."""

MOST_CAPITALS = 0.3
"""Share of the Latin letters that are capitals: 5 % in running text, 7 % in German. A table of
codes, such as SKU-123456, is split into scraps as well."""

PASSAGES_AT_ONCE = 64
"""Passages judged at a time: bounds RAM, and spares NumPy a call for each."""

FEWEST_NOTICED = 3
SHARE_NOTICED = 0.1
"""Passages of a run, and share of them, that are worth a notice: 5 % of those of Python's own
source would be counted, and a few quotations are no reason for another model."""

REMEDY = (
    "Index into a new folder with a multilingual model (--model "
    "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2), or trust words more: "
    "--system 'hybrid(weight=0.3)'."
)

NO_LETTER, LATIN, ALPHABET, SYLLABLE = range(4)
"""Kinds of characters. Of a `SYLLABLE` (Chinese, kana, Hangul) one may be a whole word."""

_SCRIPTS = (
    (LATIN, 0x0041, 0x024F),
    (LATIN, 0x0300, 0x036F),  # accents, where they are characters of their own
    (LATIN, 0x1E00, 0x1EFF),
    (SYLLABLE, 0x2E80, 0xA4CF),
    (SYLLABLE, 0xAC00, 0xD7A3),
    (SYLLABLE, 0xF900, 0xFAFF),
    (SYLLABLE, 0xFF66, 0xFFDC),
)
"""First and last characters of the blocks of a kind; other letters are an `ALPHABET`'s."""


@dataclass(slots=True)
class Legibility:
    """Counts of passages, and of those in a language or script that the model does not know."""

    passages: int = 0
    illegible: int = 0

    def add(self, passages: int, illegible: int | None) -> None:
        """Count more passages; those of which nothing is known do not count."""
        if illegible is not None:
            self.passages += passages
            self.illegible += illegible

    def notice(self, model: str) -> str:
        """Return what to tell the user of it, with the remedy; empty if nothing."""
        if self.illegible < max(FEWEST_NOTICED, SHARE_NOTICED * self.passages):
            return ""
        return (
            f"{self.illegible} of {self.passages} passages are in a language or script that "
            f"{model} hardly knows: their words find them, their meaning hardly does. {REMEDY}"
        )


def illegible(texts: Sequence[str], pieces: Sequence[WordPieces]) -> NDArray[np.uint8]:
    """Return 1 for each text whose language the model hardly knows, and 0 for others, (texts,).

    `pieces` are those of each text.
    """
    found = [np.zeros(0, np.uint8)]
    for start in range(0, len(texts), PASSAGES_AT_ONCE):
        chosen = slice(start, start + PASSAGES_AT_ONCE)
        found.append(_illegible(texts[chosen], pieces[chosen]))
    return np.concatenate(found)


def _illegible(texts: Sequence[str], pieces: Sequence[WordPieces]) -> NDArray[np.uint8]:
    points = _points("\n".join(texts))  # so that no word goes on in the next text
    kinds = _table()[np.minimum(points, 0xFFFF)]
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)])
    owners = np.repeat(np.arange(len(texts)), [len(own.unknown) for own in pieces])
    spans = np.concatenate([own.spans for own in pieces]) + starts[owners, np.newaxis]
    unknown = np.concatenate([own.unknown for own in pieces])

    def per_text(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
        found: NDArray[np.int64] = np.diff(_before(flags)[np.minimum(starts, len(kinds))])
        return found

    def per_piece(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
        before = _before(flags)
        found: NDArray[np.int64] = before[spans[:, 1]] - before[spans[:, 0]]
        return found

    latin = kinds == LATIN
    covered = per_piece(kinds != NO_LETTER)
    # Bytes of a letter, or the parts of a Korean one, lie where the piece before them does.
    parts = np.concatenate([[False], (spans[1:] == spans[:-1]).all(axis=1)])[: len(spans)]
    spelt = (covered == 1) & (per_piece(kinds == ALPHABET) == 1)
    strange = np.bincount(owners, covered * (unknown | parts | spelt), len(texts))
    latin_pieces = np.bincount(owners, per_piece(latin) > 0, len(texts))
    latin_words = per_text(latin & ~np.concatenate([[False], latin[:-1]]))
    total, of_latin = per_text(kinds != NO_LETTER), per_text(latin)
    scraps = (
        (2 * of_latin > total)
        & (of_latin >= FEWEST_LATIN_LETTERS)
        & (of_latin < SHORTEST_PIECE * latin_pieces)
        & (latin_pieces > MOST_PIECES * latin_words)
        & (per_text((points >= ord("A")) & (points <= ord("Z"))) < MOST_CAPITALS * of_latin)
    )
    told: NDArray[np.bool_] = total >= FEWEST_LETTERS
    return (told & ((strange > MOST_STRANGE * total) | scraps)).astype(np.uint8)


def _before(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many characters with a flag precede each character, and the end."""
    return np.concatenate([[0], np.cumsum(flags)]).astype(np.int64, copy=False)


def _points(text: str) -> NDArray[np.uint32]:
    """Return the code point of each character."""
    return np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)


@cache
def _table() -> NDArray[np.uint8]:
    """Return the kind of each character of Unicode's first plane; no letter is beyond it.

    Takes some 20 ms.
    """
    # Vowels of Hindi or Thai are marks beside a letter, and belong to the word.
    letters = [unicodedata.category(chr(point))[0] in "LM" for point in range(0xFFFF)]
    table = np.array([*letters, False]) * np.uint8(ALPHABET)
    for kind, first, last in _SCRIPTS:
        block = table[first : last + 1]
        block[block != NO_LETTER] = kind
    return table
