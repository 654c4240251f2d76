"""plait: hybrid search for article collections, by words and by meaning.

    import plait

    index = plait.Index.open("my.plait")
    for hit in index.search("peace treaty 1956 declaration"):
        print(hit.rank, hit.article.title)

`IndexWriter` opens or makes an index for writing, `context` chooses excerpts for a chatbot; the
command line is `plait.cli`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plait.index.article import Article, Passage
    from plait.index.errors import PlaitError
    from plait.index.filter import Field
    from plait.index.local.writer import IndexWriter
    from plait.search.answer import Answer, Page
    from plait.search.context import Excerpt, context
    from plait.search.hit import Hit
    from plait.search.index import Index
    from plait.search.system import Options, System

    __version__: str

__all__ = [
    "Answer",
    "Article",
    "Excerpt",
    "Field",
    "Hit",
    "Index",
    "IndexWriter",
    "Options",
    "Page",
    "Passage",
    "PlaitError",
    "System",
    "__version__",
    "context",
]

_HOMES = {
    "Answer": "plait.search.answer",
    "Article": "plait.index.article",
    "Excerpt": "plait.search.context",
    "Field": "plait.index.filter",
    "Hit": "plait.search.hit",
    "Index": "plait.search.index",
    "IndexWriter": "plait.index.local.writer",
    "Options": "plait.search.system",
    "Page": "plait.search.answer",
    "Passage": "plait.index.article",
    "PlaitError": "plait.index.errors",
    "System": "plait.search.system",
    "context": "plait.search.context",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import plait` stays quick."""
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("plait")
    elif name in _HOMES:
        from importlib import import_module

        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'plait' has no attribute {name!r}")
    globals()[name] = value  # asked once
    return value


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted({*globals(), *__all__})
