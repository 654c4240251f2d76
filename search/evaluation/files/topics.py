"""Topics, read from any of the forms of their files.

{"_id": "q1", "text": "…", "class": "…"}     JSON lines, as BEIR and plait's seeds
q1<tab>…                                     two columns; a header may name them
<top> <num> Number: 301 <title> … </top>     between tags, as TREC has them
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from plait.index.errors import ReadingError
from plait.search.evaluation.collection import Topic
from plait.search.evaluation.files.judgements import are_judgements
from plait.search.evaluation.files.lines import COMMENT, has_name, read_lines, unquoted
from plait.search.evaluation.files.topic_fields import TEXT_FIELDS, asked_text, parse_fields, plain
from plait.search.evaluation.files.trec_topics import has_topic_tags, tagged_topics

ID_FIELDS = ("_id", "id", "qid", "query_id", "query-id", "topic_id", "topic", "num", "number")
"""Names of the fields that hold a topic's id; the first that is there."""
HEADS = tuple("".join(filter(str.isalnum, name)) for name in ID_FIELDS)
"""Heads of the column of ids, as `has_name` compares them."""
WANTED = 'wanted {"_id": …, "text": …}, ID<tab>TEXT or <top> … </top>'

_Numbered: TypeAlias = Sequence[tuple[int, str]]
_Records: TypeAlias = Iterator[tuple[int, dict[str, Any]]]


def read_topics(path: Path, fields: str = "") -> list[Topic]:
    """Read topics in any of the forms; raises `ReadingError` naming file and line.

    `fields` names what is asked of each, as in `desc` or `title+desc`; its text, or its title,
    if left out.
    """
    lines = [*read_lines(path)]
    if not lines:
        raise ReadingError(f"{path} holds no topic.")
    names = parse_fields(fields)
    topics: dict[str, Topic] = {}
    for number, record in _records(path, lines):
        try:
            topic = _topic(record, names)
        except ValueError as error:
            raise ReadingError(f"{path}:{number}: {error}.") from error
        if topic.id in topics:
            raise ReadingError(f"{path}:{number}: topic {topic.id!r} is there twice; remove one.")
        topics[topic.id] = topic
    if not topics:
        raise ReadingError(f"{path} holds no topic; {WANTED}.")
    return [*topics.values()]


def _topic(record: dict[str, Any], names: Sequence[str]) -> Topic:
    ids = (plain(record.get(name)) for name in ID_FIELDS)
    id_ = next(filter(None, ids), "")
    if not id_:
        raise ValueError(f"no id among {', '.join(record) or 'no fields'}; {WANTED}")
    texts = {name: value for name, value in record.items() if name not in ID_FIELDS}
    try:
        return Topic(id_, asked_text(texts, names), plain(record.get("class")))
    except ValueError as error:
        raise ValueError(f"topic {id_!r} has {error}") from error


def _records(path: Path, lines: _Numbered) -> _Records:
    """Return the fields of each topic, with the number of its line."""
    if lines[0][1].lstrip().startswith("{"):
        return _of_json(path, lines)
    if has_topic_tags(lines):
        rows = [""] * lines[-1][0]
        for number, line in lines:
            rows[number - 1] = line
        return tagged_topics("\n".join(rows))
    if are_judgements(path, lines):
        raise ReadingError(
            f"{path} holds judgements or a run, and no topics: are two files exchanged?"
        )
    return _of_columns(path, lines)


def _of_json(path: Path, lines: _Numbered) -> _Records:
    for number, line in lines:
        if line.startswith(COMMENT):
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise ReadingError(f"{path}:{number}: {error}; {WANTED}.") from error
        if not isinstance(record, dict):
            raise ReadingError(f"{path}:{number}: {line[:60]!r}; {WANTED}.")
        yield number, record


def _of_columns(path: Path, lines: _Numbered) -> _Records:
    heads = [cell.strip() for cell in lines[0][1].split("\t")]
    texts = {name.lower() for name in heads[1:]}
    if not (has_name(heads[0], HEADS) and texts & {*TEXT_FIELDS}):
        heads = ["_id", "text"]
    else:
        heads, lines = ["_id", *map(str.lower, heads[1:])], lines[1:]
    for number, line in lines:
        columns = line.split("\t", len(heads) - 1)
        if len(columns) == len(heads):
            cells = (unquoted(cell.strip()) for cell in columns)
            yield number, dict(zip(heads, cells, strict=True))
        elif not line.startswith(COMMENT):
            raise ReadingError(f"{path}:{number}: {line[:60]!r}; {WANTED}.")
