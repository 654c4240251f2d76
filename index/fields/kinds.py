"""Kinds of the values that each field has, and a notice where an article has another."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from plait.index.article import Article
from plait.index.fields.values import KIND_NAMES, entries_of

LONGEST_SHOWN = 40
"""Number of characters of a value that a notice shows."""


class FieldKinds:
    """Kinds of the fields of all articles so far."""

    def __init__(self, known: Mapping[str, set[str]]) -> None:
        self._known = defaultdict(set, {name: set(kinds) for name, kinds in known.items()})

    def notices(self, article: Article) -> Iterator[str]:
        """Yield a line for each field of an article that has a value of a new kind.

        Nothing for the first kind of a field: a field changes once it is known.
        """
        for field, kind, text in entries_of(article, ""):
            known, name = self._known[field], KIND_NAMES[kind]
            if known and name not in known:
                before = " or ".join(sorted(known))
                shown = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
                yield (
                    f"field {field!r} was a {before} and is a {name} in {article.id} ({shown}): "
                    f"each is compared with its own kind; --field {field}=TYPE makes them one"
                )
            known.add(name)
