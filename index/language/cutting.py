"""Cutting of articles into passages.

Passages end where sentences do, fit the encoder's window together with the
title, are about equally long within an article, and overlap by a sentence where
that sentence is short. Does not encode or analyse.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.article import Article, Passage
from plait.index.language.english import ENGLISH
from plait.index.language.language import Language

TokenEnds: TypeAlias = Callable[[str], NDArray[np.int64]]
"""Text to the end offsets of its word pieces, as `Encoder.token_ends` returns them."""

Span: TypeAlias = tuple[int, int]
"""Start and end, in characters of the text."""


@dataclass(frozen=True, slots=True)
class Cutting:
    """How articles are cut. Lengths count the encoder's word pieces."""

    window: int
    """Length of a passage and its title together, at most."""
    title_share: float = 0.25
    """Share of the window that a title may take; the rest of a longer one is not encoded."""
    overlap_share: float = 0.15
    """Share of the window up to which a last sentence opens the next passage too."""
    language: Language = ENGLISH

    @property
    def fingerprint(self) -> str:
        """Text that changes whenever some article would be cut elsewhere."""
        rule = self.language.versions().sentences
        return f"{rule}:{self.window}:{self.title_share}:{self.overlap_share}"

    def head(self, title: str, token_ends: TokenEnds) -> str:
        """Return as much of a title as is encoded with each passage."""
        ends = token_ends(title)
        most = int(self.window * self.title_share)
        return title if len(ends) <= most else title[: ends[most - 1]]


def cut_passages(
    article: Article, cutting: Cutting, head: int, ends: NDArray[np.int64]
) -> list[Passage]:
    """Cut an article into passages that cover all of its text except blanks between them.

    `head` counts the word pieces of the title's head, `ends` are those of the text's. An
    article without text has one empty passage: its title is found by that.
    """
    # A word piece or two may appear where title and text are joined.
    budget = cutting.window - head - 2
    pieces = _fitting(article.text, list(sentences(article.text, cutting.language)), ends, budget)
    spans = list(_packed(pieces, ends, budget, int(cutting.window * cutting.overlap_share)))
    return [
        Passage(article.id, number, start, end, article.text[start:end])
        for number, (start, end) in enumerate(spans or [(0, 0)])
    ]


def sentences(text: str, language: Language = ENGLISH) -> Iterator[Span]:
    """Yield sentences as (start, end), without the blanks around them."""
    start = 0
    for match in language.sentence_end.finditer(text):
        yield from _stripped(text, start, match.end())
        start = match.end()
    yield from _stripped(text, start, len(text))


def _stripped(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _lengths(spans: Sequence[Span], ends: NDArray[np.int64]) -> list[int]:
    """Count the word pieces that end in each `(start, end]`."""
    bounds = np.searchsorted(ends, np.array(spans, dtype=np.int64).reshape(-1, 2), side="right")
    counts: list[int] = (bounds[:, 1] - bounds[:, 0]).tolist()
    return counts


def _fitting(text: str, spans: Sequence[Span], ends: NDArray[np.int64], budget: int) -> list[Span]:
    """Cut sentences that are longer than a passage, between words where there are any."""
    fitting: list[Span] = []
    for (start, end), length in zip(spans, _lengths(spans, ends), strict=True):
        at, left = start, length
        while left > budget:
            limit = int(ends[np.searchsorted(ends, at, side="right") + budget - 1])
            blank = text.rfind(" ", at + 1, limit + 1)
            cut = blank if blank > at else max(limit, at + 1)
            fitting += _stripped(text, at, cut)
            at = cut
            left = _lengths([(at, end)], ends)[0]
        fitting += _stripped(text, at, end)
    return fitting


def _packed(
    spans: Sequence[Span], ends: NDArray[np.int64], budget: int, overlap: int
) -> Iterator[Span]:
    """Join neighbouring sentences into passages of about equal length within the budget."""
    if not spans:
        return
    lengths = _lengths(spans, ends)
    target = sum(lengths) / max(math.ceil(sum(lengths) / budget), 1)
    first, held, done = 0, 0, 0
    for number, length in enumerate(lengths):
        full = held + length > budget
        # Past its share of the article, a passage ends where the next sentence begins.
        passages = round(done / target) if target else 0
        enough = done + held >= target * (1 + passages)
        if number > first and (full or enough):
            yield spans[first][0], spans[number - 1][1]
            done += held
            again = lengths[number - 1] <= overlap and number - 1 > first
            fits = again and lengths[number - 1] + length <= budget
            first = number - 1 if fits else number
            held = lengths[number - 1] if fits else 0
            done -= held
        held += length
    yield spans[first][0], spans[-1][1]
