"""The passages that are indexed, and the queries that are asked.

Passages are the first of `../shared/data/scale-wiki`. A query is a stretch of 10 to 15
words in a row out of a sentence of one of them, drawn with a fixed seed, so that
stop words and common words have the share that they have in running text.
"""

import gzip
import json
import random
from collections.abc import Sequence
from itertools import islice

from public import SHARED

from peers.given import Document
from plait.index.language.cutting import sentences

WIKI_CORPUS = SHARED / "scale-wiki" / "corpus.jsonl.gz"
SHORTEST_QUERY, LONGEST_QUERY = 10, 15
"""Least and greatest number of words of a query."""


def passages(count: int) -> list[Document]:
    """Return the first `count` passages."""
    with gzip.open(WIKI_CORPUS, "rt", encoding="utf-8") as lines:
        records = map(json.loads, islice(lines, count))
        return [Document(r["_id"], r["title"], r["text"]) for r in records]


def queries(documents: Sequence[Document], count: int) -> list[str]:
    """Return queries drawn from documents, the same for the same documents."""
    draw = random.Random(2026)  # noqa: S311 - the same queries every time
    found: list[str] = []
    while len(found) < count:
        text = draw.choice(documents).text
        start, end = draw.choice(list(sentences(text)))
        words = [kept for word in text[start:end].split() if (kept := _plain(word))]
        length = draw.randint(SHORTEST_QUERY, LONGEST_QUERY)
        if len(words) >= length:
            at = draw.randrange(len(words) - length + 1)
            found.append(" ".join(words[at : at + length]))
    return found


def _plain(word: str) -> str:
    """Return a word without what one of the query languages might take for an operator."""
    return "".join(c for c in word if c.isalnum() or c in "'’-").strip("'’-")
