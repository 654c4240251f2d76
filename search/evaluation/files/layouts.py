"""Test collections, found by a folder's layout, by the id of a data set, or by naming files.

| name | articles | topics | judgements |
|---|---|---|---|
| a folder in BEIR's layout | `corpus.jsonl` | `queries.jsonl` | `qrels/test.tsv` |
| a folder as plait's seeds | `articles/` | `topics.jsonl` | `qrels.tsv` |
| `ir_datasets:ID` | of that id | of that id | of that id |
| whatever `plait index` reads, a file of topics and one of judgements | | | |

Files may be compressed, except the articles of a folder.
"""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from plait.index.errors import QueryError, ReadingError
from plait.search.evaluation.collection import Collection, judged
from plait.search.evaluation.files.ir_datasets import ID_PREFIX, read_registered
from plait.search.evaluation.files.judgements import read_qrels
from plait.search.evaluation.files.topic_fields import parse_fields
from plait.search.evaluation.files.topics import read_topics


@dataclass(frozen=True, slots=True)
class Sources:
    """Files of topics and judgements that are not where the layout of a folder has them.

    Raises `QueryError` where one file is named without the other, or both and a split.
    """

    split: str = ""
    """Name of the file in a BEIR folder's `qrels/`; empty for `test`."""
    topics: Path | None = None
    qrels: Path | None = None
    fields: str = ""
    """Fields of a topic that are asked, as in `title+desc`; empty for its text, or its title."""

    def __post_init__(self) -> None:
        if (self.topics is None) != (self.qrels is None):
            raise QueryError("topics need judgements; give both --topics and --qrels-file.")
        if self.split and self.topics:
            raise QueryError("the judgements are named twice; give --qrels or --qrels-file.")
        parse_fields(self.fields)


def read_collection(named: str, sources: Sources | None = None) -> Collection:
    """Return the collection of a path, of an id, or of a path with files named in `sources`.

    Raises `ReadingError` naming what is missing or malformed, and `QueryError` where
    `sources` name what this kind of collection has no use for.
    """
    sources = sources or Sources()
    path = Path(named)
    if sources.topics and sources.qrels:
        if not path.exists():
            raise ReadingError(f"there is no {path} to index with --topics and --qrels-file.")
        for file in (sources.topics, sources.qrels):
            if file.resolve().is_relative_to(path.resolve()):
                remedy = "name the folder of the articles alone, or move the file"
                raise ReadingError(f"{file} would be indexed as an article; {remedy}.")
        topics = read_topics(sources.topics, sources.fields)
        return judged(_name(path), path, topics, read_qrels(sources.qrels))
    registered = named.startswith(ID_PREFIX)
    if named == "seeds" and not path.exists():
        # A checkout may be found by a link; the seeds lie beside the file itself.
        path = Path(str(files("plait") / "__init__.py")).resolve().parent / "seeds"
    if not registered and not (path / "topics.jsonl").is_file():
        return _of_beir(path, sources.split or "test", sources.fields)
    if sources.split:
        raise QueryError(f"{named} has one file of judgements; leave --qrels out.")
    if registered:
        return read_registered(named.removeprefix(ID_PREFIX), sources.fields)
    return _as_seeds(path, sources.fields)


def read_judged(topics: Path, qrels: Path, fields: str = "") -> Collection:
    """Read topics and judgements of articles that are in an index already.

    `fields` names what is asked of each topic.

    Raises `ReadingError` naming what is missing or malformed.
    """
    return judged(_name(topics), (), read_topics(topics, fields), read_qrels(qrels))


def _of_beir(folder: Path, split: str, fields: str) -> Collection:
    corpus = _either(folder, "corpus.jsonl", "corpus.jsonl.gz")
    qrels = read_qrels(_either(folder / "qrels", f"{split}.tsv", f"{split}.tsv.gz"))
    topics = read_topics(_either(folder, "queries.jsonl", "queries.jsonl.gz"), fields)
    return judged(_name(folder), corpus, topics, qrels)


def _as_seeds(folder: Path, fields: str) -> Collection:
    topics = read_topics(folder / "topics.jsonl", fields)
    return judged(_name(folder), folder / "articles", topics, read_qrels(folder / "qrels.tsv"))


def _name(path: Path) -> str:
    return path.resolve().name


def _either(folder: Path, *names: str) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise ReadingError(
        f"{folder} has no {' or '.join(names)}. Wanted a folder with corpus.jsonl, queries.jsonl "
        "and qrels/test.tsv (each may be .gz), or with articles/, topics.jsonl and qrels.tsv; "
        "or name --topics and --qrels-file."
    )
