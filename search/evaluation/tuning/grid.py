"""Hybrid systems to try, each parameter's values spaced as far apart as judgements can tell."""

from dataclasses import dataclass
from itertools import product

from plait.index.errors import QueryError
from plait.index.leg import K1, TITLE_WEIGHT, B
from plait.search.fusion import DENSE_WEIGHT
from plait.search.system import System

DEFAULT_SYSTEM = System()
"""The system every candidate is compared with: plait's own choice for all collections."""
TUNED_PARAMETERS: tuple[str, ...] = ("weight", "k1", "b", "title")
"""Names of the parameters that are tried."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The values that are tried: by default 12 weights by 7 settings of BM25.

    Every weight with every setting, except that of a setting's parameters one at most
    differs from the default: fusion flattens them. Coarse on purpose: neighbours rank
    alike, and what is chosen among more candidates is more often chosen by luck. Raises
    `QueryError` for values that no system takes.
    """

    weight: tuple[float, ...] = tuple(sorted({DENSE_WEIGHT, *(tenth / 10 for tenth in range(11))}))
    """Weights of the dense leg, from words alone to meaning alone, and the default."""
    k1: tuple[float, ...] = (0.5, K1, 1.6)
    """Saturations of BM25, each some 1.8 times the one before."""
    b: tuple[float, ...] = (0.15, B, 0.75)
    """Length normalisations of BM25: hardly any, the default, and that of most textbooks."""
    title: tuple[float, ...] = (0.0, TITLE_WEIGHT, 1.0)
    """Weights of the title, whose words are in the text as well: they count once, a little
    more than once, twice."""

    def __post_init__(self) -> None:
        for name in TUNED_PARAMETERS:
            if not getattr(self, name):
                raise QueryError(f"no {name} to try; give one value or more.")
        self.systems()

    def systems(self) -> tuple[System, ...]:
        """Return every candidate once, the default first, then those that differ least from it."""
        values = product(*(getattr(self, name) for name in TUNED_PARAMETERS))
        named = (dict(zip(TUNED_PARAMETERS, each, strict=True)) for each in values)
        every = {DEFAULT_SYSTEM.changed(each) for each in named}
        kept = {system for system in every if len(_moved(system) - {"weight"}) <= 1}
        return tuple(sorted({DEFAULT_SYSTEM} | kept, key=_distance))


def _moved(system: System) -> set[str]:
    """Return the names of the parameters that differ from the default's."""
    values, default = system.values, DEFAULT_SYSTEM.values
    return {name for name in TUNED_PARAMETERS if values[name] != default[name]}


def _distance(system: System) -> tuple[int, float, str]:
    return len(_moved(system)), abs(system.values["weight"] - DENSE_WEIGHT), str(system)
