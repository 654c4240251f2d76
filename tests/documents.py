"""Console and Python blocks of the documentation, run as a reader runs them.

A ```console block holds commands after `$ ` and what they print; the output of a ```python block
stands in a ```text block right below it. Run as a program, it writes into README.md and docs/
what the commands print now.
"""

import gc
import io
import os
import re
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

from plait.cli import app
from plait.search.show.options import console
from plait.search.show.process import run

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGES = sorted((ROOT / "docs").glob("*.md"))
"""Pages of the documentation; decisions and the reference have no such blocks."""
HOME = "/home/ana/plait"
"""Folder in which the pages say that they were run."""

BLOCK = re.compile(
    r"^```(?P<kind>console|python)\n(?P<code>.*?)^```\n(?P<below>\n```text\n(?P<output>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
MILLISECONDS = re.compile(r"(ms\n)((?:.*\d\n)+)")
"""Pattern of a table whose last column has times."""
PROMPT = "$ "


class Screen(io.StringIO):
    """Terminal that keeps what it shows."""

    def isatty(self) -> bool:
        """Return True, so that lines are wrapped as a terminal's are."""
        return True


@contextmanager
def like_a_checkout(folder: Path) -> Iterator[None]:
    """Work in a folder that has the seeds and the examples of the checkout, 80 columns wide."""
    for name in ("seeds", "docs", "examples"):
        (folder / name).symlink_to(ROOT / name)
    before = dict(os.environ)
    os.environ.pop("PLAIT_INDEX", None)
    # No bold type and no bar of progress.
    os.environ |= {"COLUMNS": "80", "NO_COLOR": "1", "TTY_COMPATIBLE": "0"}
    try:
        with chdir(folder):
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def rewritten(text: str) -> str:
    """Return a page with the output that its blocks have now, in the current folder."""
    names: dict[str, Any] = {"__name__": "page"}

    def block(found: re.Match[str]) -> str:
        if found["kind"] == "console":
            return f"```console\n{''.join(map(session, commands(found['code'])))}```\n"
        output = captured(lambda: exec(compile(found["code"], "page", "exec"), names))  # noqa: S102 - ours
        shown = f"\n```text\n{output}```\n" if found["below"] else ""
        return f"```python\n{found['code']}```\n{shown}"

    return BLOCK.sub(block, text)


def commands(code: str) -> list[str]:
    """Return the commands of a session; one that goes on below ends its lines with a backslash."""
    found = re.findall(r"^\$ ((?:.*\\\n)*.*)\n", code, re.MULTILINE)
    assert found, f"no command in {code!r}"
    return found


def session(command: str) -> str:
    """Run a command of plait; return it with what it prints, as a terminal shows both."""
    name, *words = shlex.split(command)
    assert name == "plait", f"{command!r} is no command of plait; such ones stand in ```sh blocks"
    return f"{PROMPT}{command}\n{captured(lambda: run_plait(words))}"


def run_plait(words: list[str]) -> None:
    """Run the command line in this process, and leave the process as it was."""
    interrupt, threshold = signal.getsignal(signal.SIGINT), gc.get_threshold()
    try:
        with suppress(SystemExit):
            run(lambda: app(words, prog_name="plait"), console)
    finally:
        signal.signal(signal.SIGINT, interrupt)
        gc.set_threshold(*threshold)
        gc.unfreeze()


def captured(work: Callable[[], object]) -> str:
    """Return what some work prints, without blanks at the ends of lines and paths of today."""
    printed = Screen()
    with redirect_stdout(printed), redirect_stderr(printed):
        work()
    text = printed.getvalue().replace(str(Path.cwd()), HOME)
    return "".join(f"{line.rstrip()}\n" for line in text.strip("\n").split("\n") if text.strip())


def without_times(text: str) -> str:
    """Return a text without the last column of tables that end with times."""
    return MILLISECONDS.sub(lambda found: found[1] + re.sub(r" +\S+\n", "\n", found[2]), text)


def main() -> None:
    """Write README.md and the pages anew; names on the command line choose some of the pages."""
    chosen = [page for page in PAGES if not sys.argv[1:] or page.name in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder, like_a_checkout(Path(folder).resolve()):
        for page in (README, *chosen):
            old = page.read_text(encoding="utf-8")
            if without_times(new := rewritten(old)) != without_times(old):
                page.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
