"""The command line: the only place that prints and exits.

Exit status 0 for success, 1 for an operation that failed, 2 for bad usage, 130
after Ctrl-C. A command imports what it runs, so that the others start quickly.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

import plait
from plait.index.errors import PlaitError, QueryError
from plait.search.show.printable import in_line, json_text, printable

app = typer.Typer(
    epilog="The index is -i FOLDER, else PLAIT_INDEX, else ./.plait; bench keeps its own.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    add_completion=False,
)

Root = Annotated[
    Path, typer.Option("-i", "--index", envvar="PLAIT_INDEX", help="The index folder.")
]
Texts = list[str] | None
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
SystemText = Annotated[
    str,
    typer.Option(
        "--system",
        "--mode",
        help="As in keyword, dense, 'hybrid(weight=0.6) >> rerank(model=M)'. "
        "If left out, the index's own: hybrid, unless tune saved another.",
    ),
]
MinScore = Annotated[
    float,
    typer.Option(
        min=0, max=1, help="Leave out hits less likely to be relevant; 0.15 tells other fields."
    ),
]
Exact = Annotated[bool, typer.Option("--exact", help="Ask as typed; correct no spelling.")]
QueryWords = Annotated[
    list[str], typer.Argument(help="Words, or a question. One that begins with - goes after --.")
]
DEFAULT_INDEX = Path(".plait")
LONGEST_NUMBER = 10
"""Digits of a passage's number in ID#3; what is longer belongs to an article's id."""
GRACE = 1.0
"""Seconds to end after Ctrl-C; on a busy machine it takes .8."""
SHOW_CURSOR = "\033[?25h"
"""A bar of progress hides it; `typer.echo` drops this where there is no terminal."""


@app.callback(invoke_without_command=True)
def version(
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Hybrid search for article collections: by words (BM25), by meaning (vectors), or both."""
    if show_version:
        typer.echo(plait.__version__)
        raise typer.Exit


class _Reading(TyperCommand):
    """A command whose help names the suffixes that are read, those of packages included."""

    def get_help(self, ctx: Any) -> str:
        from plait.index.reading import suffixes

        self.help = (self.help or "").replace("SUFFIXES", ", ".join(suffixes()))
        return super().get_help(ctx)


@app.command(cls=_Reading)
def index(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files and folders; - for JSON lines on standard input."),
    ],
    root: Root = DEFAULT_INDEX,
    model: Annotated[
        str, typer.Option(help="A sentence-transformers folder or hub id, for a new index.")
    ] = "",
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove articles that are gone from below PATHS.")
    ] = False,
    id_field: Annotated[str, typer.Option(help="Of a record: its id.")] = "_id",
    title_field: Annotated[str, typer.Option(help="Of a record: its title.")] = "title",
    text_field: Annotated[str, typer.Option(help="Of a record: its text.")] = "text",
    date_field: Annotated[str, typer.Option(help="Of a record: its date.")] = "date",
    author_field: Annotated[str, typer.Option(help="Of a record: its author.")] = "author",
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
    with _progress() as tell, open_writer(root, encoder, name, tell) as writer:
        summary = bring_up_to_date(writer, files, stdin, names, prune=prune)
    _note(*(in_line(str(failure)) for failure in summary.failures))
    _note(in_line(writer.notice()))
    _say(f"{summary}. {root} holds {len(writer.ids())} articles.")
    if summary.failures:
        raise typer.Exit(1)


@app.command()
def search(
    query: QueryWords,
    root: Root = DEFAULT_INDEX,
    k: Annotated[int, typer.Option("-k", min=1, help="How many hits at most.")] = 10,
    system: SystemText = "",
    rerank: Annotated[str, typer.Option(help="Short for >> rerank(model=…): folder, hub id.")] = "",
    budget_ms: Annotated[int | None, typer.Option(min=1, help="Of --rerank.")] = None,
    passages: Annotated[bool, typer.Option("--passages", help="Every passage by itself.")] = False,
    min_score: MinScore = 0.0,
    exact: Exact = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show each score's parts.")] = False,
    as_json: AsJson = False,
) -> None:
    """Search. Operators: "a phrase", +must, -not, title:word, prefix*, fuzzy~, AND OR NOT."""
    from plait.search.index import Index, Options
    from plait.search.show.terminal import Page, record_of, spelling_note
    from plait.search.system import System, with_rerank

    opened = Index.open(root)
    text = " ".join(query)
    asked = with_rerank(system or str(opened.default), rerank, budget_ms)
    options = Options(System.parse(asked), passages, min_probability=min_score, exact=exact)
    answer = opened.answer(text, k, options)
    _note(in_line(spelling_note(text, answer)))
    if as_json:
        _say_json([record_of(hit) for hit in answer.hits])
        return
    page = Page(answer.asked, opened.analyzer, _in_colour(), explain)
    for hit in answer.hits:
        typer.echo("\n".join(page.lines(hit)))  # made safe there, and marked
    if not answer.hits:
        likely = f" with probability {min_score} or more" if min_score else ""
        _say(f"Nothing found for {text!r}{likely} among {len(opened)} articles.")


@app.command()
def show(
    article: Annotated[str, typer.Argument(help="An article's id, or a passage's (ID#3).")],
    root: Root = DEFAULT_INDEX,
    as_json: AsJson = False,
) -> None:
    """Print an article, or one passage of it."""
    from plait.search.index import Index

    opened = Index.open(root)
    owner, _, number = article.rpartition("#")
    if owner and number.isdecimal() and len(number) < LONGEST_NUMBER and article not in opened:
        passage = opened.passage(owner, int(number))
        text, record = passage.text, asdict(passage)
    else:
        found = opened.article(article)
        head = filter(None, (found.title, found.date, found.author))
        text, record = "\n".join((*map(in_line, head), "", found.text)), asdict(found)
    _say_json(record) if as_json else _say(text)


@app.command()
def remove(
    articles: Annotated[list[str], typer.Argument(help="Ids of articles.")],
    root: Root = DEFAULT_INDEX,
) -> None:
    """Remove articles from the index; their files stay. All of them, or none if one is unknown."""
    from plait.index.factory import open_store, open_writer
    from plait.index.ingest import remove_articles
    from plait.index.models.encoder import load_encoder

    model = open_store(root).recipe.model
    with open_writer(root, load_encoder(model, fetch=False), model) as writer:
        remove_articles(writer, articles)
    _say(f"Removed {len(articles)}.")


@app.command()
def info(root: Root = DEFAULT_INDEX, as_json: AsJson = False) -> None:
    """Say what an index holds and what it was built with."""
    from plait.index.factory import facts_of

    facts = {"index": str(root)} | facts_of(root)
    lines = (f"{name:<11} {value}" for name, value in facts.items())
    _say_json(facts) if as_json else _say("\n".join(lines))


@app.command()
def check(root: Root = DEFAULT_INDEX) -> None:
    """Compare every file of an index with its size and checksum."""
    from plait.index.factory import check_index

    _say(f"{root}: all {check_index(root)} files are as they were written.")


@app.command()
def context(
    query: QueryWords,
    root: Root = DEFAULT_INDEX,
    tokens: Annotated[int, typer.Option(min=1, help="Budget, in the model's word pieces.")] = 1500,
    system: SystemText = "",
    min_score: MinScore = 0.0,
    exact: Exact = False,
    as_json: AsJson = False,
) -> None:
    """Print the passages a chatbot would be given: numbered, with source and offsets.

    All of QUERY is words: a question has no operators.
    """
    from plait.search.context import fitting_excerpts, passages_for
    from plait.search.index import Index, Options
    from plait.search.show.terminal import spelling_note
    from plait.search.system import System

    asked = System.parse(system) if system else None
    opened, text = Index.open(root), " ".join(query)
    answer = passages_for(opened, text, Options(asked, min_probability=min_score, exact=exact))
    _note(in_line(spelling_note(text, answer)))
    excerpts = fitting_excerpts(opened, answer.hits, tokens)
    if as_json:
        _say_json([asdict(excerpt) | {"text": excerpt.text} for excerpt in excerpts])
    elif excerpts:
        _say("\n\n".join(map(str, excerpts)))
    else:
        likely = f" and has probability {min_score} or more" if min_score else ""
        _say(f"Nothing found that fits {tokens} word pieces{likely}.", err=True)


@app.command()
def why(
    query: Annotated[str, typer.Argument(help="The query, in quotes.")],
    article: Annotated[str, typer.Argument(help="An article's id.")],
    root: Root = DEFAULT_INDEX,
    system: SystemText = "",
    words: Annotated[bool, typer.Option("--words", help="No operators, as in bench.")] = False,
    exact: Exact = False,
    as_json: AsJson = False,
) -> None:
    """Say why an article ranks where it does, or at which stage it is lost."""
    from plait.search.index import Index, Options
    from plait.search.system import System
    from plait.search.why import explain_rank

    options = Options(System.parse(system) if system else None, operators=not words, exact=exact)
    reasons = explain_rank(Index.open(root), query, article, options)
    _say_json(reasons.record()) if as_json else _say("\n".join(reasons.lines()))


@app.command()
def bench(
    collection: Annotated[str, typer.Argument(help="A folder, ir_datasets:ID, or articles.")],
    root: Annotated[
        Path | None,
        typer.Option("-i", "--index", help="Where its index is kept; else below .plait-bench."),
    ] = None,
    qrels: Annotated[str, typer.Option(help="Which file of qrels/; test if left out.")] = "",
    topics: Annotated[Path | None, typer.Option(help="A file of topics, for articles.")] = None,
    qrels_file: Annotated[Path | None, typer.Option(help="A file of judgements.")] = None,
    systems: Annotated[
        Texts, typer.Option("-s", "--system", "--systems", help="As in 'keyword; hybrid'.")
    ] = None,
    runs: Annotated[Texts, typer.Option("--run", help="A TREC run: FILE or NAME=FILE.")] = None,
    baseline: Annotated[str, typer.Option(help="Compared with; hybrid, else the first.")] = "",
    measures: Annotated[str, typer.Option(help="As in 'nDCG@10 R@100 Judged@10'.")] = "",
    depth: Annotated[int, typer.Option(min=1, help="Articles kept a topic.")] = 100,
    out: Annotated[Path | None, typer.Option(help="Folder for runs, tables, report.")] = None,
    fail_under: Annotated[Texts, typer.Option(help="As in nDCG@10=0.73: baseline's floor.")] = None,
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
    if out:  # now, and not after an hour's work
        out.mkdir(parents=True, exist_ok=True)
    _note(found.note, plan.note)
    with _progress() as tell:
        opened, failures = lab.open_index(found, root, tell)
    _note(*(in_line(str(failure)) for failure in failures))
    wanted = plan if systems else plan.beside(opened.default)
    experiment = lab.run_experiment(opened, found, wanted)
    if out:
        lab.write_files(experiment, out)
    if as_json:
        _say_json(lab.table(experiment))
    else:
        _say("\n".join(lab.lines(experiment, opened)))
    lab.check_floors(experiment, floors)


@app.command()
def tune(
    topics: Annotated[
        Path | None, typer.Argument(help="A file: JSON lines, ID<tab>TEXT, or TREC's.")
    ] = None,
    qrels: Annotated[Path | None, typer.Argument(help="Judgements: TREC's or BEIR's.")] = None,
    root: Root = DEFAULT_INDEX,
    measure: Annotated[str, typer.Option(help="What is to be good.")] = "nDCG@10",
    save: Annotated[bool, typer.Option("--save", help="If better, make it the default.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Back to plain hybrid.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fit the hybrid's weight, k1, b and title, and p, to judgements of your own, if that helps.

    The gain is measured on topics that had no part in the choice. Where its interval is
    not above zero, nothing is changed; that is a result, so the exit status is 0. Takes
    10 topics or more, judged by an article's id or the name of its file, and minutes.
    """
    from plait.index.factory import record_system
    from plait.search import evaluation as lab
    from plait.search.index import Index

    if forget:
        if topics or qrels or save or as_json:
            raise QueryError("--forget goes with -i alone; leave the rest out.")
        _say(f"{root} searches by hybrid; before, by {record_system(root, '') or 'hybrid'}.")
        return
    if not (topics and qrels):
        raise QueryError("nothing to tune by; give a file of topics and one of judgements.")
    judged = lab.read_judged(topics, qrels)
    _note(judged.note)
    opened = Index.open(root)
    before = opened.default  # now, should it be refused
    with _progress("systems") as tell:
        found = lab.tune(opened, judged, measure, progress=tell)
    if not as_json:  # now, should saving fail
        _say("\n".join(lab.tuning_lines(found)))
    if saved := save and found.worth_saving:
        record_system(root, str(found.best))
    if as_json:
        _say_json(lab.tuning_record(found) | {"saved": saved})
    else:
        _say(lab.advice(found, before, saved=saved))


def _note(*notes: str) -> None:
    for note in filter(None, notes):
        _say(f"plait: {note}", err=True)


@contextmanager
def _progress(what: str = "passages") -> Iterator[Callable[[int], None]]:
    """Show a bar of what is done on a terminal; nothing elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TextColumn(f"{{task.completed:.0f}} {what}"), TimeElapsedColumn())
    console = Console(stderr=True)
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        # How many there will be is unknown until all files are read.
        task = bar.add_task(what, total=None)
        yield lambda more: bar.advance(task, more)


def _in_colour() -> bool:
    return bool(sys.stdout) and sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _say_json(value: object) -> None:
    typer.echo(json_text(value))  # escaped there


def _say(text: str, *, err: bool = False) -> None:
    """Print what comes from files and indexes, which may hold anything."""
    typer.echo(printable(text), err=err)


def _interrupted(*_: object) -> NoReturn:
    """Say so, and end by an exception; by force where a library swallows it, or a thread hangs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # said once
    signal.signal(signal.SIGALRM, _end)
    signal.setitimer(signal.ITIMER_REAL, GRACE)
    _note("interrupted; the index is as it was at its last commit.")
    raise SystemExit(130)


def _end(*_: object) -> NoReturn:
    """End without tidying up, but for the cursor: commits are whole, as after a kill."""
    try:
        typer.echo(SHOW_CURSOR, nl=False, err=True)
    finally:
        os._exit(130)


def main() -> None:
    """Run the command line; turn errors into one line and an exit status."""
    gc.set_threshold(100_000)  # what a start makes stays; looking for what does not took a tenth
    signal.signal(signal.SIGINT, _interrupted)
    try:
        app()
    except PlaitError as error:
        _note(str(error))
        sys.exit(2 if isinstance(error, QueryError) else 1)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        _note(f"{error.strerror or error}{where}. Nothing committed is lost.")
        sys.exit(1)
    finally:
        if signal.getsignal(signal.SIGINT) is not _interrupted:
            _end()  # Python's own end would undo the handlers first
        gc.freeze()  # spares the collector's last round at exit, a quarter of a search


if __name__ == "__main__":
    main()
