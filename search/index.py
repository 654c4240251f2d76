"""Here is the whole thing: open an index, ask it, read from it.

The seam between what asks (command line, chatbot, benchmark) and where
postings and vectors live. Writing is `plait.index.local.writer`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache, partial
from numbers import Integral
from pathlib import Path
from typing import Self

from plait.index.article import Article
from plait.index.errors import (
    CorruptIndexError,
    IndexDirectoryError,
    NotFoundError,
    PlaitError,
    QueryError,
)
from plait.index.language.cutting import Cutting
from plait.index.language.languages import language_named
from plait.index.local.manifest import Recipe, check_recipe
from plait.index.local.snapshot import Snapshot, check_files
from plait.index.models.encoder import Encoder, load_encoder
from plait.index.passage import Passage
from plait.search.hit import Answer, Hit
from plait.search.query.parser import Query, parse_query
from plait.search.ranker import DEPTH, Ranker, Scored, explain
from plait.search.spelling import LOOKED_AT, Speller, Tried, lifts
from plait.search.stages.reranking import Reranker, find_reranker, load_reranker, rerank
from plait.search.system import System

DEEPER = 4
"""So many times as many passages are looked at when those of one article crowd a ranking."""
KEPT = 2
"""Models of a second stage kept, by name: each may hold a gigabyte."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a search is made."""

    system: System | None = None
    """Which legs are asked, and how; `System.parse("keyword")`, say. None for the index's own."""
    passages: bool = False
    """List every passage by itself, and not each article once with its best passage."""
    operators: bool = True
    """Read quotes, `+`, `-` and the like; otherwise all of a query is words."""
    min_probability: float = 0.0
    """Leave out hits that are less likely to be relevant; of hybrid systems only."""
    exact: bool = False
    """Take the query as it is typed, and try no correction of its spelling."""

    def __post_init__(self) -> None:
        if not 0 <= self.min_probability <= 1:
            raise QueryError(f"the least probability is {self.min_probability}; wanted 0 to 1.")
        if self.system is None:
            return
        if not isinstance(self.system, System):
            raise QueryError(f"no System: {self.system!r}; give System.parse({self.system!r}).")
        if self.min_probability and self.system.mode != "hybrid":
            raise QueryError(f"{self.system} estimates no probability; hybrid does.")


@dataclass(frozen=True, slots=True)
class _Held:
    """What an index holds until it is closed."""

    snapshot: Snapshot
    ranker: Ranker
    speller: Speller
    encoder: Callable[[], Encoder]
    reranker: Callable[[str], Reranker]


def _load_encoder(recipe: Recipe, root: Path, given: Encoder | None) -> Encoder:
    """Return the model an index was built with; raises `ModelError` or `FingerprintError`."""
    encoder = given or load_encoder(recipe.model, fetch=False)
    cutting = Cutting(encoder.window, language=language_named(recipe.language)).fingerprint
    wanted = replace(
        recipe, encoder=encoder.fingerprint, cutting=cutting, dimension=encoder.dimension
    )
    check_recipe(recipe, wanted, root)
    return encoder


class Index:
    """One generation of an index, open for reading; a context manager that closes it.

    `Index.open(path)` again to see what a writer committed since. Each holds 32
    files a segment open until it is closed, or nothing refers to it any more.
    """

    root: Path
    """Folder of the index."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder | None = None) -> None:
        self.root = snapshot.root
        # Of a function: a cached method would make a cycle, which only the collector frees.
        load = cache(partial(_load_encoder, snapshot.manifest.recipe, snapshot.root, encoder))
        reranker = lru_cache(KEPT)(load_reranker)
        ranker = Ranker(snapshot, load)
        speller = Speller(snapshot, ranker.analyzer)
        self._held: _Held | None = _Held(snapshot, ranker, speller, load, reranker)

    @classmethod
    def open(cls, path: str | Path, encoder: Encoder | None = None) -> Self:
        """Open the index folder at `path`; the model is loaded when it is first needed.

        Raises `NoIndexError`, `CorruptIndexError`, and `FingerprintError` where the
        index was built with another analyzer or format.
        """
        opened = cls(Snapshot(Path(path)), encoder)
        recipe = opened.snapshot.manifest.recipe
        analyzer = opened.ranker.analyzer.fingerprint
        check_recipe(recipe, replace(recipe, analyzer=analyzer), opened.snapshot.root)
        return opened

    def close(self) -> None:
        """Let go of all files and models; once is enough. Hits that were found stay."""
        self._held = None
        self.__dict__.pop("default", None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _state(self) -> _Held:
        if self._held is None:
            raise IndexDirectoryError(f"{self.root} was closed; open it again.")
        return self._held

    @property
    def snapshot(self) -> Snapshot:
        """What is on disk; raises `IndexDirectoryError` once closed, as all of this does."""
        return self._state().snapshot

    @property
    def ranker(self) -> Ranker:
        """What puts passages in order."""
        return self._state().ranker

    @property
    def encoder(self) -> Encoder:
        """The model the index was built with; raises `ModelError` or `FingerprintError`."""
        return self._state().encoder()

    def reranker(self, model: str) -> Reranker:
        """Open a second stage's model; the last two stay open. Raises `ModelError`."""
        return self._state().reranker(model)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn whatever is raised where an index is read into an error that names a remedy.

        Raises `CorruptIndexError`, which says whether the files are as they were written.
        Errors of plait and of the machine (`OSError`, `MemoryError`) pass as they are.
        """
        try:
            yield
        except (PlaitError, OSError, MemoryError):
            raise
        except Exception as error:
            check_files(self.root)
            raise CorruptIndexError(
                f"cannot read {self.root}: {error!r}. All its files have their checksums, so the "
                "fault is plait's, or of the program that wrote it. Please report it; indexing "
                "again into a new folder may help."
            ) from error

    @cached_property
    def default(self) -> System:
        """The index's own way of searching: plain `hybrid`, unless `plait tune` saved another.

        Raises `CorruptIndexError` where this plait cannot read what was saved, and
        `ModelError` where it names a second stage's model that is not on this machine.
        """
        try:
            system = System.parse(self.snapshot.manifest.system or str(System()))
        except QueryError as error:
            remedy = f"`plait tune --forget -i {self.snapshot.root}` removes it"
            raise CorruptIndexError(
                f"cannot read the index's own system: {error} {remedy}."
            ) from error
        if system.rerank:
            find_reranker(system.rerank.model, fetch=False)  # nobody typed it: no hub is asked
        return system

    def __len__(self) -> int:
        """Count the articles."""
        return sum(entry.articles for entry in self.snapshot.manifest.segments)

    def search(self, query: str, k: int = 10, options: Options | None = None) -> list[Hit]:
        """Give the best `k` hits, sorted by `(-score, passage id)`.

        Each leg proposes `DEPTH` passages, and more where `k` is more: what comes after the
        first hundred and fifty may then come in another order.

        With `options.min_probability`, the best of those among the first `DEPTH` that are as
        likely: perhaps none.

        Where a word is unknown to the index, and another that it knows may have been meant and
        finds better, that is asked instead: `answer` says so, and `options.exact` forbids it.

        Raises `QueryError` for an empty query or `k` below 1, and `ModelError` where a
        second stage's model cannot be had; that is loaded when it is first needed.
        """
        return self.answer(query, k, options).hits

    def answer(self, query: str, k: int = 10, options: Options | None = None) -> Answer:
        """Give what `search` gives, and say which query was asked."""
        if not query.strip():
            raise QueryError("the query is empty; type some words.")
        if not isinstance(k, Integral) or k < 1:
            raise QueryError(f"k is {k!r}; wanted a whole number of hits, at least 1.")
        options = options or Options()
        system = options.system or self.default
        stage = system.rerank
        # One more than a second stage reads: those it reads must stand above that one.
        wanted = max(k, stage.depth + 1) if stage else k
        looked_at = max(wanted, DEPTH) if options.min_probability else wanted
        with self.reading():
            found = self.try_out(query, system, looked_at, options)
            rows = zip(
                found.rows, self.ranker.probabilities(found.scored, found.rows, system), strict=True
            )
            likely = [(row, p) for row, p in rows if (p or 0.0) >= options.min_probability]
            hits = self._hits(found.scored, likely[:wanted])
        if stage:
            hits = rerank(hits, found.query.words, stage, self.reranker(stage.model))[:k]
        return Answer(hits, found.asked, found.suggestion)

    def try_out(self, query: str, system: System, k: int, options: Options) -> Tried:
        """Rank the best `k`, or more, for a query, or its correction where that finds better."""
        typed = self._try(query, system, k, options)
        if options.exact:
            return typed
        # Where no vector was asked for, no model is loaded to be asked what a word is.
        is_word = self._is_word if typed.scored.dense else lambda _: False
        meant = self._state().speller.corrected(typed.query, typed.scored, is_word)
        if meant is None:
            return typed
        corrected = self._try(meant, system, k, options)
        if lifts(self.snapshot.keyword, typed, corrected):
            return corrected
        return replace(typed, suggestion=meant) if corrected.rows else typed

    def _try(self, text: str, system: System, k: int, options: Options) -> Tried:
        query = parse_query(
            text, self.ranker.analyzer, operators=options.operators, title=system.title
        )
        looked_at = max(k, LOOKED_AT)  # or what is asked would depend on `k`
        found = self.best(query, system, looked_at, passages=options.passages)
        return Tried(text, query, *found)

    def _is_word(self, word: str) -> bool:
        """Return whether the model has a word in one piece, as it has common ones."""
        return len(self.encoder.token_ends(word)) == 1

    def _hits(self, scored: Scored, rows: Sequence[tuple[int, float | None]]) -> list[Hit]:
        """Read what the rows of a ranking, with their probabilities, stand for."""
        explained = zip(rows, explain(scored, [row for row, _ in rows]), strict=True)
        hits, read = [], self.snapshot.read
        for rank, ((row, probability), explanation) in enumerate(explained, start=1):
            article, passage = read(int(scored.passages[row]))
            hits.append(Hit(rank, article, passage, explanation, probability))
        return hits

    def best(
        self, query: Query, system: System, k: int, *, passages: bool = False
    ) -> tuple[Scored, list[int]]:
        """Give the candidates and the rows of the best `k` among them.

        `query` must have been parsed with the system's weight of the title.

        Many passages of few articles can fill a leg's list of candidates; then the
        lists are made longer, until there are `k` articles or no more passages.
        """
        depth = max(DEPTH, k)
        while True:
            scored = self.ranker.score(query, system, depth)
            rows = self.best_rows(scored, k, passages=passages)
            # Operators name all that match at once.
            if len(rows) == k or query.tree is not None or len(scored.passages) < depth:
                return scored, rows
            depth *= DEEPER

    def best_rows(self, scored: Scored, k: int, *, passages: bool = False) -> list[int]:
        """Give the rows of the best `k`, one an article unless all passages are wanted."""
        looked_at = k
        while True:
            rows = self.ranker.order(scored, looked_at)
            if not passages:
                owners = self.snapshot.owners(scored.passages[rows]).tolist()
                best: dict[int, int] = {}
                for owner, row in zip(owners, rows, strict=True):
                    best.setdefault(owner, row)
                rows = list(best.values())
            if len(rows) >= k or looked_at >= len(scored.passages):
                return rows[:k]
            # Several passages of one article stood among them.
            looked_at *= DEEPER

    def __contains__(self, article_id: str) -> bool:
        """Say whether there is an article with that id."""
        with self.reading():
            return article_id in self.snapshot.article_ids()

    def article(self, article_id: str) -> Article:
        """Read an article; raises `NotFoundError`."""
        with self.reading():
            return self.snapshot.article(article_id)

    def passages(self, article_id: str) -> list[Passage]:
        """Give an article's passages in order; raises `NotFoundError`."""
        with self.reading():
            return self.snapshot.passages_of(article_id)

    def passage(self, article_id: str, number: int) -> Passage:
        """Give one passage of an article, counted from 0; raises `NotFoundError`."""
        passages = self.passages(article_id)
        if not 0 <= number < len(passages):
            last = len(passages) - 1
            raise NotFoundError(f"{article_id} has passages 0 to {last}, not {number}.")
        return passages[number]
