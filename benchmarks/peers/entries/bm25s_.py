"""bm25s: BM25 computed at indexing time, in sparse matrices."""

from collections.abc import Callable
from pathlib import Path

import bm25s
import Stemmer

from peers.given import HITS_WANTED, Ask, Given, keep_ids, kept_ids


class BM25S:
    """bm25s as its README's first example has it: English stop words, PyStemmer's English
    stemmer, `BM25()` with its defaults (Lucene's formula) and the NumPy backend; saved and
    loaded by its own `save` and `load`. One query a call, progress bars off.
    """  # noqa: D205 - goes into a table as one paragraph

    backend = "numpy"

    def build(self, given: Given, folder: Path) -> Callable[[], object]:
        """Tokenize, index, save."""
        documents = given.documents

        def work() -> None:
            stemmer = Stemmer.Stemmer("english")
            texts = [document.whole for document in documents]
            tokens = bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)
            made = bm25s.BM25(backend=self.backend)
            made.index(tokens, show_progress=False)
            made.save(folder, show_progress=False)
            keep_ids(folder, documents)

        return work

    def open(self, folder: Path) -> Ask:
        """Load; a Snowball stemmer is not safe on two threads, so each query makes its own."""
        scorer = bm25s.BM25.load(folder)
        ids = kept_ids(folder)

        def ask(query: str) -> list[str]:
            stemmer = Stemmer.Stemmer("english")
            tokens = bm25s.tokenize(query, stopwords="en", stemmer=stemmer, show_progress=False)
            found, _ = scorer.retrieve(tokens, k=HITS_WANTED, show_progress=False)
            return [ids[place] for place in found[0]]

        return ask


class NumbaBM25S(BM25S):
    """bm25s with `backend="numba"`, which its README recommends for larger collections, and
    otherwise as plain bm25s. Compiled code is ready before anything is timed, except the first
    query.
    """  # noqa: D205 - goes into a table as one paragraph

    backend = "numba"
