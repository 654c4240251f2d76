"""The command line: what it prints, and how it exits (with `plait.search.show`).

Exit status 0 for success, 1 for an operation that failed, 2 for bad usage, 130
after Ctrl-C. A command imports what it runs, so that the others start quickly.
"""

import sys
from dataclasses import asdict

import typer

import plait
from plait.search.keeping import check, info, reindex, remove
from plait.search.measuring import bench, tune
from plait.search.show import options as its
from plait.search.show.choices import Form, Order
from plait.search.show.options import DEFAULT_INDEX, console
from plait.search.show.process import run

app = typer.Typer(
    epilog="bench keeps an index of its own, in .plait-bench, unless -i names one.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def whole(root: its.WholeRoot = None, show_version: its.Version = False) -> None:  # noqa: ARG001 - asked by `its.Root`
    """Hybrid search for article collections: by words (BM25), by meaning (vectors), or both."""
    if show_version:
        typer.echo(plait.__version__)
        raise typer.Exit


@app.command(cls=its.Reading)
def index(
    paths: its.Paths,
    root: its.NewRoot = DEFAULT_INDEX,
    model: its.Model = "",
    prune: its.Prune = False,
    reread: its.Reread = False,
    id_field: its.IdField = "_id",
    title_field: its.TitleField = "title",
    text_field: its.TextField = "text",
    date_field: its.DateField = "date",
    author_field: its.AuthorField = "author",
    field: its.FieldTypes = None,
) -> None:
    """Add articles, or bring the index up to date: only what changed is read and encoded.

    Reads SUFFIXES. A file that cannot be read is reported and skipped, and the exit status is 1.
    """
    from plait.index.forgetting import read_again
    from plait.index.ingest import Indexing
    from plait.index.reading import FieldNames, bounded_lines
    from plait.index.summary import counted
    from plait.search.show.writing import writing

    types = ", ".join(field or ())
    names = FieldNames(id_field, title_field, text_field, date_field, author_field, types)
    files = [path for path in paths if str(path) != "-"]
    stdin = bounded_lines(sys.stdin.buffer) if len(files) < len(paths) and sys.stdin else ()
    with writing(root, console, model) as (writer, told):
        if reread:
            read_again(writer, files)
        summary = Indexing(writer, names, prune=prune, progress=told.files).run(files, stdin)
    console.note(*summary.failures, *summary.notices, writer.notice())
    holds = f"{root} holds {counted(len(writer.ids()), 'article')}."
    console.lines(filter(None, [f"{summary}. {holds}", summary.others()]))
    if summary.failures:
        raise typer.Exit(1)


@app.command()
def search(
    query: its.WordsOrFile = None,
    root: its.Root = DEFAULT_INDEX,
    queries: its.QueriesFile = None,
    k: its.Hits = 10,
    offset: its.Offset = 0,
    where: its.Where = None,
    since: its.Since = None,
    until: its.Until = None,
    facet: its.Facets = None,
    sort: its.ByDate = "",
    system: its.SystemText = "",
    rerank: its.Rerank = "",
    budget_ms: its.BudgetMs = None,
    passages: its.Passages = False,
    min_p: its.Likely = None,
    exact: its.Exact = False,
    no_operators: its.NoOperators = False,
    as_of: its.AsOf = None,
    now: its.Now = None,
    explain: its.Explain = False,
    form: its.Format = Form.TEXT,
    as_json: its.AsJson = False,
    full: its.Full = False,
) -> None:
    """Search. Operators: "a phrase", +must, -not, title:word, w?rd*, fuzzy~, AND OR NOT.

    Fields filter in the query too: author:smith, date:[2018 TO 2019], -section:sport.
    """
    from plait.search.asking import Asking
    from plait.search.show.asked import where_of, with_rerank
    from plait.search.show.formats import chosen_form
    from plait.search.show.output import Output

    chosen = chosen_form(form, as_json=as_json, full=full, explain=explain, facets=bool(facet))
    opened, words = plait.Index.open(root), query or []
    asked = plait.System.parse(with_rerank(system or str(opened.default), rerank, budget_ms))
    options = plait.Options(
        asked,
        passages,
        min_probability=min_p,
        operators=not no_operators,
        exact=exact,
        where=where_of(where, since, until),
        sort=sort,
        now=now,
        as_of=as_of,
    )
    output = Output(console, chosen, opened.analyzer, full, explain)
    asking = Asking(opened, options, k, offset, facet or (), output)
    asking.of_file(queries, words) if queries else asking.of_words(words)


@app.command("list")
def list_articles(
    root: its.Root = DEFAULT_INDEX,
    where: its.Where = None,
    since: its.Since = None,
    until: its.Until = None,
    now: its.Now = None,
    sort: its.Sorting = Order.ID,
    k: its.Most = None,
    offset: its.Offset = 0,
    form: its.Format = Form.TEXT,
    as_json: its.AsJson = False,
) -> None:
    """List the articles of an index: date, id and title of each."""
    from plait.search.show.asked import where_of
    from plait.search.show.formats import chosen_form
    from plait.search.show.listing import listed
    from plait.search.show.output import Output

    chosen = chosen_form(form, as_json=as_json)
    opened = plait.Index.open(root)
    options = plait.Options(where=where_of(where, since, until), now=now)
    with opened.reading():
        ids = opened.article_ids(options)
        articles = listed(ids, opened.store.article, sort, (offset, k))
        Output(console, chosen, opened.analyzer).articles(articles)


@app.command()
def show(
    articles: its.NamedOrPassages,
    root: its.Root = DEFAULT_INDEX,
    as_json: its.AsJson = False,
) -> None:
    """Print articles, or passages of them: 20 at most.

    JSON is one object for one article, and an array for several.
    """
    from plait.search.show.catalogue import Catalogue
    from plait.search.show.terminal import shown_together

    opened = plait.Index.open(root)
    with opened.reading():
        ids = Catalogue.of_store(opened.store).few(articles)
    entries = [opened.entry(own) for own in ids]
    records = [asdict(entry) for entry in entries]
    if as_json:
        console.json(records if len(records) > 1 else records[0])
    else:
        console.say(shown_together(entries))


@app.command()
def context(
    query: its.Words,
    root: its.Root = DEFAULT_INDEX,
    tokens: its.Tokens = 1500,
    system: its.SystemText = "",
    where: its.Where = None,
    since: its.Since = None,
    until: its.Until = None,
    min_p: its.Likely = None,
    exact: its.Exact = False,
    as_of: its.AsOf = None,
    now: its.Now = None,
    as_json: its.AsJson = False,
) -> None:
    """Print the passages a chatbot would be given: numbered, with source and offsets.

    All of QUERY is words: a question has no operators.
    """
    from plait.search.context import fitting_excerpts, nothing_fits, passages_for
    from plait.search.show.asked import where_of
    from plait.search.show.terminal import spelling_note

    asked = plait.System.parse(system) if system else None
    opened, text = plait.Index.open(root), " ".join(query)
    options = plait.Options(
        asked,
        min_probability=min_p,
        exact=exact,
        where=where_of(where, since, until),
        now=now,
        as_of=as_of,
    )
    answer = passages_for(opened, text, options)
    console.note(spelling_note(text, answer))
    excerpts = fitting_excerpts(opened, answer.hits, tokens)
    if as_json:
        console.json([excerpt.record() for excerpt in excerpts])
    elif excerpts:
        console.say("\n\n".join(map(str, excerpts)))
    else:
        console.say(nothing_fits(tokens, min_p), err=True)


@app.command()
def why(
    query: its.OneQuery,
    article: its.OneNamed,
    root: its.Root = DEFAULT_INDEX,
    system: its.SystemText = "",
    where: its.Where = None,
    words: its.NoOperators = False,
    exact: its.Exact = False,
    as_json: its.AsJson = False,
) -> None:
    """Say why an article ranks where it does, or at which stage it is lost."""
    from plait.search.show.asked import where_of
    from plait.search.show.catalogue import Catalogue
    from plait.search.why import explain_rank

    asked = plait.System.parse(system) if system else None
    options = plait.Options(asked, operators=not words, exact=exact, where=where_of(where))
    opened = plait.Index.open(root)
    with opened.reading():
        wanted = Catalogue.of_store(opened.store).one(article)
    reasons = explain_rank(opened, query, wanted, options)
    console.json(reasons.record()) if as_json else console.folded(reasons.lines())


for command in (remove, info, check, reindex, bench, tune):
    app.command(cls=its.Reflowed)(command)
app.command("upgrade", cls=its.Reflowed, hidden=True)(reindex)  # its earlier name


def main() -> None:
    """Run the command line."""
    run(lambda: app(), console)  # noqa: PLW0108 - looked up when it runs


if __name__ == "__main__":
    main()
