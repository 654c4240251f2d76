"""Forgetting what an index knows of files, so that they are read again."""

from collections.abc import Sequence
from pathlib import Path

from plait.index.errors import NotFoundError
from plait.index.reading import absolute, is_below, path_of
from plait.index.store import Writer

UNREAD = "/to be read again"
"""Mark in a source's state, which no file has when it is looked at: the next run reads it."""


def read_again(writer: Writer, paths: Sequence[Path]) -> None:
    """Let the next run read all files at and below some paths, changed or not.

    A tool may set back a file's time, and another plait may read more of it.
    """
    roots = [absolute(path) for path in paths]
    for source, (size, mtime, _) in writer.sources.items():
        if any(is_below(path_of(source), root) for root in roots):
            writer.sources[source] = (size, mtime, UNREAD)


def remove_articles(writer: Writer, ids: Sequence[str]) -> None:
    """Remove articles, and forget that their files were read.

    Raises NotFoundError where an id is unknown; nothing is removed then.
    """
    if missing := set(ids) - set(writer.ids()):
        names = ", ".join(sorted(missing))
        raise NotFoundError(f"not in {writer.root}: {names}. Nothing was removed.")
    for article_id in dict.fromkeys(ids):
        article = writer.get(article_id)
        # Or the file would be passed over as unchanged when it is indexed again.
        writer.sources.pop(article.source if article else "", None)
        writer.remove(article_id)
