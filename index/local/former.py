"""Segment of an earlier plait, opened for what is the same in every format.

Its articles, and the vectors and tokens of their passages by digest: an index is made anew of
these. Postings and columns are not opened.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from plait.index.article import Article
from plait.index.dense.late_interaction import Tokens
from plait.index.errors import damaged
from plait.index.files.arrays import load_array, release
from plait.index.files.strings import StringTable
from plait.index.local.builder import Known
from plait.index.local.entries import SegmentEntry
from plait.index.local.lines import DIGEST_SIZE, article_from_json
from plait.index.models.encoding import Encoded


class Former:
    """Articles and vectors of a segment of an earlier plait."""

    def __init__(self, root: Path, entry: SegmentEntry, dimension: int) -> None:
        """Open a segment, once all its files were compared with their checksums.

        Raises `CorruptIndexError`, and `OSError`.
        """
        entry.check(root)
        folder = root / entry.name
        self._articles = StringTable.load(folder, "articles")
        self._deleted = np.zeros(0, np.int64)
        if entry.deletions:
            path = root / entry.deletions.path
            self._deleted = load_array(path.parent, path.stem, np.int64)
        digests = load_array(folder, "passage_digests", np.uint8, DIGEST_SIZE)
        vectors = load_array(folder, "vectors", np.float32, dimension)
        tokens = Tokens.load(folder, dimension)
        if not len(digests) == len(vectors) == len(tokens):
            raise damaged(folder, "it has not one vector a passage")
        self.known = Known(folder, digests, Encoded(vectors, tokens))

    def articles(self) -> Iterator[tuple[Article, int]]:
        """Yield the articles that are not deleted, as they are kept, with the bytes of each."""
        deleted = set(self._deleted.tolist())
        for number, line in enumerate(self._articles):
            if number not in deleted:
                yield article_from_json(line), len(line)

    def release(self) -> None:
        """Release the memory in which it was read."""
        own = self.known.encoded
        for array in (self._articles.blob, own.vectors, own.tokens.signs):
            release(array)
