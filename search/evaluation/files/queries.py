"""Queries of a file: topics in any of their forms, or one query a line."""

from pathlib import Path

from plait.index.errors import ReadingError
from plait.search.evaluation.collection import Topic
from plait.search.evaluation.files.lines import read_lines
from plait.search.evaluation.files.topics import read_topics
from plait.search.evaluation.files.trec_topics import has_topic_tags


def read_queries(path: Path, fields: str = "") -> list[Topic]:
    """Read queries; where a line is one, its number is the id.

    Raises `ReadingError` naming file and line, as `read_topics` does.
    """
    lines = [*read_lines(path)]
    if not lines:
        raise ReadingError(f"{path} holds no query.")
    is_plain = not any("\t" in line or line.lstrip().startswith("{") for _, line in lines)
    if fields or not is_plain or has_topic_tags(lines):
        return read_topics(path, fields)
    return [Topic(str(number), line.strip()) for number, line in lines]
