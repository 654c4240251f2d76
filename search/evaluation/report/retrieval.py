"""Pictures of recall by rank, and of the scores of relevant and other articles."""

import altair as alt
import numpy as np

from plait.search.evaluation.experiment import Experiment, Outcome
from plait.search.evaluation.report import wording
from plait.search.evaluation.report.drawing import INK, data, layered, left_axis, log_marks, to_svg
from plait.search.evaluation.report.numbers import histogram, ranks, recall, split_scores
from plait.search.evaluation.report.section import Section, colours, figure, left_out, system_label

SCORE_BINS = 60
"""Number of bins of a histogram; each is wide enough to point at."""


def recall_curve(experiment: Experiment) -> Section:
    """Return the recall at each rank, drawn as one line a system."""
    title = "Recall by rank"
    at = ranks(experiment)
    if len(at) < 2:  # noqa: PLR2004 - a line has two ends
        return left_out(title, "no system retrieved more than one article for a topic.")
    curves = {o.system: recall(experiment, o, at) for o in experiment.outcomes}
    lead = (
        "Share of the relevant articles found down to a rank, averaged over topics. "
        "The rank is on a log scale. Point at a rank to read it."
    )
    keys = "".join(system_label(name, colour) for name, colour in colours(experiment).items())
    return Section(title, lead, figure(keys, "", _curves(at, curves, colours(experiment))))


def _curves(at: list[int], curves: dict[str, list[float]], colour_of: dict[str, str]) -> str:
    points = data(
        {"rank": rank, "recall": value, "system": system, "colour": colour_of[system]}
        for system, values in curves.items()
        for rank, value in zip(at, values, strict=True)
    )
    # A rank answers the pointer up to half way, on the log scale, to its neighbours.
    middles = np.sqrt(np.multiply(at[1:], at[:-1])).tolist()
    columns = data(
        {"start": start, "end": end, "hover": _at_rank(rank, place, curves)}
        for place, (rank, start, end) in enumerate(
            zip(at, [at[0], *middles], [*middles, at[-1]], strict=True)
        )
    )
    scale = alt.Scale(type="log", domain=[1, at[-1]], nice=False)
    below = alt.Axis(title="rank", values=log_marks(1, at[-1]), format="d")
    up = alt.Scale(domain=[0, 1])
    lines = (
        alt.Chart(points)
        .mark_line(strokeWidth=2.25, aria=False)
        .encode(
            x=alt.X("rank:Q", scale=scale, axis=below),
            y=alt.Y("recall:Q", scale=up, axis=left_axis(".1f")),
            color=alt.Color("colour:N", scale=None),
            detail="system:N",
        )
    )
    hit = (
        alt.Chart(columns)
        .mark_rect(opacity=0)
        .encode(
            x="start:Q",
            x2="end:Q",
            y=alt.value(0),
            y2=alt.value("height"),
            description="hover:N",
        )
    )
    return to_svg(layered(lines, hit), 360)


def _at_rank(rank: int, place: int, curves: dict[str, list[float]]) -> str:
    best_first = sorted(curves.items(), key=lambda curve: -curve[1][place])
    lines = (f"{wording.value(values[place])}  {system}" for system, values in best_first)
    return "\n".join([f"rank {rank}", *lines])


def scores(experiment: Experiment) -> Section:
    """Return how scores of relevant and of other retrieved articles are spread, drawn by system."""
    title = "Scores of relevant and other articles"
    colour_of = colours(experiment)
    panels = [_scores_panel(experiment, o, colour_of[o.system]) for o in experiment.outcomes]
    lead = (
        "Coloured: relevant articles among those retrieved. Dark line: the others, which were "
        "judged not relevant or not judged. Each adds up to 1; the less they overlap, the better "
        "a score tells them apart. Scales differ between systems."
    )
    return Section(title, lead, "".join(panels))


def _scores_panel(experiment: Experiment, outcome: Outcome, colour: str) -> str:
    label = system_label(outcome.system, colour)
    relevant, others = split_scores(experiment, outcome)
    both = [*relevant, *others]
    if not both:
        return figure(label, "", '<p class="left-out">Left out: it retrieved nothing.</p>')
    if min(both) == max(both):
        return figure(label, "", '<p class="left-out">Left out: all scores are equal.</p>')
    edges = np.linspace(min(both), max(both), SCORE_BINS + 1).tolist()
    note = f"{wording.count(len(relevant), 'relevant article')} retrieved"
    return figure(label, note, _spread(relevant, others, edges, colour))


def _spread(relevant: list[float], others: list[float], edges: list[float], colour: str) -> str:
    pairs = zip(histogram(relevant, edges), histogram(others, edges), strict=True)
    rows: list[dict[str, str | float]] = [
        {
            "low": found.low,
            "high": found.high,
            "relevant": found.share,
            "others": other.share,
            "bottom": 0,
            "hover": f"score {found.low:.3g} to {found.high:.3g}\n"
            f"{found.share:.1%} of the relevant articles\n{other.share:.1%} of the others",
        }
        for found, other in pairs
    ]
    right_end = {"low": edges[-1], "others": rows[-1]["others"]}
    chart = _spread_chart(data(rows), data([*rows, right_end]), (edges[0], edges[-1]), colour)
    return to_svg(chart, 120)


def _spread_chart(
    rows: alt.Data, steps: alt.Data, span: tuple[float, float], colour: str
) -> alt.LayerChart:
    across = alt.X(
        "low:Q",
        scale=alt.Scale(domain=list(span), nice=False),
        axis=alt.Axis(title=None, grid=False, tickCount=10),
    )
    up = alt.Y("relevant:Q", scale=alt.Scale(nice=False), axis=left_axis("~%", ticks=3))
    bars = (
        alt.Chart(rows)
        .mark_rect(color=colour, opacity=0.75, aria=False)
        .encode(across, up, x2="high:Q", y2="bottom:Q")
    )
    line = (
        alt.Chart(steps)
        .mark_line(interpolate="step-after", color=INK, strokeWidth=1.5, aria=False)
        .encode(across, y="others:Q")
    )
    hit = (
        alt.Chart(rows)
        .mark_rect(opacity=0)
        .encode(across, x2="high:Q", y=alt.value("height"), y2=alt.value(0), description="hover:N")
    )
    return layered(bars, line, hit)
