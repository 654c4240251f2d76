"""A second stage as a system names it: model, depth and budget."""

from dataclasses import dataclass

from plait.index.errors import QueryError
from plait.search.notation import _NO_NAME, _check_numbers, _written


@dataclass(frozen=True, slots=True, repr=False)
class Rerank:
    """A second stage: a model reads the first hits again, beside the query."""

    model: str
    """A hub id or a folder."""
    depth: int = 20
    """How many hits it reads."""
    budget_ms: int | None = None
    """Milliseconds after which it begins no more; None to read all."""

    def __post_init__(self) -> None:
        if _NO_NAME.search(self.model):
            wanted = "wanted a hub id or a folder, without any of , ; ( ) = >>"
            raise QueryError(f"rerank's model is {self.model!r}; {wanted}.")
        _check_numbers(self)

    def __str__(self) -> str:
        return _written("rerank", self)

    __repr__ = __str__
