"""The entries that take part, and the place of their code.

Imports nothing but the standard library: a peer's process reads this as well.
"""

import ast
import importlib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from peers.given import Peer

DOCUMENTS_IF_SLOW = 20_000
"""Greatest number of documents for a peer that would take minutes, or gigabytes, for more."""
PLAIT = "plait"
"""Name of plait's own distribution."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One configuration of one package."""

    name: str
    """Name of the entry in the tables."""
    package: str
    """Distribution that must be installed; its version is shown."""
    where: str
    """Place of the code, as `file:Class` below `peers/entries`."""
    leg: Literal["keyword", "hybrid"]
    largest: int | None = None
    """Number of documents that it gets at most; None for any number."""
    build_of: str = ""
    """Name of the entry whose index it asks, if not its own."""
    judged_as: str = ""
    """Name of the entry whose ranking is judged in its place, if not its own."""

    def peer(self) -> Peer:
        """Import the peer; raises `ImportError` where its package is not installed."""
        file, _, kind = self.where.partition(":")
        return getattr(importlib.import_module(f"peers.entries.{file}"), kind)()

    @property
    def version(self) -> str:
        """Version that is installed; empty if none is."""
        try:
            return version(self.package)
        except PackageNotFoundError:
            return ""

    @property
    def described(self) -> str:
        """Docstring of the peer, as one paragraph; nothing is imported."""
        file, _, kind = self.where.partition(":")
        path = Path(__file__).parent / "entries" / f"{file}.py"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == kind)
        return " ".join((ast.get_docstring(found) or "").split())


ROSTER = (
    Entry("plait keyword", PLAIT, "plait_:Keyword", "keyword", judged_as="keyword"),
    Entry("plait ranking", PLAIT, "plait_:KeywordRanking", "keyword", judged_as="keyword"),
    Entry("Whoosh", "whoosh3", "whoosh_:Whoosh", "keyword", DOCUMENTS_IF_SLOW),
    Entry("rank-bm25", "rank-bm25", "rank_bm25_:RankBM25", "keyword"),
    Entry("bm25s", "bm25s", "bm25s_:BM25S", "keyword"),
    Entry("bm25s numba", "numba", "bm25s_:NumbaBM25S", "keyword"),
    Entry("tantivy", "tantivy", "tantivy_:Tantivy", "keyword"),
    Entry("plait hybrid", PLAIT, "plait_:Hybrid", "hybrid"),
    Entry("plait two legs", PLAIT, "plait_:TwoLegs", "hybrid", build_of="plait hybrid"),
    Entry("txtai", "txtai", "txtai_:Txtai", "hybrid"),
    Entry("LanceDB", "lancedb", "lancedb_:LanceDB", "hybrid"),
    Entry("LangChain, Chroma", "langchain-chroma", "langchain_:ChromaEnsemble", "hybrid"),
    Entry("Haystack", "haystack-ai", "haystack_:Haystack", "hybrid", DOCUMENTS_IF_SLOW),
)

GROWTH = (
    Entry("hybrid", PLAIT, "plait_:Hybrid", "hybrid"),
    Entry("dense", PLAIT, "plait_:Dense", "hybrid", build_of="hybrid"),
    Entry("keyword", PLAIT, "plait_:KeywordOfHybrid", "keyword", build_of="hybrid"),
)
"""Entries for growing sizes: plait's own systems on one index."""


def named(name: str) -> Entry:
    """Return the entry of a name."""
    return next(entry for entry in (*ROSTER, *GROWTH) if entry.name == name)


def taking_part(leg: str) -> list[Entry]:
    """Return the entries of a leg whose packages are installed; print which are left out."""
    entries = [entry for entry in ROSTER if entry.leg == leg]
    for entry in entries:
        if not entry.version:
            print(f"  left out: {entry.name}; `pip install {entry.package}` brings it")
    return [entry for entry in entries if entry.version]
