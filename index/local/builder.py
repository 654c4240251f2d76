"""Builder of segments: cuts, encodes and inverts articles.

Both legs are built from the same passages, so they cannot disagree. Does not touch the
index folder (`plait.index.local.writer`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plait.index.article import Article, Passage
from plait.index.dense.moments import are_unit
from plait.index.dense.vectors import Vectors
from plait.index.errors import damaged
from plait.index.fields.columns import Columns
from plait.index.fields.values import entries_of
from plait.index.files.strings import StringTable
from plait.index.keyword.postings import Postings, build_postings
from plait.index.language.analyzer import TextAnalyzer
from plait.index.language.cutting import Cutting, cut_passages
from plait.index.local.lines import article_json, digest
from plait.index.local.segment import Digests, Segment, SegmentData
from plait.index.models.encoder import Encoder
from plait.index.models.encoding import Encoded, check_unit
from plait.index.models.legibility import illegible
from plait.index.models.word_pieces import WordPieces
from plait.index.recipe import Recipe


def _unchecked() -> None:
    """Check nothing, as was done before."""


@dataclass(frozen=True, slots=True)
class Known:
    """Vectors and tokens of texts that are not encoded again."""

    folder: Path
    digests: Digests
    """Digest of each text."""
    encoded: Encoded
    """Vector and tokens of each text, in the same order."""
    check: Callable[[], None] = _unchecked
    """Function that raises `CorruptIndexError` where they are not as they were written."""

    @classmethod
    def of(cls, segment: Segment, check: Callable[[], None] = _unchecked) -> "Known":
        """Return what a segment knows."""
        data = segment.data
        encoded = Encoded(data.vectors.matrix, data.tokens)
        return cls(segment.folder, data.passage_digests, encoded, check)


@dataclass(frozen=True, slots=True)
class Builder:
    """Builder of segments with one encoder and one analyzer."""

    encoder: Encoder
    analyzer: TextAnalyzer
    progress: Callable[[int], None] | None = None
    """Function that is called with the number of passages encoded since its last call."""

    def recipe(self, model: str) -> Recipe:
        """Return the recipe of an index; `model` is the encoder's name, as it was typed."""
        return Recipe(
            analyzer=self.analyzer.fingerprint,
            encoder=self.encoder.fingerprint,
            cutting=self._cutting.fingerprint,
            model=model,
            window=self.encoder.window,
            dimension=self.encoder.dimension,
            language=self.analyzer.language.name,
        )

    @property
    def _cutting(self) -> Cutting:
        return Cutting(self.encoder.window, language=self.analyzer.language)

    def segment(self, articles: Sequence[Article], known: Iterable[Known]) -> SegmentData:
        """Build a segment; texts that `known` segments hold are not encoded again.

        Raises `ModelError` for a model whose vectors have no unit length, and
        `CorruptIndexError` where vectors that could be used again are damaged.
        """
        cut = [self._cut(article) for article in articles]
        flat = [(a, p) for a, (_, own, _) in zip(articles, cut, strict=True) for p in own]
        texts = [f"{head}\n{passage.text}" for head, own, _ in cut for passage in own]
        digests = [digest(text.encode()) for text in texts]
        made = self._encode(texts, digests, known)
        lines = [article_json(article) for article in articles]
        return SegmentData(
            articles=StringTable.of(lines),
            ids=StringTable.of(article.id.encode() for article in articles),
            article_digests=_stacked([digest(line) for line in lines]),
            first_passages=np.cumsum([0, *(len(own) for _, own, _ in cut)], dtype=np.int64),
            spans=np.array([(p.start, p.end) for _, p in flat], dtype=np.int64),
            passage_digests=_stacked(digests),
            postings=self._postings(
                [(a.title, own) for a, (_, own, _) in zip(articles, cut, strict=True)]
            ),
            vectors=Vectors.of(made.vectors),
            tokens=made.tokens,
            columns=Columns.of(entries_of(a, self.analyzer.language.name) for a in articles),
            illegible=illegible(
                [p.text for _, p in flat], [pieces for *_, own in cut for pieces in own]
            ),
        )

    def _postings(self, cut: Sequence[tuple[str, Sequence[Passage]]]) -> dict[str, Postings]:
        """Invert titles and texts, given by article."""
        titled = [(title, passage.text) for title, own in cut for passage in own]
        numbers = np.repeat(np.arange(len(cut)), [len(own) for _, own in cut])
        number = self.analyzer.number
        return {
            "title": build_postings(number(title for title, _ in titled)),
            "text": build_postings(number(chain(*titled)).with_titles(numbers)),
        }

    def _cut(self, article: Article) -> tuple[str, list[Passage], list[WordPieces]]:
        """Split an article; return its title as encoded, its passages, and their word pieces."""
        cutting, ends = self._cutting, self.encoder.token_ends
        head = cutting.head(article.title, ends)
        pieces = self.encoder.word_pieces(article.text)
        passages = cut_passages(article, cutting, len(ends(head)), pieces.ends)
        return head, passages, [pieces.within(p.start, p.end) for p in passages]

    def _encode(
        self, texts: Sequence[str], digests: Sequence[bytes], known: Iterable[Known]
    ) -> Encoded:
        """Return vectors and tokens of the texts; each distinct text is encoded once at most."""
        parts, found = _known(digests, known)
        fresh = {d: t for d, t in zip(digests, texts, strict=True) if d not in found}
        if self.progress:
            self.progress(len(texts) - len(fresh))
        encoded = self.encoder.encode_passages(list(fresh.values()), self.progress)
        check_unit(encoded.vectors, f"{self.encoder.name} cannot be used; name another model")
        parts.append(encoded)
        rows = {key: row for row, key in enumerate([*found, *fresh])}
        return Encoded.joined(parts).take(np.array([rows[d] for d in digests], dtype=np.int64))


def _known(digests: Sequence[bytes], sources: Iterable[Known]) -> tuple[list[Encoded], list[bytes]]:
    """Return vectors and tokens that are known of these texts, and the digests of the texts.

    Both are in the same order; deleted passages are used too.
    """
    missing = set(digests)
    heads = _heads(_stacked(digests))
    parts: list[Encoded] = []
    found: list[bytes] = []
    for source in sources:
        rows = source.digests
        # Eight bytes of a digest first, as one number: NumPy compares numbers fast.
        near = np.flatnonzero(np.isin(_heads(rows), heads)).tolist()
        mine = {key: row for row in near if (key := rows[row].tobytes()) in missing}
        places = np.array(list(mine.values()), dtype=np.int64)
        if mine:
            source.check()
        own = source.encoded.take(places)
        if not are_unit(own.vectors):
            raise damaged(source.folder, "a vector that would be used again has no unit length")
        parts.append(own)
        found += mine
        missing -= mine.keys()
    return parts, found


def _heads(digests: Digests) -> NDArray[np.uint64]:
    return np.ascontiguousarray(digests[:, :8]).view(np.uint64)[:, 0]


def _stacked(digests: Sequence[bytes]) -> Digests:
    return np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(-1, 16)
