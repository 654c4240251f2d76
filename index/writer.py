"""Here are new, changed and vanished articles: how do they get into the index?

The one writer. It gathers articles, and each commit adds one segment with both
legs of them, so the legs cannot disagree. A crash loses what was gathered since
the last commit and nothing else.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.analyzer import TextAnalyzer
from plait.index.arrays import StringTable
from plait.index.article import Article
from plait.index.cutting import Cutting, cut_passages
from plait.index.durable import TEMPORARY, discard, publish, writer_lock
from plait.index.encoder import Encoder
from plait.index.errors import FingerprintError, NoIndexError
from plait.index.keyword.postings import build_postings
from plait.index.manifest import FileEntry, Manifest, Recipe, SegmentEntry, read_manifest
from plait.index.segment import (
    Segment,
    SegmentData,
    article_json,
    digest,
    merge_segments,
    write_segment,
)
from plait.index.snapshot import open_segment
from plait.index.vectors import Moments, Vectors

MAX_SEGMENTS = 8
"""More than this, and the smaller half are merged: a query visits each segment."""

Change: TypeAlias = Literal["added", "updated", "unchanged"]
SourceState: TypeAlias = tuple[int, int]
"""Size in bytes and modification time in nanoseconds of a file, when it was read."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article lies: the segment's place in the writer's list, and its number there."""

    segment: int
    number: int


def recipe_of(encoder: Encoder, analyzer: TextAnalyzer, model: str) -> Recipe:
    """Say what an index built with these parts is built with."""
    return Recipe(
        analyzer=analyzer.fingerprint,
        encoder=encoder.fingerprint,
        cutting=Cutting(encoder.window).fingerprint,
        model=model,
        window=encoder.window,
        dimension=encoder.dimension,
    )


class IndexWriter:
    """Adds, replaces and removes articles; a context manager that holds the lock.

    Leaving the block normally commits; leaving it by an exception does not.
    """

    def __init__(self, root: Path, encoder: Encoder, model: str = "") -> None:
        """Open or make an index. Raises `LockedError`, `FingerprintError`, `CorruptIndexError`."""
        self.root = root
        self._encoder = encoder
        self._analyzer = TextAnalyzer()
        self._pending: dict[str, Article] = {}
        self._exit = ExitStack()
        root.mkdir(parents=True, exist_ok=True)
        self._exit.enter_context(writer_lock(root))
        try:
            self._load(recipe_of(encoder, self._analyzer, model))
        except BaseException:
            self._exit.close()
            raise

    def _load(self, recipe: Recipe) -> None:
        try:
            self.manifest = read_manifest(self.root)
        except NoIndexError:
            self.manifest = Manifest(recipe)
            self.manifest.publish(self.root)
        check_recipe(self.manifest.recipe, recipe, self.root)
        self._segments = [open_segment(self.root, entry) for entry in self.manifest.segments]
        self._places: dict[str, Place] = {}
        for order, segment in enumerate(self._segments):
            for number in np.flatnonzero(segment.alive_articles).tolist():
                self._places[segment.data.ids[number].decode()] = Place(order, number)
        self.sources = self._read_sources()
        self._dead: dict[int, set[int]] = {}
        self._sweep()

    def _read_sources(self) -> dict[str, SourceState]:
        if self.manifest.sources is None:
            return {}
        text = (self.root / self.manifest.sources.path).read_text(encoding="utf-8")
        return {name: (state[0], state[1]) for name, state in json.loads(text).items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.commit()
        finally:
            self._exit.close()

    @property
    def pending(self) -> int:
        """Count articles added since the last commit."""
        return len(self._pending)

    def get(self, article_id: str) -> Article | None:
        """Give the article as it is now, uncommitted changes included."""
        if article_id in self._pending:
            return self._pending[article_id]
        place = self._places.get(article_id)
        return self._segments[place.segment].article(place.number) if place else None

    def ids(self) -> list[str]:
        """List the ids of all articles, uncommitted ones included."""
        return [*self._places, *(i for i in self._pending if i not in self._places)]

    def add(self, article: Article) -> Change:
        """Add an article, or replace the one with its id if anything differs."""
        if self._pending.get(article.id) == article:
            return "unchanged"
        place = self._places.get(article.id)
        if place and article.id not in self._pending:
            known = self._segments[place.segment].data.article_digests[place.number]
            if known.tobytes() == digest(article_json(article)):
                return "unchanged"
        known_before = place is not None or article.id in self._pending
        self._pending[article.id] = article
        return "updated" if known_before else "added"

    def remove(self, article_id: str) -> bool:
        """Remove an article; false if there is none with that id."""
        was_pending = self._pending.pop(article_id, None) is not None
        place = self._places.pop(article_id, None)
        if place:
            self._dead.setdefault(place.segment, set()).add(place.number)
        return was_pending or place is not None

    def commit(self, progress: Callable[[int], None] | None = None) -> None:
        """Make everything since the last commit durable and visible, or nothing of it.

        `progress` is told how many passages were encoded since it was last told.
        """
        if not (self._pending or self._dead or self._sources_changed()):
            return
        articles = list(self._pending.values())
        data = self._segment_data(articles, progress) if articles else None
        for article in articles:
            place = self._places.get(article.id)
            if place:
                self._dead.setdefault(place.segment, set()).add(place.number)
        segments = self._with_deletions()
        if data is not None:
            segments.append(self._write(data))
        self._publish(segments)
        self._pending.clear()
        if len(segments) > MAX_SEGMENTS:
            self._merge_smaller_half()

    def merge(self) -> None:
        """Merge all segments into one; commits first."""
        self.commit()
        if len(self._segments) > 1 or any(len(s.dead) for s in self._segments):
            self._merge(list(range(len(self._segments))))

    def _merge_smaller_half(self) -> None:
        by_size = sorted(range(len(self._segments)), key=lambda i: self._segments[i].passages)
        self._merge(sorted(by_size[: len(by_size) // 2 + 1]))

    def _merge(self, chosen: Sequence[int]) -> None:
        merged = merge_segments([self._segments[place] for place in chosen])
        entries = [e for i, e in enumerate(self.manifest.segments) if i not in set(chosen)]
        if len(merged.ids):
            entries.append(self._write(merged))
        self._publish(entries)

    def _segment_data(
        self, articles: Sequence[Article], progress: Callable[[int], None] | None
    ) -> SegmentData:
        cutting = Cutting(self._encoder.window)
        passages = [cut_passages(a, cutting, self._encoder.token_ends) for a in articles]
        flat = [(a, p) for a, own in zip(articles, passages, strict=True) for p in own]
        texts = [f"{article.title}\n{passage.text}" for article, passage in flat]
        digests = [digest(text) for text in texts]
        matrix = self._vectors(texts, digests, progress)
        lines = [article_json(article) for article in articles]
        terms = self._analyzer.terms
        return SegmentData(
            articles=StringTable.of(line.encode("utf-8", "surrogatepass") for line in lines),
            ids=StringTable.of(article.id.encode() for article in articles),
            article_digests=_stacked([digest(line) for line in lines]),
            first_passages=np.cumsum([0, *map(len, passages)], dtype=np.int64),
            spans=np.array([(p.start, p.end) for _, p in flat], dtype=np.int64),
            passage_digests=_stacked(digests),
            postings={
                "title": build_postings(terms(article.title) for article, _ in flat),
                "text": build_postings(terms(text) for text in texts),
            },
            vectors=Vectors(matrix, Moments.of(matrix)),
        )

    def _vectors(
        self,
        texts: Sequence[str],
        digests: Sequence[bytes],
        progress: Callable[[int], None] | None,
    ) -> NDArray[np.float32]:
        """Encode what the index has not encoded before, deleted passages included."""
        wanted = set(digests)
        known: dict[bytes, NDArray[np.float32]] = {}
        for segment in self._segments:
            blob = segment.data.passage_digests.tobytes()
            for row in range(segment.passages):
                key = blob[16 * row : 16 * row + 16]
                if key in wanted:
                    known[key] = segment.data.vectors.matrix[row]
        fresh = {d: t for d, t in zip(digests, texts, strict=True) if d not in known}
        if progress:
            progress(len(texts) - len(fresh))
        encoded = self._encoder.encode_passages(list(fresh.values()), progress)
        known.update(zip(fresh, encoded, strict=True))
        return np.stack([known[d] for d in digests]).astype(np.float32)

    def _with_deletions(self) -> list[SegmentEntry]:
        """Write deletions anew where there are more; drop segments that are all deleted."""
        entries = []
        for order, (segment, entry) in enumerate(
            zip(self._segments, self.manifest.segments, strict=True)
        ):
            if order not in self._dead:
                entries.append(entry)
                continue
            dead = np.union1d(segment.dead, sorted(self._dead[order])).astype(np.int64)
            alive = np.ones(len(segment.data.ids), dtype=bool)
            alive[dead] = False
            if not alive.any():
                continue
            path = self.root / f"{entry.name}.deleted-{self.manifest.generation + 1}.npy"
            publish(path, lambda tmp, dead=dead: _save(tmp, dead))  # type: ignore[misc]
            entries.append(
                replace(
                    entry,
                    articles=int(alive.sum()),
                    passages=int(np.diff(segment.data.first_passages)[alive].sum()),
                    deletions=FileEntry.of(self.root, path),
                )
            )
        return entries

    def _write(self, data: SegmentData) -> SegmentEntry:
        folder = self.root / f"segment-{self.manifest.generation + 1}"
        publish(folder, lambda path: write_segment(path, data))
        files = tuple(FileEntry.of(self.root, path) for path in sorted(folder.iterdir()))
        return SegmentEntry(folder.name, len(data.ids), len(data.spans), files)

    def _sources_changed(self) -> bool:
        return self.sources != self._read_sources()

    def _publish(self, segments: Sequence[SegmentEntry]) -> None:
        generation = self.manifest.generation + 1
        sources = self.root / f"sources-{generation}.json"
        text = json.dumps(self.sources, ensure_ascii=False)
        publish(sources, lambda path: path.write_text(text, encoding="utf-8"))
        Manifest(
            self.manifest.recipe, generation, tuple(segments), FileEntry.of(self.root, sources)
        ).publish(self.root)
        self._load(self.manifest.recipe)

    def _sweep(self) -> None:
        """Remove what no manifest names: leftovers of crashes and older generations."""
        named = {Path(file.path).parts[0] for file in self.manifest.files()}
        for path in self.root.iterdir():
            ours = path.name.startswith((TEMPORARY, "segment-", "sources-"))
            if ours and path.name not in named:
                discard(path)


def check_recipe(found: Recipe, wanted: Recipe, root: Path) -> None:
    """Refuse to mix what would not match; raises `FingerprintError` with the remedy."""
    for part in ("analyzer", "encoder", "cutting"):
        if getattr(found, part) != getattr(wanted, part):
            raise FingerprintError(
                f"{root} was built with {part} {getattr(found, part)!r}, this plait would use "
                f"{getattr(wanted, part)!r}. Index into a new folder, or name the model the "
                f"index was built with (--model {found.model or 'left out'})."
            )


def _stacked(digests: Sequence[bytes]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(-1, 16)


def _save(path: Path, array: NDArray[np.int64]) -> None:
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=False)


__all__ = ["IndexWriter", "Segment", "check_recipe", "recipe_of"]
