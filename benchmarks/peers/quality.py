"""Quality of every peer's rankings on collections with judgements.

Each peer indexes whole articles at its defaults, with vectors by sentence-transformers;
plait cuts them into passages and encodes these with its own runtime. Measured by
`ir-measures`, as in `plait bench`.
"""

from collections.abc import Iterator, Sequence
from statistics import mean
from typing import Any

from public import SHARED

from peers.given import Document, Given
from peers.roster import GROWTH, Entry, taking_part
from peers.serving import Server
from peers.stages import Settings, built_all, stored
from plait.index.article import Article
from plait.index.models.hub import find_pinned
from plait.index.models.onnx.minilm import MINILM
from plait.index.reading import FieldNames, SourceFile, find_files, read_file
from plait.search.evaluation import Collection, Topic, read_collection
from plait.search.evaluation.collection import Qrels
from plait.search.evaluation.measures import per_topic

COLLECTIONS = {"scifact": "SciFact", "cranfield": "Cranfield"}
"""Names of collections in the tables, by folder of `../shared/data`."""
MEASURE = "nDCG@10"
QUICK_DOCUMENTS, QUICK_TOPICS = 200, 10
"""Number of documents and of topics in a quick run, to see that all works."""


def quality(settings: Settings, *, quick: bool) -> dict[str, Any]:
    """Return entry to collection to mean nDCG@10; if `quick`, of a few documents."""
    found: dict[str, Any] = {}
    for collection in _collections([*COLLECTIONS][-1:] if quick else [*COLLECTIONS]):
        name, documents = collection.name, _documents(collection)
        topics = collection.topics
        if quick:
            name, topics = f"{name}-part", topics[:QUICK_TOPICS]
            documents = _few(documents, {id_ for t in topics for id_ in collection.qrels[t.id]})
        folder = settings.cache / "given" / name
        given = Given.made(folder, documents, stored(settings, name, documents))
        if not (folder / "vectors.npy").is_file():
            _encode(given)
        racers, _ = built_all(_entries(), given, settings.cache / "built" / name, settings)
        logs = settings.cache / "logs" / name
        for racer in racers:
            with Server(racer.entry, racer.built.folder, logs / f"{racer.label}.log") as server:
                value = _measured(server, topics, collection.qrels)
            found.setdefault(racer.label, {})[collection.name] = value
            print(f"  {name} {racer.label}: {value:.4f}", flush=True)
    return found


def _collections(names: Sequence[str]) -> Iterator[Collection]:
    for name in names:
        if (SHARED / name).is_dir():
            yield read_collection(str(SHARED / name))
        else:
            print(f"  left out: no {name} in ../shared/data")


def _few(documents: Sequence[Document], judged: set[str]) -> list[Document]:
    """Return some documents: the judged ones, and of the others the first."""
    return sorted(documents, key=lambda document: document.id not in judged)[:QUICK_DOCUMENTS]


def _entries() -> list[Entry]:
    """Return all entries, with plait's keyword leg on passages as they are cut for users."""
    others = [*taking_part("keyword"), *taking_part("hybrid")]
    peers = [entry for entry in others if "plait" not in entry.name or entry.leg == "hybrid"]
    return [*(entry for entry in GROWTH if entry.name == "keyword"), *peers]


def _documents(collection: Collection) -> list[Document]:
    """Return the documents of a corpus, read as plait reads it."""
    files = [file for file in find_files(collection.paths) if isinstance(file, SourceFile)]
    found = [one for file in files for one in read_file(file, FieldNames())]
    return [Document(a.id, a.title, a.text) for a in found if isinstance(a, Article)]


def _encode(given: Given) -> None:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes 10 s

    model = SentenceTransformer(str(find_pinned(MINILM.pinned, fetch=False)), device="cpu")
    texts = [document.whole for document in given.documents]
    print(f"  encoding {len(texts)} articles with sentence-transformers", flush=True)
    given.keep_vectors(model.encode(texts, normalize_embeddings=True))


def _measured(server: Server, topics: Sequence[Topic], qrels: Qrels) -> float:
    _ = server.opened
    run = {topic.id: _falling(server.ask(topic.text)[1]) for topic in topics}
    judged = {topic.id: qrels[topic.id] for topic in topics}
    return mean(per_topic(judged, run, (MEASURE,))[MEASURE].values())


def _falling(ids: Sequence[str]) -> dict[str, float]:
    """Return scores that fall in the order of ids."""
    return {id_: float(len(ids) - rank) for rank, id_ in enumerate(dict.fromkeys(ids))}
