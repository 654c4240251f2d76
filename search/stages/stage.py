"""Protocol of stages, which add named parts to the scores of fused candidates."""

from collections.abc import Mapping
from typing import Protocol

from plait.index.leg import Scores
from plait.index.store import Store
from plait.search.hit import Ranking
from plait.search.settings import Settings


class Stage(Protocol):
    """Stage and its parameters: a frozen dataclass that declares them."""

    def parts(self, ranking: Ranking, store: Store, settings: Settings) -> Mapping[str, Scores]:
        """Return the parts that are added to the score of each candidate, by name."""
        ...
