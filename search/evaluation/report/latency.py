"""Picture of the wall times of queries, a histogram for each system."""

import altair as alt
import numpy as np

from plait.search.evaluation.experiment import Experiment
from plait.search.evaluation.report import wording
from plait.search.evaluation.report.drawing import INK, data, layered, left_axis, log_marks, to_svg
from plait.search.evaluation.report.numbers import histogram
from plait.search.evaluation.report.section import Section, colours, figure, left_out, system_label

TIME_BINS = 48
"""Number of bins of the histogram; each is wide enough to point at."""
SHORTEST_SECONDS = 1e-6
"""Least time that is drawn: what a clock calls 0 has no place on a log scale."""


def latency(experiment: Experiment) -> Section:
    """Return a histogram of query times for each system that was timed."""
    title = "Latency"
    timed = {
        outcome.system: [max(time, SHORTEST_SECONDS) for time in outcome.seconds.values()]
        for outcome in experiment.outcomes
        if outcome.seconds
    }
    if not timed:
        return left_out(title, "no system was timed; runs that are read from files have no times.")
    every = [time for times in timed.values() for time in times]
    ends = (min(every) / 1.1, max(every) * 1.1)
    edges = np.geomspace(*ends, TIME_BINS + 1).tolist()
    colour_of = colours(experiment)
    panels = [
        figure(system_label(name, colour_of[name]), *_panel(times, edges, colour_of[name]))
        for name, times in timed.items()
    ]
    untimed = [o.system for o in experiment.outcomes if not o.seconds]
    lead = (
        "Wall time of a query, on a log scale that the systems share; height is the share of "
        "queries. Lines: median and 95th percentile."
    )
    missing = f" Not timed: {', '.join(untimed)}." if untimed else ""
    return Section(title, lead + missing, "".join(panels))


def _panel(times: list[float], edges: list[float], colour: str) -> tuple[str, str]:
    """Return the note to set above one system's histogram, and the histogram."""
    middle, late = (float(number) for number in np.percentile(times, [50, 95]))
    rows: list[dict[str, str | float]] = [
        {
            "low": found.low * 1000,
            "high": found.high * 1000,
            "share": found.share,
            "bottom": 0,
            "hover": f"{wording.milliseconds(found.low)} to {wording.milliseconds(found.high)}\n"
            f"{found.share:.1%} of queries",
        }
        for found in histogram(times, edges)
    ]
    lines = [{"at": middle * 1000}, {"at": late * 1000}]
    note = f"median {wording.milliseconds(middle)} · 95 % within {wording.milliseconds(late)}"
    return note, to_svg(_chart(rows, data(lines), colour), 110)


def _chart(rows: list[dict[str, str | float]], lines: alt.Data, colour: str) -> alt.LayerChart:
    across = alt.Scale(type="log", nice=False, zero=False)
    marks = log_marks(float(rows[0]["low"]), float(rows[-1]["high"]))
    below = alt.Axis(
        title=None, grid=False, values=marks, labelExpr="datum.label + ' ms'", format="~g"
    )
    base = alt.Chart(data(rows)).encode(x=alt.X("low:Q", scale=across, axis=below), x2="high:Q")
    bars = base.mark_rect(color=colour, opacity=0.75, aria=False).encode(
        y=alt.Y("share:Q", axis=left_axis("~%", ticks=3)), y2="bottom:Q"
    )
    rules = alt.Chart(lines).mark_rule(color=INK, strokeWidth=1.5, aria=False).encode(x="at:Q")
    hit = base.mark_rect(opacity=0).encode(
        y=alt.value("height"), y2=alt.value(0), description="hover:N"
    )
    return layered(bars, rules, hit)
