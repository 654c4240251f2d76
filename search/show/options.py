"""Options that several commands of the command line share."""

from pathlib import Path
from typing import Annotated, Any, TypeAlias

from typer import Argument, Option
from typer.core import TyperCommand

Root: TypeAlias = Annotated[
    Path, Option("-i", "--index", envvar="PLAIT_INDEX", help="The index folder.")
]
Texts: TypeAlias = list[str] | None
AsJson: TypeAlias = Annotated[bool, Option("--json", help="Print JSON, for programs.")]
SYSTEM_HELP = (
    "As in keyword, dense, 'hybrid(weight=0.6) >> rerank(model=M)'. "
    "If left out, the index's own: hybrid, unless tune saved another."
)
SystemText: TypeAlias = Annotated[str, Option("--system", "--mode", help=SYSTEM_HELP)]
LIKELY_HELP = "Leave out hits less likely to be relevant; 0.15 tells other fields."
Likely: TypeAlias = Annotated[float, Option(min=0, max=1, help=LIKELY_HELP)]
Exact: TypeAlias = Annotated[bool, Option("--exact", help="Ask as typed; correct no spelling.")]
Words: TypeAlias = Annotated[
    list[str], Argument(help="Words, or a question. One that begins with - goes after --.")
]


class Reading(TyperCommand):
    """A command whose help names the suffixes that are read, those of packages included."""

    def get_help(self, ctx: Any) -> str:
        """Return the help; the libraries of readers are not imported for it."""
        from plait.index.reading import suffixes  # noqa: PLC0415 - only this help needs it

        self.help = (self.help or "").replace("SUFFIXES", ", ".join(suffixes()))
        return super().get_help(ctx)
