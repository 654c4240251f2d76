"""tantivy: a search engine library in Rust, by its Python binding."""

from collections.abc import Callable
from pathlib import Path

import tantivy

from peers.given import HITS_WANTED, Ask, Given


def schema() -> tantivy.Schema:
    """Store ids, index texts."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", stored=False, tokenizer_name="en_stem")
    return builder.build()


class Tantivy:
    """tantivy (tantivy-py): one text field with its English stemmer `en_stem` and positions,
    its default BM25, one writer thread with the default heap of 128 MB, and the writer's
    merges waited for. A query is parsed leniently and means any of its words, tantivy's
    default. Ids are read from its document store.
    """  # noqa: D205 - goes into a table as one paragraph

    def build(self, given: Given, folder: Path) -> Callable[[], object]:
        """Add documents one by one, commit once, wait for merges."""
        documents = given.documents

        def work() -> None:
            writer = tantivy.Index(schema(), path=str(folder)).writer(num_threads=1)
            for document in documents:
                writer.add_document(tantivy.Document(id=document.id, text=document.whole))
            writer.commit()
            writer.wait_merging_threads()

        return work

    def open(self, folder: Path) -> Ask:
        """Open one searcher, which threads may share."""
        index = tantivy.Index.open(str(folder))
        searcher = index.searcher()

        def ask(query: str) -> list[str]:
            parsed, _ = index.parse_query_lenient(query, ["text"])
            found = searcher.search(parsed, HITS_WANTED, count=False).hits
            return [searcher.doc(address)["id"][0] for _, address in found]

        return ask
