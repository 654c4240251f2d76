"""Picture of each system's mean on each kind of topic."""

import altair as alt

from plait.search.evaluation.experiment import Experiment, Outcome
from plait.search.evaluation.measures import aggregate
from plait.search.evaluation.report import wording
from plait.search.evaluation.report.drawing import INK, data, layered, name_axis, to_svg
from plait.search.evaluation.report.numbers import kinds
from plait.search.evaluation.report.section import Section, colours, figure, left_out, system_label

BAR_HEIGHT = 16
"""Height of a bar and its gap, in CSS pixels: room for a number behind it."""


def by_kind(experiment: Experiment) -> Section:
    """Return every system's mean on each kind of topic, drawn as bars."""
    title = "Means by kind of topic"
    groups = kinds(experiment)
    if not groups:
        return left_out(title, "the topics are not divided into kinds.")
    measure = experiment.measures[0]
    colour_of = colours(experiment)
    rows = [
        _row(kind, topics, outcome, measure) | {"colour": colour_of[outcome.system]}
        for kind, topics in groups.items()
        for outcome in experiment.outcomes
    ]
    keys = "".join(system_label(name, colour) for name, colour in colour_of.items())
    picture = _bars(rows, len(groups), len(experiment.outcomes))
    lead = f"{measure}, averaged over the topics of a kind; their number is in brackets."
    return Section(title, lead, figure(keys, "", picture))


def _row(kind: str, topics: list[str], outcome: Outcome, measure: str) -> dict[str, str | float]:
    values = outcome.values[measure]
    mean = aggregate(measure, {topic: values[topic] for topic in topics if topic in values})
    text = wording.value(mean)
    return {
        "kind": f"{kind} ({len(topics)})",
        "system": outcome.system,
        "mean": mean,
        "text": text,
        "hover": f"{kind}, {wording.count(len(topics), 'topic')}\n"
        f"{outcome.system}: {measure} {text}",
    }


def _bars(rows: list[dict[str, str | float]], groups: int, systems: int) -> str:
    best = max((float(row["mean"]) for row in rows), default=0.0) or 1.0
    across = alt.Scale(domain=[0, best * 1.08], nice=False)  # and room for the numbers
    base = alt.Chart(data(rows)).encode(
        y=alt.Y("kind:N", sort=None, axis=name_axis(), scale=alt.Scale(paddingInner=0.25)),
        yOffset=alt.YOffset("system:N", sort=None),
        x=alt.X("mean:Q", axis=alt.Axis(title=None, format="~g", tickCount=6), scale=across),
    )
    bars = base.mark_bar().encode(color=alt.Color("colour:N", scale=None), description="hover:N")
    words = base.mark_text(align="left", dx=4, fontSize=12, color=INK, aria=False).encode(
        text="text:N"
    )
    return to_svg(layered(bars, words), round(groups * (systems + 1) * BAR_HEIGHT) + 30)
