"""Progress of indexing: a few lines in the log of a long run, and none for a short one."""

from plait.search.show.console import Console
from plait.search.show.progress import indexing


def reported(found: int, step: int) -> list[str]:
    """Return the lines of a run that commits after every `step` files; no terminal reads."""
    lines: list[str] = []

    def echo(message: str, *, err: bool = False, nl: bool = True) -> None:
        assert err
        assert nl
        lines.append(message)

    with indexing(Console(echo)) as progress:
        progress.files(0, found)
        for done in range(step, found + step, step):
            progress.encoded(step)
            progress.files(min(done, found), found)
    return lines


def test_a_log_has_a_line_for_each_tenth() -> None:
    """However often files are done; the last is the summary's."""
    lines = reported(100_000, 10)
    assert len(lines) == 9
    assert lines[0] == "plait: 10,000 of 100,000 files, 10,000 passages"
    assert len(reported(1200, 300)) == 3


def test_a_short_run_says_nothing() -> None:
    """Its summary comes soon enough."""
    assert reported(999, 10) == []
    assert reported(0, 1) == []
