"""Speed of the keyword leg beside that of stock Whoosh, on the same passages in one run.

    python benchmarks/keyword.py [CORPUS.jsonl[.gz] ...]

Both sides analyse with the same chain and answer the same queries, stock Whoosh
with its own BM25F, whose upper bounds let it skip. Queries are interleaved, so
that a busy machine slows both alike. Needs a corpus in BEIR's layout:
`../shared/data/scifact` and `cranfield` by default.
"""

import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np
from inverted import Row, inverted, rows_of
from public import SHARED
from whoosh.index import create_in
from whoosh.query import Or, Term

from plait.index.keyword.leg import KeywordLeg
from plait.index.keyword.postings import Postings
from plait.index.keyword.reader import KeywordReader
from plait.index.language.analyzer import TextAnalyzer
from plait.index.leg import TITLE_WEIGHT
from plait.search.query.parser import Query, parse_query
from plait.search.stages.order import ranked

DEFAULT_CORPORA = [SHARED / name / "corpus.jsonl.gz" for name in ("scifact", "cranfield")]
PASSAGES = 6000
QUERIES_PER_LENGTH = 30
BUILDS_TIMED = 3
QUERY_LENGTHS = (5, 12, 40)
"""Numbers of words of a query."""
HITS = 10

T = TypeVar("T")

Rows: TypeAlias = list[Row]


def main() -> None:
    """Build both, ask both, print medians and ratios."""
    paths = [Path(argument) for argument in sys.argv[1:]] or DEFAULT_CORPORA
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        print(f"skipped: no {', '.join(missing)}; name a corpus.jsonl as an argument.")
        return
    rows = list(itertools.islice(itertools.chain.from_iterable(map(rows_of, paths)), PASSAGES))
    print(f"{len(rows)} passages")
    with tempfile.TemporaryDirectory() as folder:
        fields, stock = _compare_builds(rows, Path(folder))
        _compare_queries(rows, fields, stock)


def _compare_builds(rows: Rows, folder: Path) -> tuple[dict[str, Postings], Any]:
    made = []
    for number in range(BUILDS_TIMED):
        place = folder / str(number)
        place.mkdir()
        made.append((_timed(lambda: inverted(rows)), _timed(lambda p=place: _build_stock(rows, p))))
    seconds = [statistics.median(side[1] for side in sides) for sides in zip(*made, strict=True)]
    _line(f"build, passages/s (median of {BUILDS_TIMED})", *(len(rows) / s for s in seconds))
    return made[-1][0][0], made[-1][1][0]


def _compare_queries(rows: Rows, fields: dict[str, Postings], stock: Any) -> None:
    analyzer = TextAnalyzer()
    leg = KeywordLeg(KeywordReader([(fields, np.ones(len(rows), bool))]))
    with stock.searcher() as searcher:
        for length in QUERY_LENGTHS:
            ours, theirs = [], []
            for query in _queries(rows, length, analyzer):
                ours.append(_timed(lambda q=query: _top(leg, q))[1])
                tree = _tree(query)
                theirs.append(_timed(lambda t=tree: searcher.search(t, limit=HITS))[1])
            medians = (1000 * statistics.median(side) for side in (ours, theirs))
            _line(f"{length}-word query, ms (median of {len(ours)})", *medians)


def _build_stock(rows: Rows, folder: Path) -> Any:
    index = create_in(str(folder), TextAnalyzer().schema)
    writer = index.writer(limitmb=512)
    for title, text in rows:
        writer.add_document(title=title, text=text)
    writer.commit()
    return index


def _queries(rows: Rows, length: int, analyzer: TextAnalyzer) -> list[Query]:
    """Return queries that are stretches of words out of random passages."""
    choose = random.Random(length)  # noqa: S311 - the same queries every time
    texts = [words for _, text in rows if len(words := text.split()) > length]
    queries = []
    for words in choose.sample(texts, QUERIES_PER_LENGTH):
        start = choose.randrange(len(words) - length)
        text = " ".join(words[start : start + length]).replace('"', " ").replace(":", " ")
        queries.append(parse_query(text, analyzer))
    return [query for query in queries if query.tree is None]


def _tree(query: Query) -> Or:
    weights = ("title", TITLE_WEIGHT), ("text", 1.0)
    return Or([Term(f, t, boost=w * n) for f, w in weights for t, n in query.terms])


def _top(leg: KeywordLeg, query: Query) -> list[int]:
    found = leg.ask(query)
    best = found.scores(found.best(HITS))
    return ranked(best.passages, best.scores, lambda passages: list(map(str, passages)), HITS)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    made = work()
    return made, time.perf_counter() - started


def _line(name: str, ours: float, theirs: float) -> None:
    ratio = ours / theirs if "/s" in name else theirs / ours
    print(f"{name:<38} plait {ours:>10.3f}   stock Whoosh {theirs:>10.3f}   {ratio:>7.1f} times")


if __name__ == "__main__":
    main()
