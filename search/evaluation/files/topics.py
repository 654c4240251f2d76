"""Topics, read from any of the three forms of their files.

{"_id": "q1", "text": "…", "class": "…"}          JSON lines, as BEIR and plait's seeds
q1<tab>…                                          two columns
<top> <num> Number: 301 <title> … <desc> … </top> TREC's classic form; the title is asked
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from plait.index.errors import ReadingError
from plait.search.evaluation.collection import Topic
from plait.search.evaluation.files.trec import read_lines

_TOPIC = re.compile(r"<top>(.*?)</top>", re.DOTALL | re.IGNORECASE)
_NUMBER = re.compile(r"<num>\s*(?:Number:)?\s*([^\s<]+)", re.IGNORECASE)
_TITLE = re.compile(r"<title>\s*(?:Topic:)?\s*([^<]*)", re.IGNORECASE)


def read_topics(path: Path) -> list[Topic]:
    """Read topics in any of the three forms; raises `ReadingError` naming file and line."""
    lines = list(read_lines(path))
    if not lines:
        raise ReadingError(f"{path} holds no topic.")
    beginning = lines[0][1].lstrip()
    if beginning.startswith("<"):
        topics = _classic(path, "\n".join(line for _, line in lines))
    else:
        read = _of_json if beginning.startswith("{") else _of_columns
        topics = [read(path, number, line) for number, line in lines]
    _check(path, topics)
    return topics


def _of_json(path: Path, number: int, line: str) -> Topic:
    try:
        record = json.loads(line)
        return Topic(str(record["_id"]), str(record["text"]), str(record.get("class", "")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        wanted = 'wanted {"_id": …, "text": …}'
        raise ReadingError(f"{path}:{number}: {error!r}; {wanted}.") from error


def _of_columns(path: Path, number: int, line: str) -> Topic:
    name, tab, text = line.partition("\t")
    if not tab:
        raise ReadingError(f"{path}:{number}: {line[:60]!r}; wanted ID<tab>TEXT.")
    return Topic(name.strip(), text.strip())


def _classic(path: Path, text: str) -> list[Topic]:
    topics = []
    for place, block in enumerate(_TOPIC.findall(text), start=1):
        number, title = _NUMBER.search(block), _TITLE.search(block)
        if not number or not title:
            raise ReadingError(f"{path}: topic {place} has no <num> or no <title>.")
        # `051` in the topics is `51` in the judgements of the early TRECs.
        name = str(int(number[1])) if number[1].isdecimal() else number[1]
        topics.append(Topic(name, " ".join(title[1].split())))
    if len(topics) != text.lower().count("<top>"):
        raise ReadingError(f"{path}: wanted <top> … </top> around each topic.")
    return topics


def _check(path: Path, topics: Sequence[Topic]) -> None:
    seen: set[str] = set()
    for topic in topics:
        if topic.id in seen:
            raise ReadingError(f"{path}: topic {topic.id!r} is there twice; remove one.")
        if not topic.id or not topic.text.strip():
            raise ReadingError(f"{path}: topic {topic.id!r} has no id or no text.")
        seen.add(topic.id)
