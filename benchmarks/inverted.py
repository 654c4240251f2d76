"""Inverted files of the passages of a corpus, for benchmarks of the keyword leg alone."""

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from plait.index.keyword.postings import Postings, build_postings
from plait.index.language.analyzer import FIELDS, TextAnalyzer

Row: TypeAlias = tuple[str, str]
"""Title of a passage, and title with text."""


def rows_of(corpus: Path) -> Iterator[Row]:
    """Yield the passages of a file in BEIR's layout, packed or not."""
    with gzip.open(corpus) if corpus.suffix == ".gz" else corpus.open("rb") as lines:
        for line in lines:
            record = json.loads(line)
            yield record["title"], f"{record['title']}\n{record['text']}"


def inverted(rows: Sequence[Row]) -> dict[str, Postings]:
    """Analyse passages and invert both of their fields."""
    number = TextAnalyzer().number
    columns = zip(*rows, strict=True)
    return {f: build_postings(number(c)) for f, c in zip(FIELDS, columns, strict=True)}
