"""Here is the whole thing: open an index, ask it, read from it.

The seam between what asks (command line, chatbot, benchmark) and where
postings and vectors live. Writing is `plait.index.writer`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Self

from plait.index.article import Article
from plait.index.encoder import Encoder, load_encoder
from plait.index.errors import CorruptIndexError, NotFoundError, QueryError
from plait.index.manifest import check_recipe
from plait.index.passage import Passage
from plait.index.snapshot import Snapshot
from plait.index.writer import recipe_of
from plait.search.hit import Hit
from plait.search.query import Query, parse_query
from plait.search.ranker import DEPTH, Ranker, Scored, explain
from plait.search.reranking import load_reranker, rerank
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


class Index:
    """One generation of an index, open for reading.

    `Index.open(path)` again to see what a writer committed since.
    """

    def __init__(self, snapshot: Snapshot, encoder: Encoder | None = None) -> None:
        self.snapshot = snapshot
        self._encoder = encoder
        self.ranker = Ranker(snapshot, lambda: self.encoder)
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

    @cached_property
    def encoder(self) -> Encoder:
        """The model the index was built with; raises `ModelError` or `FingerprintError`."""
        recipe = self.snapshot.manifest.recipe
        encoder = self._encoder or load_encoder(recipe.model)
        wanted = recipe_of(encoder, self.ranker.analyzer, recipe.model)
        check_recipe(recipe, wanted, self.snapshot.root)
        return encoder

    @cached_property
    def default(self) -> System:
        """The index's own way of searching: plain `hybrid`, unless `plait tune` saved another.

        Raises `CorruptIndexError` where this plait cannot read what was saved.
        """
        try:
            return System.parse(self.snapshot.manifest.system or str(System()))
        except QueryError as error:
            remedy = f"`plait tune --forget -i {self.snapshot.root}` removes it"
            raise CorruptIndexError(
                f"cannot read the index's own system: {error} {remedy}."
            ) from error

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
        return article_id in self.snapshot.article_ids()

    def article(self, article_id: str) -> Article:
        """Read an article; raises `NotFoundError`."""
        return self.snapshot.article(article_id)

    def passages(self, article_id: str) -> list[Passage]:
        """Give an article's passages in order; raises `NotFoundError`."""
        return self.snapshot.passages_of(article_id)

    def passage(self, article_id: str, number: int) -> Passage:
        """Give one passage of an article, counted from 0; raises `NotFoundError`."""
        passages = self.passages(article_id)
        if not 0 <= number < len(passages):
            last = len(passages) - 1
            raise NotFoundError(f"{article_id} has passages 0 to {last}, not {number}.")
        return passages[number]
