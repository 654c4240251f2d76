"""plait itself, by the same seam as its users."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from beside.given import Ask, Given, K
from beside.stored import encoder_for
from plait.index.encoded import Encoded, EncodedQuery
from plait.index.encoder import Encoder
from plait.index.ingest import bring_up_to_date
from plait.index.tokens import Tokens
from plait.index.writer import IndexWriter
from plait.search.index import Index, Options
from plait.search.query import parse_query
from plait.search.system import System

_WORD = re.compile(r"\S+")
DIMENSION = 8
"""Of a vector that says nothing; one byte of signs."""
_NO_TOKENS = np.zeros((0, DIMENSION), np.float32)


class WordsOnly:
    """An `Encoder` that encodes nothing, and whose window holds any article whole."""

    dimension = DIMENSION
    window = 1_000_000
    fingerprint = name = "words-only"

    def token_ends(self, text: str) -> NDArray[np.int64]:
        """Give the ends of words."""
        return np.array([match.end() for match in _WORD.finditer(text)], dtype=np.int64)

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        """Give every text the same vector, and no tokens."""
        if progress:
            progress(len(texts))
        vectors = np.full((len(texts), DIMENSION), DIMENSION**-0.5, dtype=np.float32)
        return Encoded(vectors, Tokens.empty(len(texts), DIMENSION))

    def encode_query(self, text: str) -> EncodedQuery:  # noqa: ARG002 - an Encoder's
        """Give every query the same vector: none is asked for its meaning."""
        return EncodedQuery(np.full(DIMENSION, DIMENSION**-0.5, np.float32), _NO_TOKENS)


def write(given: Given, folder: Path, encoder: Encoder) -> None:
    """Index the file of documents as `plait index` does, merges included."""
    with IndexWriter(folder, encoder) as writer:
        bring_up_to_date(writer, [given.corpus])


class Keyword:
    """plait's keyword leg end to end: `Index.search` with the system `keyword`, operators
    off; the query is analysed, passages are ranked, and ten articles are read from disk
    with their explanation. The index is written as `plait index` writes it, with an
    encoder that encodes nothing, so that the build is the keyword leg's; text and
    positions are stored too.
    """  # noqa: D205 - goes onto the page as one paragraph

    def build(self, given: Given, folder: Path) -> Callable[[], object]:
        """Write words and no vectors worth the name."""
        return lambda: write(given, folder, WordsOnly())

    def open(self, folder: Path) -> Ask:
        """Search as a caller does."""
        index, options = Index.open(folder), Options(System.parse("keyword"), operators=False)
        return lambda query: [hit.article.id for hit in index.search(query, K, options)]


class KeywordRanking(Keyword):
    """The same index, and the ranking alone: ids of the ten best passages with their scores,
    which is what bm25s and tantivy hand out; no article is read and nothing explained.
    """  # noqa: D205 - goes onto the page as one paragraph

    def open(self, folder: Path) -> Ask:
        """Rank passages, name them."""
        index, system = Index.open(folder), System.parse("keyword")
        snapshot, analyzer = index.snapshot, index.ranker.analyzer

        def ask(query: str) -> list[str]:
            parsed = parse_query(query, analyzer, operators=False, title=system.title)
            scored, rows = index.best(parsed, system, K, passages=True)
            return [snapshot.article_id(int(scored.passages[row])) for row in rows]

        return ask


class Hybrid:
    """plait as it comes: `Index.search` with the system `hybrid`, which fuses both legs on
    full scores, looks at the best again by late interaction and neighbours, reads ten
    articles and explains each. The default model in int8 on ONNX Runtime encodes the
    query, on one thread. Built as `plait index` does, in commits of what some seconds of
    encoding are worth, merged at the end; articles are cut into passages.
    """  # noqa: D205 - goes onto the page as one paragraph

    system = "hybrid"

    def build(self, given: Given, folder: Path) -> Callable[[], object]:
        """Index with vectors that were made before."""
        encoder = encoder_for(given)
        return lambda: write(given, folder, encoder)

    def open(self, folder: Path) -> Ask:
        """Search as a caller does."""
        index, options = Index.open(folder), Options(System.parse(self.system), operators=False)
        return lambda query: [hit.article.id for hit in index.search(query, K, options)]


class TwoLegs(Hybrid):
    """The same index, asked as `hybrid(late=0, neighbours=0)`: BM25 and vectors fused, and no
    second look, which is as much as the others do.
    """  # noqa: D205 - goes onto the page as one paragraph

    system = "hybrid(late=0, neighbours=0)"


class Dense(Hybrid):
    """The same index, asked by its dense leg alone."""

    system = "dense"


class KeywordOfHybrid(Hybrid):
    """The same index, asked by its keyword leg alone."""

    system = "keyword"
