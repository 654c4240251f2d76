"""Here are paths: bring the index up to date with them, and say what happened."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from plait.index.article import Article
from plait.index.reading import (
    Failure,
    FieldNames,
    SourceFile,
    find_files,
    read_file,
    read_records,
)
from plait.index.writer import IndexWriter

BATCH = 256
"""Articles a commit holds: some ten seconds of encoding, the most that a crash can cost."""


@dataclass(slots=True)
class Summary:
    """What indexing did."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    """Articles read again and found the same."""
    skipped: int = 0
    """Files not even read again: their size and time of change are the same."""
    removed: int = 0
    failures: list[Failure] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.added} added, {self.updated} updated, {self.removed} removed, "
            f"{self.unchanged + self.skipped} unchanged, {len(self.failures)} failed"
        )


@dataclass(frozen=True, slots=True)
class Ingest:
    """One run of indexing."""

    writer: IndexWriter
    fields: FieldNames = field(default_factory=FieldNames)
    summary: Summary = field(default_factory=Summary)

    def run(
        self, paths: Sequence[Path], stdin: Iterable[bytes] = (), *, prune: bool = False
    ) -> Summary:
        """Read paths (and records), commit every `BATCH` articles, and once more at the end.

        `prune` removes what came from below `paths` and is no longer there.
        """
        base = self.writer.root.absolute().parent
        for found in find_files(paths, base):
            if isinstance(found, Failure):
                self.summary.failures.append(found)
            else:
                self._file(found, prune=prune)
        self._take(read_records(stdin, "stdin", self.fields))
        if prune:
            self._prune([path.absolute() for path in paths])
        self.writer.commit()
        return self.summary

    def _file(self, file: SourceFile, *, prune: bool) -> None:
        state = (file.size, file.mtime_ns)
        source = str(file.path)
        known = self.writer.sources.get(source)
        if known == state:
            self.summary.skipped += 1
            return
        failed = len(self.summary.failures)
        seen = self._take(read_file(file, self.fields))
        if len(self.summary.failures) == failed:
            # Only now: a crash before this commit must read the file again.
            self.writer.sources[source] = state
            if prune and known:
                self._remove(lambda article: article.source == source and article.id not in seen)

    def _take(self, articles: Iterator[Article | Failure]) -> set[str]:
        """Add articles as they come; give their ids."""
        seen: set[str] = set()
        for article in articles:
            if isinstance(article, Failure):
                self.summary.failures.append(article)
                continue
            taken = self._taken_by_another(article, seen)
            if taken:
                reason = f"its id {article.id!r} is taken by {taken}; remove that one, or rename"
                self.summary.failures.append(Failure(article.source, reason))
                continue
            seen.add(article.id)
            change = self.writer.add(article)
            setattr(self.summary, change, getattr(self.summary, change) + 1)
            if self.writer.pending >= BATCH:
                self.writer.commit()
        return seen

    def _taken_by_another(self, article: Article, seen: set[str]) -> str | None:
        if article.id in seen:
            return "another record of the same source"
        known = self.writer.get(article.id)
        return known.source if known and known.source != article.source else None

    def _prune(self, roots: Sequence[Path]) -> None:
        def vanished(source: str) -> bool:
            below = any(Path(source).is_relative_to(root) for root in roots)
            return below and not Path(source).exists()

        self._remove(lambda article: vanished(article.source))
        for source in filter(vanished, list(self.writer.sources)):
            del self.writer.sources[source]

    def _remove(self, unwanted: Callable[[Article], bool]) -> None:
        for article_id in self.writer.ids():
            article = self.writer.get(article_id)
            if article and unwanted(article):
                self.writer.remove(article_id)
                self.summary.removed += 1
