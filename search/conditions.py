"""Conditions of a search: those in its query line, those of its options, and its day, as a filter.

Imported when a search has any.
"""

from plait.index.errors import QueryError
from plait.index.filter import All, Compare, Either, Exists, Filter, Not, OneOf, fields_in
from plait.index.span import span_at
from plait.index.store import Store
from plait.search.query.clauses import split_clauses
from plait.search.query.known import Known
from plait.search.query.parser import LONGEST_WITH_OPERATORS
from plait.search.query.where import check_filter, parse_where
from plait.search.system import Options


def split(text: str, options: Options, store: Store) -> tuple[str, str, Filter | None]:
    """Split a query line into words and conditions, as `Generation.split` does.

    Raises `QueryError` for a condition that cannot be read, and where no word is left.
    """
    words, conditions = text, ""
    parts: list[Filter] = []
    if options.operators and ":" in text and len(text) <= LONGEST_WITH_OPERATORS:
        fields = store.fields() if store.has_fields else {}
        line = split_clauses(text, Known(fields, options.today))
        words, conditions = line.words, line.conditions
        parts += [] if line.filter is None else [line.filter]
    parts += given(options, store)
    if day := options.day:
        parts.append(Not(Compare("date", ">", span_at(day))))
    if conditions and not words.strip():
        raise QueryError(
            f"no word is wanted in {text!r}; type some beside the conditions. "
            "`plait list --where` lists the articles that pass them."
        )
    return words, conditions, All(tuple(parts)) if parts else None


def given(options: Options, store: Store) -> list[Filter]:
    """Return the filters of some options, read and checked."""
    every = options.where if isinstance(options.where, tuple) else (options.where,)
    wanted = [one for one in every if one is not None]
    if not wanted:
        return []
    known = Known(store.fields(), options.today)
    return [
        parse_where(one, known) if isinstance(one, str) else check_filter(one, known)
        for one in wanted
    ]


def undated(where: Filter, store: Store) -> int:
    """Return how many articles a filter leaves out only because they have no date."""
    if "date" not in fields_in(where):
        return 0
    left_out = All((_without_dates(where), Not(Exists("date")), Not(where)))
    return len(set(store.owners(store.within(left_out)).tolist()))


def _without_dates(tree: Filter) -> Filter:
    """Return a filter in which every comparison of a date holds."""
    match tree:
        case All() | Either():
            return type(tree)(tuple(map(_without_dates, tree.parts)))
        case Compare() | OneOf() if tree.field == "date":
            return All(())
        case _:
            return tree
