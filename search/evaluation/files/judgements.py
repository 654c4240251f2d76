"""Judgements, read from the columns of TREC and BEIR.

    q1<tab>article<tab>2           BEIR's three columns; a header may come first
    q1 0 article 2                 TREC's four columns

Two tabs in a line make BEIR's columns, so that an id there may hold blanks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from plait.index.errors import ReadingError
from plait.index.summary import counted
from plait.search.evaluation.collection import Qrels
from plait.search.evaluation.files.lines import COMMENT, cells, has_name, read_lines, unquoted

TREC_COLUMNS = 4
"""Columns of TREC's judgements."""
BEIR_COLUMNS = 3
"""Columns of BEIR's judgements."""
GREATEST_GRADE = 10_000
"""Greatest absolute grade that is read: trec_eval holds a count of each grade up to the highest."""
HEADS = ("queryid", "query", "qid", "q", "topicid", "topic", "id")
"""Heads of the column of topics, as `has_name` compares them."""

_ITERATION = re.compile(r"[Qq]?\d+|[-_.*]")
"""Pattern of TREC's second column, mostly 0 or Q0."""
_OF_TOPICS = ("{", "<")
"""Beginnings of a line of topics."""

_Numbered: TypeAlias = Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class _Row:
    """Row of judgements, as it is written."""

    number: int
    """Number of its line."""
    topic: str
    article: str
    grade: str
    iteration: str = "0"

    @property
    def is_graded(self) -> bool:
        """Whether the last column is a number, so that the row is no header and no comment."""
        try:
            float(self.grade)
        except ValueError:
            return False
        return True


def read_qrels(path: Path) -> Qrels:
    """Read judgements of either form; raises `ReadingError` naming file and line.

    A judgement may be there twice; two that differ may not.
    """
    qrels: dict[str, dict[str, int]] = {}
    for row in _rows(path, [*read_lines(path)]):
        grade = _grade(path, row)
        if qrels.setdefault(row.topic, {}).setdefault(row.article, grade) != grade:
            found = f"{path}:{row.number}: {row.article!r} was judged otherwise above"
            raise ReadingError(f"{found}; remove one.")
    if not qrels:
        raise ReadingError(f"{path} holds no judgement.")
    return qrels


def are_judgements(path: Path, lines: _Numbered) -> bool:
    """Return whether all lines of a file that was named as topics are judgements, or of a run."""
    if all(cells(line)[1:2] == ["Q0"] for _, line in lines):
        return True
    try:
        return bool([_grade(path, row) for row in _rows(path, lines)])
    except ReadingError:
        return False


def _rows(path: Path, lines: _Numbered) -> list[_Row]:
    """Return the rows of a file, without its header and its comments."""
    # TREC's columns with two tabs among their blanks: only where every line is so.
    mixed = all(_is_mixed(line) for _, line in lines)
    rows: list[_Row] = []
    for number, line in lines:
        row = _row(number, line, mixed=mixed)
        if row and (row.is_graded or not line.startswith((COMMENT, *_OF_TOPICS))):
            rows.append(row)
        elif not line.startswith(COMMENT):
            raise _refused(path, number, _why_no_row(line))
    rows = rows[1:] if _has_header(rows) else rows
    for row in rows:
        # The words of topics differ from line to line.
        if row.iteration != rows[0].iteration and not _ITERATION.fullmatch(row.iteration):
            raise _refused(path, row.number, f"column 2 is {row.iteration!r}, and no 0 or Q0")
    return rows


def _is_mixed(line: str) -> bool:
    columns = cells(line)
    is_trec = len(columns) == TREC_COLUMNS and columns[1] in {"0", "Q0"}
    return is_trec and line.count("\t") == BEIR_COLUMNS - 1


def _row(number: int, line: str, *, mixed: bool) -> _Row | None:
    """Return the row of a line; None where it has other columns."""
    three = [] if mixed else cells(line, BEIR_COLUMNS)
    if len(three) == BEIR_COLUMNS:
        return _Row(number, *map(unquoted, three))
    four = cells(line, TREC_COLUMNS)
    if len(four) == TREC_COLUMNS:
        topic, iteration, article, grade = four
        return _Row(number, topic, article, grade, iteration)
    return None


def _has_header(rows: Sequence[_Row]) -> bool:
    """Return whether the first row names the columns.

    Its grade is no number, and its first name is a known one, or none of its names is an id below.
    """
    if not rows or rows[0].is_graded:
        return False
    first, *others = rows
    if has_name(first.topic, HEADS):
        return True
    ids = {row.topic for row in others} | {row.article for row in others}
    return bool(others) and first.topic not in ids and first.article not in ids


def _grade(path: Path, row: _Row) -> int:
    if not row.is_graded:
        raise _refused(path, row.number, f"the grade is {row.grade!r}, no number")
    grade = float(row.grade)
    if not grade.is_integer() or abs(grade) > GREATEST_GRADE:
        why = f"the grade is {row.grade}; measures count whole grades up to {GREATEST_GRADE}"
        raise _refused(path, row.number, why)
    return int(grade)


def _why_no_row(line: str) -> str:
    if line.startswith(_OF_TOPICS):
        return "this is a topic or an article, no judgement (are two files exchanged?)"
    return f"{counted(len(cells(line)), 'column')} in {line[:60]!r}"


def _refused(path: Path, number: int, why: str) -> ReadingError:
    wanted = "wanted TOPIC<tab>ARTICLE<tab>GRADE or TOPIC 0 ARTICLE GRADE"
    return ReadingError(f"{path}:{number}: {why}; {wanted}.")
