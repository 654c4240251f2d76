"""The command line: the only place that prints and exits.

Exit status 0 for success, 1 for an operation that failed, 2 for bad usage, 130
after Ctrl-C.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from plait.index.errors import PlaitError, QueryError

app = typer.Typer(
    help="Hybrid search for article collections: by words (BM25), by meaning (vectors), or both.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

At = Annotated[
    Path, typer.Option("-i", "--index", envvar="PLAIT_INDEX", help="The index folder.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Number = Annotated[int, typer.Option("-k", min=1, help="How many hits at most.")]
ModeName = Annotated[str, typer.Option("--mode", help="hybrid, keyword or dense.")]
QueryText = Annotated[str, typer.Argument(help="Words, or a question.")]
DEFAULT_INDEX = Path(".plait")


@app.command()
def index(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders; - for JSON lines on standard input.")],
    at: At = DEFAULT_INDEX,
    model: Annotated[str, typer.Option(help="A sentence-transformers folder or hub id.")] = "",
    prune: Annotated[bool, typer.Option("--prune", help="Remove articles whose file is gone.")] = False,
    fields: Annotated[str, typer.Option(help="Names of the id, title and text fields of records.")] = "_id,title,text",
) -> None:
    """Add articles, or bring the index up to date: only what changed is read and encoded.

    Reads .txt, .md, .html, .jsonl, .jsonl.gz, .csv and .tsv. A file that cannot be
    read is reported and skipped, and the exit status is 1.
    """
    from plait.index.encoder import load_encoder
    from plait.index.ingest import STANDARD_INPUT, Ingest
    from plait.index.reading import FieldNames
    from plait.index.writer import IndexWriter

    names = fields.split(",")
    if len(names) != 3:
        raise QueryError(f"--fields wants three names, as in _id,title,text; found {fields!r}.")
    files = [path for path in paths if str(path) != STANDARD_INPUT]
    stdin = sys.stdin.buffer if len(files) < len(paths) else ()
    known = _recorded_model(at) if not model else model
    with _progress() as progress, IndexWriter(at, load_encoder(known or None), known) as writer:
        summary = Ingest(writer, FieldNames(*names), progress).run(files, stdin, prune=prune)
        total = len(writer.ids())
    for failure in summary.failures:
        typer.echo(f"plait: skipped {failure.source}: {failure.reason}", err=True)
    typer.echo(
        f"{summary.added} added, {summary.updated} updated, {summary.removed} removed, "
        f"{summary.unchanged} unchanged, {summary.skipped} files skipped as unchanged, "
        f"{len(summary.failures)} failed. {at} holds {total} articles."
    )
    if summary.failures:
        raise typer.Exit(1)


@app.command()
def search(
    query: QueryText,
    at: At = DEFAULT_INDEX,
    k: Number = 10,
    mode: ModeName = "hybrid",
    fusion: Annotated[str, typer.Option(help="convex, minmax or rrf.")] = "convex",
    passages: Annotated[bool, typer.Option("--passages", help="Every passage, not one an article.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show what each score is made of.")] = False,
    as_json: AsJson = False,
) -> None:
    """Search. Operators: "a phrase", +must, -not, title:word, prefix*, fuzzy~, AND OR NOT."""
    from plait.search.fusion import FUSIONS
    from plait.search.index import Index, Options

    if fusion not in FUSIONS:
        raise QueryError(f"no fusion {fusion!r}; choose one of {', '.join(FUSIONS)}.")
    opened = Index.open(at)
    hits = opened.search(query, k, Options(mode, FUSIONS[fusion], passages))  # type: ignore[arg-type]
    if as_json:
        return _print_json([asdict(hit) | {"score": hit.score} for hit in hits])
    if not hits:
        typer.echo(f"nothing found for {query!r} among {len(opened)} articles.")
    from plait.search.snippet import snippet

    for hit in hits:
        origin = "  ".join(part for part in (hit.article.date, _short(hit.article.source)) if part)
        typer.echo(f"{hit.rank:>3}  {hit.score:.3f}  {_style(hit.article.title or hit.article.id)}")
        typer.echo(f"     {origin}")
        marks = ("\x1b[1m", "\x1b[0m") if _in_colour() else ("*", "*")
        typer.echo(f"     {snippet(hit.passage.text, query, opened.ranker.analyzer, marks)}")
        if explain:
            typer.echo(_explanation(hit))


@app.command()
def show(
    article: Annotated[str, typer.Argument(help="An article's id, or a passage's (ID#3).")],
    at: At = DEFAULT_INDEX,
    as_json: AsJson = False,
) -> None:
    """Print an article, or one passage of it."""
    from plait.index.errors import NotFoundError
    from plait.search.index import Index

    opened = Index.open(at)
    owner, _, number = article.rpartition("#")
    if owner and number.isdigit():
        passages = opened.passages(owner)
        if int(number) >= len(passages):
            raise NotFoundError(f"{owner} has passages 0 to {len(passages) - 1}, not {number}.")
        passage = passages[int(number)]
        return _print_json(asdict(passage)) if as_json else typer.echo(passage.text)
    found = opened.article(article)
    if as_json:
        return _print_json(asdict(found))
    typer.echo("\n".join(part for part in (found.title, found.date, found.author, "", found.text)))


@app.command()
def remove(
    articles: Annotated[list[str], typer.Argument(help="Ids of articles.")],
    at: At = DEFAULT_INDEX,
) -> None:
    """Remove articles from the index; their files stay."""
    from plait.index.encoder import load_encoder
    from plait.index.errors import NotFoundError
    from plait.index.writer import IndexWriter

    model = _recorded_model(at, missing_ok=False)
    with IndexWriter(at, load_encoder(model or None), model) as writer:
        known = set(writer.ids())
        missing = [article for article in articles if article not in known]
        if missing:
            raise NotFoundError(f"not in {at}: {', '.join(missing)}. Nothing was removed.")
        for article in articles:
            found = writer.get(article)
            writer.sources.pop(found.source if found else "", None)
            writer.remove(article)
    typer.echo(f"removed {len(articles)}.")


@app.command()
def info(at: At = DEFAULT_INDEX, as_json: AsJson = False) -> None:
    """Say what an index holds and what it was built with."""
    from plait.index.manifest import read_manifest
    from plait.index.snapshot import live_manifest

    manifest = read_manifest(at)
    articles, passages = live_manifest(manifest)
    facts = {
        "index": str(at),
        "generation": manifest.generation,
        "articles": articles,
        "passages": passages,
        "segments": len(manifest.segments),
        "bytes": sum(file.size for file in manifest.files()),
        "encoder": manifest.recipe.encoder,
        "analyzer": manifest.recipe.analyzer,
        "cutting": manifest.recipe.cutting,
    }
    if as_json:
        return _print_json(facts)
    for name, value in facts.items():
        typer.echo(f"{name:<11} {value}")


@app.command()
def check(at: At = DEFAULT_INDEX) -> None:
    """Compare every file of an index with its checksum."""
    from plait.index.errors import CorruptIndexError
    from plait.index.snapshot import Snapshot

    snapshot = Snapshot(at)
    if damage := snapshot.damage():
        raise CorruptIndexError("\n".join([*damage, "Index again into a new folder."]))
    typer.echo(f"{at}: all {len(snapshot.manifest.files())} files are as they were written.")


@app.command()
def context(
    query: QueryText,
    at: At = DEFAULT_INDEX,
    tokens: Annotated[int, typer.Option(min=1, help="Budget in word pieces of the model.")] = 1500,
    mode: ModeName = "hybrid",
    as_json: AsJson = False,
) -> None:
    """Print the passages a chatbot would be given: numbered, with source and offsets."""
    from plait.search.context import context as choose
    from plait.search.index import Index, Options

    excerpts = choose(Index.open(at), query, tokens, Options(mode))  # type: ignore[arg-type]
    if as_json:
        return _print_json([asdict(excerpt) for excerpt in excerpts])
    typer.echo("\n\n".join(map(str, excerpts)))


@app.command()
def bench(
    folder: Annotated[Path, typer.Argument(help="corpus.jsonl[.gz], queries.jsonl, qrels/test.tsv.")],
    at: Annotated[Path | None, typer.Option("-i", "--index", help="Where to keep its index; default ./.plait-bench/NAME.")] = None,
    qrels: Annotated[str, typer.Option(help="Which file of qrels/, without .tsv.")] = "test",
    as_json: AsJson = False,
) -> None:
    """Measure ranking quality on a test collection in BEIR's layout, for each mode."""
    from plait.index.encoder import load_encoder
    from plait.index.ingest import Ingest
    from plait.index.writer import IndexWriter
    from plait.search.evaluation import MEASURES, make_run, measure, read_collection
    from plait.search.index import Index, Options
    from plait.search.ranker import MODES

    collection = read_collection(folder, qrels)
    place = at or Path(".plait-bench") / folder.resolve().name
    with _progress() as progress, IndexWriter(place, load_encoder()) as writer:
        Ingest(writer, progress=progress).run([collection.corpus])
    opened = Index.open(place)
    table = {}
    for mode in MODES:
        run = make_run(
            collection.topics,
            lambda text, mode=mode: [  # type: ignore[misc]
                (hit.article.id, hit.score) for hit in opened.search(text, 100, Options(mode))
            ],
        )
        table[mode] = measure(collection.qrels, run)
    if as_json:
        return _print_json(table)
    typer.echo(f"{folder.resolve().name}: {len(opened)} articles, {len(collection.topics)} topics")
    typer.echo(f"{'':<8}" + "".join(f"{name:>9}" for name in MEASURES))
    for mode, values in table.items():
        typer.echo(f"{mode:<8}" + "".join(f"{values[name]:>9.4f}" for name in MEASURES))


def _recorded_model(at: Path, *, missing_ok: bool = True) -> str:
    from plait.index.errors import NoIndexError
    from plait.index.manifest import read_manifest

    try:
        return read_manifest(at).recipe.model
    except NoIndexError:
        if missing_ok:
            return ""
        raise


@contextmanager
def _progress() -> "Iterator[Any]":
    """Count encoded passages on a terminal; say nothing elsewhere."""
    done = 0

    def tell(more: int) -> None:
        nonlocal done
        done += more
        if sys.stderr.isatty():
            typer.echo(f"\r{done} passages encoded", nl=False, err=True)

    yield tell
    if done and sys.stderr.isatty():
        typer.echo("", err=True)


def _explanation(hit: Any) -> str:
    lines = []
    for name, leg in (("keyword", hit.explanation.keyword), ("dense", hit.explanation.dense)):
        if leg:
            lines.append(
                f"     {leg.part:+.4f}  {name}: score {leg.score:.4f}, over all passages "
                f"mean {leg.mean:.4f}, deviation {leg.deviation:.4f}"
            )
        if name == "keyword":
            lines += [f"              {t.score:.4f}  {t.field}:{t.term}" for t in hit.explanation.terms]
    return "\n".join(lines)


def _in_colour() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _style(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if _in_colour() else text


def _short(source: str) -> str:
    return os.path.relpath(source) if os.path.isabs(source) else source


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=float))


def main() -> None:
    """Run the command line; turn errors into one line and an exit status."""
    try:
        app(standalone_mode=True)
    except QueryError as error:
        typer.echo(f"plait: {error}", err=True)
        sys.exit(2)
    except (PlaitError, OSError) as error:
        typer.echo(f"plait: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo("plait: interrupted; the index is as it was at the last commit.", err=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
