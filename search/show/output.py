"""Output of a command: hits or articles, in the format that was asked for."""

from collections.abc import Iterable
from dataclasses import dataclass

from plait.index.article import Article
from plait.index.language.analyzer import TextAnalyzer
from plait.search.answer import Page
from plait.search.show.choices import Form
from plait.search.show.console import Console
from plait.search.show.counts import facet_lines, total_line, undated_note
from plait.search.show.formats import written
from plait.search.show.layout import terminal_columns
from plait.search.show.listing import list_line
from plait.search.show.records import HIT_COLUMNS, LIST_COLUMNS, article_record, record_of
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
        self.console.note(spelling_note(typed, page), undated_note(page))
        if self.form is not Form.TEXT:
            kept = (record_of(hit, full=self.full, explain=self.explain) for hit in page.hits)
            if page.facets:
                facets = {name: dict(counts) for name, counts in page.facets.items()}
                self.console.json({"total": page.total, "facets": facets, "hits": list(kept)})
            else:
                self.console.stream(written(self.form, kept, HIT_COLUMNS))
            return True
        colour, width = self.console.in_colour, terminal_columns()
        lines = HitLines(page.asked, self.analyzer, colour, self.explain, width)
        self.console.stream(lines.all_lines(page.hits))  # made safe there, and marked
        self.console.stream(filter(None, [lines.dimmed(total_line(page, offset, noun))]))
        self.console.stream(facet_lines(page.facets))
        return bool(page.hits)

    def articles(self, articles: Iterable[Article]) -> None:
        """Print a list of articles, each as it comes."""
        if self.form is not Form.TEXT:
            kept = map(article_record, articles)
            self.console.stream(written(self.form, kept, LIST_COLUMNS))
            return
        width = terminal_columns() if self.console.is_terminal else None
        self.console.stream(list_line(article, width) for article in articles)
