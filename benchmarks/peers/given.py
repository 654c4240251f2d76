"""The documents and vectors that all indexes are built of, and the protocol of a peer.

Imports NumPy and nothing else that is slow to import: every peer's process reads this.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

HITS_WANTED = 10
"""Number of hits that every peer returns."""
MODEL_VARIABLE = "PLAIT_BENCH_MODEL"
"""Environment variable with the folder of all-MiniLM-L6-v2, for a peer's process."""

Ask: TypeAlias = Callable[[str], list[str]]
"""Function of a query that returns the ids of the best `HITS_WANTED` documents, best first."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document, which every peer indexes in one piece."""

    id: str
    title: str
    text: str

    @property
    def whole(self) -> str:
        """Text for a peer with one field: title, line break, text."""
        return f"{self.title}\n{self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Given:
    """A folder with documents, and with their vectors where a peer needs them."""

    folder: Path

    @property
    def corpus(self) -> Path:
        """File of the documents, in BEIR's layout."""
        return self.folder / "corpus.jsonl"

    @property
    def documents(self) -> list[Document]:
        """Documents, read from the file."""
        with self.corpus.open(encoding="utf-8") as lines:
            records = map(json.loads, lines)
            return [Document(r["_id"], r["title"], r["text"]) for r in records]

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Vectors of the documents, read from a file, (documents, dimension)."""
        return np.load(self.folder / "vectors.npy", allow_pickle=False)

    @property
    def stores(self) -> list[str]:
        """Folders of the indexes that have plait's own vectors; see `peers.stored`."""
        return self._settings.get("stores", [])

    @property
    def random(self) -> bool:
        """Whether vectors are random."""
        return bool(self._settings.get("random"))

    @property
    def _settings(self) -> dict[str, Any]:
        path = self.folder / "settings.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    @classmethod
    def made(
        cls,
        folder: Path,
        documents: Sequence[Document],
        stores: Sequence[Path] = (),
        *,
        random: bool = False,
    ) -> Self:
        """Write documents into a folder; vectors of other documents are removed from it."""
        folder.mkdir(parents=True, exist_ok=True)
        settings = {"stores": [str(store.absolute()) for store in stores], "random": random}
        (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        records = ({"_id": d.id, "title": d.title, "text": d.text} for d in documents)
        text = "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)
        made = cls(folder)
        if not made.corpus.is_file() or made.corpus.read_text(encoding="utf-8") != text:
            made.corpus.write_text(text, encoding="utf-8")
            (folder / "vectors.npy").unlink(missing_ok=True)
        return made

    @property
    def digest(self) -> str:
        """Digest of documents and vectors."""
        found = blake2b(digest_size=16)
        for path in (self.corpus, self.folder / "vectors.npy"):
            found.update(path.read_bytes() if path.is_file() else b"")
        return found.hexdigest()

    def keep_vectors(self, vectors: NDArray[np.float32]) -> None:
        """Write the vectors beside the documents."""
        np.save(self.folder / "vectors.npy", vectors, allow_pickle=False)


class Peer(Protocol):
    """One configuration of a library. `build` and `open` run in processes of their own."""

    def build(self, given: Given, folder: Path) -> Callable[[], object]:
        """Read documents, untimed; return what builds the index into an empty folder."""
        ...

    def open(self, folder: Path) -> Ask:
        """Open a built index; return what answers a query."""
        ...


def keep_ids(folder: Path, documents: Sequence[Document]) -> None:
    """Write the ids of documents for a peer that knows them by index alone."""
    (folder / "ids.json").write_text(json.dumps([d.id for d in documents]), encoding="utf-8")


def kept_ids(folder: Path) -> list[str]:
    """Return the ids that `keep_ids` wrote."""
    return json.loads((folder / "ids.json").read_text(encoding="utf-8"))
