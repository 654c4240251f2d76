"""plait: hybrid search for article collections."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plait.index.article import Article
    from plait.index.errors import PlaitError
    from plait.index.passage import Passage
    from plait.search.hit import Hit
    from plait.search.index import Index

__all__ = ["Article", "Hit", "Index", "Passage", "PlaitError"]

_HOMES = {
    "Article": "plait.index.article",
    "Hit": "plait.search.hit",
    "Index": "plait.search.index",
    "Passage": "plait.index.passage",
    "PlaitError": "plait.index.errors",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import plait` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'plait' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
