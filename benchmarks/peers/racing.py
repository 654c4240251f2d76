"""Times of queries, with all entries asked in turn.

Every query is asked of all entries before the next, so that a busy machine slows all alike;
the first to be asked changes with each query. A slow peer stops being asked when its time is used
up, and the table says how many queries it answered.
"""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from peers.noise import Calibration
from peers.roster import Entry
from peers.serving import Built, PeerError, Server

WARM_UP_QUERIES = 5
"""Number of queries asked of every entry before the clock runs."""
PAUSE_SECONDS = 0.02
"""Pause between two queries, in which the threads of the last one come to rest."""
QUERIES_FOR_P99 = 100
"""Number of queries below which the 99th percentile is left out."""
BURST_SECONDS = 1.0
"""Time that a burst of queries takes, about."""
FEWEST_IN_BURST, MOST_IN_BURST = 8, 400
"""Least and greatest number of queries in a burst."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many queries are asked, and for how long."""

    queries: Sequence[str]
    budget: float
    """Time that a peer may take for all its answers together, in seconds."""
    bursts: int
    """Number of times that throughput is measured; the median counts."""


@dataclass(frozen=True, slots=True)
class Racer:
    """One entry on one index."""

    label: str
    entry: Entry
    built: Built


@dataclass(frozen=True, slots=True)
class Measured:
    """The numbers of one racer. Times of queries are in milliseconds, sizes in bytes."""

    label: str
    package: str
    documents: int
    build_per_s: float
    build_kept: bool
    build_peak: int
    disk: int
    open_s: float
    first_s: float
    """Time from the start of its process to its first answer, imports included."""
    asked: int
    """Number of queries that it answered."""
    p50: float
    p95: float
    p99: float | None
    times: float
    """Median over queries of its time, in times of the first racer's for the same query."""
    per_s: float | None
    """Throughput on one thread, in queries a second."""
    per_s_two: float | None
    """Throughput on two threads, in queries a second."""
    peak: int
    """Peak of its memory."""
    own: int
    """Memory at the end, without mapped files."""


class _Runner:
    """A racer whose process runs, and its times so far."""

    def __init__(self, racer: Racer, server: Server, first: str) -> None:
        begun = time.perf_counter()
        self.racer, self.server = racer, server
        self.opened = server.opened
        server.ask(first)
        self.first = time.perf_counter() - begun
        self.seconds: list[float] = []
        self.memory: dict[str, int] = {}
        self.rates: dict[int, list[float]] = {1: [], 2: []}

    def burst(self, queries: Sequence[str]) -> None:
        """Measure throughput once; what a peer cannot do on threads is left out."""
        wanted = min(
            max(int(BURST_SECONDS / np.median(self.seconds)), FEWEST_IN_BURST), MOST_IN_BURST
        )
        many = [queries[number % len(queries)] for number in range(wanted)]
        for threads, rates in self.rates.items():
            try:
                rates.append(wanted / self.server.burst(many, threads))
            except PeerError as error:
                print(f"  {self.racer.label} on {threads} threads: {error}")
                self.rates[threads] = []
                return

    def measured(self, base: Sequence[float]) -> Measured:
        """Return the numbers of this racer; `base` are the first racer's times."""
        built, own = self.racer.built, np.array(self.seconds)
        p50, p95, p99 = (1000 * np.percentile(own, [50, 95, 99])).tolist()
        pairs = zip(self.seconds, base, strict=False)
        rates = [float(np.median(found)) if found else None for found in self.rates.values()]
        return Measured(
            label=self.racer.label,
            package=f"{self.racer.entry.package} {self.racer.entry.version}",
            documents=built.documents,
            build_per_s=built.documents / built.seconds,
            build_kept=built.kept,
            build_peak=built.peak,
            disk=built.size,
            open_s=self.opened["open"],
            first_s=self.first,
            asked=len(own),
            p50=p50,
            p95=p95,
            p99=p99 if len(own) >= QUERIES_FOR_P99 else None,
            times=float(np.median([mine / theirs for mine, theirs in pairs])),
            per_s=rates[0],
            per_s_two=rates[1],
            peak=self.memory["peak"],
            own=self.memory["own"],
        )


def race(racers: Sequence[Racer], pace: Pace, logs: Path) -> dict[str, Any]:
    """Open all, one by one; ask all in turn; measure throughput in turn.

    The first racer is the one that the others are compared with.
    """
    calibration, failed = Calibration(), {}
    with ExitStack() as stack:
        runners: list[_Runner] = []
        for racer in racers:
            calibration.tick()
            try:
                log = logs / f"{racer.label.replace(' ', '-')}.log"
                server = stack.enter_context(Server(racer.entry, racer.built.folder, log))
                runners.append(_Runner(racer, server, pace.queries[0]))
                print(f"  {racer.label}: first answer after {runners[-1].first:.2f} s", flush=True)
            except PeerError as error:
                failed[racer.label] = str(error)
                print(f"  {racer.label} failed to open:\n{error}")
        _ask_all(runners, pace, calibration)
        for runner in runners:
            runner.memory = runner.server.memory()
        for _ in range(pace.bursts):
            for runner in runners:
                calibration.tick()
                runner.burst(pace.queries)
        base = runners[0].seconds if runners else []
        found = [asdict(runner.measured(base)) for runner in runners]
    return {"measured": found, "failed": failed, "noise": asdict(calibration.noise())}


def _ask_all(runners: Sequence[_Runner], pace: Pace, calibration: Calibration) -> None:
    for query in pace.queries[:WARM_UP_QUERIES]:
        for runner in runners:
            runner.server.ask(query)
    for number, query in enumerate(pace.queries):
        if number % WARM_UP_QUERIES == 0:
            calibration.tick()
        start = number % len(runners)
        for runner in (*runners[start:], *runners[:start]):
            # One by one in the order of the queries, so that those of two racers pair up.
            if sum(runner.seconds) < pace.budget:
                runner.seconds.append(runner.server.ask(query)[0])
                time.sleep(PAUSE_SECONDS)
