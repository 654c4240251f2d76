"""plait itself, by the interface of its users, and its keyword leg by itself."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from peers.given import HITS_WANTED, Ask, Document, Given, keep_ids, kept_ids
from peers.stored import encoder_for
from plait.index.dense.late_interaction import Tokens
from plait.index.factory import open_writer
from plait.index.files.arrays import save_arrays
from plait.index.ingest import bring_up_to_date
from plait.index.keyword.leg import KeywordLeg
from plait.index.keyword.merging import merge_postings
from plait.index.keyword.postings import Postings, build_postings
from plait.index.keyword.reader import KeywordReader
from plait.index.language.analyzer import FIELDS, TextAnalyzer
from plait.index.leg import Passages
from plait.index.models.encoder import Encoder
from plait.index.models.encoding import Encoded, EncodedQuery
from plait.index.models.word_pieces import WordPieces
from plait.search.index import Index
from plait.search.query.parser import parse_query
from plait.search.stages.order import ranked
from plait.search.system import Options, System

_WORD = re.compile(r"\S+")
EMPTY_DIMENSION = 8
"""Dimension of vectors without meaning: one byte of signs."""
DOCUMENTS_PER_STRETCH = 20_000
"""Number of documents inverted at a time, which bounds the memory of a build."""


class WordsOnly:
    """An `Encoder` that encodes nothing, and whose window any article fits into."""

    dimension = EMPTY_DIMENSION
    window = 1_000_000
    fingerprint = name = "words-only"

    def token_ends(self, text: str) -> NDArray[np.int64]:
        """Return the ends of words."""
        return np.array([match.end() for match in _WORD.finditer(text)], dtype=np.int64)

    def word_pieces(self, text: str) -> WordPieces:
        """Return the pieces that `token_ends` ends."""
        return WordPieces.ending(self.token_ends(text))

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        """Return the same vector for every text, and no tokens."""
        if progress:
            progress(len(texts))
        vectors = np.full((len(texts), EMPTY_DIMENSION), EMPTY_DIMENSION**-0.5, dtype=np.float32)
        return Encoded(vectors, Tokens.empty(len(texts), EMPTY_DIMENSION))

    def encode_query(self, text: str) -> EncodedQuery:
        """Return the same vector for every query: none is asked for its meaning."""
        vector = np.full(EMPTY_DIMENSION, EMPTY_DIMENSION**-0.5, np.float32)
        return EncodedQuery.without_tokens(vector, self.word_pieces(text))


def write(given: Given, folder: Path, encoder: Encoder) -> None:
    """Index the file of documents as `plait index` does, merges included."""
    with open_writer(folder, encoder) as writer:
        bring_up_to_date(writer, [given.corpus])


class Keyword:
    """plait's keyword leg end to end: `Index.search` with the system `keyword`, operators
    off; the query is analysed, passages are ranked, and ten articles are read from disk
    with their explanation. The index is written as `plait index` writes it, with an encoder
    that encodes nothing: articles are read, cleaned, cut and stored, in commits that are
    merged.
    """  # noqa: D205 - goes into a table as one paragraph

    def build(self, given: Given, folder: Path) -> Callable[[], object]:
        """Index words, with vectors that mean nothing."""
        return lambda: write(given, folder, WordsOnly())

    def open(self, folder: Path) -> Ask:
        """Search as a caller does."""
        index, options = Index.open(folder), Options(System.parse("keyword"), operators=False)
        return lambda query: [hit.article.id for hit in index.search(query, HITS_WANTED, options)]


class KeywordRanking:
    """The keyword leg by itself, from documents in memory to ids by score, which is what
    bm25s and tantivy take and return: titles and texts are analysed, inverted
    20,000 at a time, and merged into a segment's postings on disk, positions included. No
    document is cut, stored or read, and nothing explained.
    """  # noqa: D205 - goes into a table as one paragraph

    def build(self, given: Given, folder: Path) -> Callable[[], object]:
        """Write postings and ids."""
        documents = given.documents
        return lambda: write_postings(documents, folder)

    def open(self, folder: Path) -> Ask:
        """Rank documents, name them."""
        fields = {field: Postings.load(folder, field) for field in FIELDS}
        ids, analyzer = kept_ids(folder), TextAnalyzer()
        leg = KeywordLeg(KeywordReader([(fields, np.ones(len(ids), bool))]))

        def ids_of(passages: Passages) -> list[str]:
            return [ids[number] for number in passages.tolist()]

        def ask(query: str) -> list[str]:
            scored = leg.ask(parse_query(query, analyzer, operators=False))
            best = scored.best(HITS_WANTED)
            rows = ranked(best, scored.totals[best], ids_of, HITS_WANTED)
            return [ids[number] for number in best[rows].tolist()]

        return ask


def write_postings(documents: Sequence[Document], folder: Path) -> None:
    """Analyse and invert both fields, stretch by stretch, and merge the postings."""
    analyzer = TextAnalyzer()
    titles, wholes = [own.title for own in documents], [own.whole for own in documents]
    for field, texts in zip(FIELDS, (titles, wholes), strict=True):
        stretches = (
            texts[start : start + DOCUMENTS_PER_STRETCH]
            for start in range(0, len(texts), DOCUMENTS_PER_STRETCH)
        )
        parts = [
            (build_postings(analyzer.number(own)), np.ones(len(own), bool)) for own in stretches
        ]
        save_arrays(folder, merge_postings(field, parts))
    keep_ids(folder, documents)


class Hybrid:
    """plait as it comes: `Index.search` with the system `hybrid`, which fuses both legs on
    full scores, looks at the best again by late interaction and neighbours, reads ten
    articles and explains each. The default model in int8 on ONNX Runtime encodes the
    query, on one thread. Built as `plait index` does, in commits of what some seconds of
    encoding are worth, merged at the end; articles are cut into passages.
    """  # noqa: D205 - goes into a table as one paragraph

    system = "hybrid"

    def build(self, given: Given, folder: Path) -> Callable[[], object]:
        """Index with vectors that were made before."""
        encoder = encoder_for(given)
        return lambda: write(given, folder, encoder)

    def open(self, folder: Path) -> Ask:
        """Search as a caller does."""
        index, options = Index.open(folder), Options(System.parse(self.system), operators=False)
        return lambda query: [hit.article.id for hit in index.search(query, HITS_WANTED, options)]


class TwoLegs(Hybrid):
    """The index of plait hybrid, asked as `hybrid(late=0, neighbours=0)`: BM25 and vectors
    fused, and no second look, which is as much as the others do.
    """  # noqa: D205 - goes into a table as one paragraph

    system = "hybrid(late=0, neighbours=0)"


class Dense(Hybrid):
    """The index of plait hybrid, asked by its dense leg alone."""

    system = "dense"


class KeywordOfHybrid(Hybrid):
    """The index of plait hybrid, asked by its keyword leg alone."""

    system = "keyword"
