"""Keyword leg as a system names it: BM25 and its parameters."""

from dataclasses import dataclass
from typing import ClassVar

from plait.index.leg import BM25, K1, TITLE_WEIGHT, B, Leg
from plait.index.store import Store
from plait.search.notation import number


@dataclass(frozen=True, slots=True)
class Keyword:
    """BM25 over titles and texts. A `plait.search.legs.leg.LegNoun`."""

    name: ClassVar[str] = "keyword"
    k1: float = number(K1, 0, 100, "Saturation of a term's frequency.")
    b: float = number(B, 0, 1, "Share of the length that is normalised away.")
    title: float = number(TITLE_WEIGHT, 0, 100, "Weight of a title's match, beside 1 for a text's.")

    def on(self, store: Store) -> Leg:
        """Return the store's keyword leg with these parameters."""
        return store.keyword_leg(BM25(self.k1, self.b, self.title))
