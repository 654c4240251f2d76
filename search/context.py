"""Context of a chatbot: passages for a question, within a budget of word pieces."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from plait.index.article import Article
from plait.index.errors import QueryError
from plait.index.language.cutting import sentences
from plait.search.answer import Answer
from plait.search.copies import Copies
from plait.search.hit import Hit
from plait.search.index import Index
from plait.search.show.printable import in_line
from plait.search.system import Options

PASSAGES_RANKED = 50
"""Number of passages ranked; far more than the context of a chatbot holds in practice."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Numbered excerpt of an article: `article.text[start:end] == text`.

    A citation is its number, `article.id`, `article.title`, `article.source`, `article.date`,
    `start` and `end`; `str(excerpt)` is what a model is given, with all but id and date above
    the text.
    """

    number: int
    """Number by which a model cites it, 1 for the first."""
    article: Article
    start: int
    """Offset of its first character in `article.text`, in characters."""
    end: int
    """Offset after its last character."""

    @property
    def text(self) -> str:
        """Text of the excerpt; the title, where the article has no text."""
        return self.article.text[self.start : self.end] or self.article.title

    def record(self) -> dict[str, Any]:
        """Return the excerpt as a record for programs."""
        return asdict(self) | {"text": self.text}

    def __str__(self) -> str:
        where = self.article.source or self.article.id
        head = f"[{self.number}] {self.article.title} ({where}, {self.start}-{self.end})"
        return f"{in_line(head)}\n{self.text}"


def nothing_fits(tokens: int, least: float | None) -> str:
    """Return the message where no passage is chosen."""
    likely = f" and has probability {least} or more" if least else ""
    return f"Nothing found that fits {tokens} word pieces{likely}."


def context(
    index: Index, question: str, tokens: int = 1500, options: Options | None = None
) -> list[Excerpt]:
    """Return excerpts for a chatbot, in order of rank, while they fit `tokens` word pieces.

    Word pieces are the index's model's, of the printed form with its head. All of the question
    is words, and passages are ranked, whatever the options are. With their least probability,
    nothing is returned for a question that no passage answers. The first passage that does not
    fit is cut after a sentence; of those that follow, the ones that fit are returned whole. No text
    is returned twice: what an earlier excerpt holds is cut off a later one, and a near copy, as of
    a syndicated story, is left out (`plait.search.copies`).

    Raises `QueryError` for an empty question or `tokens` below 1, and as `Index.answer`.
    """
    if tokens < 1:
        raise QueryError(f"tokens is {tokens}; wanted a number of word pieces, at least 1.")
    return fitting_excerpts(index, passages_for(index, question, options).hits, tokens)


def passages_for(index: Index, query: str, options: Options | None = None) -> Answer:
    """Rank the passages from which excerpts are chosen; all of the query is words."""
    options = replace(options or Options(), passages=True, operators=False)
    return index.answer(query, PASSAGES_RANKED, options)


def fitting_excerpts(index: Index, hits: Iterable[Hit], tokens: int) -> list[Excerpt]:
    """Choose excerpts from hits of `passages_for`, as `context` does."""
    chosen: list[Excerpt] = []
    left, copies, is_full = tokens, Copies(), False
    for hit in hits:
        start, end = _not_given(hit.passage.start, hit.passage.end, hit.article.id, chosen)
        whole = Excerpt(len(chosen) + 1, hit.article, start, end)
        all_given = start == end and hit.passage.text
        if all_given or copies.hold(whole.text):
            continue
        fitting = _fitting(whole, left, index)
        if fitting and (fitting == whole or not is_full):
            chosen.append(fitting)
            copies.add(fitting.text)
            left -= len(index.encoder.token_ends(str(fitting)))
        is_full = is_full or fitting != whole
    return chosen


def _fitting(whole: Excerpt, tokens: int, index: Index) -> Excerpt | None:
    """Return an excerpt without its last sentences, so that it fits; None if the first does not."""
    ends = [end for _, end in sentences(whole.text, index.analyzer.language)]
    for end in reversed(ends):
        shorter = replace(whole, end=min(whole.start + end, whole.end))
        if len(index.encoder.token_ends(str(shorter))) <= tokens:
            return shorter
    return None


def _not_given(start: int, end: int, article_id: str, chosen: Sequence[Excerpt]) -> tuple[int, int]:
    """Return start and end without what excerpts of the same article hold, and without blanks."""
    text = ""
    for excerpt in chosen:
        if excerpt.article.id != article_id:
            continue
        text = excerpt.article.text
        if excerpt.start <= start < excerpt.end:
            start = min(excerpt.end, end)
        if excerpt.start < end <= excerpt.end:
            end = max(excerpt.start, start)
    rest = text[start:end]
    return start + len(rest) - len(rest.lstrip()), end - len(rest) + len(rest.rstrip())
