"""Protocol of legs as a system names them: parameters, and the leg of a store."""

from typing import ClassVar, Protocol

from plait.index.leg import Leg
from plait.index.store import Store


class LegNoun(Protocol):
    """Leg and its parameters: a frozen dataclass that declares them."""

    name: ClassVar[str]
    """Name in a system's text."""

    def on(self, store: Store) -> Leg:
        """Return the leg of a store; called once a query."""
        ...
