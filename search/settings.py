"""Sizes by which a search works: how many candidates are taken, and looked at again."""

from dataclasses import dataclass, field

from plait.index.store import StoreSettings


@dataclass(frozen=True, slots=True)
class Settings:
    """Sizes that nobody names in a query; a program may open an index with others."""

    candidates_per_leg: int = 250
    """Candidates taken from each leg, at least; 1,000 rank alike on eight collections, to the
    fourth digit of nDCG@10 and of recall@100."""
    deepening: int = 4
    """Factor by which more candidates are taken where passages of one article crowd a ranking."""
    refined_candidates: int = 100
    """Candidates that are looked at again; 50 to 200 rank alike (docs/adr/0007)."""
    late_candidates: int = 30
    """Candidates compared with the query token by token; 20 to 100 rank alike."""
    neighbours: int = 20
    """Candidates that support another one; 10 to 20 rank alike (docs/adr/0007)."""
    rerankers_cached: int = 2
    """Models of a second stage kept, by name: each may hold a gigabyte."""
    store: StoreSettings = field(default_factory=StoreSettings)
    """Sizes by which the store works."""
