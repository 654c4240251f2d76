"""Pages of a search: hits in order, how many there are in all, and counts of their fields.

Total, facets and the hits of all pages are those of one set (`plait.search.matches`), the same
whichever page is asked for. The first hits are in the order of `Index.search`; behind its
candidates the other matches follow by the scores of the legs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from plait.index.arithmetic import looked_up
from plait.index.errors import QueryError
from plait.index.leg import Passages
from plait.index.span import UNITS
from plait.search.evidence.lift import Tried
from plait.search.generation import Generation
from plait.search.hit import Hit, Ranking
from plait.search.matches import LIKELY, matches
from plait.search.system import Options, System


class Pages:
    """All pages of one search."""

    def __init__(
        self, generation: Generation, tried: Tried, system: System, options: Options
    ) -> None:
        self._generation, self._tried = generation, tried
        self._system, self._options = system, options
        self._store, self._ranker = generation.store, generation.ranker

    @cached_property
    def passages(self) -> Passages:
        """Passages that match, ascending."""
        least = self._options.min_probability
        is_bag = self._tried.query.tree is None
        if least is None and self._options.sort and self._system.estimates and is_bag:
            least = LIKELY
        return matches(self._tried, self._system, self._store, least)

    @cached_property
    def articles(self) -> Passages:
        """Numbers of the articles that match, ascending."""
        return np.unique(self._store.owners(self.passages))

    @cached_property
    def members(self) -> Passages:
        """Numbers of what is a hit on some page, ascending: articles, or passages."""
        return self.passages if self._options.passages else self.articles

    @property
    def total(self) -> int:
        """Number of hits on all pages."""
        return len(self.members)

    def facets(self, fields: Iterable[str]) -> dict[str, dict[str, int]]:
        """Count the articles that match by the values of some fields; raises `QueryError`."""
        wanted = list(fields)
        if not wanted:
            return {}
        from plait.search.query.known import Known  # noqa: PLC0415 - as conditions are

        known, found = Known(self._store.fields(), self._options.today), {}
        for facet in wanted:
            name, _, unit = facet.partition(":")
            name = known.name(name)
            if name == "id":
                raise QueryError("no facet 'id': every article has one of its own.")
            if unit and (unit not in UNITS or "date" not in known.kinds(name)):
                remedy = f"dates are counted by {', '.join(UNITS)}, as in date:month"
                raise QueryError(f"no facet {facet!r}; {remedy}.")
            counts = self._store.counts(name, self.articles, unit)
            found[facet] = dict(sorted(counts.items(), key=lambda own: (-own[1], own[0])))
        return found

    def hits(self, offset: int, k: int) -> list[Hit]:
        """Return the hits from `offset` on, `k` at most."""
        if self._options.sort:
            return self._by_date(offset, k)
        ranking = self._tried.ranking
        rows = self._first_rows(ranking)
        hits = self._read(ranking, rows[offset : offset + k], offset)
        if len(rows) < min(offset + k, self.total):
            ranked = self._keys(ranking.passages[rows])
            rest = self._by_legs(np.setdiff1d(self.members, ranked))
            start = max(offset - len(rows), 0)
            more = self._first_rows(rest)[start : start + k - len(hits)]
            hits += self._read(rest, more, offset + len(hits))
        return hits

    def _by_date(self, offset: int, k: int) -> list[Hit]:
        """Return hits in the order of their dates, then of their ids; those without a date last.

        Only the ids of the page, and of what ties with its ends, are read.
        """
        passages = self._first_passages
        days = self._store.days(self._store.owners(passages))
        ages = np.where(np.isnan(days), np.inf, -days if self._options.sort[0] == "-" else days)
        order = np.argsort(ages, kind="stable")
        page = ages[order][offset : offset + k]
        if not len(page):
            return []
        # Those that tie with the first or the last of the page, wherever they were stored.
        first = int(np.searchsorted(ages[order], page[0]))
        tied = order[first : np.searchsorted(ages[order], page[-1], "right")]
        ids = self._store.passage_ids(passages[tied])
        ranked = sorted(range(len(tied)), key=lambda place: (ages[tied[place]], ids[place]))
        wanted = tied[ranked[offset - first :][:k]]
        ranking = self._by_legs(np.sort(self.members[wanted]))
        rows = self._first_rows(ranking)
        places = {key: place for place, key in enumerate(self.members[wanted].tolist())}
        keys = self._keys(ranking.passages[rows]).tolist()
        by_place = sorted(zip(keys, rows, strict=True), key=lambda own: places[own[0]])
        return self._read(ranking, [row for _, row in by_place], offset)

    @cached_property
    def _first_passages(self) -> Passages:
        """The first matching passage of each member."""
        _, first = np.unique(self._keys(self.passages), return_index=True)
        return self.passages[first]

    def _keys(self, passages: Passages) -> Passages:
        """Return what each passage is a hit for: its article, or itself."""
        return passages if self._options.passages else self._store.owners(passages)

    def _by_legs(self, members: Passages) -> Ranking:
        """Rank all matching passages of some members by the scores of the legs."""
        own = self.passages[looked_up(self._keys(self.passages), members)[1]]
        return self._ranker.by_legs(self._tried, own, self._system)

    def _first_rows(self, ranking: Ranking) -> list[int]:
        """Return the row of the best passage of each member in a ranking, the best first."""
        order = self._ranker.best(ranking, max(len(ranking.passages), 1), passages=True)
        passages = ranking.passages[order]
        keys = self._keys(passages)
        if self._options.min_probability:
            matching = looked_up(passages, self.passages)[1]
        else:
            matching = looked_up(keys, self.members)[1]
        first: dict[int, int] = {}
        for key, row, is_match in zip(keys.tolist(), order, matching.tolist(), strict=True):
            if is_match:
                first.setdefault(key, row)
        return list(first.values())

    def _read(self, ranking: Ranking, rows: Sequence[int], offset: int) -> list[Hit]:
        chances = self._ranker.probabilities(ranking, rows, self._system)
        kept = replace(ranking, rows=rows, probabilities=chances)
        return [replace(hit, rank=hit.rank + offset) for hit in kept.hits(self._store)]
