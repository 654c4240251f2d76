"""Stock Whoosh, with its own index, scoring and searcher."""

import threading
from collections.abc import Callable
from pathlib import Path

from whoosh.analysis import StemmingAnalyzer
from whoosh.fields import ID, TEXT, Schema
from whoosh.index import create_in, open_dir
from whoosh.qparser import OrGroup, QueryParser, WhitespacePlugin

from peers.given import HITS_WANTED, Ask, Given

SCHEMA = Schema(id=ID(stored=True), text=TEXT(analyzer=StemmingAnalyzer()))


class Whoosh:
    """Stock Whoosh (whoosh3) as its own guide sets it up for English: a `TEXT` field with
    `StemmingAnalyzer`, its codec, its default `BM25F` and its searcher; the writer gets
    512 MB, as its notes on bulk indexing advise. A query is any of its words (`OrGroup`),
    without operators. One searcher a thread, as its notes on threads ask.
    """  # noqa: D205 - goes into a table as one paragraph

    def build(self, given: Given, folder: Path) -> Callable[[], object]:
        """Add documents one by one, commit once."""
        documents = given.documents

        def work() -> None:
            writer = create_in(str(folder), SCHEMA).writer(limitmb=512)
            for document in documents:
                writer.add_document(id=document.id, text=document.whole)
            writer.commit()

        return work

    def open(self, folder: Path) -> Ask:
        """Open a searcher when a thread first asks."""
        index = open_dir(str(folder))
        parser = QueryParser("text", SCHEMA, plugins=(), group=OrGroup)
        parser.add_plugin(WhitespacePlugin())
        own = threading.local()

        def ask(query: str) -> list[str]:
            if not hasattr(own, "searcher"):
                own.searcher = index.searcher()
            found = own.searcher.search(parser.parse(query), limit=HITS_WANTED)
            return [hit["id"] for hit in found]

        return ask
