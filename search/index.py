"""Index that is open for searching and reading; it follows what is committed when told to.

It stands between those who ask (command line, chatbot, benchmark) and the store of postings
and vectors. Writing is `plait.IndexWriter`.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from plait.index.arithmetic import looked_up
from plait.index.article import Article, Passage, passage_named
from plait.index.errors import IndexDirectoryError, NotFoundError, QueryError
from plait.index.factory import load_recorded, open_store, reading
from plait.index.language.analyzer import TextAnalyzer
from plait.index.language.languages import language_named
from plait.index.leg import Within
from plait.index.models.encoder import Encoder
from plait.index.recipe import check_recipe
from plait.index.store import Store
from plait.search.answer import Answer, Page
from plait.search.answering import answer, answers, options_with
from plait.search.evidence.lift import Tried
from plait.search.generation import Generation, load_reranker
from plait.search.hit import Hit, Ranking
from plait.search.page import Pages
from plait.search.query.parser import Query, parse_query
from plait.search.settings import Settings
from plait.search.system import Options, System

if TYPE_CHECKING:
    from plait.index.filter import Filter
    from plait.search.stages.reranking import Reranker


class Index:
    """Index that is open for reading; a context manager that closes it.

    It stays at the generation at which it was opened; `refresh` changes to the newest.
    """

    def __init__(
        self, store: Store, encoder: Encoder | None = None, settings: Settings | None = None
    ) -> None:
        """Search a store; without `encoder`, its model is loaded when it is first needed."""
        self.root = Path(store.name)
        self.analyzer = TextAnalyzer(language_named(store.recipe.language))
        """Analyzer, which makes terms of words."""
        self.settings = settings or Settings()
        """Sizes by which the index searches."""
        # A cached method would make a cycle, which only the collector frees.
        self._load = cache(partial(load_recorded, store.recipe, store.name, encoder))
        self._load_reranker = lru_cache(self.settings.rerankers_cached)(load_reranker)
        self._newest: Generation | None = self._generation(store)

    @classmethod
    def open(
        cls, path: str | Path, encoder: Encoder | None = None, settings: Settings | None = None
    ) -> Self:
        """Open the index at `path`; the model is loaded when it is first needed.

        Raises `NoIndexError`, `CorruptIndexError`, and `FingerprintError` where the
        index was built with another analyzer or format.
        """
        store = open_store(path, settings.store if settings else None)
        index = cls(store, encoder, settings)
        built_with = replace(store.recipe, analyzer=index.analyzer.fingerprint)
        check_recipe(store.recipe, built_with, store.name)
        return index

    def refresh(self) -> bool:
        """Change to the newest generation; return whether anything was committed since.

        Where nothing was, it looks at one file: cheap enough to call before every request.
        Searches that other threads have begun end on the generation that they began with.
        Raises as `open`; the generation is then the same as before.
        """
        held = self.store
        newest = held.refresh()
        if newest is held:
            return False
        check_recipe(newest.recipe, held.recipe, newest.name)
        self._newest = self._generation(newest)
        return True

    def _generation(self, store: Store) -> Generation:
        return Generation(store, self.analyzer, self.settings, self._load, self._load_reranker)

    def close(self) -> None:
        """Let go of files and models, unless another index has them too; once is enough.

        The default model stays, for the next index. Hits stay valid.
        """
        self._newest = None
        self._load.cache_clear()
        self._load_reranker.cache_clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._newest is None:
            return f"Index({str(self.root)!r}, closed)"
        model = self.store.recipe.encoder.partition(":")[0]
        return f"Index({str(self.root)!r}, {len(self)} articles, {model})"

    def __len__(self) -> int:
        """Return the number of live articles."""
        return self.store.article_count

    def _now(self) -> Generation:
        """Return the generation that a search begins on, and ends on."""
        if self._newest is None:
            raise IndexDirectoryError(f"{self.root} was closed; open it again.")
        return self._newest

    @property
    def store(self) -> Store:
        """Store of the index; once closed, this and all else raises `IndexDirectoryError`."""
        return self._now().store

    @property
    def encoder(self) -> Encoder:
        """Model that the index was built with; raises `ModelError` or `FingerprintError`."""
        self._now()
        return self._load()

    def reranker(self, model: str) -> "Reranker":
        """Return a second stage's model; the last two stay loaded. Raises `ModelError`."""
        self._now()
        return self._load_reranker(model)

    @property
    def default(self) -> System:
        """System of the index itself: plain `hybrid`, unless `plait tune` saved another.

        Raises `CorruptIndexError` where this plait cannot read what was saved, and
        `ModelError` where it names a second stage's model that is not on this machine.
        """
        return self._now().system

    def search(
        self,
        query: str,
        k: int = 10,
        options: Options | None = None,
        *,
        system: str | System | None = None,
        where: "str | Filter | None" = None,
    ) -> list[Hit]:
        """Return the best `k` hits, sorted by `(-score, passage id)`.

        `system` is the way of searching, or its text; the index's own if left out. `where` is a
        filter of articles, or its text (`plait.search.query.where`): the best `k` of those that
        pass it are found, however few. A filter of `options` holds too, and `system` wins.

        Each leg proposes `settings.candidates_per_leg` passages (250), and `k` where that is
        more, which can change the order from about the 150th hit on. With
        `options.min_probability`, hits are those of the first 250 that are as likely.

        Where a word is unknown to the index, and the query finds better with another word
        that was perhaps meant, that query is asked instead: `answer` returns it, and
        `options.exact` forbids it.

        Raises `QueryError` for an empty query, a filter that cannot be read or `k` below 1;
        `ModelError` where the model of a second stage cannot be loaded when it is first needed;
        `CorruptIndexError`, and `IndexDirectoryError` once the index is closed.
        """
        return self.answer(query, k, options_with(options, system, where)).hits

    def search_many(
        self,
        queries: Iterable[str],
        k: int = 10,
        options: Options | None = None,
        *,
        system: str | System | None = None,
        where: "str | Filter | None" = None,
    ) -> list[list[Hit]]:
        """Return the hits of each query, as `search` does, all of one generation.

        Raises as `search`; a `QueryError` says which query it is about.
        """
        options = options_with(options, system, where)
        return [each.hits for each in answers(self._now(), queries, k, options, self.settings)]

    def answer(self, query: str, k: int = 10, options: Options | None = None) -> Answer:
        """Return what `search` returns, and which query was asked."""
        return answer(self._now(), query, k, options, self.settings)

    def page(
        self,
        query: str,
        k: int = 10,
        offset: int = 0,
        facets: Sequence[str] = (),
        options: Options | None = None,
    ) -> Page:
        """Return a page of the matches of a query: `k` hits from `offset` on, total, facets.

        Matches are the articles that pass the filter and hold a word of the query, or match its
        operators, or are near in meaning; with `options.min_probability`, those at least as
        likely (`plait.search.matches`). Total, facets and the hits of all pages are those of this
        one set. Hits are in the order of `search`, or by date with `options.sort`, which lists
        probable ones only. `facets` are names of fields, or `date:month`. Raises as `search`.
        """
        now = self._now()
        system, options = now.checked(query, k, options)
        if offset < 0 or isinstance(facets, str):
            given = f"offset {offset} and facets {facets!r}"
            raise QueryError(f"{given}: wanted 0 or more, and a list of names.")
        stage = system.rerank
        if stage and options.sort:
            raise QueryError(
                f"{system} ranks again what --sort {options.sort} orders; leave one out."
            )
        with reading(now.store):
            found = now.ask(query, system, 1, options)
            pages = Pages(now, found, system, options)
            first, count = (0, max(offset + k, stage.depth + 1)) if stage else (offset, k)
            hits = pages.hits(first, count)
            counted, total, undated = pages.facets(facets), pages.total, now.undated(found.where)
        hits = now.reranked(hits, found, system)[offset - first :][:k]
        read = found.asked, found.suggestion, found.query.note
        return Page(hits, total, counted, *read, undated)

    def try_out(self, query: str, system: System, k: int, options: Options) -> Tried:
        """Rank the best `k`, or more, for a query; for its correction where that finds better."""
        return self._now().ask(query, system, k, options)

    def parse(self, text: str, *, operators: bool = True) -> Query:
        """Parse a query with the analyzer of this index; raises `QueryError`."""
        return parse_query(text, self.analyzer, self._now().encoded, operators=operators)

    def rank(
        self, query: Query, system: System, k: int, within: Within = None, *, passages: bool = False
    ) -> Ranking:
        """Return the ranking of the best `k` for a parsed query; as `Ranker.rank` does."""
        now = self._now()
        if within is not None:
            within = within[looked_up(within, now.store.live())[1]]
        return now.ranker.rank(query, system, k, within, passages=passages)

    def fused(self, ranking: Ranking, system: System) -> Ranking:
        """Rank the same candidates by another system of the same legs, without its best rows."""
        return self._now().ranker.fused(ranking.candidates, system)

    def best(self, ranking: Ranking, k: int) -> list[int]:
        """Return the rows of the best `k` of a ranking, one an article."""
        return self._now().ranker.best(ranking, k)

    def reading(self) -> AbstractContextManager[None]:
        """Turn what is raised where the index is read into an error that names a remedy."""
        return reading(self.store)

    def article_ids(self, options: Options | None = None) -> Iterator[str]:
        """Yield the ids of all articles, or of those that pass the filter of `options`."""
        return self._now().article_ids(options or Options())

    def __contains__(self, article_id: str) -> bool:
        """Return whether there is an article with that id."""
        with self.reading():
            return article_id in self.store

    def article(self, article_id: str) -> Article:
        """Read an article; raises `NotFoundError`."""
        with self.reading():
            return self.store.article(article_id)

    def passages(self, article_id: str) -> list[Passage]:
        """Return an article's passages in order; raises `NotFoundError`."""
        with self.reading():
            return self.store.passages_of(article_id)

    def passage(self, article_id: str, number: int) -> Passage:
        """Return one passage of an article, counted from 0; raises `NotFoundError`."""
        passages = self.passages(article_id)
        if not 0 <= number < len(passages):
            last = len(passages) - 1
            raise NotFoundError(f"{article_id} has passages 0 to {last}, not {number}.")
        return passages[number]

    def entry(self, name: str) -> Article | Passage:
        """Return an article by its id, or a passage by its own; raises `NotFoundError`."""
        own = passage_named(name)
        return self.passage(*own) if own and name not in self else self.article(name)
