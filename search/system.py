"""Systems: ways of searching, each named by one text; and the options of a search.

    keyword                               BM25 alone
    dense                                 vectors alone
    hybrid                                both, fused
    hybrid(fusion=rrf, k=30, k1=1.2)      fused otherwise, with other parameters
    hybrid(recency=30d)                   recent articles preferred
    hybrid >> rerank(model=NAME)          and a second stage
    keyword+dense+NAME                    with another leg, fused alike

The text is the same in Python, on the command line and in a report: `System.parse` reads it,
`str` writes it, without defaults. A system is made of nouns, and each declares its own
parameters; `LEGS`, `FUSIONS` and `STAGES` have a row for each. Does not search
(`plait.search.ranker`).
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from plait.index.errors import QueryError
from plait.search.days import day_of, today
from plait.search.fusion import Convex, Fusion, MinMax, ReciprocalRank
from plait.search.legs.dense import Dense
from plait.search.legs.keyword import Keyword
from plait.search.legs.leg import LegNoun
from plait.search.notation import (
    changed,
    check,
    check_once,
    choose,
    made,
    number,
    parameters_of,
    split_stage,
    written,
)
from plait.search.stages.exact_finds import ExactFinds
from plait.search.stages.recency import Recency
from plait.search.stages.rerank import Rerank
from plait.search.stages.second_look import SecondLook
from plait.search.stages.stage import Stage

if TYPE_CHECKING:
    from plait.index.filter import Filter, Where

LEGS: dict[str, type[LegNoun]] = {"keyword": Keyword, "dense": Dense}
"""Legs by name. A program may add a row: a frozen dataclass that makes a leg of a store."""
FUSIONS: dict[str, type[Fusion]] = {"convex": Convex, "minmax": MinMax, "rrf": ReciprocalRank}
"""Fusions by name."""
STAGES: dict[str, type[Stage]] = {
    "exact_finds": ExactFinds,
    "second_look": SecondLook,
    "recency": Recency,
}
"""Stages that add parts to the scores of a refined fusion, by name, in order."""

DEFAULT_FUSION = "convex"
SORTS = ("", "date", "-date")
"""Orders of a page's hits."""
HYBRID = "hybrid"
"""Short name of `keyword+dense`."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fit of the probability to judgements, by `plait tune`; rankings do not change."""

    needs: ClassVar[frozenset[str]] = frozenset({"keyword", "dense"})
    p_slope: float = number(1.0, 0, 20, "Factor of the log-odds of `p`.")
    p_offset: float = number(0.0, -20, 20, "Number added to the log-odds of `p`.")


@dataclass(frozen=True, slots=True, repr=False)
class System:
    """Way of searching; equal systems rank equally. Raises `QueryError` as `parse` does.

    >>> System.parse("hybrid( k=60, fusion=rrf, b=.5 )")
    hybrid(fusion=rrf, b=0.5)
    """

    legs: tuple[LegNoun, ...] = (Keyword(), Dense())
    """Legs that are asked; one alone ranks by its own scores."""
    fusion: Fusion = field(default_factory=Convex)
    """Fusion of several legs' scores into one."""
    stages: tuple[Stage, ...] = field(
        default_factory=lambda: tuple(kind() for kind in STAGES.values())
    )
    """Stages that add parts to the scores of the best candidates, where the fusion is refined."""
    calibration: Calibration = field(default_factory=Calibration)
    rerank: Rerank | None = None
    """Second stage, which reads the first hits; None without one."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the system of a text.

        Raises `QueryError` for an unknown leg, fusion or parameter, for a parameter
        that no leg, fusion, stage or calibration of the system has, and for a value out of
        range; the error lists what is allowed.
        """
        first, *rest = text.split(">>")
        name, values = split_stage(first, text)
        legs = _leg_kinds(name)
        chosen = values.get("fusion", DEFAULT_FUSION)
        choose("fusion", chosen, FUSIONS)
        fusion = FUSIONS[chosen]
        _check_names(name, values, legs, fusion)
        return cls(
            tuple(made(kind, values) for kind in legs),
            made(fusion, values),
            tuple(made(kind, values) for kind in STAGES.values()),
            made(Calibration, values),
            _second_stage(rest, text),
        )

    def __post_init__(self) -> None:
        """Raise `QueryError` for values out of range, and for those that would be ignored."""
        _check_legs(self.legs)
        others = self.fusion, *self.stages, self.calibration
        for noun in (*self.legs, *others):
            check(noun)
        used = self._used
        for noun in others:
            if noun not in used and noun != type(noun)():
                raise QueryError(f"{self.mode} makes no use of {noun}; leave it out.")
        if [type(stage) for stage in self.stages] != list(STAGES.values()):
            raise QueryError(f"wanted a stage of each kind: {', '.join(STAGES)}, in this order.")
        check_once(used)

    @property
    def mode(self) -> str:
        """Name of the legs: `hybrid`, or their names joined by `+`."""
        names = "+".join(leg.name for leg in self.legs)
        return HYBRID if names == "keyword+dense" else names

    @property
    def is_fused(self) -> bool:
        """Whether several legs are asked."""
        return len(self.legs) > 1

    @property
    def active_stages(self) -> list[Stage]:
        """Stages that add parts to the scores of the best candidates, in order."""
        used = self._used
        return [stage for stage in self.stages if stage in used]

    @property
    def trusts(self) -> bool:
        """Whether trust in the query's vector changes the weights of the legs."""
        return any(getattr(stage, "trust", "off") == "on" for stage in self.active_stages)

    @property
    def is_dated(self) -> bool:
        """Whether age counts, so that articles dated after the day of the query are left out."""
        return any(getattr(stage, "recency", None) for stage in self.active_stages)

    @property
    def estimates(self) -> bool:
        """Whether hits have a probability: the keyword and the dense leg are both asked."""
        return {"keyword", "dense"} <= {leg.name for leg in self.legs}

    @property
    def values(self) -> dict[str, Any]:
        """Value of every parameter, by name."""
        return {name: getattr(noun, name) for noun in self._used for name in parameters_of(noun)}

    def changed(self, values: Mapping[str, Any]) -> Self:
        """Return the system with other values; raises `QueryError` for an unknown parameter."""
        for name in values:
            choose(f"{self.mode} parameter", name, self.values)
        return replace(
            self,
            legs=tuple(changed(leg, values) for leg in self.legs),
            fusion=changed(self.fusion, values),
            stages=tuple(changed(stage, values) for stage in self.stages),
            calibration=changed(self.calibration, values),
        )

    @property
    def _used(self) -> list[Any]:
        """Nouns that this system uses, in the order in which they are written."""
        return _used(self.legs, self.fusion, self.stages, self.calibration)

    def __str__(self) -> str:
        named = [] if self.fusion.name == DEFAULT_FUSION else [f"fusion={self.fusion.name}"]
        first = written(self.mode, self._used, named)
        return f"{first} >> {self.rerank}" if self.rerank else first

    __repr__ = __str__


def _used(legs: Sequence[Any], fusion: Any, stages: Iterable[Any], fit: Any) -> list[Any]:
    """Return the nouns, or the classes of nouns, that a system of some legs makes use of."""
    if len(legs) == 1:
        return list(legs)
    names = {leg.name for leg in legs}
    nouns = [fusion, *(stages if fusion.is_refined else ()), *legs, fit]
    return [noun for noun in nouns if getattr(noun, "needs", frozenset()) <= names]


def _check_legs(legs: Any) -> None:
    """Raise `QueryError` where there is no leg, or one twice, or anything but a tuple of legs."""
    if not isinstance(legs, tuple) or not legs:
        wanted = "wanted legs, as in (Keyword(), Dense()); System.parse reads a text"
        raise QueryError(f"the legs are {legs!r}; {wanted}.")
    if len(set(map(type, legs))) < len(legs):
        raise QueryError(f"{legs!r} has a leg twice; name each once.")


def _check_names(
    name: str, values: Iterable[str], legs: Sequence[type[LegNoun]], fusion: type[Fusion]
) -> None:
    """Raise `QueryError` for a parameter that is of no use."""
    is_fused = len(legs) > 1
    plain = not is_fused or fusion.name == DEFAULT_FUSION
    shown = name if plain else f"{name}(fusion={fusion.name})"
    kinds = _used(legs, fusion, STAGES.values(), Calibration)
    choices = [parameter for kind in kinds for parameter in parameters_of(kind)]
    for value in values:
        choose(f"{shown} parameter", value, ["fusion", *choices] if is_fused else choices)


def _leg_kinds(name: str) -> list[type[LegNoun]]:
    """Return the classes of the legs that are named."""
    if name == HYBRID:
        return [Keyword, Dense]
    names = name.split("+")
    for leg in names:
        choose("leg", leg, [HYBRID, *LEGS])
        if leg == HYBRID or names.count(leg) > 1:
            raise QueryError(f"{name!r} names a leg twice; name each once, or `hybrid` alone.")
    return [LEGS[leg] for leg in names]


def _second_stage(stages: Sequence[str], whole_text: str) -> Rerank | None:
    if not stages:
        return None
    name, values = split_stage(stages[0], whole_text)
    choose("second stage", name, ("rerank",))
    if len(stages) > 1:
        raise QueryError(f"{whole_text!r} has {len(stages) + 1} stages; wanted two at most.")
    for parameter in values:
        choose("rerank parameter", parameter, parameters_of(Rerank))
    if "model" not in values:
        raise QueryError(f"no model in {stages[0].strip()!r}; write rerank(model=NAME).")
    return made(Rerank, values)


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a search."""

    system: System | None = None
    """System that is asked, such as `System.parse("keyword")`; None for the index's own."""
    passages: bool = False
    """Whether every passage is a hit; otherwise each article once, with its best passage."""
    operators: bool = True
    """Whether quotes, `+`, `-` and the like are read; otherwise all of a query is words."""
    min_probability: float | None = None
    """Least probability of a hit, 0 to 1, for hybrid systems only; None for any."""
    exact: bool = False
    """Whether the query is asked as it is typed, without any correction of its spelling."""
    where: "Where" = None
    """Filter of articles, or its text (`plait.search.query.where`), or several that all hold."""
    sort: str = ""
    """Order of a page's hits: `date`, `-date` for the latest first; empty for the best first."""
    now: dt.date | str | None = None
    """Day, or its text, that `yesterday` and `last 30 days` count from; None for today."""
    as_of: dt.date | str | None = None
    """Day, or its text, as of which is asked, without later articles; None for all of them."""

    @property
    def day(self) -> dt.date | None:
        """Day as of which is asked; None where none is named."""
        return day_of("as_of", self.as_of)

    @property
    def today(self) -> dt.date:
        """Day that relative dates count from."""
        return day_of("now", self.now) or self.day or today()

    def restricted(self, where: "str | Filter") -> Self:
        """Return the options with one filter more, which holds as well."""
        held = self.where if isinstance(self.where, tuple) else (self.where,)
        return replace(self, where=(*(own for own in held if own is not None), where))

    def __post_init__(self) -> None:
        if self.min_probability is not None and not 0 <= self.min_probability <= 1:
            raise QueryError(f"the least probability is {self.min_probability}; wanted 0 to 1.")
        day_of("now", self.now)
        day_of("as_of", self.as_of)
        if self.sort not in SORTS:
            raise QueryError(f"no order {self.sort!r}; choose one of {', '.join(SORTS[1:])}.")
        if not isinstance(self.system, System | None):
            raise QueryError(f"no System: {self.system!r}; give System.parse({self.system!r}).")
        if self.min_probability and self.system and not self.system.estimates:
            raise QueryError(f"{self.system} estimates no probability; hybrid does.")
