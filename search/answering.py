"""Answer of one generation to a query, or to many one after the other."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from plait.index.errors import QueryError
from plait.index.factory import reading
from plait.search.answer import Answer
from plait.search.generation import Generation
from plait.search.settings import Settings
from plait.search.system import Options, System

if TYPE_CHECKING:
    from plait.index.filter import Filter


def options_with(
    options: Options | None, system: str | System | None, where: "str | Filter | None"
) -> Options:
    """Return options with a system, or its text, and with one filter more, where these are given.

    Raises `QueryError` for a text that is no system.
    """
    options = options or Options()
    if system is not None:
        asked = System.parse(system) if isinstance(system, str) else system
        options = replace(options, system=asked)
    return options if where is None else options.restricted(where)


def answer(
    now: Generation, query: str, k: int, options: Options | None, settings: Settings
) -> Answer:
    """Return the best `k` hits of a query, and which query was asked."""
    system, options = now.checked(query, k, options)
    stage = system.rerank
    # One more than a second stage reads: the hits that it reads must score above that one.
    wanted = max(k, stage.depth + 1) if stage else k
    likely = options.min_probability or 0.0
    ranked = max(wanted, settings.candidates_per_leg) if likely else wanted
    with reading(now.store):
        found = now.ask(query, system, ranked, options)
        hits = found.ranking.likely(likely, wanted).hits(now.store)
    best = now.reranked(hits, found, system)[:k]
    return Answer(best, found.asked, found.suggestion, found.query.note)


def answers(
    now: Generation, queries: Iterable[str], k: int, options: Options, settings: Settings
) -> Iterator[Answer]:
    """Yield the answer to each query, in order; raises `QueryError` that says which query fails."""
    if isinstance(queries, str):
        raise QueryError(f"{queries!r} is one query; wanted a list of them, or `search`.")
    for number, query in enumerate(queries, start=1):
        try:
            yield answer(now, query, k, options, settings)
        except QueryError as error:
            raise QueryError(f"query {number}: {error}") from error
