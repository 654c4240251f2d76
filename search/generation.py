"""Generation of an index and the parts that search it: conditions, correction, ranking.

A search begins and ends on one generation, whatever is committed meanwhile.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property, partial
from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np

from plait.index.article import owner_of
from plait.index.errors import QueryError
from plait.index.language.analyzer import TextAnalyzer
from plait.index.leg import Within
from plait.index.models.encoder import Encoder
from plait.index.models.encoding import EncodedQuery
from plait.index.store import Store
from plait.search.evidence.lift import HITS_COMPARED, Tried, lifts
from plait.search.hit import Hit
from plait.search.query.parser import LONGEST_WITH_OPERATORS, Query, parse_query
from plait.search.query.spelling import Speller
from plait.search.query.typed import Typed
from plait.search.query.unheard import without_unheard
from plait.search.ranker import Ranker
from plait.search.settings import Settings
from plait.search.system import Options, System
from plait.search.systems import own_system

if TYPE_CHECKING:
    from plait.index.filter import Filter
    from plait.search.stages.reranking import Reranker


class Generation:
    """Generation of an index, open for searching."""

    def __init__(
        self,
        store: Store,
        analyzer: TextAnalyzer,
        settings: Settings,
        load: Callable[[], Encoder],
        reranker: Callable[[str], "Reranker"],
    ) -> None:
        """Search a store; `load` returns its model, `reranker` that of a second stage by name."""
        self.store, self.ranker = store, Ranker(store, settings)
        self._analyzer, self._load, self._reranker = analyzer, load, reranker
        self._corrected = Speller(store, analyzer).corrected

    @cached_property
    def system(self) -> System:
        """The index's own system, read once: every search without another asks for it."""
        return own_system(self.store.system, self.store.name)

    def checked(self, query: object, k: object, options: Options | None) -> tuple[System, Options]:
        """Return the system and the options of a search; raises `QueryError`."""
        if not isinstance(query, str) or not query.strip():
            found = "empty" if isinstance(query, str) else f"{query!r}, no text"
            raise QueryError(f"the query is {found}; type some words.")
        if not isinstance(k, Integral) or k < 1:
            raise QueryError(f"k is {k!r}; wanted a whole number of hits, at least 1.")
        options = options or Options()
        system = options.system or self.system
        if options.min_probability:
            options = replace(options, system=system)  # refused, if it estimates none
        return system, options

    def reranked(self, hits: list[Hit], found: Tried, system: System) -> list[Hit]:
        """Return hits as the second stage ranks them, where the system has one."""
        stage = system.rerank
        if not stage:
            return hits
        from plait.search.stages.reranking import rerank  # noqa: PLC0415 - 8 ms

        return rerank(hits, found.query.words, stage, self._reranker(stage.model))

    def ask(self, text: str, system: System, k: int, options: Options) -> Tried:
        """Rank the best `k`, or more, for a query; for its correction where that finds better.

        Raises `QueryError` for a query or a filter that cannot be read.
        """
        words, conditions, where = self.split(text, options)
        within = None if where is None else self.store.within(where)
        rank = partial(self._ranked, system=system, k=k, options=options, within=within)
        found = self._corrected_or_not(words, rank, options)
        as_typed = text if found.asked == words else f"{found.asked} {conditions}".strip()
        return replace(found, asked=as_typed, where=where)

    def split(self, text: str, options: Options) -> tuple[str, str, "Filter | None"]:
        """Split a query line into words and conditions.

        Returns both as they were typed, and the filter of all that is asked; None for none.
        """
        is_plain = options.where is None and options.as_of is None
        if is_plain and not (options.operators and ":" in text):
            return text, "", None
        from plait.search.conditions import split  # noqa: PLC0415 - 30 ms, and few searches need it

        return split(text, options, self.store)

    def _corrected_or_not(
        self, words: str, rank: Callable[[str], Tried], options: Options
    ) -> Tried:
        typed = rank(words)
        if options.exact:
            return typed
        # Where no vector is needed, no model is loaded only to learn what a word is.
        is_dense = "dense" in typed.ranking.candidates.legs
        meant = self._corrected(typed.query, self._is_word if is_dense else lambda _: False)
        if meant is None:
            return typed
        corrected = rank(meant)
        if lifts(self.store.dictionary, typed, corrected):
            return corrected
        return replace(typed, suggestion=meant) if corrected.rows else typed

    def _ranked(
        self, text: str, *, system: System, k: int, options: Options, within: Within
    ) -> Tried:
        k = max(k, HITS_COMPARED)  # or what is asked would depend on `k`
        parsed = self._parsed(text, options)
        ranking = self.ranker.rank(parsed, system, k, within, passages=options.passages)
        return Tried(text, parsed, ranking)

    def _parsed(self, text: str, options: Options) -> Query:
        """Parse a query; a quotation amid other words that no article has is words."""
        typed = Typed(text)
        if options.operators and len(text) <= LONGEST_WITH_OPERATORS:
            typed = without_unheard(text, self._has, self._analyzer.language.stop_words)
        parsed = parse_query(typed.text, self._analyzer, self.encoded, operators=options.operators)
        note = "\n".join(filter(None, (parsed.note, typed.note)))
        day = options.day or options.today
        return replace(parsed, text=text, note=note, as_of=day, by_passage=options.passages)

    def _has(self, phrase: str) -> bool:
        """Return whether any passage has a phrase, which comes in quotes."""
        query, system = parse_query(phrase, self._analyzer), System.parse("keyword")
        return bool(len(self.ranker.rank(query, system, 1, None).rows))

    def encoded(self, words: str) -> EncodedQuery:
        """Return the encoding of a query's words; raises `ModelError`."""
        return self._load().encode_query(words)

    def _is_word(self, word: str) -> bool:
        """Return whether the model has a word in one piece, as it has common words."""
        return len(self._load().token_ends(word)) == 1

    def article_ids(self, options: Options) -> Iterator[str]:
        """Yield the ids of the articles that pass the filter of some options."""
        *_, where = self.split("", options)
        if where is None:
            yield from self.store.article_ids()
            return
        passages = self.store.within(where)
        _, first = np.unique(self.store.owners(passages), return_index=True)
        yield from map(owner_of, self.store.passage_ids(passages[first]))

    def undated(self, where: "Filter | None") -> int:
        """Return how many articles a filter leaves out only because they have no date."""
        if where is None:
            return 0
        from plait.search.conditions import undated  # noqa: PLC0415 - as above

        return undated(where, self.store)


def load_reranker(model: str) -> "Reranker":
    """Return the model of a second stage; raises `ModelError`."""
    from plait.search.stages import reranking  # noqa: PLC0415 - as above

    return reranking.load_reranker(model)
