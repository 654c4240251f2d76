"""Here are new, changed and vanished articles: how do they get into the index?

The one writer. It gathers articles, and each commit adds one segment with both
legs of them. A crash loses what was gathered since the last commit and nothing
else.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from plait.index.analyzer import TextAnalyzer
from plait.index.arrays import Array, save_array
from plait.index.article import Article
from plait.index.building import Builder
from plait.index.cutting import Cutting
from plait.index.durable import LOCK, discard, publish, writer_lock
from plait.index.encoder import Encoder
from plait.index.errors import (
    CorruptIndexError,
    IndexDirectoryError,
    NoIndexError,
    ReadingError,
)
from plait.index.manifest import (
    NAME as MANIFEST,
    FileEntry,
    Manifest,
    Recipe,
    SegmentEntry,
    check_recipe,
    is_own,
    read_manifest,
)
from plait.index.merging import merge_segments, merged_after_run, merged_during_run
from plait.index.recall import recall
from plait.index.segment import Segment, article_json, digest, write_segment
from plait.index.snapshot import open_segment

Change: TypeAlias = Literal["added", "updated", "unchanged"]
SourceState: TypeAlias = tuple[int, int, str]
"""Size in bytes and modification time in nanoseconds of a file when it was read, and how."""
Address: TypeAlias = tuple[str, int]
"""The name of a segment, and the number of an article in it."""


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

    Leaving the block normally commits, and merges what is small (docs/adr/0011); leaving it
    by an exception does neither. For a merge there may be no room: then it is left.
    """

    def __init__(
        self,
        root: Path,
        encoder: Encoder,
        model: str = "",
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Open or make an index; `model` is recorded as the name of `encoder`.

        `progress` is told how many passages were encoded since it was last told.
        Raises `LockedError`, `FingerprintError`, `CorruptIndexError`.
        """
        self.root = root
        self._builder = Builder(encoder, TextAnalyzer(), progress)
        self._pending: dict[str, Article] = {}
        self._characters = 0
        self._dead: dict[str, set[int]] = {}
        self._segments: dict[str, Segment] = {}
        self._places: dict[str, Address] = {}
        self._exit = ExitStack()
        _claim(root)
        self._exit.enter_context(writer_lock(root))
        try:
            self._open(recipe_of(encoder, self._builder.analyzer, model))
        except BaseException:
            self._exit.close()
            raise

    def _open(self, recipe: Recipe) -> None:
        try:
            self.manifest = read_manifest(self.root)
        except NoIndexError:
            self.manifest = Manifest(recipe)
            self.manifest.publish(self.root)
        check_recipe(self.manifest.recipe, recipe, self.root)
        self._adopt(self.manifest, ())
        self.sources = self._committed_sources()

    def _adopt(self, manifest: Manifest, changed: Collection[str]) -> None:
        """Take a published manifest as the state: open what is new, forget what is gone.

        `changed` names segments that have more deletions than before.
        """
        old, self._segments = self._segments, {}
        for entry in manifest.segments:
            segment = old.get(entry.name)
            if segment is None or entry.name in changed:
                segment = open_segment(self.root, entry)
            if entry.name not in old:
                for number in np.flatnonzero(segment.alive_articles).tolist():
                    self._places[segment.data.ids[number].decode()] = (entry.name, number)
            self._segments[entry.name] = segment
        self.manifest = manifest
        self._dead = {}
        self._sweep()

    def _committed_sources(self) -> dict[str, SourceState]:
        if self.manifest.sources is None:
            return {}
        path = self.root / self.manifest.sources.path
        try:
            states = json.loads(path.read_text(encoding="utf-8"))
            return {name: (int(s[0]), int(s[1]), str(s[2])) for name, s in states.items()}
        except (ValueError, AttributeError, TypeError, LookupError) as error:
            remedy = f"Delete {self.root} and index again."
            raise CorruptIndexError(f"{path} is damaged: {error!r}. {remedy}") from error

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
                self._tidy(merged_after_run(self.manifest.segments))
        finally:
            self._exit.close()

    @property
    def pending(self) -> int:
        """Count characters of what was added since the last commit."""
        return self._characters

    def get(self, article_id: str) -> Article | None:
        """Give the article as it is now, uncommitted changes included."""
        if article_id in self._pending:
            return self._pending[article_id]
        if article_id not in self._places:
            return None
        name, number = self._places[article_id]
        return self._segments[name].article(number)

    def ids(self) -> list[str]:
        """List the ids of all articles, uncommitted ones included."""
        return [*self._places, *(i for i in self._pending if i not in self._places)]

    def add(self, article: Article) -> Change:
        """Add an article, or replace the one with its id if anything differs.

        Raises `ReadingError` for half a surrogate pair, which no file can hold.
        """
        try:
            line_digest = digest(article_json(article))
        except UnicodeEncodeError as error:
            raise ReadingError(f"article {article.id!r} is no Unicode text: {error}.") from error
        place = self._places.get(article.id)
        if article.id in self._pending:
            if self._pending[article.id] == article:
                return "unchanged"
        elif place:
            known = self._segments[place[0]].data.article_digests[place[1]]
            if known.tobytes() == line_digest:
                return "unchanged"
        change: Change = "updated" if place or article.id in self._pending else "added"
        self._pending[article.id] = article
        self._characters += len(article.title) + len(article.text)
        return change

    def remove(self, article_id: str) -> bool:
        """Remove an article; false if there is none with that id."""
        was_pending = self._pending.pop(article_id, None) is not None
        address = self._places.pop(article_id, None)
        if address:
            self._dead.setdefault(address[0], set()).add(address[1])
        return was_pending or address is not None

    def commit(self) -> None:
        """Make everything since the last commit durable and visible, or nothing of it.

        After an `OSError`, such as a full disk, it can be tried again.
        """
        articles = list(self._pending.values())
        if not (articles or self._dead or self.sources != self._committed_sources()):
            return
        data = self._builder.segment(articles, self._segments.values()) if articles else None
        dead = {name: set(numbers) for name, numbers in self._dead.items()}
        for article in articles:
            if address := self._places.get(article.id):
                dead.setdefault(address[0], set()).add(address[1])
        entries = self._with_deletions(dead)
        if data is not None:
            entries.append(self._write([data.arrays()], len(data.ids), len(data.spans)))
        self._publish(entries, dead)
        self._pending.clear()
        self._characters = 0
        self._tidy(merged_during_run(entries))

    def merge(self) -> None:
        """Merge all segments into one; commits first."""
        self.commit()
        if len(self._segments) > 1 or any(len(s.dead) for s in self._segments.values()):
            self._merge(self.manifest.segments)

    def _tidy(self, merged: Sequence[SegmentEntry]) -> None:
        """Merge these, if any; where the disk has no room for it, another time."""
        if merged:
            with suppress(OSError):
                self._merge(merged)

    def _merge(self, merged: Sequence[SegmentEntry]) -> None:
        """Make one of some segments."""
        names = {entry.name for entry in merged}
        entries = [entry for entry in self.manifest.segments if entry.name not in names]
        chosen = [segment for name, segment in self._segments.items() if name in names]
        articles = sum(int(segment.alive_articles.sum()) for segment in chosen)
        passages = sum(int(segment.alive_passages.sum()) for segment in chosen)
        if articles:
            entries.append(self._write(merge_segments(chosen), articles, passages))
        self._publish(entries, {})

    def _with_deletions(self, more: Mapping[str, set[int]]) -> list[SegmentEntry]:
        """Write deletions anew where there are more; drop segments that are all deleted."""
        entries = []
        for entry in self.manifest.segments:
            segment = self._segments[entry.name]
            numbers = sorted(more.get(entry.name, ()))
            if numbers:
                dead = np.union1d(segment.dead, numbers).astype(np.int64)
                if len(dead) < len(segment.data.ids):
                    entries.append(self._with_dead(entry, segment, dead))
            else:
                entries.append(entry)
        return entries

    def _with_dead(
        self, entry: SegmentEntry, segment: Segment, dead: NDArray[np.int64]
    ) -> SegmentEntry:
        path = self.root / f"{entry.name}.deleted-{self.manifest.generation + 1}.npy"
        publish(path, lambda temporary: save_array(temporary, dead))
        gone = int(np.diff(segment.data.first_passages)[dead].sum())
        return replace(
            entry,
            articles=len(segment.data.ids) - len(dead),
            passages=segment.passage_count - gone,
            deletions=FileEntry.of(self.root, path),
        )

    def _write(
        self, chunks: Iterable[Mapping[str, Array]], articles: int, passages: int
    ) -> SegmentEntry:
        folder = self.root / f"segment-{self.manifest.generation + 1}"
        publish(folder, lambda path: write_segment(path, chunks))
        files = tuple(FileEntry.of(self.root, path) for path in sorted(folder.iterdir()))
        found = recall(folder, lambda text: self._builder.encoder.encode_query(text).vector)
        return SegmentEntry(folder.name, articles, passages, files, found)

    def _publish(self, segments: Sequence[SegmentEntry], dead: Collection[str]) -> None:
        generation = self.manifest.generation + 1
        path = self.root / f"sources-{generation}.json"
        text = json.dumps(self.sources, ensure_ascii=False)
        publish(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))
        sources = FileEntry.of(self.root, path)
        manifest = replace(
            self.manifest, generation=generation, segments=tuple(segments), sources=sources
        )
        manifest.publish(self.root)
        self._adopt(manifest, dead)

    def _sweep(self) -> None:
        """Remove what no manifest names: leftovers of crashes and older generations."""
        named = {Path(file.path).parts[0] for file in self.manifest.files()}
        for path in self.root.iterdir():
            if is_own(path.name) and path.name not in named:
                discard(path)


def _claim(root: Path) -> None:
    """Make the folder, or make sure that it is an index or empty."""
    if root.exists() and not root.is_dir():
        raise IndexDirectoryError(f"{root} is a file; name a folder for the index.")
    root.mkdir(parents=True, exist_ok=True)
    if not (root / MANIFEST).exists():
        foreign = [path.name for path in root.iterdir() if not is_own(path.name)]
        if set(foreign) - {LOCK}:
            raise IndexDirectoryError(
                f"{root} is not empty and no index (it holds {min(foreign)}). "
                "Name an empty or a new folder with -i."
            )
