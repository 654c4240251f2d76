"""Here is the whole thing: open an index, ask it, read from it.

The seam between what asks (command line, chatbot, benchmark) and where
postings and vectors live. Writing is `plait.index.writer`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

from plait.index.article import Article
from plait.index.cutting import Cutting
from plait.index.encoder import Encoder, load_encoder
from plait.index.errors import (
    CorruptIndexError,
    IndexDirectoryError,
    NotFoundError,
    PlaitError,
    QueryError,
)
from plait.index.manifest import Recipe, check_recipe
from plait.index.passage import Passage
from plait.index.snapshot import Snapshot, check_files
from plait.search.hit import Hit
from plait.search.query import Query, parse_query
from plait.search.ranker import DEPTH, Ranker, Scored, explain
from plait.search.reranking import find_reranker, load_reranker, rerank
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

    def __post_init__(self) -> None:
        if not 0 <= self.min_probability <= 1:
            raise QueryError(f"the least probability is {self.min_probability}; wanted 0 to 1.")
        if self.system is None:
            return
        if not isinstance(self.system, System):
            raise QueryError(f"no System: {self.system!r}; give System.parse({self.system!r}).")
        if self.min_probability and self.system.mode != "hybrid":
            raise QueryError(f"{self.system} estimates no probability; hybrid does.")


class _Model:
    """The model an index was built with."""

    def __init__(self, recipe: Recipe, root: Path, encoder: Encoder | None) -> None:
        self._recipe, self._root, self._given = recipe, root, encoder

    @cached_property
    def encoder(self) -> Encoder:
        """Load it, unless one was given; raises `ModelError`, `FingerprintError` for another."""
        encoder = self._given or load_encoder(self._recipe.model, fetch=False)
        cutting = Cutting(encoder.window).fingerprint
        wanted = replace(self._recipe, encoder=encoder.fingerprint, cutting=cutting)
        check_recipe(self._recipe, wanted, self._root)
        return encoder


@dataclass(frozen=True, slots=True)
class _Opened:
    """What an index holds until it is closed."""

    snapshot: Snapshot
    model: _Model
    ranker: Ranker


class Index:
    """One generation of an index, open for reading; a context manager that closes it.

    `Index.open(path)` again to see what a writer committed since. Each holds some forty
    files a segment open until it is closed, or nothing refers to it any more.
    """

    def __init__(self, snapshot: Snapshot, encoder: Encoder | None = None) -> None:
        self.root = snapshot.root
        model = _Model(snapshot.manifest.recipe, snapshot.root, encoder)
        # The ranker knows the model and not this index: in a circle neither would be freed.
        ranker = Ranker(snapshot, lambda: model.encoder)
        self._opened: _Opened | None = _Opened(snapshot, model, ranker)
        self.reranker = lru_cache(KEPT)(load_reranker)

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
        """Let go of all files and of the model; once is enough. Hits that were found stay."""
        self._opened = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self) -> _Opened:
        if self._opened is None:
            raise IndexDirectoryError(f"{self.root} was closed; open it again.")
        return self._opened

    @property
    def snapshot(self) -> Snapshot:
        """What is on disk; raises `IndexDirectoryError` once closed, as all of this does."""
        return self._open().snapshot

    @property
    def ranker(self) -> Ranker:
        """What puts passages in order."""
        return self._open().ranker

    @property
    def encoder(self) -> Encoder:
        """The model the index was built with; raises `ModelError` or `FingerprintError`."""
        return self._open().model.encoder

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn whatever is raised where an index is read into an error that names a remedy.

        Raises `CorruptIndexError`, which says whether the files are as they were written.
        Errors of plait and of the machine (`OSError`) pass as they are.
        """
        try:
            yield
        except (PlaitError, OSError):
            raise
        except Exception as error:
            check_files(self.root)
            raise CorruptIndexError(
                f"cannot read {self.root}: {error!r}. By `plait check` its files are as they "
                "were written, so they were made so. Index again into a new folder."
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

        Raises `QueryError` for an empty query or `k` below 1, and `ModelError` where a
        second stage's model cannot be had; that is loaded when it is first needed.
        """
        if not query.strip():
            raise QueryError("the query is empty; type some words.")
        if k < 1:
            raise QueryError(f"k is {k}; ask for at least 1 hit.")
        options = options or Options()
        system = options.system or self.default
        parsed = parse_query(
            query, self.ranker.analyzer, operators=options.operators, title=system.title
        )
        with self.reading():
            return self._search(parsed, system, k, options)

    def _search(self, parsed: Query, system: System, k: int, options: Options) -> list[Hit]:
        stage = system.rerank
        # One more than a second stage reads: those it reads must stand above that one.
        wanted = max(k, stage.depth + 1) if stage else k
        looked_at = max(wanted, DEPTH) if options.min_probability else wanted
        scored, rows = self.best(parsed, system, looked_at, passages=options.passages)
        found = zip(rows, self.ranker.probabilities(scored, rows), strict=True)
        likely = [(row, p) for row, p in found if (p or 0.0) >= options.min_probability]
        hits = self._hits(scored, likely[:wanted])
        return rerank(hits, parsed.words, stage, self.reranker(stage.model))[:k] if stage else hits

    def _hits(self, scored: Scored, rows: Sequence[tuple[int, float | None]]) -> list[Hit]:
        """Read what the rows of a ranking, with their probabilities, stand for."""
        explained = zip(rows, explain(scored, [row for row, _ in rows]), strict=True)
        hits = []
        for rank, ((row, probability), explanation) in enumerate(explained, start=1):
            article, passage = self.snapshot.read(int(scored.passages[row]))
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
