"""Here is a collection: bring its index up to date, and open it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from plait.index.encoder import load_encoder
from plait.index.ingest import bring_up_to_date, refuse_others
from plait.index.reading import Failure
from plait.index.writer import IndexWriter
from plait.search.evaluation.collection import Collection
from plait.search.index import Index

KEPT = Path(".plait-bench")
"""Where indexes of collections are kept, each in a folder of its own."""


def open_index(
    collection: Collection, root: Path | None, progress: Callable[[int], None]
) -> tuple[Index, Sequence[Failure]]:
    """Index a collection at `root`, or below `KEPT`; give what could not be read as well.

    Raises `IndexDirectoryError` where the index holds articles of something else.
    """
    root = root or KEPT / collection.index_name
    with IndexWriter(root, load_encoder(), progress=progress) as writer:
        refuse_others(writer, collection.source)
        summary = bring_up_to_date(writer, collection.paths, collection.records, prune=True)
    return Index.open(root), summary.failures
