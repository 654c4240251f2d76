"""Output of a command: hits or articles, in the format that was asked for."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from plait.index.article import Article
from plait.index.errors import QueryError
from plait.index.language.analyzer import TextAnalyzer
from plait.search.answer import Page
from plait.search.show.choices import Form
from plait.search.show.console import Console
from plait.search.show.counts import facet_lines, total_line, undated_note
from plait.search.show.formats import written
from plait.search.show.layout import terminal_columns
from plait.search.show.listing import list_line
from plait.search.show.printable import in_line
from plait.search.show.records import (
    HIT_COLUMNS,
    LIST_COLUMNS,
    Record,
    article_record,
    record_of,
)
from plait.search.show.terminal import HitLines, spelling_note


@dataclass(frozen=True, slots=True)
class Output:
    """Output on a console in a format."""

    console: Console
    form: Form
    analyzer: TextAnalyzer
    full: bool = False
    """Whether records of hits have the whole texts."""
    explain: bool = False
    """Whether hits have an explanation."""

    def page(self, page: Page, typed: str, offset: int, noun: str) -> bool:
        """Print a page of hits; return whether a person saw some, or a program read it."""
        self.console.note(page.note, spelling_note(typed, page), undated_note(page))
        if self.form is not Form.TEXT:
            if page.facets:
                self.console.json(self._record(page))
            else:
                self.console.stream(written(self.form, self._hits(page), HIT_COLUMNS))
            return True
        colour, width = self.console.in_colour, terminal_columns()
        lines = HitLines(page.asked, self.analyzer, colour, self.explain, width)
        self.console.stream(lines.all_lines(page.hits))  # made safe there, and marked
        self.console.stream(filter(None, [lines.dimmed(total_line(page, offset, noun))]))
        self.console.stream(facet_lines(page.facets))
        return bool(page.hits)

    def pages(
        self,
        pages: Iterable[tuple[str, str, Page]],
        noun: str,
        nothing: Callable[[str, Page], str],
        offset: int,
    ) -> None:
        """Print the page of each query, with its id and its text, as it comes.

        Records of hits have the id as `query` in a table; else each query has a record of its own.
        Raises `QueryError` for a format that has no place for a query.
        """
        match self.form:
            case Form.TEXT:
                for id_, text, page in pages:
                    self.console.say(f"==> {in_line(id_)}: {in_line(text)} <==")
                    if not self.page(page, text, offset, noun):
                        self.console.say(nothing(text, page))
                    self.console.say("")
            case Form.JSON | Form.JSONL:
                kept = (
                    {"id": id_, "query": text, "asked": page.asked} | self._record(page)
                    for id_, text, page in pages
                )
                self.console.stream(written(self.form, kept, ()))
            case Form.CSV:
                rows = ({"query": id_} | hit for id_, _, page in pages for hit in self._hits(page))
                self.console.stream(written(self.form, rows, ("query", *HIT_COLUMNS)))
            case _:
                raise QueryError(f"--queries goes with text, json, jsonl or csv, not {self.form}.")

    def _record(self, page: Page) -> Record:
        """Return a page as a record, with its facets if any were asked for."""
        facets = {name: dict(counts) for name, counts in page.facets.items()}
        kept: Record = {"total": page.total} | ({"facets": facets} if facets else {})
        return kept | {"hits": list(self._hits(page))}

    def _hits(self, page: Page) -> Iterator[Record]:
        return (record_of(hit, full=self.full, explain=self.explain) for hit in page.hits)

    def articles(self, articles: Iterable[Article]) -> None:
        """Print a list of articles, each as it comes."""
        if self.form is not Form.TEXT:
            kept = map(article_record, articles)
            self.console.stream(written(self.form, kept, LIST_COLUMNS))
            return
        width = terminal_columns() if self.console.is_terminal else None
        self.console.stream(list_line(article, width) for article in articles)
