"""Judgements and runs in the columns of TREC and BEIR, read and written line by line.

    q1<tab>article<tab>2           a judgement, BEIR's three columns; a header may come first
    q1 0 article 2                 a judgement, TREC's four columns
    q1 Q0 article 1 12.5 tag       a line of a run, TREC's six columns

Readers of a run sort by the score and disagree on ties: trec_eval takes the greater id
first and reads 32 bits. So the scores of a run are made to fall from one rank to the next,
by the smallest step that 32 bits allow, and every reader sees one ranking.
"""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import ir_measures
import numpy as np

from plait.index.errors import PlaitError, ReadingError
from plait.search.evaluation.collection import Qrels, Run

JUDGEMENT_COLUMNS = 4
"""Columns of TREC's judgements; BEIR's have three."""
RUN_COLUMNS = 6
"""Columns of a run."""
GREATEST_SCORE = 1e38
"""Greatest absolute score that is read: what 32 bits can hold."""


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file (perhaps .gz) that are not blank, numbered from 1.

    Raises `ReadingError` where there is no such file, or it is not UTF-8 or cut off.
    """
    if not path.is_file():
        raise ReadingError(f"there is no file {path}.")
    number = 0
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
                if line.strip():
                    yield number, line
    except (UnicodeDecodeError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ReadingError(f"{path}: cannot read on at line {number}: {error}.") from error


def read_qrels(path: Path) -> Qrels:
    """Read judgements of either form; raises `ReadingError` naming file and line.

    A judgement may be there twice; two that differ may not.
    """
    qrels: dict[str, dict[str, int]] = {}
    for number, line in read_lines(path):
        try:
            found = _trec(line) if len(line.split()) == JUDGEMENT_COLUMNS else _beir(line, number)
        except ValueError as error:
            wanted = "TOPIC<tab>ARTICLE<tab>GRADE or TOPIC 0 ARTICLE GRADE"
            raise ReadingError(f"{path}:{number}: {error}; wanted {wanted}.") from error
        if found:
            topic, article, grade = found
            if qrels.setdefault(topic, {}).setdefault(article, grade) != grade:
                raise ReadingError(f"{path}:{number}: {article!r} was judged otherwise above.")
    if not qrels:
        raise ReadingError(f"{path} holds no judgement.")
    return qrels


def _trec(line: str) -> tuple[str, str, int]:
    """Read TREC's four columns."""
    ((topic, article, grade, _),) = ir_measures.read_trec_qrels(f"{line}\n")
    return topic, article, grade


def _beir(line: str, number: int) -> tuple[str, str, int] | None:
    """Read BEIR's three columns; return None for a header."""
    topic, article, grade = line.split("\t")
    if number == 1 and not grade.strip().lstrip("-").isdecimal():
        return None
    return topic, article, int(grade)


def read_run(path: Path) -> tuple[str, Run]:
    """Read a run and its tag; raises `ReadingError` naming file and line.

    Equal scores are put in trec_eval's order: the greater id first.
    """
    run: dict[str, dict[str, float]] = {}
    tag = ""
    for number, line in read_lines(path):
        try:
            ((topic, article, score),) = ir_measures.read_trec_run(f"{line}\n")
        except ValueError as error:
            wanted = "TOPIC Q0 ARTICLE RANK SCORE TAG"
            raise ReadingError(f"{path}:{number}: {error}; wanted {wanted}.") from error
        if not abs(score) <= GREATEST_SCORE:
            raise ReadingError(f"{path}:{number}: the score is {score}; wanted a finite number.")
        if article in run.setdefault(topic, {}):
            raise ReadingError(f"{path}:{number}: {article!r} is there twice for {topic!r}.")
        run[topic][article] = score
        named = line.split()[-1]
        if tag not in {"", named}:
            raise ReadingError(f"{path}:{number}: the tag is {named!r}, and {tag!r} above.")
        tag = named
    if not run:
        raise ReadingError(f"{path} holds no ranking.")
    return tag, {topic: _sorted(scores) for topic, scores in run.items()}


def write_run(path: Path, run: Run, system: str) -> None:
    """Write a run; blanks in the system's name are left out of the tag.

    Raises `PlaitError` for an id with a blank, which these columns cannot hold.
    """
    tag = "".join(system.split())
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for topic, scores in run.items():
            for rank, (article, score) in enumerate(scores.items(), start=1):
                line = f"{topic} Q0 {article} {rank} {score:.9g} {tag}"
                if len(line.split()) != RUN_COLUMNS:
                    where = f"{path}: {topic!r} or {article!r}"
                    raise PlaitError(f"{where} has a blank, and a run file cannot hold it; rename.")
                file.write(f"{line}\n")


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
