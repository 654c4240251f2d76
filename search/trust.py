"""Here is a query: how far can its vector be trusted?

A model knows a word that is a piece of its vocabulary. One that it must put together from
pieces (`ass|ef|a`), spell letter by letter, or has no piece for, it knows less, and the
vector says less of it: rare names, codes, other languages. So trust follows the share of
the query's weight that the model knows; no judgement, and no passage, is needed to tell.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from plait.index.analyzer import WORD, TextAnalyzer
from plait.index.encoder import Encoder
from plait.index.legibility import WordPieces
from plait.search.ranking import FULL_TRUST, Trust
from plait.search.words import Ramp, Word, ramp

KNOWN: Ramp = (0.2, 0.7)
"""Share of the query that the model knows where its vector begins to be trusted, and is. English
questions have .7 to 1, Spanish ones put to a model of English .5, Russian .2 (docs/adr/0015)."""
LEAST = 0.05
"""Trust in a vector of which nothing is known: it orders what words do not tell apart."""
READ = 2000
"""Characters of a query that are looked at; more would hardly change a share."""

_NO_BLANKS = re.compile("[\u0e00-\u109f\u1780-\u17ff\u2e80-\ua4cf\uf900-\ufaff]")
"""Letters of scripts that put no blanks between words: Thai, Burmese, Khmer, Chinese, kana."""
_SIGNS = re.compile("[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff]")
"""Chinese characters, of which one may be a word."""


def trust_in(encoder: Encoder, text: str, words: Sequence[Word], analyzer: TextAnalyzer) -> Trust:
    """Say how far an encoder's vector of a text can be trusted; `words` are those of the text."""
    total = sum(word.weight for word in words)
    if not total:
        return FULL_TRUST
    known = known_terms(text[:READ], encoder.word_pieces(text[:READ]), analyzer)
    share = sum(word.weight * known.get(word.term, 1.0) for word in words) / total
    return Trust(share, max(float(ramp(share, KNOWN)), LEAST))


def known_terms(text: str, pieces: WordPieces, analyzer: TextAnalyzer) -> dict[str, float]:
    """Say of each term of a text how well a model knows it that cuts the text into these pieces."""
    found: dict[str, float] = {}
    starts, ends = pieces.spans.T.tolist()
    unknown = pieces.unknown.tolist()
    for word in WORD.finditer(text):
        term = analyzer.term(word[0])
        if term and term not in found:
            begin, end = word.span()
            own = range(bisect_right(ends, begin), bisect_right(ends, end))
            lengths = [ends[piece] - max(starts[piece], begin) for piece in own]
            found[term] = known_share(word[0], lengths, [unknown[piece] for piece in own])
    return found


def known_share(word: str, lengths: Sequence[int], unknown: Sequence[bool]) -> float:
    """Say how well a model knows a word, 0 to 1, given the letters of the pieces it is cut into.

    In one piece: 1. In several, as many times less. With one that is unknown: 0. Where words
    have no blanks between them, the share of letters in pieces of more than one.

    >>> known_share("assefa", [3, 2, 1], [False, False, False])
    0.3333333333333333
    """
    if not lengths:
        return 0.0
    if not _NO_BLANKS.search(word):
        return 0.0 if any(unknown) else 1 / len(lengths)
    least = 1 if _SIGNS.search(word) else 2
    pieces = zip(lengths, unknown, strict=True)
    return sum(letters for letters, strange in pieces if letters >= least and not strange) / len(
        word
    )
