"""Stages: what looks again at fused candidates, and adds named parts to their scores."""

from collections.abc import Mapping
from typing import Protocol

from plait.index.leg import Scores
from plait.index.store import Store
from plait.search.hit import Ranking
from plait.search.settings import Settings


class Stage(Protocol):
    """A stage and its parameters: a frozen dataclass that declares them."""

    def parts(self, ranking: Ranking, store: Store, settings: Settings) -> Mapping[str, Scores]:
        """Return what is added to the score of each candidate, by the name of the part."""
        ...
