"""Recall and cost of filters, on an index whose articles have fields that pass a known share.

    python benchmarks/filters.py build CORPUS.jsonl.gz INDEX [ARTICLES]
    python benchmarks/filters.py recall INDEX [EXACT_ROWS SHORTLIST_ROWS SHORTLIST_PER_HIT]
    python benchmarks/filters.py time INDEX

`build` indexes records with `_id`, `title` and `text`, and gives each article flags that are true
for 50 %, 5 %, .5 % and .05 % of them, a `part` of articles side by side, and a date, a section and
an author. It goes on where it was stopped. `recall` prints the share of the ten nearest passages
that a filtered search of the dense leg finds, by queries that are sentences of the index, and the
bytes of the columns. `time` prints the median time of a filtered search by that of an unfiltered
one, asked in turn.
"""

import datetime as dt
import gzip
import json
import random
import sys
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from plait.index.article import Article
from plait.index.local.manifest import read_manifest
from plait.index.local.writer import IndexWriter
from plait.index.store import StoreSettings
from plait.search.index import Index
from plait.search.query.known import Known
from plait.search.query.where import parse_where
from plait.search.settings import Settings
from plait.search.system import Options

SHARES: Mapping[str, float] = {"half": 0.5, "some": 0.05, "few": 0.005, "rare": 0.0005}
"""Share of the articles of which each flag is true."""
FILTERS = (*(f"{name} = true" for name in SHARES), "part < 10", "part = 7", "section = world")
"""Filters that are measured; those of `part` pass articles that are about the same things."""
SYSTEMS = ("keyword", "dense", "hybrid")
SECTIONS = ("world", "politics", "sport", "science", "arts", "business", "weather", "opinion")
PARTS, AUTHORS, DAYS = 20, 500, 3650
QUERIES, K = 200, 10
CANDIDATES = 250
"""Number of passages that a search asks the leg for."""
ARTICLES_PER_COMMIT = 10_000
COLUMNS = "field_*"
"""Files that hold the fields of a segment."""


def articles(corpus: Path, count: int) -> Iterator[Article]:
    """Yield the first articles of a corpus, with fields that a fixed seed draws for each."""
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(islice(lines, count)):
            record = json.loads(line)
            draw = random.Random(number)  # noqa: S311 - no secret
            day = np.datetime64("2009-01-01") + draw.randrange(DAYS)
            yield Article(
                record["_id"],
                record["title"],
                record["text"],
                date=str(day),
                author=f"Author {draw.randrange(AUTHORS)}",
                metadata={name: draw.random() < share for name, share in SHARES.items()}
                | {"part": number * PARTS // count, "section": draw.choice(SECTIONS)},
            )


def build(corpus: Path, root: Path, count: int) -> None:
    """Index a corpus; articles that are there already are not encoded again."""
    with IndexWriter(root) as writer:
        for number, article in enumerate(articles(corpus, count), 1):
            writer.add(article)
            if not number % ARTICLES_PER_COMMIT:
                writer.commit()
                print(f"{number:,} articles", flush=True)


def sentences(index: Index) -> list[str]:
    """Return sentences of passages, drawn by a fixed seed."""
    draw, live = random.Random(7), index.store.live()  # noqa: S311 - no secret
    chosen = np.array(sorted(draw.sample(live.tolist(), QUERIES)))
    found = []
    for _, passage in index.store.read(chosen):
        parts = [part for part in passage.text.split(". ") if len(part.split()) > 4]
        found.append(draw.choice(parts or [passage.text]))
    return found


def opened(root: str, sizes: list[str]) -> Index:
    """Open an index; with other sizes of a store, to try signs on a small one."""
    if not sizes:
        return Index.open(root)
    return Index.open(root, settings=Settings(store=StoreSettings(*map(int, sizes))))


def recall(index: Index) -> None:
    """Print how many of the ten nearest passages filtered searches find."""
    store, vectors = index.store, [index.encoder.encode_query(s).vector for s in sentences(index)]
    answers = [index.parse(s, operators=False) for s in sentences(index)]
    known = Known(store.fields(), dt.date.min)
    for text in ("", *FILTERS):
        within = store.within(parse_where(text, known)) if text else store.live()
        matrix = store.vectors(within)
        shares = []
        for query, vector in zip(answers, vectors, strict=True):
            best = nearest(matrix, vector, within)
            leg = store.dense_leg().ask(query, within if text else None).best(CANDIDATES)
            shares.append(len(np.intersect1d(best, leg)) / max(len(best), 1))
        print(f"{text or 'all':18} {len(within):8,} passages  recall@{K} {np.mean(shares):.4f}")
    names = [segment.name for segment in read_manifest(index.root).segments]
    files = [file for name in names for file in (Path(index.root) / name).glob(COLUMNS)]
    size, held = (sum(f.stat().st_size for f in files), index.store.fields().values())
    kept = sum(sum(facts.kinds.values()) for facts in held) / len(index)
    print(f"columns: {size / len(index):.1f} bytes an article, which has {kept:.1f} values")


def nearest(
    matrix: NDArray[np.float32], vector: NDArray[np.float32], passages: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the passages of the ten greatest products, found by computing all."""
    return passages[np.argsort(-(matrix @ vector), kind="stable")[:K]]


def seconds(index: Index, system: str, query: str, where: str | None) -> float:
    """Return how long a search took."""
    begin = time.perf_counter()
    index.search(query, K, Options(exact=True), system=system, where=where)
    return time.perf_counter() - begin


def times(index: Index) -> None:
    """Print the times of filtered searches by those of unfiltered ones, in turn."""
    texts = sentences(index)
    musts = [f"{text} +first" for text in texts]
    for name, queries in (("sentences", texts), ("sentences +first", musts)):
        for system in SYSTEMS:
            for where in FILTERS:
                pairs = []
                for query in queries[:100]:
                    seconds(index, system, query, where)  # reads what both will read
                    pairs.append([seconds(index, system, query, w) for w in (None, where)])
                plain, filtered = (median(own) for own in zip(*pairs, strict=True))
                print(
                    f"{name:16} {system:8} {where:16} {1000 * plain:7.2f} ms "
                    f"{1000 * filtered:7.2f} ms  {filtered / plain:.2f}"
                )


def main() -> None:
    """Do what the command line asks."""
    match sys.argv[1:]:
        case ["build", corpus, root, *count]:
            build(Path(corpus), Path(root), int(count[0]) if count else 120_000)
        case ["recall", root, *sizes]:
            recall(opened(root, sizes))
        case ["time", root]:
            times(Index.open(root))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
