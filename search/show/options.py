"""Options and arguments of the commands, with the help that a person reads.

A name that several commands have means the same in each of them.
"""

from pathlib import Path
from typing import Annotated, Any, TypeAlias

from typer import Argument, CallbackParam, Context, Option, echo
from typer.core import TyperCommand

from plait.search.show.choices import Form, Order
from plait.search.show.console import Console
from plait.search.show.place import INDEX_FOLDER, nearest_index, no_index_here

DEFAULT_INDEX = Path(INDEX_FOLDER)
console = Console(echo)


def _root(ctx: Context, param: CallbackParam, given: Path) -> Path:
    """Return the index that is named here or before the command, else the nearest one."""
    found = _named(ctx, param, given) or nearest_index()
    if found is None and not ctx.resilient_parsing:
        raise no_index_here()
    return found or given


def _new_root(ctx: Context, param: CallbackParam, given: Path) -> Path:
    """Return the index as `_root` does; where there is none, one to be made here."""
    return _named(ctx, param, given) or nearest_index() or given


def _own_root(ctx: Context, given: Path | None) -> Path | None:
    """Return the index that is named here or before the command; PLAIT_INDEX does not count."""
    whole = ctx.find_root()
    source = whole.get_parameter_source("root")
    return given or (whole.params.get("root") if source and source.name == "COMMANDLINE" else None)


def _named(ctx: Context, param: CallbackParam, given: Path) -> Path | None:
    source = ctx.get_parameter_source(param.name or "")
    if source and source.name != "DEFAULT":
        return given
    named: Path | None = ctx.find_root().params.get("root")
    return named


ROOT_HELP = "The index folder; plait -h says which, if left out."
Root: TypeAlias = Annotated[
    Path, Option("-i", "--index", metavar="DIR", callback=_root, show_default=False, help=ROOT_HELP)
]
NewRoot: TypeAlias = Annotated[
    Path,
    Option("-i", "--index", metavar="DIR", callback=_new_root, show_default=False, help=ROOT_HELP),
]
OwnRoot: TypeAlias = Annotated[
    Path | None,
    Option(
        "-i",
        "--index",
        metavar="DIR",
        callback=_own_root,
        help="Where its index is kept; else in .plait-bench.",
    ),
]
WholeRoot: TypeAlias = Annotated[
    Path | None,
    Option(
        "-i",
        "--index",
        envvar="PLAIT_INDEX",
        metavar="DIR",
        show_envvar=False,
        help="The index folder; else PLAIT_INDEX, else the nearest .plait, here or above.",
    ),
]
Version: TypeAlias = Annotated[bool, Option("--version", help="Print the version.")]

# What is indexed.
Paths: TypeAlias = Annotated[
    list[Path], Argument(help="Files and folders; - for JSON lines on standard input.")
]
Model: TypeAlias = Annotated[
    str, Option(help="A sentence-transformers folder or hub id, for a new index.")
]
Prune: TypeAlias = Annotated[
    bool, Option("--prune", help="Remove articles that are gone from below PATHS.")
]
Reread: TypeAlias = Annotated[
    bool, Option("--reread", help="Read files again whose size and time did not change.")
]
IdField: TypeAlias = Annotated[str, Option(help="Field of a record that holds its id.")]
TitleField: TypeAlias = Annotated[str, Option(help="Field that holds its title.")]
TextField: TypeAlias = Annotated[str, Option(help="Field that holds its text.")]
DateField: TypeAlias = Annotated[str, Option(help="Field that holds its date.")]
AuthorField: TypeAlias = Annotated[str, Option(help="Field that holds its author.")]
FieldTypes: TypeAlias = Annotated[
    list[str] | None,
    Option(
        "--field",
        metavar="NAME=TYPE",
        help="Type of another field: text, number, date or flag. May be repeated.",
    ),
]
WithFields: TypeAlias = Annotated[
    bool, Option("--fields", help="List the fields of the articles, their types and examples.")
]

# What is asked, and how.
Words: TypeAlias = Annotated[
    list[str], Argument(help="Words, or a question. One that begins with - goes after --.")
]
WordsOrFile: TypeAlias = Annotated[
    list[str] | None,
    Argument(help="Words, or a question. One that begins with - goes after --."),
]
QueriesFile: TypeAlias = Annotated[
    Path | None,
    Option(
        "--queries",
        metavar="FILE",
        help="Ask each query of a file instead: one a line, ID<tab>TEXT, or as topics of bench.",
    ),
]
OneQuery: TypeAlias = Annotated[str, Argument(help="The query, in quotes.")]
Hits: TypeAlias = Annotated[int, Option("-k", min=1, metavar="N", help="How many hits at most.")]
SYSTEM_HELP = (
    "As in keyword, dense, 'hybrid(weight=.6) >> rerank(model=M)'. "
    "If left out, the index's own: hybrid, unless tune saved another."
)
SystemText: TypeAlias = Annotated[str, Option("--system", "--mode", help=SYSTEM_HELP)]
Rerank: TypeAlias = Annotated[
    str, Option(help="Model that reads the first hits again: a folder or hub id, as in >> rerank.")
]
BudgetMs: TypeAlias = Annotated[
    int | None, Option(min=1, metavar="N", help="Milliseconds for --rerank.")
]
Passages: TypeAlias = Annotated[
    bool, Option("--passages", help="Every passage by itself, not the best of each article.")
]
LIKELY_HELP = (
    "Leave out hits with a lower p, the probability of being relevant, 0 to 1; 0.15 leaves a "
    "question of another field without hits, 0 lists the nearest of any."
)
Likely: TypeAlias = Annotated[float | None, Option(min=0, max=1, metavar="P", help=LIKELY_HELP)]
Exact: TypeAlias = Annotated[bool, Option("--exact", help="Ask as typed; correct no spelling.")]
WHERE_HELP = (
    "Only articles that pass a filter, as 'date >= 2018 and section in (world, sport)'; "
    "plait info --fields lists what there is. Several all hold."
)
Where: TypeAlias = Annotated[list[str] | None, Option(metavar="FILTER", help=WHERE_HELP)]
Since: TypeAlias = Annotated[
    str | None,
    Option(metavar="DATE", help="Short for date >= DATE: 2018, 2018-11, 'last 30 days'."),
]
Until: TypeAlias = Annotated[str | None, Option(metavar="DATE", help="Short for date <= DATE.")]
Now: TypeAlias = Annotated[
    str | None,
    Option(metavar="DAY", help="Day that 'last 30 days' counts from; today if left out."),
]
AsOf: TypeAlias = Annotated[
    str | None, Option(metavar="DAY", help="Ask as of a day: later articles are left out.")
]
Facets: TypeAlias = Annotated[
    list[str] | None,
    Option(
        "--facet",
        metavar="FIELD",
        help="Count the matches by a field; also date:year, date:month. May be repeated.",
    ),
]
ByDate: TypeAlias = Annotated[
    str,
    Option("--sort", metavar="ORDER", help="date or -date (newest first): likely hits by date."),
]
Offset: TypeAlias = Annotated[
    int, Option(min=0, metavar="N", help="Hits to pass over: the next page.")
]
Explain: TypeAlias = Annotated[
    bool, Option("--explain", help="Show each score's parts (text, json, jsonl).")
]
Tokens: TypeAlias = Annotated[
    int, Option(min=1, metavar="N", help="Budget, in the model's word pieces.")
]
NoOperators: TypeAlias = Annotated[
    bool, Option("--words", help="All is words, also signs such as - and quotes.")
]

# What is printed.
Format: TypeAlias = Annotated[
    Form,
    Option(
        "--format",
        metavar="FORM",
        help=f"{', '.join(Form)}: the last prints paths, one a line, as for xargs.",
    ),
]
AsJson: TypeAlias = Annotated[bool, Option("--json", help="Print JSON, for programs.")]
Full: TypeAlias = Annotated[
    bool, Option("--full", help="Add the articles' whole texts (json, jsonl).")
]
Sorting: TypeAlias = Annotated[
    Order, Option("--sort", metavar="ORDER", help=f"{', '.join(Order)}: the last is newest first.")
]
Most: TypeAlias = Annotated[
    int | None, Option("-k", min=1, metavar="N", help="How many at most; all if left out.")
]

# Which articles.
Named: TypeAlias = Annotated[
    list[str],
    Argument(
        metavar="ARTICLES...",
        help="Ids, paths, folders, patterns, or 3 for the third hit of the last search.",
    ),
]
NamedOrPassages: TypeAlias = Annotated[
    list[str],
    Argument(
        metavar="ARTICLES...",
        help="Ids (ID#3: a passage), paths, folders, patterns, or 3 for the third hit of the "
        "last search.",
    ),
]
OneNamed: TypeAlias = Annotated[
    str, Argument(help="An id, a path, or 3 for the third hit of the last search.")
]

# What is measured.
Texts: TypeAlias = list[str] | None
CollectionName: TypeAlias = Annotated[str, Argument(help="A folder, ir_datasets:ID, or articles.")]
QrelsName: TypeAlias = Annotated[str, Option(help="Which file of qrels/; test if left out.")]
TopicsFile: TypeAlias = Annotated[Path | None, Option(help="A file of topics, for articles.")]
QrelsFile: TypeAlias = Annotated[Path | None, Option(help="A file of judgements.")]
TopicField: TypeAlias = Annotated[
    str, Option(help="What is asked of topics: title, desc, narr, title+desc.")
]
BenchModel: TypeAlias = Annotated[
    str, Option(help="A model's folder or hub id; if left out, the index's own.")
]
Systems: TypeAlias = Annotated[
    Texts, Option("-s", "--system", "--systems", help="As in 'keyword; hybrid'.")
]
Runs: TypeAlias = Annotated[Texts, Option("--run", help="A TREC run: FILE or NAME=FILE.")]
Baseline: TypeAlias = Annotated[str, Option(help="Compared with; hybrid, else the first.")]
Measures: TypeAlias = Annotated[str, Option(help="As in 'nDCG@10 R@100 Judged@10'.")]
ArticlesKept: TypeAlias = Annotated[int, Option(min=1, metavar="N", help="Articles kept a topic.")]
Out: TypeAlias = Annotated[Path | None, Option(help="Folder for runs, tables, report.")]
FailUnder: TypeAlias = Annotated[Texts, Option(help="As in nDCG@10=0.73: baseline's floor.")]
TunedTopics: TypeAlias = Annotated[
    Path | None, Argument(help="A file: JSON lines, ID<tab>TEXT, or TREC's.")
]
TunedQrels: TypeAlias = Annotated[Path | None, Argument(help="Judgements: TREC's or BEIR's.")]
Measure: TypeAlias = Annotated[str, Option(help="Measure to improve.")]
Save: TypeAlias = Annotated[bool, Option("--save", help="If better, make it the default.")]
Forget: TypeAlias = Annotated[bool, Option("--forget", help="Back to plain hybrid.")]


class Reflowed(TyperCommand):
    """A command whose help has no line ends but those between paragraphs, however wide it is."""

    def get_help(self, ctx: Any) -> str:
        """Return the help, each paragraph of it in one line for the terminal to wrap."""
        paragraphs = (self.help or "").split("\n\n")
        self.help = "\n\n".join(" ".join(text.split()) for text in paragraphs)
        return super().get_help(ctx)


class Reading(Reflowed):
    """A command whose help names the suffixes that are read, those of packages included."""

    def get_help(self, ctx: Any) -> str:
        """Return the help; the libraries of readers are not imported for it."""
        from plait.index.reading import suffixes  # noqa: PLC0415 - only this help needs it

        self.help = (self.help or "").replace("SUFFIXES", ", ".join(suffixes()))
        return super().get_help(ctx)
