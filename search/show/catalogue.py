"""Catalogue of an index: articles by id, path, folder or pattern, or rank in the last search.

They are looked for in this order, so that an id is never taken for anything else.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from plait.index.article import Article, passage_named
from plait.index.errors import NotFoundError, QueryError
from plait.index.reading import absolute, path_ends, real_path, shown
from plait.index.store import Store, Writer
from plait.index.summary import counted
from plait.search.show.remembered import last_hits

IDS_COMPARED = 5000
"""Ids compared letter by letter with one that is unknown, at most: a quarter of a second."""
SHOWN_AT_ONCE = 20
"""Articles shown by one command, at most: a person who names a folder may not know its size."""
SUGGESTIONS_SHOWN = 3
"""Ids that an error suggests, at most."""
NAME_CHARACTERS = 200
"""Characters of a typed name that an error repeats, at most."""

_RANK = re.compile(r"%?(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Articles of an index, as they are named."""

    place: str
    """Path of the index."""
    ids: Callable[[], Iterable[str]]
    """Function that returns the ids of all articles."""
    get: Callable[[str], Article | None]
    """Function that returns the article with an id, None where there is none."""
    consequence: str = ""
    """Sentence that ends an error: what was not done."""
    _sources: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_store(cls, store: Store) -> "Catalogue":
        """Return the catalogue of an index that is open for reading."""

        def get(article_id: str) -> Article | None:
            return store.article(article_id) if article_id in store else None

        return cls(store.name, store.article_ids, get)

    @classmethod
    def of_writer(cls, writer: Writer) -> "Catalogue":
        """Return the catalogue of an index that is open for writing."""
        return cls(str(writer.root), writer.ids, writer.get, "Nothing was removed.")

    def one(self, name: str) -> str:
        """Return the id of one article or passage; raises `QueryError` where there are more."""
        found = self.find([name], passages=True)
        if len(found) > 1:
            raise QueryError(f"{name} names {len(found)} articles; name one, such as {found[0]}.")
        return found[0]

    def few(self, names: Iterable[str]) -> list[str]:
        """Return the ids of articles and passages to show; raises `QueryError` for too many."""
        found = self.find(names, passages=True)
        if len(found) > SHOWN_AT_ONCE:
            raise QueryError(
                f"these are {len(found):,} articles, and {SHOWN_AT_ONCE} are shown at once; "
                "name fewer. `plait list` lists all."
            )
        return found

    def find(self, names: Iterable[str], *, passages: bool = False) -> list[str]:
        """Return the ids that names stand for, each once; passages (`ID#3`) only where wanted.

        Raises `NotFoundError` where a name stands for none, with the ids that are most alike.
        """
        found: dict[str, None] = {}
        unknown = []
        for name in names:
            ids = self._find(name) or (self._passage(name) if passages else [])
            found |= dict.fromkeys(ids)
            if not ids:
                unknown.append(self._unknown(name))
        if unknown:
            raise NotFoundError(" ".join(filter(None, [*unknown, self.consequence])))
        return list(found)

    def _find(self, name: str) -> list[str]:
        if self.get(name):
            return [name]
        if ranked := _RANK.fullmatch(name):
            at = int(ranked[1])
            hits = last_hits(Path(self.place))[max(at - 1, 0) : at]
            return list(filter(self.get, hits))
        return self._of_file(name) or self._below(name)

    def _of_file(self, name: str) -> list[str]:
        """Return the id of the one article of a file: an end of the file's path."""
        path = absolute(Path(name))
        known = ((end, self.get(end)) for end in path_ends(path))
        return [end for end, own in known if own and own.source == shown(path)][:1]

    def _below(self, name: str) -> list[str]:
        """Return the ids of all articles of a file or below a folder, or that match a pattern."""
        path, is_pattern = absolute(Path(name)), bool(set(name) & set("*?["))
        if not (is_pattern or name.endswith("/") or os.path.lexists(name)):
            return []  # or every slip would have all articles read
        if is_pattern:
            return [
                own
                for own, source in self._each()
                if fnmatchcase(own, name) or fnmatchcase(source, shown(path))
            ]
        # By whatever links the path leads there: the index knows a file by one path.
        places = tuple(f"{shown(place).rstrip('/')}/" for place in (path, real_path(path)))
        return [own for own, source in self._each() if f"{source}/".startswith(places)]

    def _each(self) -> Iterator[tuple[str, str]]:
        """Yield ids and sources, sorted by id; read once, however many names there are."""
        if not self._sources:
            found = ((own, self.get(own)) for own in sorted(self.ids()))
            self._sources.update((own, article.source) for own, article in found if article)
        yield from self._sources.items()

    def _passage(self, name: str) -> list[str]:
        own = passage_named(name)
        owners = self._find(own[0]) if own else []
        return [f"{owners[0]}#{own[1]}"] if own and len(owners) == 1 else []

    def _unknown(self, name: str) -> str:
        """Return what is wrong with a name, and which ids may have been meant."""
        said = f"no article {name[:NAME_CHARACTERS]!r} in {self.place}"
        if _RANK.fullmatch(name):
            known = len(last_hits(Path(self.place)))
            hits = f"the last search had {counted(known, 'hit')}" if known else "no search is known"
            return f"{said}, and no hit of that rank: {hits}."
        alike = [repr(own) for own in nearest(name, self.ids())]
        meant = f"Did you mean {' or '.join(alike)}?" if alike else "`plait list` lists the ids."
        return f"{said}. {meant}"


def nearest(name: str, ids: Iterable[str]) -> list[str]:
    """Return up to three ids that are most like a name: those that hold it, else by letters.

    >>> nearest("irkutks-2001.txt", ["irkutsk-2001.txt", "apples.md"])
    ['irkutsk-2001.txt']
    """
    wanted = name.rstrip("/").rpartition("/")[2].casefold() or name
    every = list(ids)
    holding = sorted(own for own in every if wanted in own.casefold())
    if holding:
        return holding[:SUGGESTIONS_SHOWN]
    by_name: dict[str, str] = {}
    for own in sorted(every, key=lambda own: (abs(len(own.rpartition("/")[2]) - len(wanted)), own)):
        by_name.setdefault(own.rpartition("/")[2].casefold(), own)
        if len(by_name) == IDS_COMPARED:
            break
    return [by_name[own] for own in get_close_matches(wanted, by_name, SUGGESTIONS_SHOWN)]
