"""LanceDB: tables of vectors and text in files, searched in process."""

import os
from collections.abc import Callable
from pathlib import Path

import lancedb
import pyarrow as pa
from lancedb.index import FTS
from lancedb.rerankers import RRFReranker
from sentence_transformers import SentenceTransformer

from peers.given import HITS_WANTED, MODEL_VARIABLE, Ask, Given


class LanceDB:
    """LanceDB's hybrid query as its guide has it: a table with text and vector, an `FTS`
    index on the text with its defaults (English stems, stop words out), and
    `search(query_type="hybrid")` with the `RRFReranker`, its default. Vectors are
    searched exhaustively: its guide calls an index unnecessary around 100,000 rows, and
    would build one from a million. The model is called by hand, as in its guide for
    vectors of one's own. Hits carry id and text.
    """  # noqa: D205 - goes into a table as one paragraph

    def build(self, given: Given, folder: Path) -> Callable[[], object]:
        """Write a table, index its text."""
        documents, vectors = given.documents, given.vectors

        def work() -> None:
            flat = pa.array(vectors.ravel())
            columns = {
                "id": pa.array([document.id for document in documents]),
                "text": pa.array([document.whole for document in documents]),
                "vector": pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1]),
            }
            table = lancedb.connect(folder).create_table("documents", pa.table(columns))
            table.create_index("text", config=FTS())

        return work

    def open(self, folder: Path) -> Ask:
        """Open table and model."""
        table = lancedb.connect(folder).open_table("documents")
        model = SentenceTransformer(os.environ[MODEL_VARIABLE], device="cpu")
        reranker = RRFReranker()

        def ask(query: str) -> list[str]:
            asked = table.search(query_type="hybrid").vector(model.encode(query)).text(query)
            found = asked.distance_type("cosine").rerank(reranker).select(["id", "text"])
            return found.limit(HITS_WANTED).to_arrow()["id"].to_pylist()

        return ask
