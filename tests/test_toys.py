"""Another leg, fusion or stage is one dataclass and one row: toys of each, used by a search.

A toy reader is in test_reading_registry.py, a toy language in test_language.py, a toy model in
test_second_model.py, and a toy store in test_store.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import pytest

from plait.index.arithmetic import best_places
from plait.index.errors import QueryError
from plait.index.leg import LegQuery, LegScores, Passages, Scores, TermPart, Within
from plait.index.store import Store
from plait.search import system as registries
from plait.search.hit import Ranking
from plait.search.index import Index
from plait.search.notation import number
from plait.search.settings import Settings
from plait.search.show.explanation import explained, explanation_record
from plait.search.system import Options, System

QUERY = "peace treaty 1956 declaration"


@dataclass(frozen=True)
class YearAnswer:
    """Scores by date."""

    all_scores: Scores
    within: Within
    has_operators: bool

    def best(self, k: int) -> Passages:
        """Return the latest."""
        allowed = np.arange(len(self.all_scores)) if self.within is None else self.within
        return allowed if self.has_operators else allowed[best_places(self.all_scores[allowed], k)]

    def scores(self, passages: Passages) -> LegScores:
        """Look up."""
        mean, deviation = float(self.all_scores.mean()), float(self.all_scores.std())
        return LegScores(passages, self.all_scores[passages], mean, deviation)

    def terms(self, passages: Passages) -> list[list[TermPart]]:
        """Have none."""
        return [[] for _ in passages]


@dataclass(frozen=True)
class YearLeg:
    """The year of an article, whatever is asked."""

    store: Store

    def ask(self, query: LegQuery, within: Within = None) -> YearAnswer:
        """Score all."""
        return YearAnswer(years(self.store), within, query.tree is not None)


def years(store: Store) -> Scores:
    """Read the year of every passage; 1900 where none is known."""
    read = store.read(np.arange(store.passage_count))
    return np.array([float(article.date[:4] or 1900) for article, _ in read])


@dataclass(frozen=True)
class Year:
    """A third leg."""

    name: ClassVar[str] = "year"

    def on(self, store: Store) -> YearLeg:
        """Ask it."""
        return YearLeg(store)


@dataclass(frozen=True)
class Greatest:
    """A fourth fusion: the greater of the z-scores, as a part of the leg that has it."""

    name: ClassVar[str] = "greatest"
    is_refined: ClassVar[bool] = False
    scale: float = number(1.0, 0, 10, "Factor of the greater score.")

    def trusting(self, factor: float) -> Self:
        """Know no weights."""
        assert factor <= 1
        return self

    def parts(self, legs: Mapping[str, LegScores]) -> dict[str, Scores]:
        """Keep the greatest alone."""
        z = np.array([(leg.scores - leg.mean) / (leg.deviation or 1) for leg in legs.values()])
        kept = np.where(z == z.max(axis=0), z, 0.0) * self.scale
        return dict(zip(legs, kept, strict=True))


@dataclass(frozen=True)
class Lengthy:
    """A third stage: the longer a passage, the better."""

    lengthy: float = number(0.0, 0, 1, "What each character counts.")

    def parts(self, ranking: Ranking, store: Store, settings: Settings) -> Mapping[str, Scores]:
        """Count characters."""
        assert settings.candidates_per_leg
        lengths = [len(passage.text) for _, passage in store.read(ranking.passages)]
        return {"lengthy": self.lengthy * np.array(lengths, np.float64)} if self.lengthy else {}


@pytest.fixture
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a row to each registry."""
    monkeypatch.setitem(registries.LEGS, "year", Year)
    monkeypatch.setitem(registries.FUSIONS, "greatest", Greatest)
    monkeypatch.setitem(registries.STAGES, "lengthy", Lengthy)


@pytest.mark.usefixtures("_registered")
@pytest.mark.parametrize(
    "text",
    [
        "year",
        "keyword+dense+year",
        "keyword+year(fusion=rrf)",
        "dense+year(weight=0.5)",
        "hybrid(fusion=greatest)",
        "hybrid(fusion=greatest, scale=2)",
        "keyword+dense+year(fusion=greatest)",
        "hybrid(lengthy=0.01)",
        "keyword+dense+year(fusion=minmax, weight=0.4)",
    ],
)
def test_a_toy_is_parsed_searched_and_explained(seeds: Index, text: str) -> None:
    """Text and value are one to one; parts are named and add up; operators hold."""
    system = System.parse(text)
    assert str(system) == text
    for query in (QUERY, f"+islands {QUERY}"):
        hits = seeds.search(query, 10, Options(system))
        assert hits
        for hit in hits:
            explanation = hit.explanation
            assert hit.score == sum(explanation.parts.values())
            assert list(explanation.legs) == [leg.name for leg in system.legs]
            assert set(explanation.parts) <= explanation_record(explanation).keys()
            lines = "\n".join(explained(explanation))
            assert all(f"  {name}: " in lines for name, part in explanation.parts.items() if part)


@pytest.mark.usefixtures("_registered")
def test_toys_change_the_ranking(seeds: Index) -> None:
    """The latest article first by the leg, the longest by the stage."""
    latest = seeds.search(QUERY, 1, Options(System.parse("year")))[0]
    assert float(latest.article.date[:4]) == years(seeds.store).max()
    longest = seeds.search(QUERY, 1, Options(System.parse("hybrid(lengthy=1)")))[0]
    every = seeds.store.read(np.arange(seeds.store.passage_count))
    assert len(longest.passage.text) == max(len(passage.text) for _, passage in every)


@pytest.mark.usefixtures("_registered")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("year(k1=1)", "no year parameter 'k1'; it takes none"),
        ("hybrid(lengthy=2)", "lengthy is 2.0; wanted a number from 0 to 1"),
        ("hybrid(fusion=rrf, lengthy=0.1)", "choose one of fusion, k, k1, b, title"),
        (
            "keyword+year(weight=0.3)",
            "fusion, recency, recency_weight, lengthy, k1, b, title\\.$",
        ),
        (
            "dense+year(late=0)",
            "fusion, weight, recency, recency_weight, lengthy\\.$",
        ),
        ("keyword+year(p_slope=2)", "no keyword.year parameter 'p_slope'"),
        ("keyword+keyword", "names a leg twice"),
        ("hybrid+year", "names a leg twice"),
        ("keyword+month", "no leg 'month'; choose one of hybrid, keyword, dense, year"),
    ],
)
def test_toys_are_refused_as_others_are(text: str, message: str) -> None:
    """Errors list what is registered."""
    with pytest.raises(QueryError, match=message):
        System.parse(text)


def test_without_their_rows_toys_are_unknown() -> None:
    """A registry forgets what a test has added."""
    with pytest.raises(QueryError, match="no leg 'year'"):
        System.parse("year")


@pytest.mark.parametrize("system", ["keyword", "dense"])
@pytest.mark.parametrize("query", [QUERY, "+islands treaty -japan"])
@pytest.mark.parametrize("share", [2, 7, 50])
def test_a_filter_is_a_set_of_passages(seeds: Index, system: str, query: str, share: int) -> None:
    """One leg ranks what is within as it ranks all, without the others; scores stay."""
    within = np.arange(0, seeds.store.passage_count, share)
    asked, parsed = System.parse(system), seeds.parse(query)
    whole = seeds.rank(parsed, asked, 1000, passages=True)
    some = seeds.rank(parsed, asked, 1000, within, passages=True)
    kept = [row for row in whole.rows if whole.passages[row] in within]
    assert whole.passages[kept].tolist() == some.passages[list(some.rows)].tolist()
    assert whole.scores[kept].tolist() == some.scores[list(some.rows)].tolist()


@pytest.mark.parametrize("query", [QUERY, "+islands treaty"])
def test_a_hybrid_finds_within_a_filter_only(seeds: Index, query: str) -> None:
    """Whatever the legs propose; means and deviations stay those of the whole index."""
    within = np.arange(0, seeds.store.passage_count, 9)
    found = seeds.rank(seeds.parse(query), System(), 10, within)
    assert found.rows
    assert set(found.passages.tolist()) <= set(within.tolist())
    whole = seeds.rank(seeds.parse(query), System(), 10)
    means = [{name: leg.mean for name, leg in r.candidates.legs.items()} for r in (found, whole)]
    assert means[0] == means[1]
