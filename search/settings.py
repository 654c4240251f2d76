"""Settings of a search: how many candidates are taken, and how many are refined."""

from dataclasses import dataclass, field

from plait.index.store import StoreSettings


@dataclass(frozen=True, slots=True)
class Settings:
    """Sizes that are no part of a query; a program may open an index with others."""

    candidates_per_leg: int = 250
    """Least number of candidates of each leg; 1,000 rank alike on eight collections, to the fourth
    digit of nDCG@10 and of recall@100."""
    deepening: int = 4
    """Factor of the number of candidates where passages of one article crowd a ranking."""
    refined_candidates: int = 100
    """Number of candidates that the second look refines; 50 to 200 rank alike (docs/adr/0007)."""
    late_candidates: int = 30
    """Number of candidates compared with the query token by token; 20 to 100 rank alike."""
    neighbours: int = 20
    """Number of neighbours that support a candidate; 10 to 20 rank alike (docs/adr/0007)."""
    rerankers_cached: int = 2
    """Number of second stage models cached, by name: each may hold a gigabyte."""
    store: StoreSettings = field(default_factory=StoreSettings)
    """Sizes by which the store works."""
