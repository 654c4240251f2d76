"""Texts of hits and articles for a person, on a terminal or in a pipe."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from plait.index.article import Article, Passage
from plait.index.language.analyzer import TextAnalyzer
from plait.index.language.words import SIMPLE_WORD
from plait.index.summary import counted
from plait.search.answer import Answer, Page
from plait.search.hit import Hit
from plait.search.show.explanation import explained
from plait.search.show.layout import USUAL_COLUMNS, folded, spaced, wrapped
from plait.search.show.paths import below_here
from plait.search.show.printable import in_line
from plait.search.show.snippet import snippet

_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_INDENT = " " * 5

IDS_SHOWN = 5
"""Ids of removed articles that are listed, at most."""


@dataclass(frozen=True, slots=True)
class HitLines:
    """Form in which hits of one query are written."""

    words: str
    """Text of the query, whose words are marked in the snippets."""
    analyzer: TextAnalyzer
    colour: bool = False
    """Whether words are marked by bold type; otherwise by asterisks."""
    explain: bool = False
    width: int = USUAL_COLUMNS
    """Number of columns of a line."""

    def all_lines(self, hits: Iterable[Hit]) -> Iterator[str]:
        """Yield the lines of all hits."""
        for hit in hits:
            yield from self.lines(hit)

    def lines(self, hit: Hit) -> Iterator[str]:
        """Yield the lines of a hit: rank, title; score, probability, date, place; a snippet.

        The explanation follows, if it is wanted. Safe to print: the only control characters
        are those of bold and of dim type.
        """
        title = in_line(hit.article.title or hit.article.id)
        for number, line in enumerate(wrapped(title, self.width - len(_INDENT))):
            lead = _INDENT if number else f"{hit.rank:>3}  "
            yield lead + self._styled(_BOLD, line)
        likely = "" if hit.probability is None else f"p {hit.probability:.2f}"
        facts = (f"{hit.score:.3f}", likely, hit.article.date, *places(hit.article))
        for line in spaced(map(in_line, facts), self.width, _INDENT):
            yield _INDENT + self._styled(_DIM, line.removeprefix(_INDENT))
        marks = (_BOLD, _PLAIN) if self.colour else ("*", "*")
        text = hit.passage.text or hit.article.title or hit.article.id
        yield from wrapped(snippet(text, self.words, self.analyzer, marks), self.width, _INDENT)
        if self.explain:
            yield from folded(map(in_line, explained(hit.explanation)), self.width)

    def dimmed(self, line: str) -> str:
        """Return a line in dim type, where there is colour."""
        return self._styled(_DIM, line) if line else ""

    def _styled(self, style: str, line: str) -> str:
        return style + line + _PLAIN if self.colour else line


def places(article: Article) -> tuple[str, ...]:
    """Return the path of an article's file, or its id where that is the end of a path elsewhere.

    Anything else has its id and its source. A path is relative to the current folder.
    """
    source = below_here(article.source)
    if source == article.id or source.endswith(f"/{article.id}"):
        return (article.id if source.startswith("/") else source,)
    return article.id, source


def shown(entry: Article | Passage) -> str:
    """Return an article, or a passage, as a person reads it."""
    if isinstance(entry, Passage):
        return entry.text
    head = filter(None, (entry.title, entry.date, entry.author))
    return "\n".join((*map(in_line, head), "", entry.text))


def shown_together(entries: Sequence[Article | Passage]) -> str:
    """Return several entries, each below its id, as `head` does with files; one as it is."""
    if len(entries) == 1:
        return shown(entries[0])
    return "\n\n".join(f"==> {in_line(own.id)} <==\n{shown(own)}" for own in entries)


def removed_note(ids: Sequence[str]) -> str:
    """Return what was removed: how many articles, and the first of them."""
    first = ", ".join(map(in_line, ids[:IDS_SHOWN]))
    more = f" and {len(ids) - IDS_SHOWN:,} more" if len(ids) > IDS_SHOWN else ""
    return f"{counted(len(ids), 'article')} removed: {first}{more}."


def nothing_found(query: str, page: Page, least: float | None, articles: int) -> str:
    """Return the message where a page has no hits."""
    if page.total:
        return f"{counted(page.total, 'hit')} in all, and none from this --offset on."
    likely = f" with probability {least} or more" if least else ""
    nearest = "; --min-p 0 lists the nearest" if least is None else ""
    return f"Nothing found for {query!r}{likely} among {counted(articles, 'article')}{nearest}."


def spelling_note(typed: str, answer: Answer | Page) -> str:
    """Return a line on which query was asked for the typed one, or may have been meant.

    It is empty where there is none. It holds whatever the query does
    (`plait.search.show.printable`).
    """
    if answer.suggestion:
        return f"did you mean: {answer.suggestion}"
    if answer.asked == typed:
        return ""
    words = zip(SIMPLE_WORD.findall(typed), SIMPLE_WORD.findall(answer.asked), strict=False)
    unknown = ", ".join(dict.fromkeys(f'"{word}"' for word, other in words if word != other))
    asked = f"these are the hits for: {answer.asked}"
    return f"no passage has {unknown}; {asked} (--exact asks as typed)"
