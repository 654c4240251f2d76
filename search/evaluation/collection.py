"""A test collection: articles, topics, and judgements of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

from plait.index.errors import ReadingError
from plait.index.reading import absolute, shown

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
    """Topics and judgements that are not measured, in words; empty if there are none."""

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
    known = {topic.id: topic for topic in topics}
    if len(known) < len(topics):
        twice = next(t.id for at, t in enumerate(topics) if t in topics[:at] or known[t.id] != t)
        raise ReadingError(f"{name}: topic {twice!r} is there twice; remove one.")
    asked = tuple(topic for topic in topics if topic.id in qrels)
    if not asked:
        found = f"{len(topics)} topics, {len(qrels)} judged ids, and none in both"
        raise ReadingError(f"{name}: no topic is judged ({found}); do the files belong together?")
    counts = (
        (len(topics) - len(asked), "topics without a judgement"),
        (len(qrels) - len(asked), "judged topics without a text"),
    )
    left_out = ", ".join(f"{count} {what}" for count, what in counts if count)
    note = f"left out: {left_out}" if left_out else ""
    return Collection(name, corpus, asked, {t.id: qrels[t.id] for t in asked}, note)
