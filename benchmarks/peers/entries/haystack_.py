"""Haystack: a pipeline of two retrievers and a joiner."""

import os
from collections.abc import Callable
from pathlib import Path

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.utils import ComponentDevice
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersTextEmbedder,
)

from peers.given import HITS_WANTED, MODEL_VARIABLE, Ask, Given

STORE = "documents.json"


class Haystack:
    """Haystack's tutorial on hybrid retrieval with what comes with it: an
    `InMemoryDocumentStore` (BM25L over all documents in Python, exact dot products), both
    of its retrievers at ten each, the sentence-transformers text embedder, and a
    `DocumentJoiner` by reciprocal rank fusion in the place of the tutorial's cross-encoder.
    Kept by the store's own `save_to_disk`, a JSON file. Hits carry text.
    """  # noqa: D205 - goes into a table as one paragraph

    def build(self, given: Given, folder: Path) -> Callable[[], object]:
        """Write documents with their vectors."""
        pairs = zip(given.documents, given.vectors.tolist(), strict=True)
        documents = [Document(id=d.id, content=d.whole, embedding=v) for d, v in pairs]

        def work() -> None:
            store = InMemoryDocumentStore()
            store.write_documents(documents)
            store.save_to_disk(str(folder / STORE))

        return work

    def open(self, folder: Path) -> Ask:
        """Load the store, connect the pipeline, warm the model up."""
        store = InMemoryDocumentStore.load_from_disk(str(folder / STORE))
        pipeline = Pipeline()
        device = ComponentDevice.from_str("cpu")
        embedder = SentenceTransformersTextEmbedder(
            model=os.environ[MODEL_VARIABLE], device=device, progress_bar=False
        )
        pipeline.add_component("embedder", embedder)
        pipeline.add_component("meaning", InMemoryEmbeddingRetriever(store, top_k=HITS_WANTED))
        pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=HITS_WANTED))
        joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=HITS_WANTED)
        pipeline.add_component("joiner", joiner)
        pipeline.connect("embedder.embedding", "meaning.query_embedding")
        pipeline.connect("meaning", "joiner")
        pipeline.connect("words", "joiner")
        pipeline.warm_up()

        def ask(query: str) -> list[str]:
            found = pipeline.run({"embedder": {"text": query}, "words": {"query": query}})
            return [document.id for document in found["joiner"]["documents"]]

        return ask
