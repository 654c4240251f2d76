"""Here are paths: bring the index up to date with them, and say what happened."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path

from plait.index.article import Article
from plait.index.errors import IndexDirectoryError, NotFoundError
from plait.index.reading import (
    SUFFIXES,
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

BATCH = 200_000
"""Characters a commit holds: some five seconds of encoding, the most that a crash costs."""


STALE = "/may hold records that are gone from the file"
"""Added to a source's state by a run without `prune`, so that the next one with it looks."""


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
    """Read paths (and records), commit every `BATCH` characters, and once more at the end.

    `prune` removes what came from below `paths` and is no longer there. Below a path
    where no file is found at all, nothing is removed: a disk may not be mounted. Such a path
    is a failure, unless one names it already.
    """
    run = _Run(writer, fields or FieldNames(), prune=prune)
    roots = [absolute(path) for path in paths]
    for found in find_files(paths, writer.root.absolute().parent):
        if isinstance(found, Failure):
            run.summary.failures.append(found)
        else:
            run.read(found)
    run.take(read_records(stdin, "stdin", run.fields))
    named = {failure.source for failure in run.summary.failures}
    for root in roots:
        if run.found_below(root):
            if prune:
                run.prune_below(root)
        elif shown(root) not in named:
            kinds = ", ".join(SUFFIXES)
            run.summary.failures.append(
                Failure(shown(root), f"holds no file that plait reads ({kinds})")
            )
    writer.commit()
    return run.summary


def remove_articles(writer: IndexWriter, ids: Sequence[str]) -> None:
    """Remove articles, and forget that their files were read; raises `NotFoundError`.

    If any id is unknown, nothing is removed.
    """
    if missing := set(ids) - set(writer.ids()):
        names = ", ".join(sorted(missing))
        raise NotFoundError(f"not in {writer.root}: {names}. Nothing was removed.")
    for article_id in dict.fromkeys(ids):
        article = writer.get(article_id)
        # Or the file would be passed over as unchanged when it is indexed again.
        writer.sources.pop(article.source if article else "", None)
        writer.remove(article_id)


def refuse_others(writer: IndexWriter, source: str) -> None:
    """Make sure that an index holds nothing but what came from one file or folder.

    `source` is as articles name it. Raises `IndexDirectoryError`: a collection to
    measure must not mix with another.
    """
    for article_id in writer.ids():
        article = writer.get(article_id)
        if article and not Path(article.source).is_relative_to(source):
            raise IndexDirectoryError(
                f"{writer.root} holds articles of {article.source or 'a program'} too. "
                "Name another index with -i."
            )


class _Run:
    """One run of indexing, and what it did so far."""

    def __init__(self, writer: IndexWriter, fields: FieldNames, *, prune: bool) -> None:
        self.writer = writer
        self.fields = fields
        self.prune = prune
        self.summary = Summary()
        self._files: list[Path] = []

    def read(self, file: SourceFile) -> None:
        """Read a file, unless it is as it was when it was last read in the same way."""
        self._files.append(file.path)
        source = shown(file.path)
        known = self.writer.sources.get(source)
        way = "/".join(astuple(self.fields))
        whole, partly = (file.size, file.mtime_ns, way), (file.size, file.mtime_ns, way + STALE)
        if known == whole or (known == partly and not self.prune):
            self.summary.skipped += 1
            return
        failed = len(self.summary.failures)
        seen = self.take(read_file(file, self.fields))
        if len(self.summary.failures) > failed:
            return
        if self.prune and known:
            self._remove(lambda article: article.source == source and article.id not in seen)
        # Only now: a crash before the next commit must read the file again.
        self.writer.sources[source] = partly if known and not self.prune else whole

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
        if known is None or known.source == article.source or _is_gone(known.source):
            return None
        return known.source or "a program"

    def found_below(self, root: Path) -> bool:
        """Say whether any file was found at or below a path."""
        return any(path.is_relative_to(root) for path in self._files)

    def prune_below(self, root: Path) -> None:
        """Remove what came from files below a path that are gone, but not below a failure.

        A folder that cannot be opened today says nothing about what is in it.
        """
        closed = [Path(failure.source) for failure in self.summary.failures]

        def vanished(source: str) -> bool:
            path = Path(source)
            hidden = any(path.is_relative_to(folder) for folder in closed)
            return path.is_relative_to(root) and _is_gone(source) and not hidden

        self._remove(lambda article: vanished(article.source))
        for source in filter(vanished, list(self.writer.sources)):
            del self.writer.sources[source]

    def _remove(self, unwanted: Callable[[Article], bool]) -> None:
        for article_id in self.writer.ids():
            article = self.writer.get(article_id)
            if article and unwanted(article):
                self.writer.remove(article_id)
                self.summary.removed += 1


def _is_gone(source: str) -> bool:
    """Say whether a source was a file and is none now: moved, renamed or deleted."""
    return Path(source).is_absolute() and not Path(source).is_file()
