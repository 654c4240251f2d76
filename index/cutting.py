"""Here is an article: where does one passage end and the next begin?

Passages end where sentences do, fit the encoder's window together with the
title, are about equally long within an article, and overlap by a sentence where
that sentence is short. Does not encode or analyse.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.article import Article
from plait.index.passage import Passage

TokenEnds: TypeAlias = Callable[[str], NDArray[np.int64]]
"""Text to the end offsets of its word pieces, as `Encoder.token_ends` gives them."""

_SENTENCE_END = re.compile(
    r"[.!?\u2026][\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]*[A-Z0-9\u00c0-\u00de])|\n+\s*"
)


@dataclass(frozen=True, slots=True)
class Cutting:
    """How articles are cut. Lengths count the encoder's word pieces."""

    window: int = 254
    """What a passage may hold together with its title."""
    title_share: float = 0.25
    """Most of the window that a title may take; a longer title is cut off when encoded."""
    overlap_share: float = 0.15
    """A last sentence of at most this share of the window opens the next passage too."""

    @property
    def fingerprint(self) -> str:
        """Change whenever some article would be cut elsewhere."""
        return f"sentences-1:{self.window}:{self.title_share}:{self.overlap_share}"


def cut_passages(article: Article, cutting: Cutting, token_ends: TokenEnds) -> list[Passage]:
    """Cut an article into passages that cover all of its text but blanks between them.

    An article without text has one empty passage: its title is found by that.
    """
    title = min(len(token_ends(article.title)), int(cutting.window * cutting.title_share))
    # A word piece or two may appear where title and text are joined.
    budget = cutting.window - title - 2
    ends = token_ends(article.text)
    pieces = [
        piece
        for start, end in sentences(article.text)
        for piece in _fitting(article.text, start, end, ends, budget)
    ]
    spans = list(_packed(pieces, ends, budget, int(cutting.window * cutting.overlap_share)))
    return [
        Passage(article.id, number, start, end, article.text[start:end])
        for number, (start, end) in enumerate(spans or [(0, 0)])
    ]


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Walk sentences as (start, end), without the blanks around them."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        yield from _stripped(text, start, match.end())
        start = match.end()
    yield from _stripped(text, start, len(text))


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _tokens(ends: NDArray[np.int64], start: int, end: int) -> int:
    """Count word pieces that end in `(start, end]`."""
    first, last = np.searchsorted(ends, (start, end), side="right")
    return int(last - first)


def _fitting(
    text: str, start: int, end: int, ends: NDArray[np.int64], budget: int
) -> Iterator[tuple[int, int]]:
    """Cut a sentence that is longer than a passage, between words where there are any."""
    while _tokens(ends, start, end) > budget:
        first = int(np.searchsorted(ends, start, side="right"))
        limit = int(ends[first + budget - 1])
        blank = max(text.rfind(" ", start + 1, limit + 1), text.rfind("\t", start + 1, limit + 1))
        cut = blank if blank > start else max(limit, start + 1)
        yield from _stripped(text, start, cut)
        start = cut
    yield from _stripped(text, start, end)


def _packed(
    sentences: list[tuple[int, int]], ends: NDArray[np.int64], budget: int, overlap: int
) -> Iterator[tuple[int, int]]:
    """Join neighbouring sentences into passages of about equal length within the budget."""
    if not sentences:
        return
    lengths = [_tokens(ends, start, end) for start, end in sentences]
    passages = -(-sum(lengths) // budget)
    target = sum(lengths) / passages
    first, held, done = 0, 0, 0
    for number, length in enumerate(lengths):
        full = held + length > budget
        # Past its share of the article, a passage ends where the next sentence begins.
        enough = done + held >= target * (1 + round(done / target)) and number > first
        if number > first and (full or enough):
            yield sentences[first][0], sentences[number - 1][1]
            done += held
            again = lengths[number - 1] <= overlap and number - 1 > first
            fits = again and lengths[number - 1] + length <= budget
            first = number - 1 if fits else number
            held = lengths[number - 1] if fits else 0
            done -= held
        held += length
    yield sentences[first][0], sentences[-1][1]
