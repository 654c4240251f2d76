"""Here are paths: bring the index up to date with them, and say what happened."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from plait.index.article import Article
from plait.index.errors import NotFoundError
from plait.index.reading import (
    Failure,
    FieldNames,
    SourceFile,
    absolute,
    find_files,
    read_file,
    read_records,
    shown,
)
from plait.index.writer import Change, IndexWriter

BATCH = 256
"""Articles a commit holds: some ten seconds of encoding, the most that a crash can cost."""


@dataclass(slots=True)
class Summary:
    """What indexing did."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    """Articles read again and found the same."""
    removed: int = 0
    skipped: int = 0
    """Files not read again: their size and time of change are the same."""
    failures: list[Failure] = field(default_factory=list)

    def count(self, change: Change) -> None:
        """Count what became of one article."""
        match change:
            case "added":
                self.added += 1
            case "updated":
                self.updated += 1
            case "unchanged":
                self.unchanged += 1

    def __str__(self) -> str:
        return (
            f"{self.added} added, {self.updated} updated, {self.removed} removed, "
            f"{self.unchanged} unchanged, {len(self.failures)} failed; "
            f"{self.skipped} files not read again"
        )


def bring_up_to_date(
    writer: IndexWriter,
    paths: Sequence[Path],
    stdin: Iterable[bytes] = (),
    fields: FieldNames | None = None,
    *,
    prune: bool = False,
) -> Summary:
    """Read paths (and records), commit every `BATCH` articles, and once more at the end.

    `prune` removes what came from below `paths` and is no longer there; of a path
    that is itself missing, nothing: a disk may not be mounted.
    """
    run = _Run(writer, fields or FieldNames(), prune=prune)
    for found in find_files(paths, writer.root.absolute().parent):
        if isinstance(found, Failure):
            run.summary.failures.append(found)
        else:
            run.read(found)
    run.take(read_records(stdin, "stdin", run.fields))
    if prune:
        run.prune_below([absolute(path) for path in paths if path.exists()])
    writer.commit()
    return run.summary


def remove_articles(writer: IndexWriter, ids: Sequence[str]) -> None:
    """Remove articles, and forget that their files were read; raises `NotFoundError`.

    If any id is unknown, nothing is removed.
    """
    if missing := set(ids) - set(writer.ids()):
        names = ", ".join(sorted(missing))
        raise NotFoundError(f"not in {writer.root}: {names}. Nothing was removed.")
    for article_id in ids:
        article = writer.get(article_id)
        # Or the file would be passed over as unchanged when it is indexed again.
        writer.sources.pop(article.source if article else "", None)
        writer.remove(article_id)


class _Run:
    """One run of indexing, and what it did so far."""

    def __init__(self, writer: IndexWriter, fields: FieldNames, *, prune: bool) -> None:
        self.writer = writer
        self.fields = fields
        self.prune = prune
        self.summary = Summary()

    def read(self, file: SourceFile) -> None:
        """Read a file, unless it is as it was when it was last read."""
        state = (file.size, file.mtime_ns)
        source = shown(file.path)
        known = self.writer.sources.get(source)
        if known == state:
            self.summary.skipped += 1
            return
        failed = len(self.summary.failures)
        seen = self.take(read_file(file, self.fields))
        if len(self.summary.failures) == failed:
            # Only now: a crash before this commit must read the file again.
            self.writer.sources[source] = state
            if self.prune and known:
                self._remove(lambda article: article.source == source and article.id not in seen)

    def take(self, articles: Iterable[Article | Failure]) -> set[str]:
        """Add articles as they come; give their ids."""
        seen: set[str] = set()
        for article in articles:
            if isinstance(article, Failure):
                self.summary.failures.append(article)
            elif taken := self._taken_by(article, seen):
                reason = f"its id {article.id!r} is taken by {taken}; remove that one, or rename"
                self.summary.failures.append(Failure(article.source, reason))
            else:
                seen.add(article.id)
                self.summary.count(self.writer.add(article))
                if self.writer.pending >= BATCH:
                    self.writer.commit()
        return seen

    def _taken_by(self, article: Article, seen: set[str]) -> str | None:
        if article.id in seen:
            return "another record of the same source"
        known = self.writer.get(article.id)
        return known.source if known and known.source != article.source else None

    def prune_below(self, roots: Sequence[Path]) -> None:
        """Remove what came from files below these paths that are no longer there."""

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
