"""Pictures of latency by size, and of latency and quality together."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import altair as alt

from peers.roster import named
from plait.search.evaluation.report.drawing import FAINT, INK, data, layered, log_marks, to_svg

PLAIT_COLOUR = "#2563eb"
"""Colour of plait's own entries; all others are grey."""
PICTURE_HEIGHT = 420
"""Height of a picture, in CSS pixels."""
SMALL_PICTURE = (225, 470)
"""Height and width of the picture on README's first screen, beside its text, in CSS pixels."""
LINE_HEIGHT = 16
"""Height of a line of text, in CSS pixels."""

Points = Sequence[Mapping[str, str | float | bool]]
"""Points of a picture, each with `label`, `x`, `y` and `colour`."""


def draw(folder: Path, found: Mapping[str, Any]) -> None:
    """Write an SVG file for each picture that the numbers are enough for."""
    folder.mkdir(parents=True, exist_ok=True)
    for leg in ("keyword", "hybrid"):
        by_size = _by_size(found, leg)
        if by_size:
            titles = ("passages", "p50, ms")
            _write(folder / f"{leg}-by-size.svg", _lines(by_size, titles))
        beside = _beside_quality(found, leg)
        if beside:
            _write(folder / f"{leg}-beside-quality.svg", _scatter(beside))
    if small := _beside_quality(found, "hybrid"):
        svg = to_svg(_scatter(small, 3.2), *SMALL_PICTURE)
        (folder / "hybrid-small.svg").write_text(svg, encoding="utf-8")


def _by_size(found: Mapping[str, Any], leg: str) -> Points:
    """Return plait's growth together with the peers at the sizes they were measured at.

    Growth that was measured on another processor is left out.
    """
    processors = {found.get("machines", {}).get(s, {}).get("processor") for s in (leg, "growth")}
    grown = found.get("growth", {}).get("measured", []) if len(processors) == 1 else []
    own = [row for row in grown if row["label"].split()[0] in {leg, "dense"}]
    points = [_point(f"plait {row['label'].split()[0]}", row) for row in own]
    for race in found.get(leg, {}).values():
        rows = [row for row in race["measured"] if not (own and row["label"] == f"plait {leg}")]
        points += [_point(row["label"], row) for row in rows]
    return [p for p in points if leg == "hybrid" or p["label"] != "plait dense"]


def _point(label: str, row: Mapping[str, Any]) -> dict[str, str | float | bool]:
    colour = PLAIT_COLOUR if label.startswith("plait") else FAINT
    return {"label": label, "x": row["documents"], "y": row["p50"], "colour": colour}


def _beside_quality(found: Mapping[str, Any], leg: str) -> Points:
    """Return latency in the smallest race, in which all take part, and mean quality."""
    races, quality = found.get(leg, {}), found.get("quality", {})
    if not races or not quality:
        return []
    points = []
    for row in races[min(races, key=int)]["measured"]:
        label = row["label"]
        judged = quality.get(named(label).judged_as or label)
        if judged and label != "plait ranking":
            point = _point(label, row)
            points.append(point | {"x": row["p50"], "y": mean(judged.values())})
    return points


def _lines(points: Points, titles: tuple[str, str]) -> alt.LayerChart:
    """Return a line a label, named at its right end; both axes are logarithmic."""
    across, marks = _logarithmic([float(point["x"]) for point in points], 2)
    up, up_marks = _logarithmic([float(point["y"]) for point in points], 1.2)
    x = alt.X("x:Q", scale=across, axis=alt.Axis(title=titles[0], values=marks, format=",~r"))
    y = alt.Y("y:Q", scale=up, axis=alt.Axis(title=titles[1], values=up_marks, format="~r"))
    coloured = alt.Color("colour:N", scale=None)
    base = alt.Chart(data(points)).encode(x=x, y=y, color=coloured)
    lines = base.mark_line(strokeWidth=2).encode(detail="label:N")
    dots = base.mark_circle(size=45, opacity=1)
    last = {point["label"]: point for point in sorted(points, key=lambda point: point["x"])}
    names = alt.Chart(data(_apart(list(last.values()), points))).encode(x=x, y=y)
    return layered(lines, dots, _named(names))


def _apart(ends: Points, points: Points) -> Points:
    """Return the ends of lines, those moved up whose names would lie over each other."""
    values = [float(point["y"]) for point in points]
    step = (max(values) * 1.44 / min(values)) ** (LINE_HEIGHT / PICTURE_HEIGHT)
    moved: list[dict[str, str | float | bool]] = []
    for point in sorted(ends, key=lambda point: float(point["y"])):
        beside = [float(other["y"]) for other in moved if other["x"] == point["x"]]
        least = max(beside, default=0.0) * step
        moved.append({**point, "y": max(float(point["y"]), least)})
    return moved


def _scatter(points: Points, room: float = 2.0) -> alt.LayerChart:
    """Return a point a label: the best is at the top left; `room` is for the last one's name."""
    across, marks = _logarithmic([float(point["x"]) for point in points], room)
    x = alt.X("x:Q", scale=across, axis=alt.Axis(title="p50, ms", values=marks, format="~r"))
    y = alt.Y("y:Q", title="nDCG@10", scale=alt.Scale(zero=False, padding=20))
    base = alt.Chart(data(points)).encode(x=x, y=y)
    dots = base.mark_circle(size=80, opacity=1).encode(color=alt.Color("colour:N", scale=None))
    return layered(dots, _named(base))


def _named(base: alt.Chart) -> alt.Chart:
    """Return the label of each point, to the right of it."""
    return base.mark_text(align="left", dx=9, fontSize=13).encode(
        text="label:N", color=alt.value(INK)
    )


def _logarithmic(values: Sequence[float], room: float) -> tuple[alt.Scale, list[float]]:
    """Return a scale with some room beyond the greatest value, and its marks."""
    low, high = min(values) / 1.2, max(values) * room
    return alt.Scale(type="log", domain=[low, high], nice=False), log_marks(low, high)


def _write(path: Path, chart: alt.LayerChart) -> None:
    path.write_text(to_svg(chart, PICTURE_HEIGHT), encoding="utf-8")
