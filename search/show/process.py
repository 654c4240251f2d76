"""Process of a command: errors become one line and an exit status, and Ctrl-C ends it."""

import gc
import os
import shlex
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

from plait.index.errors import PlaitError, QueryError
from plait.search.show.console import Console

GRACE_SECONDS = 1.0
"""Seconds until the process ends by force after Ctrl-C; on a busy machine it needs .8."""
SHOW_CURSOR = "\033[?25h"
"""Sequence that shows the cursor, which a bar of progress hides; `typer.echo` drops it where there
is no terminal."""
INTERRUPTED = 130
"""Exit status after Ctrl-C, as of shells."""


def run(command: Callable[[], object], console: Console) -> None:
    """Run a command, and exit: 2 for bad usage, 1 for a failed operation, 130 after Ctrl-C."""
    process = _Process(console)
    gc.set_threshold(100_000)  # objects of the start stay; collecting took a tenth of the time
    signal.signal(signal.SIGINT, process.interrupt)
    try:
        command()
    except PlaitError as error:
        console.error(str(error))
        sys.exit(2 if isinstance(error, QueryError) else 1)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        console.error(f"{error.strerror or error}{where}. Nothing committed is lost.")
        sys.exit(1)
    finally:
        if process.is_interrupted:
            process.end()  # Python's own end would undo the handlers first
        gc.freeze()  # spares the collector's last round at exit, a quarter of a search


def typed_command() -> str:
    """Return the command of this process, as it can be typed again."""
    return shlex.join(["plait", *sys.argv[1:]])


class _Process:
    """Process that an interrupt ends: by force where a library swallows it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.is_interrupted = False

    def interrupt(self, *_: object) -> NoReturn:
        """Report it, and end by an exception; by force where it is swallowed or a thread hangs."""
        self.is_interrupted = True
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # said once
        signal.signal(signal.SIGALRM, self.end)
        signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)
        self._console.error("interrupted; the index is as it was at its last commit.")
        raise SystemExit(INTERRUPTED)

    def end(self, *_: object) -> NoReturn:
        """End at once, and only show the cursor again: commits are whole, as after a kill."""
        try:
            self._console.echo(SHOW_CURSOR, nl=False, err=True)
        finally:
            os._exit(INTERRUPTED)
