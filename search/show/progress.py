"""Progress of indexing: a bar on a terminal, a line now and then in the log of a long run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from plait.search.show.console import Console

FILES_OF_LONG_RUN = 1000
"""Files from which on a run reports to a log: fewer are done in a minute or two."""
REPORTS_PER_RUN = 10
"""Lines in the log of a long run."""


class Progress:
    """Counts of files and passages, told to a function each time they change."""

    def __init__(self, tell: Callable[["Progress"], object]) -> None:
        """Tell a function of each change."""
        self._tell = tell
        self.done = self.found = self.passages = 0

    def files(self, done: int, found: int) -> None:
        """Set how many files are done, and how many were found."""
        self.done, self.found = done, found
        self._tell(self)

    def encoded(self, more: int) -> None:
        """Count passages that were encoded."""
        self.passages += more
        self._tell(self)

    def __str__(self) -> str:
        return f"{self.done:,} of {self.found:,} files, {self.passages:,} passages"


@contextmanager
def indexing(console: Console) -> Iterator[Progress]:
    """Show the progress of indexing on standard error, as long as the block runs."""
    if console.has_terminal:
        with _bar() as progress:
            yield progress
    else:
        yield Progress(_Log(console).tell)


class _Log:
    """Writer of a line each time another tenth of a long run is done."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._reported = 0

    def tell(self, progress: Progress) -> None:
        if progress.found < FILES_OF_LONG_RUN or progress.done == progress.found:
            return
        reached = progress.done * REPORTS_PER_RUN // progress.found
        if reached > self._reported:
            self._reported = reached
            self._console.note(progress)


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console as Terminal  # noqa: PLC0415 - 40 ms
    from rich.progress import (  # noqa: PLC0415 - likewise
        BarColumn,
        Progress as Bar,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (BarColumn(20), TextColumn("{task.description}"), TimeRemainingColumn())
    with Bar(*columns, console=Terminal(stderr=True), transient=True) as bar:
        task = bar.add_task("looking for files", total=None)

        def draw(progress: Progress) -> None:
            total = progress.found or None
            bar.update(task, completed=progress.done, total=total, description=str(progress))

        yield Progress(draw)
