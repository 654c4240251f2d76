"""Second stage as a system names it: model, depth and budget."""

from dataclasses import dataclass

from plait.search.notation import check, text, whole, written


@dataclass(frozen=True, slots=True, repr=False)
class Rerank:
    """Second stage: a model that reads the first hits again, together with the query."""

    model: str = text("Hub id or folder of a cross-encoder.")
    depth: int = whole(20, 1, 10_000, "Hits that it reads.")
    budget_ms: int | None = whole(
        None, 1, 1_000_000, "Milliseconds after which it begins no more; none to read all."
    )

    def __post_init__(self) -> None:
        check(self)

    def __str__(self) -> str:
        return written("rerank", [self])

    __repr__ = __str__
