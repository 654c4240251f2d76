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

STANDARD_INPUT = "-"


@dataclass(slots=True)
class Summary:
    """What indexing did."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    """Articles read again and found the same."""
    skipped: int = 0
    """Files not read again, for their size and time of change are the same."""
    removed: int = 0
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ingest:
    """One run of indexing."""

    writer: IndexWriter
    fields: FieldNames = FieldNames()
    progress: Callable[[int], None] | None = None
    """Told how many more passages have their vector."""
    summary: Summary = field(default_factory=Summary)

    def run(self, paths: Sequence[Path], stdin: Iterable[bytes] = (), *, prune: bool = False) -> Summary:
        """Read paths (and records), commit every `BATCH` articles, and once more at the end."""
        base = self.writer.root.absolute().parent
        for found in find_files(paths, base):
            if isinstance(found, Failure):
                self.summary.failures.append(found)
            else:
                self._file(found)
        self._take(read_records(stdin, "stdin", self.fields), set())
        if prune:
            self._prune()
        self.writer.commit(self.progress)
        return self.summary

    def _file(self, file: SourceFile) -> None:
        state = (file.size, file.mtime_ns)
        source = str(file.path)
        if self.writer.sources.get(source) == state:
            self.summary.skipped += 1
            return
        failed = len(self.summary.failures)
        self._take(read_file(file, self.fields), set())
        if len(self.summary.failures) == failed:
            # Only now: a crash before this commit must read the file again.
            self.writer.sources[source] = state

    def _take(self, articles: Iterator[Article | Failure], seen: set[str]) -> None:
        for article in articles:
            if isinstance(article, Failure):
                self.summary.failures.append(article)
                continue
            taken = self._taken_by_another(article, seen)
            if taken is not None:
                reason = f"its id {article.id!r} is taken by {taken}; remove that one, or rename"
                self.summary.failures.append(Failure(article.source, reason))
                continue
            seen.add(article.id)
            change = self.writer.add(article)
            setattr(self.summary, change, getattr(self.summary, change) + 1)
            if self.writer.pending >= BATCH:
                self.writer.commit(self.progress)

    def _taken_by_another(self, article: Article, seen: set[str]) -> str | None:
        if article.id in seen:
            return "another record of the same file"
        known = self.writer.get(article.id)
        return known.source if known and known.source != article.source else None

    def _prune(self) -> None:
        for article_id in self.writer.ids():
            article = self.writer.get(article_id)
            source = article.source if article else ""
            if Path(source).is_absolute() and not Path(source).exists():
                self.writer.remove(article_id)
                self.writer.sources.pop(source, None)
                self.summary.removed += 1
