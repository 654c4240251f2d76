"""Trust in the vector of a query, by how the model's tokenizer splits its words.

A model knows a word that is a piece of its vocabulary. It knows less of one that it must put
together from pieces (`ass|ef|a`), spell letter by letter, or has no piece for: a rare name, a
code, a word of another language. The vector then means less. So trust follows the share of
the query's weight that the model knows. It needs no judgements: only the tokenizer's pieces,
and how rare each word is in the index. Not useful where known words are used in another
sense than the model's.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plait.index.models.encoding import EncodedQuery
from plait.index.models.word_pieces import WordPieces
from plait.search.evidence.words import Ramp, Word, ramp
from plait.search.hit import Trust
from plait.search.query.parser import Query

TRUSTED_SHARE: Ramp = (0.2, 0.7)
"""Shares of a query that the model knows: its vector is trusted above the first, in full from the
second on. English questions have .7 to 1; for a model of English, Spanish ones have .5, Russian
.2 (docs/adr/0015)."""
LEAST_TRUST = 0.05
"""Trust in a vector of which nothing is known: it sorts passages whose words are alike."""
_NO_BLANKS = "[\u0e00-\u109f\u1780-\u17ff\u2e80-\ua4cf\uf900-\ufaff]"
"""Letters of scripts without blanks between words: Thai, Lao, Tibetan, Burmese, Khmer, Chinese,
kana."""
_LAST_LATIN = "\u024f"
_CHINESE = "[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff]"
"""Chinese characters, of which one may be a word."""


@dataclass(frozen=True, slots=True)
class CutWord:
    """Word of a text, as a model's tokenizer splits it."""

    term: str
    text: str
    start: int
    """Start, in characters of the text."""
    pieces: range
    """Indexes of the word pieces that end in it."""


def trust_in(pieces: WordPieces, cut: Sequence[CutWord], words: Sequence[Word]) -> Trust:
    """Return the trust in the vector of a query; without words, by its pieces alone."""
    known: dict[str, float] = {}
    starts, ends = pieces.spans.T.tolist()
    unknown = pieces.unknown.tolist()
    for word in cut:
        lengths = [ends[piece] - max(starts[piece], word.start) for piece in word.pieces]
        strange = [unknown[piece] for piece in word.pieces]
        known.setdefault(word.term, known_share(word.text, lengths, strange))
    read = [word for word in words if word.term in known]
    total = sum(word.weight for word in read)
    if total:
        share = sum(word.weight * known[word.term] for word in read) / total
    else:
        share = 1 - float(pieces.unknown.mean()) if unknown else 1.0
    return Trust(known=share, factor=max(ramp(share, TRUSTED_SHARE), LEAST_TRUST))


def token_weights(
    encoded: EncodedQuery, cut: Sequence[CutWord], words: Sequence[Word]
) -> NDArray[np.float64]:
    """Return the weight of each token, (tokens,): its word's, or the mean if it is in no word."""
    weights = {word.term: word.weight for word in words}
    mean = sum(weights.values()) / len(weights) if weights else 1.0
    each = np.full(len(encoded.telling), mean)
    for word in cut:
        each[word.pieces.start : word.pieces.stop] = weights.get(word.term, mean)
    return each[encoded.telling]


def cut_words(query: Query, pieces: WordPieces) -> list[CutWord]:
    """Return the words of a query that were split into pieces, except stop words."""
    ends = pieces.ends.tolist()
    read = ends[-1] if ends else 0
    found = []
    for term, begin, end in query.spans:
        if begin < read:
            own = range(bisect_right(ends, begin), bisect_right(ends, end))
            found.append(CutWord(term, query.words[begin:end], begin, own))
    return found


def known_share(word: str, lengths: Sequence[int], unknown: Sequence[bool]) -> float:
    """Return how well a model knows a word, 0 to 1, by the numbers of letters of its pieces.

    A word in one piece has 1, in `n` pieces `1 / n`; with an unknown piece, or as a single letter
    that is not Latin, 0. Where words have no blanks between them, it is the share of letters in
    pieces of more than one.

    >>> known_share("assefa", [3, 2, 1], [False, False, False])
    0.3333333333333333
    """
    if not lengths:
        return 0.0
    # Compiled when the first such word comes: that takes 4 ms.
    if word.isascii() or not re.search(_NO_BLANKS, word):
        spelt = len(word) == 1 and word > _LAST_LATIN  # as Hindi is split at its vowels
        return 0.0 if spelt or any(unknown) else 1 / len(lengths)
    shortest = 1 if re.search(_CHINESE, word) else 2
    pieces = zip(lengths, unknown, strict=True)
    known = [letters for letters, strange in pieces if letters >= shortest and not strange]
    return sum(known) / len(word)
