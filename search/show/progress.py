"""Progress of indexing: a bar on a terminal, a line now and then in the log of a long run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from plait.search.show.console import Console

FILES_OF_LONG_RUN = 1000
"""Files from which on a run reports to a log: fewer are done in a minute or two."""
ANEW_OF_LONG_RUN = 100_000
"""Passages made anew from which on a run reports to a log: fewer take less than a minute."""
REPORTS_PER_RUN = 10
"""Lines in the log of a long run."""


class Progress:
    """Counts of files and passages, told to a function each time they change."""

    def __init__(self, tell: Callable[["Progress"], object], anew: int = 0) -> None:
        """Tell a function of each change; `anew` passages are made anew before files are read."""
        self._tell = tell
        self.anew = anew
        self.done = self.found = self.passages = 0

    def files(self, done: int, found: int) -> None:
        """Set how many files are done, and how many were found."""
        self.passages, self.anew = 0 if self.anew else self.passages, 0
        self.done, self.found = done, found
        self._tell(self)

    def encoded(self, more: int) -> None:
        """Count passages that were encoded."""
        self.passages += more
        self._tell(self)

    @property
    def share(self) -> tuple[int, int]:
        """What is done, and all that there is to do: passages or files; 0 where it is unknown."""
        return (self.passages, self.anew) if self.anew else (self.done, self.found)

    def __str__(self) -> str:
        if self.anew:
            return f"{self.passages:,} of {self.anew:,} passages made anew"
        return f"{self.done:,} of {self.found:,} files, {self.passages:,} passages"


@contextmanager
def indexing(console: Console, anew: int = 0) -> Iterator[Progress]:
    """Show the progress of indexing on standard error, as long as the block runs.

    `anew` passages are made anew first.
    """
    if console.has_terminal:
        with _bar(anew) as progress:
            yield progress
    else:
        yield Progress(_Log(console).tell, anew)


class _Log:
    """Writer of a line each time another tenth of a long run is done."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._reported = 0

    def tell(self, progress: Progress) -> None:
        done, total = progress.share
        if total < (ANEW_OF_LONG_RUN if progress.anew else FILES_OF_LONG_RUN) or done >= total:
            self._reported = 0
            return
        reached = done * REPORTS_PER_RUN // total
        if reached > self._reported:
            self._reported = reached
            self._console.note(progress)


@contextmanager
def _bar(anew: int) -> Iterator[Progress]:
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
            done, total = progress.share
            bar.update(task, completed=done, total=total or None, description=str(progress))

        yield Progress(draw, anew)
