"""rank-bm25: the BM25 that tutorials reach for."""

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rank_bm25 import BM25Okapi

from peers.given import HITS_WANTED, Ask, Given, keep_ids, kept_ids


class RankBM25:
    """rank-bm25's `BM25Okapi` with its defaults, over lower-cased words between blanks: its
    README splits at blanks and leaves the rest to the user. It has no file of its own, so
    the object is pickled, which is the quickest a user can do.
    """  # noqa: D205 - goes into a table as one paragraph

    def build(self, given: Given, folder: Path) -> Callable[[], object]:
        """Split, count, pickle."""
        documents = given.documents

        def work() -> None:
            made = BM25Okapi([document.whole.lower().split() for document in documents])
            with (folder / "bm25.pickle").open("wb") as file:
                pickle.dump(made, file, pickle.HIGHEST_PROTOCOL)
            keep_ids(folder, documents)

        return work

    def open(self, folder: Path) -> Ask:
        """Unpickle; take the greatest of all scores, as its `get_top_n` does."""
        with (folder / "bm25.pickle").open("rb") as file:
            scorer = pickle.load(file)  # noqa: S301 - written by `build`
        ids = kept_ids(folder)

        def ask(query: str) -> list[str]:
            best = np.argsort(scorer.get_scores(query.lower().split()))[::-1][:HITS_WANTED]
            return [ids[place] for place in best]

        return ask
