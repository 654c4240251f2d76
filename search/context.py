"""Here is a question: which passages would a chatbot be given, within its budget?"""

from dataclasses import dataclass

from plait.index.article import Article
from plait.search.index import Index, Options
from plait.search.ranker import Mode

CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A numbered stretch of an article: `article.text[start:end] == text`."""

    number: int
    article: Article
    start: int
    end: int
    text: str

    def __str__(self) -> str:
        where = self.article.source or self.article.id
        return (
            f"[{self.number}] {self.article.title} ({where}, {self.start}-{self.end})\n{self.text}"
        )


def context(index: Index, query: str, tokens: int, mode: Mode = "hybrid") -> list[Excerpt]:
    """Choose passages in order of rank while their printed form fits `tokens` word pieces.

    No character of an article appears twice: what an earlier excerpt holds is cut
    off a later one, and a text that was already given, as in a syndicated twin, is
    left out.
    """
    chosen: list[Excerpt] = []
    given: dict[str, list[tuple[int, int]]] = {}
    texts: set[str] = set()
    left = tokens
    for hit in index.search(query, CANDIDATES, Options(mode, passages=True)):
        spans = given.setdefault(hit.article.id, [])
        start, end = _uncovered(hit.passage.start, hit.passage.end, spans)
        text = hit.article.text[start:end].strip()
        if not text or text in texts:
            continue
        start = hit.article.text.index(text, start)
        excerpt = Excerpt(len(chosen) + 1, hit.article, start, start + len(text), text)
        cost = len(index.encoder.token_ends(str(excerpt)))
        if cost <= left:
            chosen.append(excerpt)
            spans.append((start, start + len(text)))
            texts.add(text)
            left -= cost
    return chosen


def _uncovered(start: int, end: int, spans: list[tuple[int, int]]) -> tuple[int, int]:
    for first, last in spans:
        if first <= start < last:
            start = min(last, end)
        if first < end <= last:
            end = max(first, start)
    return start, end
