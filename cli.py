"""The command line: what it prints, and how it exits (with `plait.search.show`).

Exit status 0 for success, 1 for an operation that failed, 2 for bad usage, 130
after Ctrl-C. A command imports what it runs, so that the others start quickly.
"""

import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

import plait
from plait.index.errors import QueryError
from plait.search.show.console import Console
from plait.search.show.options import AsJson, Exact, Likely, Reading, Root, SystemText, Texts, Words
from plait.search.show.process import run

app = typer.Typer(
    epilog="The index is -i FOLDER, else PLAIT_INDEX, else ./.plait; bench keeps its own.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    add_completion=False,
)

DEFAULT_INDEX = Path(".plait")
console = Console(typer.echo)


@app.callback(invoke_without_command=True)
def version(
    show_version: Annotated[bool, Option("--version", help="Print the version.")] = False,
) -> None:
    """Hybrid search for article collections: by words (BM25), by meaning (vectors), or both."""
    if show_version:
        typer.echo(plait.__version__)
        raise typer.Exit


@app.command(cls=Reading)
def index(
    paths: Annotated[
        list[Path], Argument(help="Files and folders; - for JSON lines on standard input.")
    ],
    root: Root = DEFAULT_INDEX,
    model: Annotated[
        str, Option(help="A sentence-transformers folder or hub id, for a new index.")
    ] = "",
    prune: Annotated[
        bool, Option("--prune", help="Remove articles that are gone from below PATHS.")
    ] = False,
    id_field: Annotated[str, Option(help="Field of a record that holds its id.")] = "_id",
    title_field: Annotated[str, Option(help="Field that holds its title.")] = "title",
    text_field: Annotated[str, Option(help="Field that holds its text.")] = "text",
    date_field: Annotated[str, Option(help="Field that holds its date.")] = "date",
    author_field: Annotated[str, Option(help="Field that holds its author.")] = "author",
) -> None:
    """Add articles, or bring the index up to date: only what changed is read and encoded.

    Reads SUFFIXES. A file that cannot be read is reported and skipped, and the exit status is 1.
    """
    from plait.index.factory import open_writer, recorded_model
    from plait.index.ingest import bring_up_to_date
    from plait.index.models.encoder import load_encoder, name_to_record
    from plait.index.reading import FieldNames, bounded_lines

    names = FieldNames(id_field, title_field, text_field, date_field, author_field)
    files = [path for path in paths if str(path) != "-"]
    stdin = bounded_lines(sys.stdin.buffer) if len(files) < len(paths) and sys.stdin else ()
    name = name_to_record(model) or recorded_model(root)
    encoder = load_encoder(name, fetch=bool(model))
    with console.progress() as tell, open_writer(root, encoder, name, tell) as writer:
        summary = bring_up_to_date(writer, files, stdin, names, prune=prune)
    console.note(*summary.failures, writer.notice())
    console.say(f"{summary}. {root} holds {len(writer.ids())} articles.")
    if summary.failures:
        raise typer.Exit(1)


@app.command()
def search(
    query: Words,
    root: Root = DEFAULT_INDEX,
    k: Annotated[int, Option("-k", min=1, help="How many hits at most.")] = 10,
    system: SystemText = "",
    rerank: Annotated[str, Option(help="Short for >> rerank(model=…): folder, hub id.")] = "",
    budget_ms: Annotated[int | None, Option(min=1, help="Milliseconds for --rerank.")] = None,
    passages: Annotated[bool, Option("--passages", help="Every passage by itself.")] = False,
    min_score: Likely = 0.0,
    exact: Exact = False,
    explain: Annotated[bool, Option("--explain", help="Show each score's parts.")] = False,
    as_json: AsJson = False,
) -> None:
    """Search. Operators: "a phrase", +must, -not, title:word, prefix*, fuzzy~, AND OR NOT."""
    from plait.search.show.terminal import Page, nothing_found, record_of, spelling_note
    from plait.search.systems import with_rerank

    opened, text = plait.Index.open(root), " ".join(query)
    asked = with_rerank(system or str(opened.default), rerank, budget_ms)
    chosen = plait.System.parse(asked)
    options = plait.Options(chosen, passages, min_probability=min_score, exact=exact)
    answer = opened.answer(text, k, options)
    console.note(spelling_note(text, answer))
    page = Page(answer.asked, opened.analyzer, console.in_colour, explain)
    if as_json:
        console.json([record_of(hit) for hit in answer.hits])
    elif answer.hits:
        console.echo("\n".join(page.all_lines(answer.hits)))  # made safe there, and marked
    else:
        console.say(nothing_found(text, min_score, len(opened)))


@app.command()
def show(
    article: Annotated[str, Argument(help="An article's id, or a passage's (ID#3).")],
    root: Root = DEFAULT_INDEX,
    as_json: AsJson = False,
) -> None:
    """Print an article, or one passage of it."""
    from plait.search.show.terminal import shown

    entry = plait.Index.open(root).entry(article)
    console.json(asdict(entry)) if as_json else console.say(shown(entry))


@app.command()
def remove(
    articles: Annotated[list[str], Argument(help="Ids of articles.")],
    root: Root = DEFAULT_INDEX,
) -> None:
    """Remove articles from the index; their files stay. All of them, or none if one is unknown."""
    from plait.index.factory import reopen_writer
    from plait.index.ingest import remove_articles

    with reopen_writer(root) as writer:
        remove_articles(writer, articles)
    console.say(f"Removed {len(articles)}.")


@app.command()
def info(root: Root = DEFAULT_INDEX, as_json: AsJson = False) -> None:
    """Say what an index holds and what it was built with."""
    from plait.index.factory import facts_of

    facts = {"index": str(root)} | facts_of(root)
    lines = (f"{name:<11} {value}" for name, value in facts.items())
    console.json(facts) if as_json else console.lines(lines)


@app.command()
def check(root: Root = DEFAULT_INDEX) -> None:
    """Compare every file of an index with its size and checksum."""
    from plait.index.factory import check_index

    console.say(f"{root}: all {check_index(root)} files are as they were written.")


@app.command()
def context(
    query: Words,
    root: Root = DEFAULT_INDEX,
    tokens: Annotated[int, Option(min=1, help="Budget, in the model's word pieces.")] = 1500,
    system: SystemText = "",
    min_score: Likely = 0.0,
    exact: Exact = False,
    as_json: AsJson = False,
) -> None:
    """Print the passages a chatbot would be given: numbered, with source and offsets.

    All of QUERY is words: a question has no operators.
    """
    from plait.search.context import fitting_excerpts, nothing_fits, passages_for
    from plait.search.show.terminal import spelling_note

    asked = plait.System.parse(system) if system else None
    opened, text = plait.Index.open(root), " ".join(query)
    options = plait.Options(asked, min_probability=min_score, exact=exact)
    answer = passages_for(opened, text, options)
    console.note(spelling_note(text, answer))
    excerpts = fitting_excerpts(opened, answer.hits, tokens)
    if as_json:
        console.json([excerpt.record() for excerpt in excerpts])
    elif excerpts:
        console.say("\n\n".join(map(str, excerpts)))
    else:
        console.say(nothing_fits(tokens, min_score), err=True)


@app.command()
def why(
    query: Annotated[str, Argument(help="The query, in quotes.")],
    article: Annotated[str, Argument(help="An article's id.")],
    root: Root = DEFAULT_INDEX,
    system: SystemText = "",
    words: Annotated[bool, Option("--words", help="No operators, as in bench.")] = False,
    exact: Exact = False,
    as_json: AsJson = False,
) -> None:
    """Say why an article ranks where it does, or at which stage it is lost."""
    from plait.search.why import explain_rank

    options = plait.Options(
        plait.System.parse(system) if system else None, operators=not words, exact=exact
    )
    reasons = explain_rank(plait.Index.open(root), query, article, options)
    console.json(reasons.record()) if as_json else console.lines(reasons.lines())


@app.command()
def bench(
    collection: Annotated[str, Argument(help="A folder, ir_datasets:ID, or articles.")],
    root: Annotated[
        Path | None,
        Option("-i", "--index", help="Where its index is kept; else below .plait-bench."),
    ] = None,
    qrels: Annotated[str, Option(help="Which file of qrels/; test if left out.")] = "",
    topics: Annotated[Path | None, Option(help="A file of topics, for articles.")] = None,
    qrels_file: Annotated[Path | None, Option(help="A file of judgements.")] = None,
    systems: Annotated[
        Texts, Option("-s", "--system", "--systems", help="As in 'keyword; hybrid'.")
    ] = None,
    runs: Annotated[Texts, Option("--run", help="A TREC run: FILE or NAME=FILE.")] = None,
    baseline: Annotated[str, Option(help="Compared with; hybrid, else the first.")] = "",
    measures: Annotated[str, Option(help="As in 'nDCG@10 R@100 Judged@10'.")] = "",
    depth: Annotated[int, Option(min=1, help="Articles kept a topic.")] = 100,
    out: Annotated[Path | None, Option(help="Folder for runs, tables, report.")] = None,
    fail_under: Annotated[Texts, Option(help="As in nDCG@10=0.73: baseline's floor.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure ranking quality on a test collection, and compare systems topic by topic.

    A folder is in BEIR's layout, or in that of `seeds`, which plait brings along. Without
    systems: keyword, dense, hybrid, and the index's own, if tune saved one.
    """
    from plait.search import evaluation as lab

    plan = lab.plan_of(systems or (), runs or (), baseline, measures, depth)
    floors = [lab.Floor.parse(text, plan.measures) for text in fail_under or ()]
    found = lab.read_collection(collection, lab.Sources(qrels, topics, qrels_file))
    opened, experiment = lab.bench(found, plan, lab.Places(root, out), console, own=not systems)
    if as_json:
        console.json(lab.table(experiment))
    else:
        console.lines(lab.lines(experiment, opened))
    lab.check_floors(experiment, floors)


@app.command()
def tune(
    topics: Annotated[
        Path | None, Argument(help="A file: JSON lines, ID<tab>TEXT, or TREC's.")
    ] = None,
    qrels: Annotated[Path | None, Argument(help="Judgements: TREC's or BEIR's.")] = None,
    root: Root = DEFAULT_INDEX,
    measure: Annotated[str, Option(help="Measure to improve.")] = "nDCG@10",
    save: Annotated[bool, Option("--save", help="If better, make it the default.")] = False,
    forget: Annotated[bool, Option("--forget", help="Back to plain hybrid.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fit the hybrid's weight, k1, b and title, and p, to judgements of your own, if that helps.

    The gain is measured on topics that had no part in the choice. Where its interval is
    not above zero, nothing is changed; that is a result, so the exit status is 0. Takes
    10 topics or more, judged by an article's id or the name of its file, and minutes.
    """
    from plait.index.factory import record_system
    from plait.search import evaluation as lab

    if forget:
        if topics or qrels or save or as_json:
            raise QueryError("--forget goes with -i alone; leave the rest out.")
        console.say(f"{root} searches by hybrid; before, by {record_system(root, '') or 'hybrid'}.")
        return
    if not (topics and qrels):
        raise QueryError("nothing to tune by; give a file of topics and one of judgements.")
    opened = plait.Index.open(root)
    before = opened.default  # now, should it be refused
    found = lab.tune_index(opened, lab.read_judged(topics, qrels), measure, console)
    record = partial(record_system, root) if save else None
    lab.conclude(found, before, record, console, as_json=as_json)


def main() -> None:
    """Run the command line."""
    run(lambda: app(), console)  # noqa: PLW0108 - looked up when it runs


if __name__ == "__main__":
    main()
