"""Here is one string: which way of searching does it name?

    keyword                               BM25 alone
    dense                                 vectors alone
    hybrid                                both, fused
    hybrid(fusion=rrf, k=30, k1=1.2)      fused otherwise, with other parameters
    hybrid >> rerank(model=NAME)          and a second stage

The same text in Python, on the command line and in a report: `System.parse` reads it,
`str` writes it, without what is the default. Says nothing of how a search is carried
out: that is `plait.search.index`, `plait.search.ranker` and `plait.search.stages.reranking`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal, Self, TypeAlias, get_args

from plait.index.errors import QueryError
from plait.search.fusion import RANK_CONSTANT, WEIGHT, Convex, Fusion, MinMax, ReciprocalRank
from plait.search.legs.bm25 import BM25, K1, B
from plait.search.notation import _changed, _check_numbers, _choose, _stage, _value, _written
from plait.search.query.parser import TITLE_WEIGHT
from plait.search.stages.rerank import Rerank
from plait.search.stages.second_look import LATE_WEIGHT, NEIGHBOURS_SHARE

Mode: TypeAlias = Literal["hybrid", "keyword", "dense"]
"""Which legs are asked."""
FusionName: TypeAlias = Literal["convex", "minmax", "rrf"]
Switch: TypeAlias = Literal["on", "off"]

MODES: tuple[Mode, ...] = get_args(Mode)
FUSIONS: tuple[FusionName, ...] = get_args(FusionName)
SWITCHES: tuple[Switch, ...] = get_args(Switch)

_FUSED = {"convex": ("weight", "trust", "late", "neighbours"), "minmax": ("weight",), "rrf": ("k",)}
"""What each fusion takes."""


@dataclass(frozen=True, slots=True, repr=False)
class System:
    """A way of searching; equal systems rank equally. Raises `QueryError` as `parse` does.

    >>> System.parse("hybrid( k=60, fusion=rrf, b=.5 )")
    hybrid(fusion=rrf, b=0.5)
    """

    mode: Mode = "hybrid"
    fusion: FusionName = "convex"
    """How two legs' scores become one; of hybrid only."""
    weight: float = WEIGHT
    """Share of the dense leg, 0 to 1; of convex and minmax only."""
    trust: Switch = "on"
    """Whether the dense leg counts less where the model does not know the query's words, and
    exact finds come first (`plait.search.evidence`); of convex only."""
    late: float = LATE_WEIGHT
    """What late interaction counts (`plait.search.stages.second_look`), 0 to 100; of convex only,
    as is `neighbours`."""
    neighbours: float = NEIGHBOURS_SHARE
    """What similar candidates count, 0 to 1."""
    k: int = RANK_CONSTANT
    """Of rrf only."""
    k1: float = K1
    """Of keyword and hybrid only, as are `b` and `title`."""
    b: float = B
    title: float = TITLE_WEIGHT
    """What a match in the title counts, beside 1 for one in the text."""
    p_slope: float = 1.0
    """Of hybrid only, as is `p_offset`: the log-odds of `p` are so many times what they are by
    default, and so much more. `plait tune` fits them to judgements; no ranking changes."""
    p_offset: float = 0.0
    rerank: Rerank | None = None

    def __post_init__(self) -> None:
        _choose("leg", self.mode, MODES)
        _choose("fusion", self.fusion, FUSIONS)
        _choose("trust", self.trust, SWITCHES)
        for name in _changed(self):
            if name not in {"mode", "rerank"}:
                _check_parameter(name, self.mode, self.fusion)
        _check_numbers(self)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a system.

        Raises `QueryError` for an unknown leg, fusion or parameter, for a parameter
        that the leg or the fusion makes no use of, and for a value out of range; it
        lists what could have been written.
        """
        first, *rest = text.split(">>")
        mode, values = _stage(first, text)
        _choose("leg", mode, MODES)
        fusion = values.get("fusion", "convex")
        _choose("fusion", fusion, FUSIONS)
        for name in values:
            _check_parameter(name, mode, fusion)
        numbers = {name: _value(name, value) for name, value in values.items()}
        return cls(mode=mode, rerank=_second_stage(rest, text), **numbers)  # type: ignore[arg-type]

    @property
    def bm25(self) -> BM25:
        """The keyword leg's parameters."""
        return BM25(self.k1, self.b)

    def fuse(self, trust: float = 1.0) -> Fusion:
        """Return what makes one score of two, given the trust in the dense leg, 0 to 1."""
        match self.fusion:
            case "convex":
                return Convex(self.weight * trust)
            case "minmax":
                return MinMax(self.weight)
            case "rrf":
                return ReciprocalRank(self.k)

    @property
    def trusts(self) -> bool:
        """Whether what is known of the query's words changes how legs are fused."""
        return self.refines and self.trust == "on"

    @property
    def refines(self) -> bool:
        """Whether the best candidates are looked at again."""
        return self.mode == "hybrid" and self.fusion == "convex"

    def __str__(self) -> str:
        first = _written(self.mode, self)
        return f"{first} >> {self.rerank}" if self.rerank else first

    __repr__ = __str__


def parse_systems(text: str) -> tuple[System, ...]:
    """Read systems separated by semicolons; raises `QueryError`, also for one named twice."""
    systems = tuple(System.parse(part) for part in text.split(";") if part.strip())
    if not systems:
        raise QueryError(f"no system in {text!r}; write one or more, such as `keyword; hybrid`.")
    for system in systems:
        if systems.count(system) > 1:
            raise QueryError(f"{system} is named twice; name each system once.")
    return systems


def with_rerank(text: str, model: str, budget_ms: int | None) -> str:
    """Write a second stage behind a system, where a model is named.

    Raises `QueryError` for a budget without a model.

    >>> with_rerank("dense", "a/b", 500)
    'dense >> rerank(model=a/b, budget_ms=500)'
    """
    if not model and budget_ms is not None:
        raise QueryError("--budget-ms is of no use without --rerank MODEL; name one.")
    budget = f", budget_ms={budget_ms}" if budget_ms is not None else ""
    return f"{text} >> rerank(model={model}{budget})" if model else text


def _parameters(mode: str, fusion: str) -> tuple[str, ...]:
    """Name what a leg takes."""
    fused = ("fusion", *_FUSED[fusion]) if mode == "hybrid" else ()
    words = ("k1", "b", "title") if mode != "dense" else ()
    return (*fused, *words, *(("p_slope", "p_offset") if mode == "hybrid" else ()))


def _check_parameter(name: str, mode: str, fusion: str) -> None:
    shown = mode if fusion == "convex" else f"{mode}(fusion={fusion})"
    _choose(f"{shown} parameter", name, _parameters(mode, fusion))


def _second_stage(stages: Sequence[str], whole: str) -> Rerank | None:
    if not stages:
        return None
    name, values = _stage(stages[0], whole)
    _choose("second stage", name, ("rerank",))
    if len(stages) > 1:
        raise QueryError(f"{whole!r} has {len(stages) + 1} stages; wanted two at most.")
    for parameter in values:
        _choose("rerank parameter", parameter, [field.name for field in fields(Rerank)])
    if "model" not in values:
        raise QueryError(f"no model in {stages[0].strip()!r}; write rerank(model=NAME).")
    return Rerank(**{name: _value(name, value) for name, value in values.items()})
