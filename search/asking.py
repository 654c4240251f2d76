"""Searches of a command: of one query, or of a file of them, each printed as it is answered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from plait.index.errors import QueryError
from plait.search.answer import Page
from plait.search.index import Index
from plait.search.show.output import Output
from plait.search.show.remembered import remember
from plait.search.show.terminal import nothing_found
from plait.search.system import Options


@dataclass(frozen=True, slots=True)
class Asking:
    """Searches of one index with the same options."""

    index: Index
    options: Options
    k: int
    offset: int
    facets: Sequence[str]
    output: Output

    def of_words(self, words: Sequence[str]) -> None:
        """Print the page of a query, and remember its hits."""
        text = " ".join(words)
        page = self._page(text)
        remember(self.index.root, [hit.article.id for hit in page.hits])
        if not self.output.page(page, text, self.offset, self._noun):
            self.output.console.say(self._nothing(text, page))

    def of_file(self, path: Path, words: Sequence[str]) -> None:
        """Print the page of each query of a file.

        Raises `QueryError` where words are given too, and for a query that cannot be read, by its
        id; and `ReadingError`.
        """
        if words:
            raise QueryError("--queries names a file of queries; leave the words out.")
        # A file of queries is one of topics, mostly.
        from plait.search.evaluation.files.queries import read_queries  # noqa: PLC0415 - 0.2 s

        queries = [(topic.id, topic.text) for topic in read_queries(path)]
        pages = self._pages(path, queries)
        self.output.pages(pages, self._noun, self._nothing, self.offset)

    def _pages(
        self, path: Path, queries: Sequence[tuple[str, str]]
    ) -> Iterator[tuple[str, str, Page]]:
        for id_, text in queries:
            try:
                yield id_, text, self._page(text)
            except QueryError as error:
                raise QueryError(f"{path}, query {id_}: {error}") from error

    def _page(self, text: str) -> Page:
        return self.index.page(text, self.k, self.offset, self.facets, self.options)

    @property
    def _noun(self) -> str:
        return "passage" if self.options.passages else "article"

    def _nothing(self, text: str, page: Page) -> str:
        return nothing_found(text, page, self.options.min_probability, len(self.index))
