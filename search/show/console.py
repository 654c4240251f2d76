"""Console of the command line: safe printing, and a bar of progress.

Text goes through the `echo` that it is made with: the command line decides where to.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from plait.search.show.layout import folded, terminal_columns
from plait.search.show.printable import in_line, json_text, printable


class Echo(Protocol):
    """Function that prints a text and the end of a line, as `typer.echo` does."""

    def __call__(self, message: str, *, err: bool = False, nl: bool = True) -> None:
        """Print on standard output, or on standard error; `nl` ends the line."""
        ...


class Console:
    """Printer of texts, notes and JSON, which may hold anything that files and indexes do."""

    def __init__(self, echo: Echo) -> None:
        self._echo = echo

    def echo(self, message: str, *, err: bool = False, nl: bool = True) -> None:
        """Print a text as it is; where nobody reads any more, as after `| head`, end well."""
        try:
            self._echo(message, err=err, nl=nl)
        except BrokenPipeError:
            # Or Python would try to write the rest when it ends, and complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), (sys.stderr if err else sys.stdout).fileno())
            raise SystemExit(0) from None

    def say(self, text: str, *, err: bool = False) -> None:
        """Print a text, escaped."""
        self.echo(printable(text), err=err)

    def lines(self, lines: Iterable[str]) -> None:
        """Print lines, escaped."""
        self.say("\n".join(lines))

    def folded(self, lines: Iterable[str]) -> None:
        """Print lines, escaped, and on a terminal wrapped at words."""
        safe = map(printable, lines)
        self.stream(folded(safe, terminal_columns()) if self.is_terminal else safe)

    def stream(self, lines: Iterable[str]) -> None:
        """Print lines that are safe already, each as it comes."""
        for line in lines:
            self.echo(line)

    def json(self, value: object) -> None:
        """Print a value as JSON, for programs."""
        self.echo(json_text(value))  # escaped there

    def note(self, *notes: object) -> None:
        """Print notes on standard error, a line each; empty ones are left out."""
        for note in filter(None, map(str, notes)):
            self._tell(f"plait: {in_line(note)}")

    def error(self, message: str) -> None:
        """Print an error, which may have several lines."""
        self._tell(f"plait: {message}")

    def _tell(self, text: str) -> None:
        """Print a text on standard error, on a terminal wrapped at words."""
        lines = printable(text).split("\n")
        shown = folded(lines, terminal_columns()) if self.has_terminal else lines
        self.echo("\n".join(shown), err=True)

    @property
    def in_colour(self) -> bool:
        """Whether a terminal reads, and no user has asked for plain text."""
        return self.is_terminal and "NO_COLOR" not in os.environ

    @property
    def is_terminal(self) -> bool:
        """Whether a terminal shows standard output."""
        return bool(sys.stdout) and sys.stdout.isatty()

    @property
    def has_terminal(self) -> bool:
        """Whether a terminal shows standard error."""
        return bool(sys.stderr) and sys.stderr.isatty()

    @contextmanager
    def progress(self, what: str = "passages") -> Iterator[Callable[[int], None]]:
        """Show a bar of progress on a terminal; nothing elsewhere.

        Yields a function that is called with the number of things each time some are done.
        """
        from rich.console import Console as Terminal  # noqa: PLC0415 - 40 ms
        from rich.progress import (  # noqa: PLC0415 - likewise
            BarColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        columns = (BarColumn(), TextColumn(f"{{task.completed:.0f}} {what}"), TimeElapsedColumn())
        terminal = Terminal(stderr=True)
        hidden = not terminal.is_terminal
        with Progress(*columns, console=terminal, transient=True, disable=hidden) as bar:
            # How many there will be is unknown until all files are read.
            task = bar.add_task(what, total=None)
            yield lambda more: bar.advance(task, more)
