"""A test collection: articles, topics, and judgements of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

from plait.index.errors import ReadingError
from plait.index.reading import absolute, shown
from plait.index.summary import counted

Run: TypeAlias = Mapping[str, Mapping[str, float]]
"""Rankings of one system: topic id to article to score."""
Qrels: TypeAlias = Mapping[str, Mapping[str, int]]
"""Judgements: topic id to article to grade; above 0 is relevant."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A query of a test collection."""

    id: str
    text: str
    kind: str = ""
    """Class of the topic, where the collection has classes; else empty."""


@dataclass(frozen=True, slots=True)
class Collection:
    """The articles, the topics that were judged, and the judgements of these topics."""

    name: str
    corpus: Path | Iterable[bytes]
    """Articles to index: a file or a folder, or JSON lines that are no file, read once."""
    topics: tuple[Topic, ...]
    qrels: Qrels
    note: str = ""
    """Topics and judgements that are not measured, or in vain, in words; empty for none."""

    @property
    def paths(self) -> Sequence[Path]:
        """Path of the corpus, where it is a file or a folder."""
        return [self.corpus] if isinstance(self.corpus, Path) else []

    @property
    def records(self) -> Iterable[bytes]:
        """Lines of the corpus, where it is JSON lines."""
        return () if isinstance(self.corpus, Path) else self.corpus

    @property
    def source(self) -> str:
        """Source of the articles as the index names it; of records, as `plait index -` does."""
        return shown(absolute(self.corpus)) if isinstance(self.corpus, Path) else "stdin"

    @property
    def index_name(self) -> str:
        """Name of the folder for its index, which two collections of one name must not share."""
        told_apart = self.source if isinstance(self.corpus, Path) else self.name
        key = blake2b(told_apart.encode(), digest_size=4).hexdigest()
        return f"{self.name.replace('/', '-')}-{key}"


def judged(
    name: str, corpus: Path | Iterable[bytes], topics: Sequence[Topic], qrels: Qrels
) -> Collection:
    """Return a collection of the topics that have a text and a judgement.

    Raises `ReadingError` where there is none, and for a topic that is there twice.
    """
    topics = _as_judged(topics, qrels)
    known = {topic.id: topic for topic in topics}
    if len(known) < len(topics):
        twice = next(t.id for at, t in enumerate(topics) if t in topics[:at] or known[t.id] != t)
        raise ReadingError(f"{name}: topic {twice!r} is there twice; remove one.")
    asked = tuple(topic for topic in topics if topic.id in qrels)
    if not asked:
        found = f"{len(topics)} topics, {len(qrels)} judged ids, and none in both"
        raise ReadingError(f"{name}: no topic is judged ({found}); do the files belong together?")
    note = _note(len(topics) - len(asked), len(qrels) - len(asked), [qrels[t.id] for t in asked])
    return Collection(name, corpus, asked, {t.id: qrels[t.id] for t in asked}, note)


def _as_judged(topics: Sequence[Topic], qrels: Qrels) -> list[Topic]:
    """Return topics by their ids in the judgements: `051` is `51` there in the early TRECs."""
    numbers = {str(int(id_)): id_ for id_ in qrels if id_.isdecimal()}
    return [
        replace(topic, id=numbers.get(str(int(topic.id)), topic.id))
        if topic.id not in qrels and topic.id.isdecimal()
        else topic
        for topic in topics
    ]


def _note(unjudged: int, untold: int, grades: Sequence[Mapping[str, int]]) -> str:
    """Return in words what is not measured, and what can only count as 0."""
    counts = (
        (unjudged, "topic", "without a judgement"),
        (untold, "judged topic", "without a text"),
    )
    parts = [f"{counted(count, noun)} {what}" for count, noun, what in counts if count]
    vain = sum(max(own.values()) <= 0 for own in grades)
    found = f"{counted(vain, 'topic')} without a relevant article" if vain else ""
    left_out = f"left out: {', '.join(parts)}" if parts else ""
    return "; ".join(filter(None, (left_out, found and f"counted as 0: {found}")))
