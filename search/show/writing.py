"""Index that a command writes: what is made anew first is told, and progress is shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plait.index.factory import facts_of, made_anew, open_writer, writing_model
from plait.index.store import Writer
from plait.search.show.console import Console
from plait.search.show.progress import Progress, indexing


@contextmanager
def writing(root: Path, console: Console, model: str = "") -> Iterator[tuple[Writer, Progress]]:
    """Open or make an index for writing, with the model that is named, by default its own.

    Raises as `plait.IndexWriter`.
    """
    encoder, name = writing_model(root, model)
    anew = made_anew(root, encoder)
    console.note(anew)
    passages = int(facts_of(root)["passages"]) if anew else 0
    with (
        indexing(console, passages) as told,
        open_writer(root, encoder, name, told.encoded) as writer,
    ):
        yield writer, told
