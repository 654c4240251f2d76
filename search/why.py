"""Here are a query and an article: why does it rank where it does, or not at all?

Asks each leg by itself, the system as it is, and the system with other weights; reports
at which stage an article is lost. Does not judge whether it should be found.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from plait.index.errors import NotFoundError, QueryError
from plait.search.hit import Explanation
from plait.search.index import Index, Options
from plait.search.query.parser import Query
from plait.search.ranker import DEPTH, Scored, explain
from plait.search.show.printable import in_line
from plait.search.show.terminal import explained
from plait.search.system import MODES, Mode, System

WEIGHTS = tuple(step / 20 for step in range(21))
"""Shares of the dense leg that are tried."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an article stands in one ranking, by its best passage."""

    rank: int
    """1 for the best."""
    of: int
    """How many articles are ranked."""
    passage: int
    """Number of its best passage, through all segments."""
    score: float
    best: float
    """Score of the article that ranks first."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """What `explain_rank` found."""

    article_id: str
    title: str
    corrected: str
    """The query as `search` corrects it; empty where it asks what was typed."""
    system: System
    standing: Standing | None
    """None where the system does not rank the article; `stage` says why."""
    stage: str
    """Where it is lost; empty where it is ranked."""
    explanation: Explanation | None
    legs: dict[Mode, Standing | None]
    """Each leg by itself, over all passages; None where it does not rank the article."""
    found: tuple[str, ...]
    """Terms of the query that the article has."""
    missing: dict[str, int]
    """Those it has not, and how many passages of the index have them."""
    by_weight: dict[float, int]
    """Its rank with each weight of the dense leg; empty where nothing is weighted."""

    def lines(self) -> Iterator[str]:
        """Write it for a person, with whatever titles hold (`plait.search.show.printable`)."""
        yield in_line(f"{self.article_id}  {self.title}")
        if self.corrected:
            yield in_line(f"asked for, as a word was unknown: {self.corrected}")
        lost = f"{self.system}: not ranked, {self.stage}"
        yield _written(self.system, self.standing) if self.standing else lost
        if self.explanation:
            yield from explained(self.explanation)
        for mode, standing in self.legs.items():
            yield _written(mode, standing) if standing else f"{mode}: does not rank it"
        yield f"words found: {', '.join(self.found) or 'none'}"
        shown = [f"{term} (in {count} passages)" for term, count in self.missing.items()]
        yield f"words missing: {', '.join(shown) or 'none'}"
        if self.by_weight:
            yield _weighed(self.by_weight, self.system.weight)


def explain_rank(
    index: Index, query: str, article_id: str, options: Options | None = None
) -> Reasons:
    """Say why an article ranks where it does, for the query that `search` would ask.

    Raises `NotFoundError` for an article that is not in the index, and `QueryError`.
    """
    options = options or Options()
    system = options.system or index.default
    if system.rerank:
        raise QueryError(f"{system}: only a first stage is explained; leave out what is after >>.")
    owner = article_id.rpartition("#")[0]
    if article_id not in index and owner in index:
        raise NotFoundError(f"{article_id} is a passage; ask for its article, {owner}.")
    if article_id not in index:
        raise NotFoundError(
            f"{article_id} is not in {index.snapshot.root}, so no query finds it; "
            "`plait index` adds it, and `plait search --json` shows how ids are written."
        )
    with index.reading():
        tried = index.try_out(query, system, 1, options)
        corrected = tried.asked if tried.asked != query else ""
        return _reasons(_Finder(index, tried.query, article_id), system, corrected)


def _reasons(finder: "_Finder", system: System, corrected: str) -> Reasons:
    scored = finder.scored(system)
    standing = finder.standing(scored)
    row = np.flatnonzero(scored.passages == standing.passage)[0] if standing else 0
    found, missing = finder.words()
    return Reasons(
        finder.article_id,
        finder.index.article(finder.article_id).title,
        corrected,
        system,
        standing,
        "" if standing else finder.stage(system),
        explain(scored, [int(row)])[0] if standing else None,
        {mode: finder.alone(mode, system) for mode in MODES if mode != "hybrid"},
        found,
        missing,
        finder.by_weight(scored, system),
    )


@dataclass(frozen=True, slots=True)
class _Finder:
    """Looks for one article in rankings of one query."""

    index: Index
    query: Query
    article_id: str

    def scored(self, system: System) -> Scored:
        """Score the candidates of a hybrid; with one leg alone, all passages."""
        everything = len(self.index.snapshot.keyword)
        depth = DEPTH if system.mode == "hybrid" else everything
        return self.index.ranker.score(self.query, system, depth)

    def standing(self, scored: Scored) -> Standing | None:
        """Rank all articles by their best passage, and find the one."""
        totals, rows = scored.totals, self.index.best_rows(scored, max(len(scored.passages), 1))
        places = scored.passages[rows].tolist()
        articles = [self.index.snapshot.article_id(place) for place in places]
        if self.article_id not in articles:
            return None
        at = articles.index(self.article_id)
        score, best = float(totals[rows[at]]), float(totals[rows[0]])
        return Standing(at + 1, len(rows), places[at], score, best)

    def alone(self, mode: Mode, system: System) -> Standing | None:
        """Ask one leg, over all passages."""
        leg = System("dense")
        if mode == "keyword":
            leg = System("keyword", k1=system.k1, b=system.b, title=system.title)
        return self.standing(self.scored(leg))

    def stage(self, system: System) -> str:
        """Say where an article is lost that the system does not rank."""
        if self.query.tree is not None:
            return "because the operators of the query leave it out"
        if system.mode == "keyword":
            return "because no field that counts has any of the query's words"
        return f"because none of its passages is among the {DEPTH} best of a leg"

    def words(self) -> tuple[tuple[str, ...], dict[str, int]]:
        """Part the query's terms into those the article has, and the others."""
        article, analyzer = self.index.article(self.article_id), self.index.ranker.analyzer
        own = set(analyzer.terms(f"{article.title}\n{article.text}"))
        terms = [term for term, _ in self.query.terms]
        postings = self.index.snapshot.keyword.postings("text", [term.encode() for term in terms])
        missing = {
            term: len(posting.passages) if posting else 0
            for term, posting in zip(terms, postings, strict=True)
            if term not in own
        }
        return tuple(term for term in terms if term in own), missing

    def by_weight(self, scored: Scored, system: System) -> dict[float, int]:
        """Try other weights, where the system has one."""
        if system.mode != "hybrid" or system.fusion == "rrf":
            return {}
        ranks = {}
        for weight in WEIGHTS:
            weighed = self.index.ranker.fused(scored, replace(system, weight=weight))
            standing = self.standing(weighed)
            if standing:
                ranks[weight] = standing.rank
        return ranks


def _written(name: System | Mode, standing: Standing) -> str:
    scores = f"score {standing.score:.4f}, the best has {standing.best:.4f}"
    return f"{name}: rank {standing.rank} of {standing.of} ({scores})"


def _weighed(by_weight: dict[float, int], weight: float) -> str:
    """Say which weights would rank the article best."""
    best = min(by_weight.values())
    at = [tried for tried, rank in by_weight.items() if rank == best]
    span = f"{at[0]:g}" if len(at) == 1 else f"{at[0]:g} to {at[-1]:g}"
    return f"weight {weight:g} is asked for; rank {best} is its best, with weight {span}"
