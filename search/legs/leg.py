"""Legs as a system names them: what each takes, and how a store is asked by it."""

from typing import ClassVar, Protocol

from plait.index.leg import Leg
from plait.index.store import Store


class LegNoun(Protocol):
    """A leg and its parameters: a frozen dataclass that declares them."""

    name: ClassVar[str]
    """Name in a system's text."""

    def on(self, store: Store) -> Leg:
        """Return the leg of a store; asked for once a query."""
        ...
