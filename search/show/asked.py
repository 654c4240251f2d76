"""What is asked for by options: a filter with its short forms, and a second stage."""

from collections.abc import Sequence

from plait.index.errors import QueryError


def where_of(
    where: Sequence[str] | None, since: str | None = None, until: str | None = None
) -> tuple[str, ...] | None:
    """Return the texts of the filters that options name, which all hold; None for none of them.

    >>> where_of(["section = sport"], since="2018-11")
    ('section = sport', 'date >= 2018-11')
    """
    parts = list(where or ())
    parts += [] if since is None else [f"date >= {since}"]
    parts += [] if until is None else [f"date <= {until}"]
    return tuple(parts) or None


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
