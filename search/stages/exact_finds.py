"""Exact finds first: passages that hold what is rare and asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from plait.index.leg import Scores
from plait.index.store import Store
from plait.search.hit import Ranking
from plait.search.notation import choice
from plait.search.settings import Settings

Switch: TypeAlias = Literal["on", "off"]

EXACT = 8.0
"""Deviations that an exact find gains; from 6 to 12 rank alike (docs/adr/0015)."""


@dataclass(frozen=True, slots=True)
class ExactFinds:
    """What the words of a query tell: which leg to trust, and what is an exact find."""

    trust: Switch = choice(
        "on",
        ("on", "off"),
        "Whether rare words come first, and vectors of unknown words count less.",
    )

    def parts(
        self,
        ranking: Ranking,
        store: Store,  # noqa: ARG002 - other stages read it
        settings: Settings,  # noqa: ARG002 - other stages have sizes
    ) -> Mapping[str, Scores]:
        """Return `EXACT` times the degree of each find."""
        evidence = ranking.candidates.evidence
        if self.trust == "off" or evidence is None:
            return {}
        return {"exact": EXACT * evidence.finds.degrees}
