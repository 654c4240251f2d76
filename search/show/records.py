"""Records of hits and articles for programs: the keys of `--format json`, `jsonl` and `csv`.

A hit has `rank`, `id`, `title`, `date`, `author`, `source`, `metadata`, `passage` (`id`,
`number`, `start`, `end`, `text`), `score`, `p` (None where only one leg was asked) and `parts`,
which add up to `score`; with `--full` also `text`, `raw` and `teasers` of its article, with
`--explain` also `explanation`. An article of a list has `id`, `title`, `date`, `author`,
`source` and `metadata`. Keys stay as they are; more may be added.
"""

from typing import Any, TypeAlias

from plait.index.article import Article
from plait.search.hit import Hit
from plait.search.show.explanation import explanation_record

Record: TypeAlias = dict[str, Any]
"""Values by their keys."""

HIT_COLUMNS = ("rank", "id", "title", "date", "author", "source", "score", "p", "passage")
"""Columns of a table of hits; `passage` is the text."""
LIST_COLUMNS = ("id", "title", "date", "author", "source")
"""Columns of a table of articles."""


def article_record(article: Article) -> Record:
    """Return an article's record, without its text."""
    names = (*LIST_COLUMNS, "metadata")
    return {name: getattr(article, name) for name in names}


def record_of(hit: Hit, *, full: bool = False, explain: bool = False) -> Record:
    """Return a hit's record; `full` adds its article's text, `explain` where its score is from."""
    passage, explanation = hit.passage, hit.explanation
    record: Record = {"rank": hit.rank, **article_record(hit.article)}
    record["passage"] = {
        name: getattr(passage, name) for name in ("id", "number", "start", "end", "text")
    }
    stage = {"rerank": explanation.rerank.part} if explanation.rerank else {}
    record |= {"score": hit.score, "p": hit.probability, "parts": {**explanation.parts, **stage}}
    if full:
        record |= {name: getattr(hit.article, name) for name in ("text", "raw", "teasers")}
    return record | ({"explanation": explanation_record(explanation)} if explain else {})
