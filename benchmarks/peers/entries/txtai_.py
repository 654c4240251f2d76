"""txtai: an embeddings database with a sparse index beside the dense one."""

import os
from collections.abc import Callable
from pathlib import Path

from txtai import Embeddings

from peers.given import HITS_WANTED, MODEL_VARIABLE, Ask, Given
from peers.precomputed import PrecomputedModel


class Txtai:
    """txtai's `Embeddings(path=…, hybrid=True)`, as its guide to hybrid search has it: its
    own BM25 term index beside Faiss with the components it chooses by size (exact up to
    5,000 vectors, inverted lists beyond), scores normalised and averaged half and half.
    `content` is off, its default, so hits are ids and scores without text. The model runs
    by its sentence-transformers method.
    """  # noqa: D205 - goes into a table as one paragraph

    def build(self, given: Given, folder: Path) -> Callable[[], object]:
        """Index texts; the model returns the vectors that were made before."""
        documents = given.documents
        rows = [(document.id, document.whole) for document in documents]
        made = Embeddings(
            path=os.environ[MODEL_VARIABLE], method="sentence-transformers", hybrid=True
        )
        made.model.encode = PrecomputedModel([text for _, text in rows], given.vectors).encode

        def work() -> None:
            made.index(rows)
            made.save(str(folder))

        return work

    def open(self, folder: Path) -> Ask:
        """Load; the saved configuration names the model."""
        index = Embeddings()
        index.load(str(folder))
        return lambda query: [uid for uid, _ in index.search(query, HITS_WANTED)]
