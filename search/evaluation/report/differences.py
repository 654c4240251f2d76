"""Pictures of how systems differ from the baseline, over all topics and topic by topic."""

from collections.abc import Sequence
from html import escape

import altair as alt
import numpy as np

from plait.search.evaluation.changes import Change, greatest_changes
from plait.search.evaluation.experiment import Comparison, Experiment
from plait.search.evaluation.report import wording
from plait.search.evaluation.report.drawing import INK, data, layered, left_axis, name_axis, to_svg
from plait.search.evaluation.report.numbers import challengers
from plait.search.evaluation.report.section import Section, colours, figure, left_out, system_label

MOST_BARS = 600
"""Number of bars that are no thinner than a pixel; of more topics, evenly spaced ones are
drawn."""
MOST_TICKS = 8
"""Number of steps between the numbers below an axis; more would touch."""
NOTHING_TO_COMPARE = "there is no second system to compare."
"""Reason to leave a section out where the baseline is the only system."""


def forest(experiment: Experiment) -> Section:
    """Return every difference to the baseline with its interval, drawn measure by measure."""
    title = "Differences to the baseline"
    compared = experiment.comparisons
    if not compared:
        return left_out(title, NOTHING_TO_COMPARE)
    colour_of = colours(experiment)
    panels = []
    for measure in experiment.measures:
        rows = [c for c in compared if c.measure == measure]
        picture = _intervals(rows, _span(_alike(compared, rows)), colour_of)
        panels.append(figure(f"<b>{escape(measure)}</b>", "", picture))
    lead = (
        f"Mean difference to {experiment.baseline} with its 95 % bootstrap interval. "
        f"Filled: significant at {wording.ALPHA} after Holm’s correction. Hollow: not."
    )
    return Section(title, lead, "".join(panels))


def describe(comparison: Comparison) -> str:
    """Return one comparison in words."""
    c = comparison
    return (
        f"{c.system} against {c.baseline}, {c.measure}: {wording.signed(c.difference)} "
        f"{wording.interval(c.low, c.high)}, {wording.probability(c.p)}, "
        f"after Holm {wording.probability(c.p_holm)}; {wording.count(c.better, 'topic')} better, "
        f"{c.worse} worse, {c.same} the same"
    )


def _alike(compared: Sequence[Comparison], rows: list[Comparison]) -> list[Comparison]:
    """Return the comparisons that share an axis: those of all measures of 0 to 1, or `rows`."""

    def large(comparison: Comparison) -> bool:
        return max(abs(comparison.low), abs(comparison.high)) > 1

    counts = {c.measure for c in compared if large(c)}  # such as NumRet
    alone = rows[0].measure in counts
    return rows if alone else [c for c in compared if c.measure not in counts]


def _span(compared: list[Comparison]) -> tuple[float, float]:
    """Return the ends of an axis that holds every interval, 0, and a margin."""
    ends = [0.0, *(end for c in compared for end in (c.low, c.high, c.difference))]
    margin = (max(ends) - min(ends)) * 0.06 or 0.01  # where nothing differs, any width will do
    return min(ends) - margin, max(ends) + margin


def _intervals(rows: list[Comparison], span: tuple[float, float], colour_of: dict[str, str]) -> str:
    values = data(
        {
            "system": c.system,
            "difference": c.difference,
            "low": c.low,
            "high": c.high,
            "colour": colour_of[c.system],
            "fill": colour_of[c.system] if c.p_holm < wording.ALPHA else "white",
            "text": f"{wording.signed(c.difference)} · {wording.probability(c.p_holm)}",
            "hover": describe(c),
        }
        for c in rows
    )
    base = alt.Chart(values).encode(y=alt.Y("system:N", sort=None, axis=name_axis()))
    return to_svg(_forest_chart(base, span), 32 * len(rows) + 24)


def _forest_chart(base: alt.Chart, span: tuple[float, float]) -> alt.LayerChart:
    low, high = span
    scale = alt.Scale(domain=[low, high + (high - low) * 0.3], nice=False)  # and room for words
    spelling = "datum.value == 0 ? '0' : datum.label"
    ticks = alt.Axis(title=None, format="+~g", labelExpr=spelling, values=_ticks(low, high))
    colour = alt.Color("colour:N", scale=None)
    zero = (
        alt.Chart(data([{"zero": 0}]))
        .mark_rule(color=INK, aria=False)
        .encode(x=alt.X("zero:Q", scale=scale, axis=ticks))
    )
    line = base.mark_rule(strokeWidth=2.5, aria=False).encode(x="low:Q", x2="high:Q", color=colour)
    point = base.mark_point(size=110, strokeWidth=2.5, opacity=1, aria=False).encode(
        x="difference:Q",
        stroke=alt.Stroke("colour:N", scale=None),
        fill=alt.Fill("fill:N", scale=None),
    )
    words = base.mark_text(align="right", color=INK, fontSize=13, aria=False).encode(
        x=alt.value("width"), text="text:N"
    )
    hit = base.mark_bar(opacity=0).encode(
        x=alt.value(0), x2=alt.value("width"), description="hover:N"
    )
    return layered(zero, line, point, words, hit)


def _ticks(low: float, high: float) -> list[float]:
    """Return round numbers within the span, so that none stands below the words."""
    power = 10 ** np.floor(np.log10(high - low))
    steps = (power * factor for factor in (0.2, 0.5, 1.0, 2.0))
    step = next(step for step in steps if (high - low) / step <= MOST_TICKS)
    return [round(float(at * step), 9) for at in range(int(low / step), int(high / step) + 1)]


def gains(experiment: Experiment) -> Section:
    """Return every topic's gain or loss against the baseline, drawn as one strip a system."""
    title = "Gains and losses by topic"
    measure = experiment.measures[0]
    systems = challengers(experiment)
    if not systems:
        return left_out(title, NOTHING_TO_COMPARE)
    most = len(experiment.topics)
    found = {system: greatest_changes(experiment, system, most) for system in systems}
    reach = max((abs(c.after - c.before) for rows in found.values() for c in rows), default=0)
    if not reach:
        return left_out(title, f"{measure} is the same for every topic and system.")
    colour_of = colours(experiment)
    strips = []
    for system, rows in found.items():
        compared = experiment.comparison(system, measure)
        same = compared.same if compared else 0
        strip = _strip(_placed(rows, same), reach, colour_of[system])
        strips.append(figure(system_label(system, colour_of[system]), _tally(rows, same), strip))
    lead = (
        f"Each bar is a topic: {measure} of the system less that of {experiment.baseline}, "
        "gains first. The gap is topics where nothing changed. Point at a bar to read it."
    )
    return Section(title, lead, "".join(strips))


def _tally(rows: list[Change], same: int) -> str:
    better = sum(change.after > change.before for change in rows)
    return f"{better} better · {len(rows) - better} worse · {same} the same"


def _placed(rows: list[Change], same: int) -> list[Change | None]:
    """Return gains, as many gaps as topics are the same, then losses, the greatest last."""
    better = [change for change in rows if change.after > change.before]
    return [*better, *([None] * same), *reversed(rows[len(better) :])]


def _strip(places: list[Change | None], reach: float, colour: str) -> str:
    width = min(len(places), MOST_BARS)
    chosen = np.linspace(0, len(places) - 1, width).round().astype(int).tolist()
    bars = [(at, places[place]) for at, place in enumerate(chosen)]
    values = data(_bar(at, change) for at, change in bars if change)
    across = alt.Scale(domain=[0, max(width, 1)], nice=False)
    up = alt.Scale(domain=[-reach, reach], nice=False)
    base = alt.Chart(values).encode(x=alt.X("start:Q", scale=across, axis=None), x2="end:Q")
    shown = base.mark_bar(color=colour, aria=False).encode(
        y=alt.Y("difference:Q", scale=up, axis=left_axis("+~g")),
        y2="zero:Q",
        opacity=alt.condition("datum.loss", alt.value(0.5), alt.value(1)),
    )
    hit = base.mark_bar(opacity=0).encode(
        y=alt.value(0), y2=alt.value("height"), description="hover:N"
    )
    return to_svg(layered(shown, hit), 130)


def _bar(at: int, change: Change) -> dict[str, str | float]:
    difference = change.after - change.before
    values = f"{wording.value(change.before)} → {wording.value(change.after)}"
    return {
        "start": at,
        "end": at + 1,
        "difference": difference,
        "zero": 0,
        "loss": difference < 0,
        "hover": f"{change.topic.id}: {wording.shortened(change.topic.text)}\n"
        f"{values} ({wording.signed(difference)})",
    }
