"""Charts as SVG, and the sizes, fonts and colours that make them look alike.

Text is set in a font of Arial's widths, because those are what the library measures with.
"""

import math
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import TypeAlias

import altair as alt

Rows: TypeAlias = Iterable[Mapping[str, str | float | bool]]
Chart: TypeAlias = alt.Chart | alt.LayerChart

PICTURE_WIDTH = 880
"""Width of every picture, in CSS pixels, axes included; a narrower window scales it down."""
NAMES_WIDTH, NUMBERS_WIDTH = 200, 40
"""Widths of names and of numbers left of a vertical axis, in CSS pixels, so that pictures line
up."""
FONTS = "Helvetica, Arial, 'Liberation Sans', sans-serif"
INK, FAINT, GRID = "#374151", "#6b7280", "#e5e7eb"


def data(rows: Rows) -> alt.Data:
    """Return rows as data that the chart itself holds."""
    values = [dict(row) for row in rows]
    return alt.Data(values=values)  # type: ignore[no-untyped-call] # its constructor alone is not


def layered(*charts: alt.Chart) -> alt.LayerChart:
    """Return charts laid over each other, the last on top."""
    return alt.LayerChart(layer=list(charts))


def left_axis(spelling: str, ticks: int = 5) -> alt.Axis:
    """Return the axis at the left of a picture of numbers, as wide as in every other picture."""
    return alt.Axis(
        title=None,
        format=spelling,
        labelExpr="datum.value == 0 ? '0' : datum.label",
        tickCount=ticks,
        minExtent=NUMBERS_WIDTH,
        maxExtent=NUMBERS_WIDTH,
        domain=False,
        ticks=False,
    )


def log_marks(low: float, high: float) -> list[float]:
    """Return the numbers to write along a log scale: 1, 2 and 5 times every power of ten.

    >>> log_marks(0.4, 12)
    [0.5, 1.0, 2.0, 5.0, 10.0]
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    marks = (digit * 10.0**power for power in powers for digit in (1, 2, 5))
    return [mark for mark in marks if low <= mark <= high]


def name_axis() -> alt.Axis:
    """Return the axis at the left of a picture whose rows have names."""
    return alt.Axis(
        title=None,
        minExtent=NAMES_WIDTH,
        maxExtent=NAMES_WIDTH,
        labelLimit=NAMES_WIDTH,
        labelPadding=8,
        domain=False,
        ticks=False,
        grid=False,
    )


def to_svg(chart: Chart, height: int, width: int = PICTURE_WIDTH) -> str:
    """Return a chart drawn at the width of every picture, or another; both include axes."""
    sized = chart.properties(
        width=width,
        height=height,
        background="transparent",
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        padding=2,
    )
    sized = (
        sized.configure(font=FONTS)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            labelFontSize=13,
            titleColor=FAINT,
            titleFontSize=12,
            titleFontWeight="normal",
            domainColor=GRID,
            tickColor=GRID,
            gridColor=GRID,
            aria=False,
        )
        .configure_legend(labelFontSize=13, labelColor=INK, symbolSize=90, aria=False)
    )
    file = StringIO()
    sized.save(file, format="svg")
    return file.getvalue()
