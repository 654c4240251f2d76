"""Here are topics and judgements: how good is a ranking?

Reads test collections in BEIR's layout and measures through `ir-measures`;
no measure is computed here.
"""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import ir_measures

from plait.index.errors import ReadingError
from plait.search.index import Index, Options
from plait.search.system import MODES, Mode, System

MEASURES = ("nDCG@10", "R@100", "AP", "RR@10")

Run: TypeAlias = Mapping[str, Mapping[str, float]]
"""Topic id to article id to score."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A query of a test collection."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Where the articles are, the topics that were judged, and the judgements (qrels)."""

    corpus: Path
    topics: tuple[Topic, ...]
    qrels: Mapping[str, Mapping[str, int]]


def read_collection(folder: Path, qrels: str = "test") -> Collection:
    """Open a BEIR folder; raises `ReadingError` naming what is missing or malformed."""
    corpus = _either(folder, "corpus.jsonl", "corpus.jsonl.gz")
    judged = read_qrels(_either(folder / "qrels", f"{qrels}.tsv", f"{qrels}.tsv.gz"))
    topics = read_topics(_either(folder, "queries.jsonl", "queries.jsonl.gz"))
    asked = tuple(topic for topic in topics if topic.id in judged)
    if not asked:
        raise ReadingError(f"no topic of {folder}/queries.jsonl is judged in qrels/{qrels}.tsv.")
    return Collection(corpus, asked, judged)


def read_topics(path: Path) -> list[Topic]:
    """Read topics from JSON lines with `_id` and `text`; raises `ReadingError`."""
    topics = []
    for number, line in _lines(path):
        try:
            record = json.loads(line)
            topics.append(Topic(str(record["_id"]), str(record["text"])))
        except (ValueError, KeyError, TypeError) as error:
            wanted = 'wanted {"_id": …, "text": …}'
            raise ReadingError(f"{path}:{number}: {error!r}; {wanted}.") from error
    return topics


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Read judgements: topic, article and grade, separated by tabs, perhaps below a header.

    Raises `ReadingError`.
    """
    qrels: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        try:
            topic, article, grade = line.split("\t")
            if number == 1 and not grade.lstrip("-").isdecimal():
                continue
            qrels.setdefault(topic, {})[article] = int(grade)
        except ValueError as error:
            wanted = "wanted TOPIC<tab>ARTICLE<tab>GRADE"
            raise ReadingError(f"{path}:{number}: {error}; {wanted}.") from error
    return qrels


def make_run(topics: Iterable[Topic], search: Callable[[str], Sequence[str]]) -> Run:
    """Ask every topic for a ranking of article ids.

    Scores count down from the length of the ranking, so that no measure breaks
    ties another way.
    """
    run = {}
    for topic in topics:
        ranking = search(topic.text)
        run[topic.id] = {id_: float(len(ranking) - at) for at, id_ in enumerate(ranking)}
    return run


def measure(
    qrels: Mapping[str, Mapping[str, int]], run: Run, measures: Sequence[str] = MEASURES
) -> dict[str, float]:
    """Average each measure over the topics in `qrels`; one without a ranking counts 0."""
    parsed = [ir_measures.parse_measure(name) for name in measures]
    values = ir_measures.calc_aggregate(parsed, qrels, run)
    return {name: float(values[m]) for name, m in zip(measures, parsed, strict=True)}


def measure_modes(index: Index, collection: Collection) -> dict[Mode, dict[str, float]]:
    """Measure each mode, at the default settings, to a depth of 100 articles."""
    table = {}
    for mode in MODES:
        options = Options(System(mode), operators=False)

        def search(text: str, options: Options = options) -> list[str]:
            return [hit.article.id for hit in index.search(text, 100, options)]

        table[mode] = measure(collection.qrels, make_run(collection.topics, search))
    return table


def _either(folder: Path, *names: str) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise ReadingError(
        f"{folder} has no {' or '.join(names)}. A BEIR folder holds corpus.jsonl, "
        "queries.jsonl and qrels/test.tsv (each may be .gz)."
    )


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Walk the lines of a file that are not blank, numbered from 1."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, line.decode().rstrip("\r\n")
