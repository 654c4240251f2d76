"""The tables of `performance.md`, written between their markers.

The text around the markers stays as its author wrote it. A document that is not there yet
begins as a copy of `docs/performance.md`.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from public import ROOT

from peers.quality import COLLECTIONS
from peers.roster import ROSTER, named

DOCUMENT = ROOT / "docs" / "performance.md"
MEGABYTE = 1_000_000

Row = Mapping[str, Any]
"""Object of the JSON file, such as a `peers.racing.Measured`."""


def write_document(path: Path, found: Row) -> None:
    """Replace the tables by those of what was found; the rest stays."""
    text = (path if path.is_file() else DOCUMENT).read_text(encoding="utf-8")
    for name, make in _SECTIONS.items():
        begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
        before, marked, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if marked and closed:
            lines = "\n".join(make(found))
            text = f"{before}{begin}\n\n{lines}\n\n{end}{after}"
    path.write_text(text, encoding="utf-8")


def _machine(found: Row) -> Iterator[str]:
    if found.get("quick"):
        yield "**A quick run, to see that all works: these numbers mean nothing.**"
        yield ""
    by_machine = sorted(found.get("machines", {}).items(), key=lambda pair: str(pair[1]))
    for machine, stages in groupby(by_machine, lambda pair: pair[1]):
        about = dict(machine)
        cores, processor = about.pop("cores"), about.pop("processor")
        system, finished = about.pop("system"), about.pop("finished")
        versions = ", ".join(f"{name} {number}" for name, number in about.items())
        measured = ", ".join(stage for stage, _ in stages)
        yield f"- {measured}: {cores} cores of {processor}, {system}; {versions}. On {finished}."


def _keyword(found: Row) -> Iterator[str]:
    yield from _races(found, "keyword")


def _hybrid(found: Row) -> Iterator[str]:
    yield from _races(found, "hybrid")


def _races(found: Row, stage: str) -> Iterator[str]:
    for size, race in sorted(found.get(stage, {}).items(), key=lambda pair: int(pair[0])):
        random = "; vectors are random" * bool(race.get("random"))
        yield f"**{int(size):,} passages**{random}. {_noise(race['noise'])}"
        yield ""
        yield from _asking(race["measured"], found.get("quality", {}))
        yield ""
        yield from _holding(race["measured"])
        for label, reason in race["failed"].items():
            yield ""
            yield f"{label} failed: `{reason.splitlines()[-1] if reason else 'no reason given'}`"
        yield ""


def _noise(noise: Row) -> str:
    times, middle = noise["times"], f"{noise['median_ms']:.1f} ms"
    return (
        f"Noise: the same work, {times} times in between, took {middle} in the median, "
        f"{noise['spread']:.0%} of that between the 10th and the 90th percentile, "
        f"{noise['worst']:.1f} times as long at worst."
    )


def _asking(rows: Sequence[Row], quality: Row) -> Iterator[str]:
    head = ["", "p50, ms", "p95", "p99", "times plait's", "queries/s", "on 2 threads"]
    head += [f"nDCG@10 {name}" for name in COLLECTIONS.values()]
    yield from _table(
        [*head, "asked"],
        [
            [
                row["label"],
                *(_short(row[name]) for name in ("p50", "p95", "p99", "times")),
                *(_short(row[name]) for name in ("per_s", "per_s_two")),
                *(
                    _value(quality.get(named(row["label"]).judged_as or row["label"], {}).get(c))
                    for c in COLLECTIONS
                ),
                str(row["asked"]),
            ]
            for row in rows
        ],
    )


def _holding(rows: Sequence[Row]) -> Iterator[str]:
    head = ["", "build, passages/s", "times plait's", "build peak, MB", "open, s"]
    yield from _table(
        [*head, "first answer, s", "peak, MB", "own, MB", "disk, MB"],
        [
            [
                f"{row['label']} ({row['package'].rpartition(' ')[2]})",
                f"{row['build_per_s']:,.0f}" + "*" * row["build_kept"],
                _short(rows[0]["build_per_s"] / row["build_per_s"]),
                _megabytes(row["build_peak"]),
                _short(row["open_s"]),
                _short(row["first_s"]),
                *(_megabytes(row[name]) for name in ("peak", "own", "disk")),
            ]
            for row in rows
        ],
    )
    if any(row["build_kept"] for row in rows):
        yield ""
        yield "\\* built in an earlier run."


def _growth(found: Row) -> Iterator[str]:
    stage = found.get("growth")
    if not stage:
        return
    yield "Vectors are random. " * bool(stage["random"]) + _noise(stage["noise"])
    yield ""
    sizes = sorted({row["documents"] for row in stage["measured"]})
    by_label = {row["label"]: row for row in stage["measured"]}
    columns = {
        **{
            f"{system} p50, ms": [by_label[f"{system} {size}"]["p50"] for size in sizes]
            for system in ("keyword", "dense", "hybrid")
        },
        "hybrid p95": [by_label[f"hybrid {size}"]["p95"] for size in sizes],
        "build, s": [size / by_label[f"hybrid {size}"]["build_per_s"] for size in sizes],
        "build peak, MB": [by_label[f"hybrid {size}"]["build_peak"] / MEGABYTE for size in sizes],
        "open, s": [by_label[f"hybrid {size}"]["open_s"] for size in sizes],
        "peak, MB": [by_label[f"hybrid {size}"]["peak"] / MEGABYTE for size in sizes],
        "own, MB": [by_label[f"hybrid {size}"]["own"] / MEGABYTE for size in sizes],
        "disk, MB": [by_label[f"hybrid {size}"]["disk"] / MEGABYTE for size in sizes],
    }
    rows = [
        [f"{size:,}", *(_short(values[place]) for values in columns.values())]
        for place, size in enumerate(sizes)
    ]
    powers = [f"{_power(sizes, values):.2f}" for values in columns.values()]
    yield from _table(["passages", *columns], [*rows, ["grows with the power", *powers]])
    yield ""
    yield from _parts(stage["parts"])


def _power(sizes: Sequence[int], values: Sequence[float]) -> float:
    """Return the exponent of a power law: the slope of a line through the logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0]) if len(sizes) > 1 else 0.0


def _parts(parts: Mapping[str, Row]) -> Iterator[str]:
    names = sorted({name for sizes in parts.values() for name in sizes})
    yield from _table(
        ["MB on disk", *names],
        [
            [f"{int(size):,}", *(_megabytes(held.get(name, 0)) for name in names)]
            for size, held in parts.items()
        ],
    )


def _cold(found: Row) -> Iterator[str]:
    times = found.get("cold", {})
    if times:
        base = times["plait hybrid"]["printed_s"]
        rows = [
            [label, *map(_short, (t["printed_s"], t["ended_s"], t["printed_s"] / base))]
            for label, t in sorted(times.items(), key=lambda pair: pair[1]["printed_s"])
        ]
        yield from _table(["", "first hit printed, s", "ended, s", "times plait hybrid's"], rows)


def _peers(_: Row) -> Iterator[str]:
    for entry in ROSTER:
        largest = f" At most {entry.largest:,} passages." if entry.largest else ""
        yield f"- **{entry.name}** ({entry.package} {entry.version}): {entry.described}{largest}"


_SECTIONS = {
    "machine": _machine,
    "keyword": _keyword,
    "hybrid": _hybrid,
    "growth": _growth,
    "cold": _cold,
    "peers": _peers,
}


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" + "|---:" * (len(head) - 1) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _short(value: float | None) -> str:
    """Write three digits, more only where a number is that large."""
    if value is None:
        return "–"  # noqa: RUF001 - a dash
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _value(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"  # noqa: RUF001 - a dash


def _megabytes(size: float) -> str:
    return f"{size / MEGABYTE:,.0f}"
