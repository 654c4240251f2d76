"""Passages that a chatbot is given for a question, within its budget."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from plait.index.article import Article
from plait.index.language.cutting import sentences
from plait.search.hit import Answer, Hit
from plait.search.index import Index
from plait.search.show.printable import in_line
from plait.search.system import Options

PASSAGES_RANKED = 50
"""Passages looked at; far more than a chatbot's window is given in practice."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A numbered stretch of an article: `article.text[start:end] == text`."""

    number: int
    article: Article
    start: int
    end: int

    @property
    def text(self) -> str:
        """The stretch itself; the title, where an article is nothing but that."""
        return self.article.text[self.start : self.end] or self.article.title

    def record(self) -> dict[str, Any]:
        """Return the excerpt for programs."""
        return asdict(self) | {"text": self.text}

    def __str__(self) -> str:
        where = self.article.source or self.article.id
        head = f"[{self.number}] {self.article.title} ({where}, {self.start}-{self.end})"
        return f"{in_line(head)}\n{self.text}"


def nothing_fits(tokens: int, least: float) -> str:
    """Return what to say where no passage is given."""
    likely = f" and has probability {least} or more" if least else ""
    return f"Nothing found that fits {tokens} word pieces{likely}."


def choose_excerpts(
    index: Index, query: str, tokens: int, options: Options | None = None
) -> list[Excerpt]:
    """Choose passages in order of rank while their printed form fits `tokens` word pieces.

    All of the query is words, and passages are ranked, whatever the options say. With
    their least probability, a question that nothing answers is given nothing.
    The passage that no longer fits is cut after a sentence, and closes the list.
    Nothing is given twice: what an earlier excerpt holds is cut off a later one, and
    a text that was given already, as in a syndicated twin, is left out.
    """
    return fitting_excerpts(index, passages_for(index, query, options).hits, tokens)


def passages_for(index: Index, query: str, options: Options | None = None) -> Answer:
    """Rank the passages that are chosen from: all of the query is words."""
    options = replace(options or Options(), passages=True, operators=False)
    return index.answer(query, PASSAGES_RANKED, options)


def fitting_excerpts(index: Index, hits: Iterable[Hit], tokens: int) -> list[Excerpt]:
    """Choose from what `passages_for` ranked, as `choose_excerpts` does."""
    chosen: list[Excerpt] = []
    left = tokens
    for hit in hits:
        start, end = _not_given(hit.passage.start, hit.passage.end, hit.article.id, chosen)
        whole = Excerpt(len(chosen) + 1, hit.article, start, end)
        all_given = start == end and hit.passage.text
        if all_given or any(whole.text == excerpt.text for excerpt in chosen):
            continue
        fitting = _fitting(whole, left, index)
        if fitting:
            chosen.append(fitting)
            left -= len(index.encoder.token_ends(str(fitting)))
        if fitting != whole:
            break
    return chosen


def _fitting(whole: Excerpt, tokens: int, index: Index) -> Excerpt | None:
    """Cut off sentences until the printed form fits; None if the first does not."""
    ends = [end for _, end in sentences(whole.text, index.analyzer.language)]
    for end in reversed(ends):
        shorter = replace(whole, end=min(whole.start + end, whole.end))
        if len(index.encoder.token_ends(str(shorter))) <= tokens:
            return shorter
    return None


def _not_given(start: int, end: int, article_id: str, chosen: Sequence[Excerpt]) -> tuple[int, int]:
    """Cut off what excerpts of the same article hold, and blanks at the cut."""
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
