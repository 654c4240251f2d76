"""Here is a file of judgements: which article is relevant to which topic?

q1<tab>article<tab>2     BEIR's three columns, perhaps below a header
q1 0 article 2           TREC's four
"""

from pathlib import Path

import ir_measures

from plait.index.errors import ReadingError
from plait.search.evaluation.collection import Qrels
from plait.search.evaluation.lines import read_lines

TREC_COLUMNS = 4


def read_qrels(path: Path) -> Qrels:
    """Read judgements of either form; raises `ReadingError` naming file and line.

    The same judgement may be there twice; two that differ may not.
    """
    qrels: dict[str, dict[str, int]] = {}
    for number, line in read_lines(path):
        try:
            found = _trec(line) if len(line.split()) == TREC_COLUMNS else _beir(line, number)
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
    ((topic, article, grade, _),) = ir_measures.read_trec_qrels(f"{line}\n")
    return topic, article, grade


def _beir(line: str, number: int) -> tuple[str, str, int] | None:
    """Read three columns; None for a header."""
    topic, article, grade = line.split("\t")
    if number == 1 and not grade.strip().lstrip("-").isdecimal():
        return None
    return topic, article, int(grade)
