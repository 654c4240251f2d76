"""Systems by their texts: the one that an index has recorded, or several at once."""

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
