"""Speed of fuzzy words, prefixes and words with wildcards in an index of many passages.

    python benchmarks/patterns.py [CORPUS.jsonl[.gz]] [PASSAGES]

By default the first 120,000 passages of `../shared/data/scale-wiki`. The words are drawn from
the texts. Printed are milliseconds of the keyword leg, parsing included: of one fuzzy word, one
prefix and one word with a wildcard, of every prefix of a single letter, and of a query of 50 words
of all kinds. The first query of an index also decodes its words; it is not counted.
"""

import itertools
import random
import re
import statistics
import string
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from inverted import inverted, rows_of
from public import SHARED

from plait.index.keyword.leg import KeywordLeg
from plait.index.keyword.reader import KeywordReader
from plait.index.language.analyzer import TextAnalyzer
from plait.search.query.parser import parse_query

CORPUS = SHARED / "scale-wiki" / "corpus.jsonl.gz"
PASSAGES = 120_000
DRAWN = 100
"""Number of words of each kind."""
MIXED = 50
"""Number of words in a query of all kinds."""
HITS = 10
LETTERS = 5
"""Least number of letters of a word that is drawn."""


def main() -> None:
    """Build, ask, print."""
    corpus = Path(sys.argv[1]) if sys.argv[1:] else CORPUS
    if not corpus.is_file():
        print(f"skipped: no {corpus}; name a corpus.jsonl as an argument.")
        return
    count = int(sys.argv[2]) if sys.argv[2:] else PASSAGES
    rows = list(itertools.islice(rows_of(corpus), count))
    chosen = random.Random(7)  # noqa: S311 - the same words every time
    texts = (chosen.choice(rows)[1] for _ in itertools.count())
    found = (re.findall(rf"\b[a-z]{{{LETTERS},}}\b", text) for text in texts)
    words = list(itertools.islice((chosen.choice(own) for own in found if own), DRAWN))
    leg = KeywordLeg(KeywordReader([(inverted(rows), np.ones(len(rows), bool))]))
    print(f"{len(rows):,} passages; milliseconds: median, 95th percentile, greatest")
    kinds = {
        "fuzzy word": [f"{_slipped(word, chosen)}~" for word in words],
        "fuzzy word, 2 edits": [f"{_slipped(word, chosen)}~2" for word in words],
        "prefix": [f"{word[: chosen.randint(3, LETTERS)]}*" for word in words],
        "letter*": [f"{letter}*" for letter in string.ascii_lowercase],
        "w?rd": [_holed(word, "?", chosen) for word in words],
        "w*d": [_holed(word, "*", chosen) for word in words],
        "*ord": [f"*{word[2:]}" for word in words],
    }
    mixed = [word for kind, own in kinds.items() if kind != "letter*" for word in own]
    kinds[f"{MIXED} of all kinds"] = [" ".join(chosen.sample(mixed, MIXED)) for _ in range(20)]
    _asked(leg, kinds["fuzzy word"][:1])
    for kind, queries in kinds.items():
        times = sorted(_asked(leg, queries))
        high = statistics.quantiles(times, n=20)[-1]
        print(f"{kind:<22}{statistics.median(times):8.1f}{high:8.1f}{times[-1]:8.1f}")


def _slipped(word: str, chosen: random.Random) -> str:
    """Return a word with two letters exchanged near its end."""
    at = chosen.randrange(len(word) - 3, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _holed(word: str, sign: str, chosen: random.Random) -> str:
    """Return a word with a wildcard in the place of one of its inner letters."""
    at = chosen.randrange(1, len(word) - 1)
    return word[:at] + sign + word[at + 1 :]


def _asked(leg: KeywordLeg, queries: Sequence[str]) -> list[float]:
    """Return the milliseconds that each query takes."""
    analyzer, times = TextAnalyzer(), []
    for query in queries:
        started = time.perf_counter()
        leg.ask(parse_query(query, analyzer)).best(HITS)
        times.append(1000 * (time.perf_counter() - started))
    return times


if __name__ == "__main__":
    main()
