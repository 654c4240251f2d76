"""Dense leg as a system names it: cosines of vectors."""

from dataclasses import dataclass
from typing import ClassVar

from plait.index.leg import Leg
from plait.index.store import Store


@dataclass(frozen=True, slots=True)
class Dense:
    """Cosine of query and passage; takes no parameter. A `plait.search.legs.leg.LegNoun`."""

    name: ClassVar[str] = "dense"

    def on(self, store: Store) -> Leg:
        """Return the store's dense leg."""
        return store.dense_leg()
