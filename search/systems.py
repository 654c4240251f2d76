"""Systems by their texts: the one that an index has recorded, several at once, a second stage."""

from plait.index.errors import CorruptIndexError, QueryError
from plait.search.system import HYBRID, System


def own_system(text: str, place: str) -> System:
    """Return the system that an index has recorded; plain `hybrid` where it has none.

    Raises `CorruptIndexError` where this plait cannot read it, and `ModelError` where it names
    a second stage's model that is not on this machine.
    """
    try:
        system = System.parse(text or HYBRID)
    except QueryError as error:
        remedy = f"`plait tune --forget -i {place}` removes it"
        raise CorruptIndexError(f"cannot read the index's own system: {error} {remedy}.") from error
    if system.rerank:
        from plait.search.stages.reranking import find_reranker  # noqa: PLC0415 - 8 ms

        find_reranker(system.rerank.model, fetch=False)  # nobody typed it: no hub is asked
    return system


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
    """Return the text of a system with a second stage, where a model is named.

    Raises `QueryError` for a budget without a model.

    >>> with_rerank("dense", "a/b", 500)
    'dense >> rerank(model=a/b, budget_ms=500)'
    """
    if not model and budget_ms is not None:
        raise QueryError("--budget-ms is of no use without --rerank MODEL; name one.")
    budget = f", budget_ms={budget_ms}" if budget_ms is not None else ""
    return f"{text} >> rerank(model={model}{budget})" if model else text
