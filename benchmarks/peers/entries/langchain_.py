"""LangChain: Chroma and rank-bm25, joined by an ensemble."""

import os
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path

from chromadb import PersistentClient
from langchain_chroma import Chroma
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from sentence_transformers import SentenceTransformer

from peers.given import HITS_WANTED, MODEL_VARIABLE, Ask, Given
from peers.precomputed import PrecomputedModel

COLLECTION = "documents"


class Sentences(Embeddings):
    """LangChain's interface to sentence-transformers.

    LangChain's own, `langchain-huggingface`, cannot be installed beside the current
    transformers; this class does the same.
    """

    def __init__(self, model: SentenceTransformer | PrecomputedModel) -> None:
        self._model = model

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Encode documents."""
        return self._model.encode(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        """Encode a query."""
        return self.embed_documents([text])[0]


class ChromaEnsemble:
    """LangChain's `EnsembleRetriever`, weights a half each, over Chroma (persistent, its
    default HNSW) and `BM25Retriever` (rank-bm25, words between blanks, its default),
    each asked for ten: the hybrid search of LangChain's guides. Chroma is filled in
    batches of the size it allows. `BM25Retriever` has no file of its own, so it is
    pickled, which is quicker than making it anew from the stored texts. Hits carry text.
    """  # noqa: D205 - goes into a table as one paragraph

    def build(self, given: Given, folder: Path) -> Callable[[], object]:
        """Fill both; the model returns the vectors that were made before."""
        documents = [Document(d.whole, id=d.id, metadata={"id": d.id}) for d in given.documents]
        handing = PrecomputedModel([document.page_content for document in documents], given.vectors)

        def work() -> None:
            client = PersistentClient(folder / "chroma")
            chroma = Chroma(COLLECTION, Sentences(handing), client=client)
            for batch in _batches(documents, client.get_max_batch_size()):
                chroma.add_documents(batch)
            words = BM25Retriever.from_documents(documents, k=HITS_WANTED)
            with (folder / "bm25.pickle").open("wb") as file:
                pickle.dump(words, file, pickle.HIGHEST_PROTOCOL)

        return work

    def open(self, folder: Path) -> Ask:
        """Open both indexes, and the model."""
        with (folder / "bm25.pickle").open("rb") as file:
            words = pickle.load(file)  # noqa: S301 - written by `build`
        model = SentenceTransformer(os.environ[MODEL_VARIABLE], device="cpu")
        chroma = Chroma(COLLECTION, Sentences(model), client=PersistentClient(folder / "chroma"))
        meaning = chroma.as_retriever(search_kwargs={"k": HITS_WANTED})
        both = EnsembleRetriever(retrievers=[words, meaning], weights=[0.5, 0.5])
        return lambda query: [found.metadata["id"] for found in both.invoke(query)[:HITS_WANTED]]


def _batches(documents: Sequence[Document], size: int) -> list[list[Document]]:
    return [list(documents[at : at + size]) for at in range(0, len(documents), size)]
