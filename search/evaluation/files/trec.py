"""Runs in TREC's columns, read and written line by line.

    q1 Q0 article 1 12.5 tag

Tabs separate the columns where an id holds a blank, which plait reads and trec_eval does not.

Readers of a run sort by the score and disagree on ties: trec_eval takes the greater id
first and reads 32 bits. So the scores of a run are made to fall from one rank to the next,
by the smallest step that 32 bits allow, and every reader sees one ranking.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from plait.index.errors import PlaitError, ReadingError
from plait.search.evaluation.collection import Run
from plait.search.evaluation.files.lines import COMMENT, cells, read_lines

RUN_COLUMNS = 6
"""Columns of a run."""
GREATEST_SCORE = 1e38
"""Greatest absolute score that is read: what 32 bits can hold."""


def read_run(path: Path) -> tuple[str, Run]:
    """Read a run and its tag; raises `ReadingError` naming file and line.

    Equal scores are put in trec_eval's order: the greater id first.
    """
    run: dict[str, dict[str, float]] = {}
    tag = ""
    for number, line in read_lines(path):
        columns = cells(line, RUN_COLUMNS)
        if len(columns) != RUN_COLUMNS and line.startswith(COMMENT):
            continue
        topic, article, score, named = _placed(path, number, columns)
        if article in run.setdefault(topic, {}):
            raise ReadingError(f"{path}:{number}: {article!r} is there twice for {topic!r}.")
        run[topic][article] = score
        if tag not in {"", named}:
            raise ReadingError(f"{path}:{number}: the tag is {named!r}, and {tag!r} above.")
        tag = named
    if not run:
        raise ReadingError(f"{path} holds no ranking.")
    return tag, {topic: _sorted(scores) for topic, scores in run.items()}


def _placed(path: Path, number: int, columns: list[str]) -> tuple[str, str, float, str]:
    """Return topic, article, score and tag of a line."""
    if len(columns) != RUN_COLUMNS:
        found = f"{path}:{number}: {len(columns)} columns"
        raise ReadingError(f"{found}; wanted TOPIC Q0 ARTICLE RANK SCORE TAG.")
    topic, _, article, _, written, tag = columns
    try:
        score = float(written)
    except ValueError:
        found = f"{path}:{number}: the score is {written!r}, no number"
        raise ReadingError(f"{found}; wanted TOPIC Q0 ARTICLE RANK SCORE TAG.") from None
    if not abs(score) <= GREATEST_SCORE:
        raise ReadingError(f"{path}:{number}: the score is {score}; wanted a finite number.")
    return topic, article, score, tag


def write_run(path: Path, run: Run, system: str) -> None:
    """Write a run; blanks in the system's name are left out of the tag.

    Raises `PlaitError` for an id with a tab or a line end, which these columns cannot hold.
    """
    tag = "".join(system.split())
    blank = "\t" if needs_tabs(run) else " "
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for topic, scores in run.items():
            for rank, (article, score) in enumerate(scores.items(), start=1):
                columns = [topic, "Q0", article, str(rank), f"{score:.9g}", tag]
                line = blank.join(columns)
                if cells(line, RUN_COLUMNS) != columns or "\n" in line:
                    where = f"{path}: {topic!r} or {article!r}"
                    remedy = "a run file cannot hold it; rename"
                    raise PlaitError(f"{where} has a tab or a line end, and {remedy}.")
                file.write(f"{line}\n")


def needs_tabs(run: Run) -> bool:
    """Return whether an id of a run holds a blank, so that only tabs can separate columns."""
    return any(len(cells(id_)) > 1 for topic, scores in run.items() for id_ in (topic, *scores))


def falling(ranking: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return the scores of a ranking made to fall strictly, each as near as can be to what it was.

    >>> falling([("a", 2.0), ("b", 1.0), ("c", 1.0)])
    {'a': 2.0, 'b': 1.0, 'c': 0.9999999403953552}
    """
    scores: dict[str, float] = {}
    ceiling = np.float32(np.inf)
    for article, score in ranking:
        ceiling = min(np.float32(score), np.nextafter(ceiling, np.float32(-np.inf)))
        scores[article] = float(ceiling)
    return scores


def _sorted(scores: dict[str, float]) -> dict[str, float]:
    """Return the scores in trec_eval's order, made to fall strictly."""
    by_id = sorted(scores.items(), reverse=True)
    return falling(sorted(by_id, key=lambda pair: -pair[1]))
