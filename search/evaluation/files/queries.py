"""Queries of a file: topics in any of their forms, or one query a line."""

from pathlib import Path

from plait.index.errors import ReadingError
from plait.search.evaluation.collection import Topic
from plait.search.evaluation.files.lines import read_lines
from plait.search.evaluation.files.topics import read_topics
from plait.search.evaluation.files.trec_topics import begins_topic


def read_queries(path: Path, fields: str = "") -> list[Topic]:
    """Read queries; where a line is one, its number is the id.

    Raises `ReadingError` naming file and line, as `read_topics` does.
    """
    lines = [*read_lines(path)]
    if not lines:
        raise ReadingError(f"{path} holds no query.")
    has_form = lines[0][1].lstrip().startswith("{") or any(
        "\t" in line or begins_topic(line) for _, line in lines
    )
    if has_form or fields:
        return read_topics(path, fields)
    return [Topic(str(number), line.strip()) for number, line in lines]
