"""The stages that time queries: the keyword leg, hybrid search, growth.

Each returns what goes into the JSON file under its name, by number of documents.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from peers.corpus import passages, queries
from peers.given import Document, Given
from peers.racing import Pace, Racer, race
from peers.roster import GROWTH, Entry, taking_part
from peers.serving import Built, PeerError, build
from peers.stored import RandomEncoder
from plait.index.article import Article
from plait.index.factory import open_store, open_writer
from plait.index.models.encoder import load_encoder

ARTICLES_PER_COMMIT = 256
"""Number of articles encoded between two commits of a store: what an interruption costs."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a run, from the command line."""

    cache: Path
    vectors: Sequence[Path]
    """Folders of plait's indexes that have vectors already."""
    random: bool
    rebuild: bool
    queries: int
    budget: float
    bursts: int

    def pace(self, documents: Sequence[Document]) -> Pace:
        """Return queries drawn from documents, and how they are asked."""
        return Pace(queries(documents, self.queries), self.budget, self.bursts)


def keyword(settings: Settings, size: int) -> dict[str, Any]:
    """Race the keyword legs, built from raw text."""
    documents = passages(size)
    given = Given.made(settings.cache / "given" / f"words-{size}", documents)
    root = settings.cache / "built" / f"words-{size}"
    racers, failed = built_all(taking_part("keyword"), given, root, settings)
    found = race(racers, settings.pace(documents), settings.cache / "logs" / f"words-{size}")
    return found | {"failed": found["failed"] | failed}


def hybrid(settings: Settings, size: int) -> dict[str, Any]:
    """Race hybrid search, built from given vectors."""
    documents = passages(size)
    given, root = with_vectors(settings, size, documents)
    racers, failed = built_all(taking_part("hybrid"), given, root, settings)
    found = race(racers, settings.pace(documents), settings.cache / "logs" / root.name)
    return found | {"failed": found["failed"] | failed, "random": settings.random}


def growth(settings: Settings, sizes: Sequence[int]) -> dict[str, Any]:
    """Race plait against itself on growing indexes, all asked the same queries in turn."""
    racers = []
    for size in sorted(sizes):
        given, root = with_vectors(settings, size, passages(size))
        built = build(GROWTH[0], given, root, keep=False)
        print(f"  {size} documents built in {built.seconds:.1f} s", flush=True)
        racers += [Racer(f"{entry.name} {size}", entry, built) for entry in GROWTH]
    asked = replace(settings.pace(passages(min(sizes))), bursts=0)
    found = race(racers, asked, settings.cache / "logs" / "growth")
    parts = {racer.built.documents: parts_of(racer.built.folder) for racer in racers}
    return found | {"parts": parts, "random": settings.random}


def built_all(
    entries: Sequence[Entry], given: Given, root: Path, settings: Settings
) -> tuple[list[Racer], dict[str, str]]:
    """Build each index that entries need, once; return the racers, and why others failed."""
    made: dict[str, Built] = {}
    racers: list[Racer] = []
    failed: dict[str, str] = {}
    count = len(given.documents)
    for entry in entries:
        owner = entry.build_of or entry.name
        if entry.largest and count > entry.largest:
            continue
        try:
            if owner not in made:
                made[owner] = build(entry, given, root, keep=not settings.rebuild)
                kept = ", kept from an earlier run" * made[owner].kept
                print(f"  {owner}: built in {made[owner].seconds:.1f} s{kept}", flush=True)
            racers.append(Racer(entry.name, entry, made[owner]))
        except PeerError as error:
            failed[entry.name] = str(error)
            print(f"  {entry.name} failed to build:\n{error}")
    return racers, failed


def with_vectors(
    settings: Settings, size: int, documents: Sequence[Document]
) -> tuple[Given, Path]:
    """Return documents with their vectors, made where they are missing, and where to build."""
    name = f"{'random' if settings.random else 'wiki'}-{size}"
    stores = [] if settings.random else stored(settings, "wiki", documents)
    folder = settings.cache / "given" / name
    given = Given.made(folder, documents, stores, random=settings.random)
    if not (folder / "vectors.npy").is_file():
        texts = [document.whole for document in documents]
        drawn = RandomEncoder(load_encoder()).encode_passages if settings.random else None
        given.keep_vectors(drawn(texts).vectors if drawn else vectors_of(documents, stores))
    return given, settings.cache / "built" / name


def stored(settings: Settings, name: str, documents: Sequence[Document]) -> list[Path]:
    """Return indexes with the vectors of all documents; what none has is encoded now."""
    own = settings.cache / "encoded" / name
    wanted = {document.id for document in documents}
    held = {
        store: wanted.intersection(open_store(store).article_ids())
        for store in [*settings.vectors, own]
        if store.exists()
    }
    known = set().union(*held.values())
    missing = [document for document in documents if document.id not in known]
    if missing:
        encode(own, missing)
        held[own] = {document.id for document in missing}
    return [store for store, ids in held.items() if ids]


def encode(store: Path, documents: Sequence[Document]) -> None:
    """Add documents to a store, in commits that make an interruption cheap."""
    print(f"  encoding {len(documents)} documents into {store}", flush=True)
    with open_writer(store, load_encoder()) as writer:
        for number, document in enumerate(documents, start=1):
            writer.add(Article(document.id, document.title, document.text))
            if number % ARTICLES_PER_COMMIT == 0:
                writer.commit()
                print(f"\r  {number}", end="", flush=True)
    print()


def vectors_of(documents: Sequence[Document], stores: Sequence[Path]) -> NDArray[np.float32]:
    """Return the vector of each document's first passage, (documents, dimension)."""
    found: dict[str, NDArray[np.float32]] = {}
    for store in stores:
        opened = open_store(store)
        names = enumerate(opened.passage_ids(np.arange(opened.passage_count)))
        # Nothing is deleted from these indexes: documents are added, and stay.
        firsts = {name.removesuffix("#0"): at for at, name in names if name.endswith("#0")}
        vectors = opened.vectors(np.array(list(firsts.values()), dtype=np.int64))
        found |= dict(zip(firsts, vectors, strict=True))
    return np.stack([found[document.id] for document in documents])


def parts_of(folder: Path) -> dict[str, int]:
    """Return the bytes of an index by what they are for."""
    parts: dict[str, int] = {}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        stem = path.name.split(".")[0].split("_")[0]
        part = {"title": "postings", "text": "postings", "vector": "vectors", "token": "tokens"}
        known = part.get(stem, stem if stem in {"articles", "vectors"} else "rest")
        parts[known] = parts.get(known, 0) + path.stat().st_size
    return parts


def read(path: Path) -> dict[str, Any]:
    """Return what earlier runs found; empty where there was none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
