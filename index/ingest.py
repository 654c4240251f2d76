"""Indexing of paths: reads what changed since the last run, and removes what is gone."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple
from functools import partial
from pathlib import Path
from typing import TypeAlias

from plait.index.article import Article, sound
from plait.index.errors import IndexDirectoryError
from plait.index.fields.kinds import FieldKinds
from plait.index.files.home import home_of
from plait.index.reading import (
    Failure,
    FieldNames,
    Namer,
    Origins,
    SourceFile,
    absolute,
    find_files,
    is_below,
    is_deleted,
    is_gone,
    is_named_by_digest,
    is_named_by_line,
    kind_of,
    path_of,
    read_file,
    read_records,
    shown,
    suffixes,
)
from plait.index.store import Writer
from plait.index.summary import Summary

COMMIT_CHARACTERS = 200_000
"""Characters of text in a commit: some five seconds of encoding, the most that a crash costs."""

COMMIT_ARTICLES = 10_000
"""Articles in a commit: each has a vector, however short it is."""

COMMIT_STORED_CHARACTERS = 20 * COMMIT_CHARACTERS
"""Characters of raw texts and metadata in a commit: they are stored and not encoded, so that
they cost memory only, a few megabytes."""

FAILURES_PER_SOURCE = 10
"""Failures of a source that are reported one by one; the others are counted, for a file may
hold a million bad lines."""

FilesDone: TypeAlias = Callable[[int, int], object]
"""Function that takes the number of files that are done, and of those found."""

UNPRUNED = "/may hold records that are gone from the file"
"""Mark in a source's state, set by a run without `prune`: the next run with it reads again."""


def bring_up_to_date(
    writer: Writer,
    paths: Sequence[Path],
    stdin: Iterable[bytes] = (),
    fields: FieldNames | None = None,
    *,
    prune: bool = False,
) -> Summary:
    """Index the articles of paths, and of JSON lines on `stdin`; return what was done.

    Commits every `COMMIT_CHARACTERS` characters, so that a crash costs no more, and at the end.
    `prune` removes articles whose files lay below `paths` and are gone. Below a path where no
    file is found at all nothing is removed: a disk may not be mounted. Such a path is a
    failure, unless one names it already.
    """
    return Indexing(writer, fields or FieldNames(), prune=prune).run(paths, stdin)


def refuse_others(writer: Writer, source: str) -> None:
    """Raise IndexDirectoryError where an index holds articles from outside a file or folder.

    `source` is the path as articles have it. A collection to measure must not mix with another.
    """
    for article_id in writer.ids():
        article = writer.get(article_id)
        if article and not Path(article.source).is_relative_to(source):
            raise IndexDirectoryError(
                f"{writer.root} holds articles of {article.source or 'a program'} too. "
                "Name another index with -i."
            )


class Indexing:
    """One run of indexing, and its counts so far."""

    def __init__(
        self,
        writer: Writer,
        fields: FieldNames,
        *,
        prune: bool = False,
        progress: FilesDone = lambda _, __: None,
    ) -> None:
        """Index with a writer; `progress` is called when files are found, and when some are done.

        A file is done once its articles are committed.
        """
        self.writer = writer
        self.fields = fields
        self.prune = prune
        self.summary = Summary()
        self._progress = progress
        self._kinds = FieldKinds(writer.field_kinds())
        self._origins = Origins(home_of(writer.root), writer.sources)
        self._files: list[Path] = []
        self._ids: defaultdict[str, list[str]] = defaultdict(list)
        self._root = absolute(writer.root)
        self._found = 0
        self._waiting = self._weight = 0

    def run(self, paths: Sequence[Path], stdin: Iterable[bytes] = ()) -> Summary:
        """Index paths and JSON lines, as `bring_up_to_date` does."""
        # How many there are is known before one is read.
        outcomes = list(find_files(paths, self._leave_out))
        self._found = sum(isinstance(found, SourceFile) for found in outcomes)
        self._tell()
        for found in outcomes:
            if isinstance(found, Failure):
                self.summary.fail(found)
            else:
                self.read(found)
        self.take(read_records(stdin, "stdin", self.fields), "stdin")
        self._settle([absolute(path) for path in paths])
        self._commit()
        return self.summary

    def _leave_out(self, path: Path) -> None:
        """Count a file that is not read by its kind, unless it is of the index itself."""
        if not path.is_relative_to(self._root):
            self.summary.left_out[kind_of(path)] += 1

    def _settle(self, roots: Sequence[Path]) -> None:
        """Prune below each path if that is wanted; a path without any file is a failure."""
        named = {failure.source for failure in self.summary.failures}
        for root in roots:
            if self.found_below(root) or holds_files(root):
                if self.prune:
                    self.prune_below(root)
            elif shown(root) not in named:
                kinds = ", ".join(suffixes())
                reason = f"holds no file that plait reads ({kinds})"
                self.summary.fail(Failure(shown(root), reason))

    def read(self, file: SourceFile) -> None:
        """Read a file, unless it is unchanged since it was last read with the same field names."""
        self._files.append(file.path)
        file = self._origins.known(file)
        source = shown(file.path)
        known = self.writer.sources.get(source)
        way = "/".join(astuple(self.fields))
        whole, partly = (file.size, file.mtime_ns, way), (file.size, file.mtime_ns, way + UNPRUNED)
        if known == whole or (known == partly and not self.prune):
            self.summary.skipped += 1
            self._tell()
            return
        failed = self.summary.failed
        named = partial(self._ids_of, source) if known else tuple
        namer = Namer(file, self._origins.home, self._holder, named)
        seen = self.take(map(namer.outcome, read_file(file, self.fields)), source)
        if self.summary.failed > failed:
            return
        if self.prune and known:
            self._remove(lambda article: article.source == source and article.id not in seen)
        elif known:
            self._remove_former(source, seen)
        # Only now: a crash before the next commit must read the file again.
        self.writer.sources[source] = partly if known and not self.prune else whole

    def take(self, articles: Iterable[Article | Failure], source: str) -> set[str]:
        """Add a source's articles as they come; return their ids."""
        seen: set[str] = set()
        failed = 0
        for article in articles:
            if isinstance(article, Article) and article.id in seen and self._is_known(article):
                self.summary.repeated += 1
            elif failure := self._failure(article, seen):
                failed += 1
                if failed <= FAILURES_PER_SOURCE:
                    self.summary.failures.append(failure)
            elif isinstance(article, Article):
                seen.add(article.id)
                self._add(article)
        if failed > FAILURES_PER_SOURCE:
            more = f"and {failed - FAILURES_PER_SOURCE:,} more lines like these"
            self.summary.failures.append(Failure(source, more))
        self.summary.failed += failed
        return seen

    def _add(self, article: Article) -> None:
        """Add an article, and commit where memory or a crash would cost too much otherwise."""
        self.summary.count(self.writer.add(article))
        self.summary.notices += self._kinds.notices(article)
        self._waiting += 1
        self._weight += len(article.raw) + sum(
            len(name) + len(str(value)) for name, value in article.metadata.items()
        )
        full = self.writer.pending >= COMMIT_CHARACTERS or self._weight >= COMMIT_STORED_CHARACTERS
        if full or self._waiting >= COMMIT_ARTICLES:
            self._commit()

    def _commit(self) -> None:
        self.writer.commit()
        self._waiting = self._weight = 0
        self._tell()

    def _tell(self) -> None:
        """Report the files of which nothing waits for a commit."""
        if not self._waiting:
            self._progress(len(self._files), self._found)

    def _holder(self, article_id: str) -> str | None:
        """Return the source of the article with an id; None for none, or where that is gone."""
        known = self.writer.get(article_id)
        return None if known is None or is_deleted(known.source) else known.source

    def _ids_of(self, source: str) -> Sequence[str]:
        """Return the ids of the articles of a source; all articles are read for it, once."""
        if not self._ids:
            for article_id in self.writer.ids():
                if article := self.writer.get(article_id):
                    self._ids[article.source].append(article_id)
        return self._ids.get(source, ())

    def _remove_former(self, source: str, seen: set[str]) -> None:
        """Remove the records that an earlier plait named by their lines: they are there anew."""
        if any(map(is_named_by_digest, seen)):
            for own in self._ids_of(source):
                if own not in seen and is_named_by_line(own, source):
                    self.writer.remove(own)
                    self.summary.removed += 1

    def _is_known(self, article: Article) -> bool:
        """Return whether the index has an article with all that it says."""
        return self.writer.get(article.id) == sound(article)

    def _failure(self, found: Article | Failure, seen: set[str]) -> Failure | None:
        """Return why an article cannot be added, or could not be read; None where it can."""
        if isinstance(found, Failure):
            return found
        if taken := self._taken_by(found, seen):
            reason = f"its id {found.id!r} is taken by {taken}; remove that one, or rename"
            return Failure(found.source, reason)
        return None

    def _taken_by(self, article: Article, seen: set[str]) -> str | None:
        """Return what else has an article's id: a path, or words; None where it is free."""
        if article.id in seen:
            return "another record of the same source"
        known = self.writer.get(article.id)
        if known is None or known.source == article.source:
            return None
        if is_deleted(known.source):
            self.writer.sources.pop(known.source, None)  # should it come back, it is read again
            return None
        return known.source or "a program"

    def found_below(self, root: Path) -> bool:
        """Return whether any file was found at or below a path."""
        return any(path.is_relative_to(root) for path in self._files)

    def prune_below(self, root: Path) -> None:
        """Remove the articles of files below a path that are gone, except below a failure.

        Whether a file is gone from a folder that cannot be opened is unknown.
        """
        closed = [Path(failure.source) for failure in self.summary.failures]

        def vanished(source: str) -> bool:
            path = path_of(source)
            if not (is_gone(source) and is_below(path, root)):
                return False
            return not any(path.is_relative_to(folder) for folder in closed)

        self._remove(lambda article: vanished(article.source))
        for source in filter(vanished, list(self.writer.sources)):
            del self.writer.sources[source]

    def _remove(self, unwanted: Callable[[Article], bool]) -> None:
        """Remove and count the articles for which `unwanted` is true."""
        for article_id in self.writer.ids():
            article = self.writer.get(article_id)
            if article and unwanted(article):
                self.writer.remove(article_id)
                self.summary.removed += 1


def holds_files(root: Path) -> bool:
    """Return whether files are below a path that was read by another, such as that of a link."""
    return any(isinstance(found, SourceFile) for found in find_files([root]))
