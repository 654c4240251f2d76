"""Ids of articles that have none of their own: the path of their file, as short as it can be.

An article that is in the index keeps its id, by whatever path its file is indexed next: any
end of its file's path is tried. A new one gets the path from the folder that was indexed, the
folder's name first, so that the order in which folders are indexed does not matter; or, where
another source has that id, one more folder of the path, until it is free. No id needs the folder
of the index or one above it, whose name changes when a project moves: where all below it are taken,
`./` stands for it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TypeAlias

from plait.index.article import Article
from plait.index.errors import ReadingError
from plait.index.reading.draft import usable_id
from plait.index.reading.failure import Failure, shown
from plait.index.reading.finding import SourceFile
from plait.index.reading.records import DIGEST_BYTES

Holder: TypeAlias = Callable[[str], str | None]
"""Function from an id to the source of the article that has it; None where the id is free."""
Named: TypeAlias = Callable[[], Sequence[str]]
"""Function that returns the ids that the index has of a file."""

DIGEST = re.compile(rf":[0-9a-f]{{{2 * DIGEST_BYTES}}}\Z")
RECORD = re.compile(rf"[0-9a-f]{{{2 * DIGEST_BYTES}}}|[0-9]+")
"""End of the id of a record that has none of its own: a digest of it, or its line."""


class Namer:
    """Namer of the articles of one file."""

    def __init__(self, file: SourceFile, home: PurePath, holder: Holder, named: Named) -> None:
        """Name articles of a file; `home` is the folder that the index lies in.

        `holder` tells which ids are taken, `named` which the file has.
        """
        self._read_as = file.name
        self._ends = list(path_ends(file.path))
        self._new = list(new_ends(file.path, home))
        self._source = shown(file.path)
        self._holder, self._named = holder, named
        self._chosen = ""

    def named(self, article: Article) -> Article:
        """Return the article by the id that it has in the index.

        An id of its own stays. Raises ReadingError where the path makes no usable id.
        """
        line = self._line_of(article.id)
        if line is None:
            return article
        kept = self._chosen and self._holder((self._chosen + line).strip())
        if not self._chosen or kept not in {None, self._source}:
            self._chosen = self._choose(line)
        found = usable_id(self._chosen + line)
        return article if found == article.id else replace(article, id=found)

    def outcome(self, outcome: Article | Failure) -> Article | Failure:
        """Return an article by its id in the index, or why it has none; a failure as it is."""
        if isinstance(outcome, Failure):
            return outcome
        try:
            return self.named(outcome)
        except ReadingError as error:
            return Failure(outcome.source, str(error))

    def _line_of(self, article_id: str) -> str | None:
        """Return `:DIGEST` of a record's id, nothing for a file's; None for an id of its own."""
        if article_id == self._read_as.strip():
            return ""
        name, _, line = article_id.rpartition(":")
        return f":{line}" if name == self._read_as.lstrip() and RECORD.fullmatch(line) else None

    def _choose(self, line: str) -> str:
        """Return the name by which the index has the article, else one that is free."""
        every = dict.fromkeys([*self._ends, *self._new])
        held = {end: self._holder((end + line).strip()) for end in every}
        for end, source in held.items():
            if source == self._source:
                return end
        for own in self._named():  # by a folder's name that it had before it moved
            name, _, other = own.rpartition(":")
            if own.endswith(line) or (line and RECORD.fullmatch(other) and name in held):
                return own.removesuffix(line) if own.endswith(line) else name
        # Where the index lies in the folder that was named, that folder is no part of an id.
        first = self._new.index(self._read_as) if self._read_as in self._new else -2
        wanted = self._new[first:]
        return next((end for end in wanted if held[end] is None), wanted[-1])


def is_named_by_digest(article_id: str) -> bool:
    """Return whether an id ends as that of a record without one."""
    return DIGEST.search(article_id) is not None


def is_named_by_line(article_id: str, source: str) -> bool:
    """Return whether an id is that of a line of a source, as records had it before digests."""
    name, _, line = article_id.rpartition(":")
    is_line = line.isdecimal() and len(line) < 2 * DIGEST_BYTES
    return is_line and source.endswith(name.removeprefix("."))


def path_ends(path: PurePath) -> Iterator[str]:
    """Yield the ends of an absolute path, from the name alone to the whole path.

    >>> list(path_ends(PurePath("/news/2019/a.txt")))
    ['a.txt', '2019/a.txt', 'news/2019/a.txt', '/news/2019/a.txt']
    """
    parts = path.parts
    for first in range(len(parts) - 1, 0, -1):
        yield "/".join(parts[first:])
    yield path.as_posix()


def new_ends(path: PurePath, home: PurePath) -> Iterator[str]:
    """Yield the ends of an absolute path by which a new article may be named.

    >>> list(new_ends(PurePath("/p/a/1.txt"), PurePath("/p")))
    ['1.txt', 'a/1.txt', './a/1.txt']
    """
    if not path.is_relative_to(home):
        yield from path_ends(path)
        return
    below = path.relative_to(home)
    yield from list(path_ends("/" / below))[:-1]
    yield f"./{below.as_posix()}"
