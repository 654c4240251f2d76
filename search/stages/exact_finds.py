"""Stage that ranks exact finds first: passages that hold rare words of the query."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from plait.index.leg import Scores
from plait.index.store import Store
from plait.search.hit import Ranking
from plait.search.notation import choice
from plait.search.settings import Settings

Switch: TypeAlias = Literal["on", "off"]

EXACT_FIND_GAIN = 8.0
"""Number of deviations that an exact find gains; 6 to 12 rank alike (docs/adr/0015)."""


@dataclass(frozen=True, slots=True)
class ExactFinds:
    """Exact finds, and trust in the dense leg, by the words of a query."""

    needs: ClassVar[frozenset[str]] = frozenset({"keyword", "dense"})
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
        """Return `EXACT_FIND_GAIN` times the degree of each exact find."""
        evidence = ranking.candidates.evidence
        if self.trust == "off" or evidence is None:
            return {}
        return {"exact": EXACT_FIND_GAIN * evidence.finds.degrees}
