"""Sections of the report, and the HTML of what they are made of.

Strings called `html` are markup already; every other string is text, and is escaped here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from plait.search.evaluation.experiment import Experiment

BASELINE_COLOUR = "#6b7280"
"""Colour of the baseline, a grey: the others are seen against it."""
ACCENT_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#1f2937")
"""Colours of the other systems: Okabe and Ito's palette (2008), which colour-blind readers can
tell apart, without its yellow, too faint on white. An eighth system takes the first again."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the report: its title, how to read it, and its content."""

    title: str
    lead: str
    html: str

    def render(self) -> str:
        """Return the section as HTML."""
        head = f"<h2>{escape(self.title)}</h2><p>{escape(self.lead)}</p>"
        return f"<section><header>{head}</header><div>{self.html}</div></section>"


def left_out(title: str, reason: str) -> Section:
    """Return a section that shows nothing and has the reason in its place."""
    return Section(title, "", f'<p class="left-out">Left out: {escape(reason)}</p>')


def colours(experiment: Experiment) -> dict[str, str]:
    """Return the colour of every system, the same in every picture."""
    others = [o.system for o in experiment.outcomes if o.system != experiment.baseline]
    accents = {name: ACCENT_COLOURS[at % len(ACCENT_COLOURS)] for at, name in enumerate(others)}
    return {o.system: accents.get(o.system, BASELINE_COLOUR) for o in experiment.outcomes}


def system_label(system: str, colour: str) -> str:
    """Return a system's name behind a dot of its colour, as HTML."""
    return f'<span class="system"><i style="background:{colour}"></i>{escape(system)}</span>'


def figure(label_html: str, note: str, picture_html: str) -> str:
    """Return a picture below its label and a note, as HTML."""
    caption = f"<figcaption>{label_html}<span>{escape(note)}</span></figcaption>"
    return f"<figure>{caption}{picture_html}</figure>"


def table(heads: Sequence[str], rows_html: Iterable[Sequence[str]], name: str) -> str:
    """Return a table as HTML; cells go from `<td` to `</td>`, and `name` is the table's class."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows_html)
    return (
        f'<div class="scroll"><table class="{name}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
