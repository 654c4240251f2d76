"""Writer of an index folder: adds, replaces and removes articles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Self

from plait.index.article import Article, sound
from plait.index.errors import ReadingError
from plait.index.language.analyzer import TextAnalyzer
from plait.index.language.languages import language_named
from plait.index.local.builder import Builder, Known
from plait.index.local.deletions import Address, OpenSegment, addresses, without
from plait.index.local.entries import SegmentEntry
from plait.index.local.fields import kinds_of
from plait.index.local.generations import Generations
from plait.index.local.lines import article_json, digest
from plait.index.local.manifest import Manifest, language_of
from plait.index.local.merging import NO_ROOM, merged_after_run, merged_during_run
from plait.index.local.model import writing_model
from plait.index.local.moving import place_of
from plait.index.local.outdated import outdated
from plait.index.local.place import Place
from plait.index.local.remaking import Remaking
from plait.index.local.saving import Saver
from plait.index.local.segment import ARRAYS_REUSED, Segment
from plait.index.local.snapshot import open_to_write
from plait.index.local.sources import read_sources, write_sources
from plait.index.models.encoder import Encoder, name_to_record
from plait.index.models.legibility import Legibility
from plait.index.recipe import Recipe
from plait.index.store import Change, StoreSettings


class IndexWriter:
    """Writer of one index folder; a context manager that holds the lock.

        with plait.IndexWriter("notes.plait") as writer:
            writer.add(plait.Article("note-1", "A title", "Some text."))

    Each commit adds one segment, with both legs, of the articles added since the last; a crash
    loses only these. Leaving the block normally commits, and merges small segments where there
    is room (docs/adr/0011); leaving it by an exception does neither. An index that another
    plait made is made anew first, of its own articles (`plait.index.local.remaking`).
    """

    def __init__(
        self,
        root: str | Path,
        encoder: Encoder | None = None,
        model: str = "",
        progress: Callable[[int], None] | None = None,
        language: str = "",
    ) -> None:
        """Open or make an index; what is not given is the index's own.

        `model`, a folder or a hub id, names `encoder` where that is loaded already. `progress` is
        called with the number of passages encoded since its last call. Raises `LockedError`,
        `ModelError`, `FingerprintError` for another model or language than the index has,
        `QueryError` for an unknown language, and `CorruptIndexError`.
        """
        self.root = Path(root)
        own = language_named(language) if language else None
        if encoder is None:
            encoder, model = writing_model(self.root, model)
        self._pending: dict[str, Article] = {}
        self._characters = 0
        self._removed: set[str] = set()
        self._segments: dict[str, Segment] = {}
        self._places: dict[str, Address] = {}
        self._checked: set[str] = set()
        self.legibility = Legibility()  # of what this writer added
        self.settings = StoreSettings()  # for the recall of a segment that is written
        self._generations = Generations(self.root)
        try:
            own = own or language_of(self._generations.manifest)
            self._builder = Builder(encoder, TextAnalyzer(own), progress)
            self._open(self._builder.recipe(name_to_record(model)))
        except BaseException:
            self.close()
            raise

    def _open(self, recipe: Recipe) -> None:
        manifest = self._generations.manifest
        own = place_of(manifest, self.root) if manifest else Place()
        self._place = own if own.base else Place.of(self.root)
        if manifest is None:
            manifest = Manifest(recipe, self._generations.next_number(), home=self._place.base)
            self._generations.publish(manifest)
        if outdated(manifest, recipe, self.root):
            manifest = Remaking(self._generations, self._builder, self._saver).run(manifest, recipe)
        self._load(manifest)
        self.sources = dict(self._committed)

    def _load(self, manifest: Manifest) -> None:
        """Open all segments of a manifest, and make it the newest generation."""
        held = open_to_write(self.root, manifest)
        self._committed = read_sources(self.root, manifest.sources, self._place)
        self._places = {}
        self._adopt(manifest, held, addresses(held))

    def _adopt(
        self, manifest: Manifest, held: Sequence[OpenSegment], found: Mapping[str, Address]
    ) -> None:
        """Make a published manifest the newest generation; nothing here may fail."""
        self._segments = {entry.name: segment for entry, segment in held}
        self._places |= found
        self.manifest = manifest
        self._generations.adopt(manifest)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None and not self._generations.lock.closed:
                self.commit()
                self._tidy(merged_after_run(self.manifest.segments))
        finally:
            self.close()

    def close(self) -> None:
        """Release the lock and close all files, without a commit; once is enough."""
        self._generations.close()
        self._segments = {}

    @property
    def _saver(self) -> Saver:
        number, encoder = self._generations.next_number, self._builder.encoder
        return Saver(self.root, self._place, number, encoder, self.settings)

    @property
    def pending(self) -> int:
        """Number of characters added since the last commit."""
        return self._characters

    def field_kinds(self) -> dict[str, set[str]]:
        """Return the kinds of values that each field of the committed articles has, by name."""
        return kinds_of(self._segments.values())

    def notice(self) -> str:
        """Return a notice on the languages of what was added; empty if there is none."""
        return self.legibility.notice(self._builder.encoder.name)

    def get(self, article_id: str) -> Article | None:
        """Return the article as it is now, uncommitted changes included."""
        if article_id in self._pending:
            return self._pending[article_id]
        if article_id not in self._places or article_id in self._removed:
            return None
        name, number = self._places[article_id]
        return self._segments[name].article(number)

    def ids(self) -> list[str]:
        """Return the ids of all articles, uncommitted ones included."""
        kept = [i for i in self._places if i not in self._removed]
        return [*kept, *(i for i in self._pending if i not in self._places)]

    def add(self, article: Article) -> Change:
        """Add an article, or replace the one with its id, if they differ.

        Raises `ReadingError` for what no file can hold, and `LockedError` once it is closed.
        """
        self._generations.lock.check_open()
        article = sound(article)
        try:
            line_digest = self._digest_of(article)
        except UnicodeEncodeError as error:
            raise ReadingError(f"article {article.id!r} is no Unicode text: {error}.") from error
        stored = self._places.get(article.id) if article.id not in self._removed else None
        waiting = self._pending.get(article.id)
        if waiting == article or (not waiting and stored and self._digest(stored) == line_digest):
            return "unchanged"
        change: Change = "updated" if stored or waiting else "added"
        self._removed.discard(article.id)
        self._pending[article.id] = article
        self._characters += len(article.title) + len(article.text)
        return change

    def _kept(self, article: Article) -> Article:
        return replace(article, source=self._place.kept(article.source))

    def _digest_of(self, article: Article) -> bytes:
        return digest(article_json(self._kept(article)))

    def _digest(self, address: Address) -> bytes:
        return bytes(self._segments[address[0]].data.article_digests[address[1]])

    def remove(self, article_id: str) -> bool:
        """Remove an article; return whether there was one with that id. Raises `LockedError`."""
        self._generations.lock.check_open()
        is_stored = article_id in self._places and article_id not in self._removed
        was_there = self._pending.pop(article_id, None) is not None or is_stored
        # A commit of unknown outcome may have added it.
        if article_id in self._places or not self._generations.certain:
            self._removed.add(article_id)
        return was_there

    def commit(self) -> None:
        """Make everything since the last commit durable and visible, or nothing of it.

        After an `OSError` it can be called again: the disk shows whether it took effect.
        """
        self._resolve()
        told = (self.sources, self._place.base) == (self._committed, self.manifest.home)
        if told and not (self._pending or self._removed):
            return
        known = [Known.of(s, partial(self._check_reused, e)) for e, s in self._open_segments()]
        added = [self._kept(article) for article in self._pending.values()]
        data = self._builder.segment(added, known) if added else None
        try:
            gone = {*self._removed, *self._pending} & self._places.keys()
            places = (self._places[article_id] for article_id in gone)
            number = self._generations.next_number
            held = without(self._open_segments(), places, self.root, number)
            if data is not None:
                held.append(self._saver.save([data.arrays()], data.counts))
            self._publish(held)
        except BaseException:
            self._generations.sweep()  # it may have filled the disk
            raise
        if data is not None:
            self.legibility.add(*data.counts[1:])
        for article_id in self._removed:
            self._places.pop(article_id, None)
        self._pending, self._removed, self._characters = {}, set(), 0
        self._tidy(merged_during_run(self.manifest.segments))

    def _check_reused(self, entry: SegmentEntry) -> None:
        """Check the arrays of a segment that would be used again; once in a writer's life."""
        if entry.name not in self._checked:
            entry.check(self.root, ARRAYS_REUSED)
            self._checked.add(entry.name)

    def _resolve(self) -> None:
        """Load the generation on disk, where it is unknown how an earlier commit ended.

        Raises `LockedError` where this process does not hold the lock any more.
        """
        self._generations.lock.check()
        if self._generations.certain:
            return
        found = self._generations.resolve()
        if found is None or found == self.manifest:  # where it vanished, `publish` raises
            self._generations.adopt(self.manifest)
            return
        self._load(found)
        self._removed &= self._places.keys()
        self._pending = {
            article.id: article
            for article in self._pending.values()
            if article.id not in self._places
            or self._digest(self._places[article.id]) != self._digest_of(article)
        }

    def merge(self) -> None:
        """Merge all segments into one; commits first."""
        self.commit()
        if len(self._segments) > 1 or any(len(s.deleted) for s in self._segments.values()):
            self._publish(self._saver.merge(self._open_segments(), self.manifest.segments))

    def _tidy(self, merged: Sequence[SegmentEntry]) -> None:
        """Merge these segments, if any; where there is no room for it, do nothing."""
        if not merged:
            return
        try:
            held = self._saver.merge(self._open_segments(), merged)
        except OSError as error:
            self._generations.sweep()
            if error.errno not in NO_ROOM:
                raise
        else:
            self._publish(held)

    def _open_segments(self) -> list[OpenSegment]:
        return [(entry, self._segments[entry.name]) for entry in self.manifest.segments]

    def _publish(self, held: Sequence[OpenSegment]) -> None:
        """Make these segments the state of the index."""
        generation, sources = self._generations.next_number(), self.manifest.sources
        if changed := self.sources != self._committed:
            sources = write_sources(self.root, generation, self.sources, self._place)
        segments = tuple(entry for entry, _ in held)
        manifest = replace(
            self.manifest,
            generation=generation,
            segments=segments,
            sources=sources,
            home=self._place.base,
        )
        found = addresses(own for own in held if own[0].name not in self._segments)
        self._generations.publish(manifest)
        if changed:
            self._committed = dict(self.sources)
        self._adopt(manifest, held, found)
