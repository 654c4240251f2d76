"""Here is a path or a name: which test collection is it?

| given | articles | topics | judgements |
|---|---|---|---|
| a folder in BEIR's layout | `corpus.jsonl` | `queries.jsonl` | `qrels/test.tsv` |
| a folder as plait's seeds | `articles/` | `topics.jsonl` | `qrels.tsv` |
| `ir_datasets:ID` | of that name | the same | the same |
| whatever `plait index` reads, a file of topics and one of judgements | | | |

Files may be `.gz`, but for the articles of a folder.
"""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from plait.index.errors import QueryError, ReadingError
from plait.search.evaluation.collection import Collection, judged
from plait.search.evaluation.from_ir_datasets import PREFIX, read_registered
from plait.search.evaluation.qrels import read_qrels
from plait.search.evaluation.topics import read_topics


@dataclass(frozen=True, slots=True)
class Sources:
    """Where topics and judgements are, if not where the layout of a folder has them.

    Raises `QueryError` where one file is named without the other.
    """

    split: str = "test"
    """Which file of a BEIR folder's `qrels/`."""
    topics: Path | None = None
    qrels: Path | None = None

    def __post_init__(self) -> None:
        if (self.topics is None) != (self.qrels is None):
            raise QueryError("topics need judgements; give both --topics and --qrels-file.")


def read_collection(named: str, sources: Sources | None = None) -> Collection:
    """Open a collection; raises `ReadingError` naming what is missing or malformed."""
    sources = sources or Sources()
    if named.startswith(PREFIX):
        if sources.topics:
            raise QueryError(f"{named} has its own topics; leave --topics and --qrels-file out.")
        return read_registered(named.removeprefix(PREFIX))
    path = Path(named)
    name = path.resolve().name
    if sources.topics and sources.qrels:
        if not path.exists():
            raise ReadingError(f"there is no {path} to index.")
        return judged(name, path, read_topics(sources.topics), read_qrels(sources.qrels))
    if named == "seeds" and not path.exists():
        path = Path(str(files("plait"))) / "seeds"
    if (path / "articles").is_dir():
        topics, qrels = read_topics(path / "topics.jsonl"), read_qrels(path / "qrels.tsv")
        return judged(name, path / "articles", topics, qrels)
    corpus = _either(path, "corpus.jsonl", "corpus.jsonl.gz")
    qrels_path = _either(path / "qrels", f"{sources.split}.tsv", f"{sources.split}.tsv.gz")
    topics = read_topics(_either(path, "queries.jsonl", "queries.jsonl.gz"))
    return judged(name, corpus, topics, read_qrels(qrels_path))


def _either(folder: Path, *names: str) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise ReadingError(
        f"{folder} has no {' or '.join(names)}. Wanted a folder with corpus.jsonl, queries.jsonl "
        "and qrels/test.tsv (each may be .gz), or with articles/, topics.jsonl and qrels.tsv; "
        "or name --topics and --qrels-file."
    )
