"""Making an index anew of its own articles: with this plait's terms, passages and format.

Nothing is read but the index, and no text is encoded that it has a vector of. All is written
beside the old generation; one manifest puts it in place, and a crash before leaves the old one.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from plait.index.article import Article
from plait.index.errors import IndexDirectoryError, damaged
from plait.index.fields.columns import Columns
from plait.index.fields.values import entries_of, with_types
from plait.index.files.atomic import discard
from plait.index.local.builder import Builder, Known
from plait.index.local.deletions import OpenSegment
from plait.index.local.entries import SegmentEntry
from plait.index.local.former import Former
from plait.index.local.generations import Generations
from plait.index.local.manifest import Manifest
from plait.index.local.merging import NO_ROOM, merged_after_run, merged_during_run
from plait.index.local.moving import Move, move_of, place_of
from plait.index.local.saving import Saver
from plait.index.local.sources import read_sources, write_sources
from plait.index.recipe import Recipe

REMADE_BYTES = 4_000_000
"""Bytes of articles in a batch: some thousand passages, whose tokens and terms take 100 MB."""

REMADE_ARTICLES = 10_000
"""Articles in a batch: each has a vector, however short it is."""

TYPED_SINCE = 7
"""First format whose metadata have types: before, they were texts, and columns read them."""


@dataclass(frozen=True, slots=True)
class Remaking:
    """Making of a new generation of one index, of the articles of its newest one."""

    generations: Generations
    builder: Builder
    saver: Saver

    def run(self, old: Manifest, recipe: Recipe) -> Manifest:
        """Make and publish a generation of all articles, with a recipe; return its manifest.

        Raises `CorruptIndexError` where the old one is damaged, and `IndexDirectoryError` where
        there is no room; the index is as it was then.
        """
        with self._all_or_nothing():
            move = move_of(old, self.saver.root)
            held = self._segments(old, move)
            new = self._manifest(old, recipe, held, move)
            self.generations.publish(new)
        self.generations.adopt(new)
        return new

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """Remove what was written where an error ends it."""
        root = self.saver.root
        try:
            yield
        except OSError as error:
            self.generations.sweep()
            if error.errno not in NO_ROOM:
                raise
            raise IndexDirectoryError(
                f"{root} could not be made anew: {error.strerror}. It is as it was; make room for "
                "it a second time, and run `plait reindex` again."
            ) from error
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            self.generations.sweep()
            raise damaged(root, f"it cannot be made anew ({error!r})") from error
        except BaseException:
            self.generations.sweep()
            raise

    def _manifest(
        self, old: Manifest, recipe: Recipe, held: Sequence[OpenSegment], move: Move
    ) -> Manifest:
        root, generation = self.saver.root, self.generations.next_number()
        states = read_sources(root, old.sources, place_of(old, root))
        moved = {move.now(source): state for source, state in states.items()}
        sources = write_sources(root, generation, moved, self.saver.place) if moved else None
        segments = tuple(entry for entry, _ in held)
        return Manifest(
            replace(recipe, model=old.recipe.model),
            generation,
            segments,
            sources,
            old.system,
            home=self.saver.place.base,
        )

    def _segments(self, old: Manifest, move: Move) -> list[OpenSegment]:
        """Write all articles into new segments, as few as after a run; return these."""
        root, dimension = self.saver.root, old.recipe.dimension
        formers = [Former(root, entry, dimension) for entry in old.segments]
        held: list[OpenSegment] = []
        for batch in self._batches(formers, old, move):
            known = [*(own.known for own in formers), *(Known.of(own) for _, own in held)]
            data = self.builder.segment(batch, known)
            if old.format < TYPED_SINCE:
                language = self.builder.analyzer.language.name
                entries = (entries_of(with_types(article), language) for article in batch)
                data = replace(data, columns=Columns.of(entries))
            held.append(self.saver.save([data.arrays()], data.counts))
            held = self._merged(held, merged_during_run([entry for entry, _ in held]))
            for former in formers:
                former.release()
        return self._merged(held, merged_after_run([entry for entry, _ in held]))

    def _batches(
        self, formers: Sequence[Former], old: Manifest, move: Move
    ) -> Iterator[list[Article]]:
        """Yield all articles as they will be kept, as many at a time as memory should hold."""
        before, after = place_of(old, self.saver.root), self.saver.place
        batch: list[Article] = []
        size = 0
        for former in formers:
            for article, own in former.articles():
                source = after.kept(move.now(before.opened(article.source)))
                batch.append(replace(article, source=source))
                size += own
                if size >= REMADE_BYTES or len(batch) >= REMADE_ARTICLES:
                    yield batch
                    batch, size = [], 0
        if batch:
            yield batch

    def _merged(self, held: list[OpenSegment], merged: Sequence[SegmentEntry]) -> list[OpenSegment]:
        """Merge some of the new segments; they were never published, and are removed at once."""
        if not merged:
            return held
        kept = self.saver.merge(held, merged)
        for entry in merged:
            discard(self.saver.root / entry.name)
        return kept
