"""Reasons why an article has its rank for a query, or at which stage it is lost.

Each leg is asked by itself, then the system as it is, and with other weights. Does not judge
whether the article should be found.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from plait.index.article import owner_of
from plait.index.errors import NotFoundError, QueryError
from plait.index.leg import Within
from plait.index.span import span_at, span_of
from plait.search.hit import Explanation, Ranking
from plait.search.index import Index
from plait.search.legs.dense import Dense
from plait.search.legs.keyword import Keyword
from plait.search.query.parser import Query
from plait.search.show.explanation import explained, explanation_record
from plait.search.show.printable import in_line
from plait.search.system import Options, System

if TYPE_CHECKING:
    from plait.search.legs.leg import LegNoun

WEIGHTS_TRIED = tuple(step / 20 for step in range(21))
"""Weights of the dense leg that are tried."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Rank of an article in one ranking, by its best passage."""

    rank: int
    """Rank, 1 for the best."""
    of: int
    """Number of articles that are ranked."""
    passage: int
    """Number of its best passage in the store."""
    score: float
    best: float
    """Score of the article that ranks first."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Reasons for an article's rank, as `explain_rank` returns them."""

    article_id: str
    title: str
    corrected: str
    """Query as `search` corrects it; empty where what was typed is asked."""
    system: System
    standing: Standing | None
    """Standing in the system; None where it does not rank the article (see `stage`)."""
    stage: str
    """Stage at which the article is lost; empty where it is ranked."""
    explanation: Explanation | None
    legs: dict[str, Standing | None]
    """Standing in each leg by itself, over all passages; None where the leg does not rank it."""
    found: tuple[str, ...]
    """Terms of the query that the article has."""
    missing: dict[str, int]
    """Terms that the article lacks, and how many passages of the index have each."""
    by_weight: dict[float, int]
    """Rank of the article by each weight of the dense leg; empty where there is no weight."""

    def record(self) -> dict[str, Any]:
        """Return the reasons as a record for programs."""
        found = self.explanation
        explained = {"explanation": explanation_record(found) if found else None}
        return asdict(self) | explained | {"system": str(self.system)}

    def lines(self) -> Iterator[str]:
        """Yield lines for a person, not yet escaped (`plait.search.show.printable`)."""
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
            yield _weighed(self.by_weight, self.system.values["weight"])


def explain_rank(
    index: Index, query: str, article_id: str, options: Options | None = None
) -> Reasons:
    """Return why an article has its rank for a query, which is corrected as by `search`.

    Raises `NotFoundError` for an article that is not in the index, and `QueryError`.
    """
    options = options or Options()
    system = options.system or index.default
    if system.rerank:
        raise QueryError(f"{system}: only a first stage is explained; leave out what is after >>.")
    owner = owner_of(article_id)
    if article_id not in index and owner in index:
        raise NotFoundError(f"{article_id} is a passage; ask for its article, {owner}.")
    if article_id not in index:
        raise NotFoundError(
            f"{article_id} is not in {index.root}, so no query finds it; "
            "`plait index` adds it, and `plait search --json` shows how ids are written."
        )
    with index.reading():
        tried = index.try_out(query, system, 1, options)
        corrected = tried.asked if tried.asked != query else ""
        finder = _Finder(index, tried.query, article_id, tried.ranking.within)
        return _reasons(finder, system, corrected)


def _reasons(finder: "_Finder", system: System, corrected: str) -> Reasons:
    ranking = finder.ranking(system)
    standing = finder.standing(ranking)
    row = np.flatnonzero(ranking.passages == standing.passage)[0] if standing else 0
    found, missing = finder.words()
    return Reasons(
        finder.article_id,
        finder.index.article(finder.article_id).title,
        corrected,
        system,
        standing,
        "" if standing else finder.stage(system),
        ranking.explanations([int(row)])[0] if standing else None,
        {alone.mode: finder.standing(finder.ranking(alone)) for alone in _each_alone(system)},
        found,
        missing,
        finder.by_weight(ranking, system),
    )


def _each_alone(system: System) -> list[System]:
    """Return each leg as a system: those that plait brings, and those of the system."""
    brought: tuple[LegNoun, ...] = (Keyword(), Dense())
    legs = {leg.name: leg for leg in (*brought, *system.legs)}
    return [System((leg,)) for leg in legs.values()]


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finder of one article in rankings of one query."""

    index: Index
    query: Query
    article_id: str
    within: Within
    """Passages that the filter and the operators let through."""

    def ranking(self, system: System) -> Ranking:
        """Rank the candidates of a hybrid; with one leg alone, all passages."""
        everything = max(self.index.store.passage_count, 1)
        k = 1 if system.is_fused else everything
        return self.index.rank(self.query, system, k, self.within)

    def standing(self, ranking: Ranking) -> Standing | None:
        """Return the standing of the article among all articles; None where it is not ranked."""
        scores = ranking.scores
        rows = self.index.best(ranking, max(len(scores), 1))
        owners = ranking.article_ids(self.index.store, rows)
        if self.article_id not in owners:
            return None
        at = owners.index(self.article_id)
        score, best = float(scores[rows[at]]), float(scores[rows[0]])
        return Standing(at + 1, len(rows), int(ranking.passages[rows[at]]), score, best)

    def stage(self, system: System) -> str:
        """Return the stage at which the article is lost, where the system does not rank it."""
        date = span_of(self.index.article(self.article_id).date)
        if system.is_dated and date and date.first > span_at(self.query.as_of).last:
            return f"because its date, {date}, is after {self.query.as_of}"
        if self._is_left_out():
            return "because the filter or the operators of the query leave it out"
        if system.mode == "keyword":
            return "because no field that counts has any of the query's words"
        most = self.index.settings.candidates_per_leg
        return f"because none of its passages is among the {most} best of a leg"

    def _is_left_out(self) -> bool:
        """Return whether no passage of the article may be found."""
        if self.within is None:
            return False
        ids = self.index.store.passage_ids(self.within)
        return self.article_id not in map(owner_of, ids)

    def words(self) -> tuple[tuple[str, ...], dict[str, int]]:
        """Split the query's terms into those that the article has, and the others."""
        article, analyzer = self.index.article(self.article_id), self.index.analyzer
        own = set(analyzer.terms(f"{article.title}\n{article.text}"))
        terms = [term for term, _ in self.query.terms]
        counts = self.index.store.dictionary.find(terms).counts
        counted = zip(terms, counts, strict=True)
        missing = {term: count for term, count in counted if term not in own}
        return tuple(term for term in terms if term in own), missing

    def by_weight(self, ranking: Ranking, system: System) -> dict[float, int]:
        """Return the article's rank by each of `WEIGHTS_TRIED`; empty where there is no weight."""
        if "weight" not in system.values:
            return {}
        ranks = {}
        for weight in WEIGHTS_TRIED:
            weighed = self.index.fused(ranking, system.changed({"weight": weight}))
            standing = self.standing(weighed)
            if standing:
                ranks[weight] = standing.rank
        return ranks


def _written(name: System | str, standing: Standing) -> str:
    scores = f"score {standing.score:.4f}, the best has {standing.best:.4f}"
    return f"{name}: rank {standing.rank} of {standing.of} ({scores})"


def _weighed(by_weight: dict[float, int], weight: float) -> str:
    """Return a line on the weights that would rank the article best."""
    best = min(by_weight.values())
    at = [tried for tried, rank in by_weight.items() if rank == best]
    span = f"{at[0]:g}" if len(at) == 1 else f"{at[0]:g} to {at[-1]:g}"
    return f"weight {weight:g} is asked for; rank {best} is its best, with weight {span}"
