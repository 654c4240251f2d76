"""Comparison of plait with the libraries that a user would pick instead, in one run.

    make bench-peers                       everything; some 40 minutes on two cores
    python benchmarks/peers.py --quick     small sizes, to see that all works
    python benchmarks/peers.py --only growth --vectors FOLDER

Which libraries take part, and how each is set up, is in `peers/entries/`. All get the same
passages, vectors and queries, and are asked in turn, each in a process of its own. Built
indexes of peers are kept in `--cache`, plait's are built anew. The numbers go to
`performance.json` in `--out`, and from there into the tables of `performance.md` and the
pictures beside it. Needs `../shared/data/scale-wiki`, and for quality `scifact` and
`cranfield` beside it.
"""

import argparse
import json
import os
import platform
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from peers import cold, quality, stages
from peers.corpus import WIKI_CORPUS
from peers.document import write_document
from peers.pictures import draw
from peers.stages import Settings
from public import ROOT, SHARED

STAGES = ("cold", "quality", "keyword", "hybrid", "growth")
FULL_SIZES = {"keyword": [20_000, 120_000], "hybrid": [20_000, 120_000]}
"""Numbers of documents of each race in a full run."""
FULL_GROWTH_SIZES = [7_500, 15_000, 30_000, 60_000, 120_000]
"""Numbers of documents of plait's growth in a full run."""
QUICK_SIZES = {"keyword": [1_000], "hybrid": [1_000]}
"""Numbers of documents of each race in a quick run."""
QUICK_GROWTH_SIZES = [250, 500, 1_000]
"""Numbers of documents of plait's growth in a quick run."""
CACHE_FOLDER = ROOT / ".plait-bench" / "peers"
"""Folder in which built indexes, given documents and logs are kept."""


def main() -> None:
    """Run the stages asked for; write after each, so that an interruption loses one."""
    options = _options()
    if not WIKI_CORPUS.is_file():
        print(f"skipped: no {WIKI_CORPUS.relative_to(SHARED.parent.parent)} beside the checkout.")
        return
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    out = options.out or (options.cache / "quick" if options.quick else ROOT / "docs")
    path = out / "performance.json"
    out.mkdir(parents=True, exist_ok=True)
    found = stages.read(path)
    if not options.draw:
        for name, value in _stages(options):
            machines = found.get("machines", {}) | {name: _machine()}
            found |= {"machines": machines, "quick": options.quick, name: value}
            path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    write_document(out / "performance.md", found)
    draw(out / "performance", found)
    print(f"see {out / 'performance.md'}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare plait with its peers.")
    parser.add_argument("--quick", action="store_true", help="small sizes, few queries")
    parser.add_argument("--only", choices=STAGES, action="append", help="repeat for several")
    parser.add_argument("--sizes", type=int, nargs="+", help="documents, for all stages")
    parser.add_argument("--queries", type=int, help="how many are asked")
    parser.add_argument("--cache", type=Path, default=CACHE_FOLDER, help="where indexes are kept")
    parser.add_argument(
        "--vectors", type=Path, action="append", default=[], help="an index that has them already"
    )
    parser.add_argument("--random", action="store_true", help="vectors drawn, none encoded")
    parser.add_argument("--rebuild", action="store_true", help="build kept indexes anew, too")
    parser.add_argument("--out", type=Path, help="default: docs; with --quick, in the cache")
    parser.add_argument("--draw", action="store_true", help="page and pictures alone, anew")
    return parser.parse_args()


def _stages(options: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    """Run one stage after the other; yield the name and the finding of each."""
    quick = options.quick
    settings = Settings(
        cache=options.cache.absolute(),
        vectors=[path.absolute() for path in options.vectors],
        random=options.random,
        rebuild=options.rebuild,
        queries=options.queries or (40 if quick else 500),
        budget=3.0 if quick else 30.0,
        bursts=1 if quick else 3,
    )
    sizes = QUICK_SIZES if quick else FULL_SIZES
    for name in options.only or STAGES:
        print(name, flush=True)
        begun = time.perf_counter()
        if name == "cold":
            found = cold.cold(settings, 1 if quick else 5)
        elif name == "quality":
            found = quality.quality(settings, quick=quick)
        elif name == "growth":
            growing = options.sizes or (QUICK_GROWTH_SIZES if quick else FULL_GROWTH_SIZES)
            found = stages.growth(settings, growing)
        else:
            race = stages.keyword if name == "keyword" else stages.hybrid
            found = {str(size): race(settings, size) for size in options.sizes or sizes[name]}
        print(f"  {name} took {time.perf_counter() - begun:.0f} s", flush=True)
        yield name, found


def _machine() -> dict[str, Any]:
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "python": platform.python_version(),
        "system": platform.system(),
        "sentence-transformers": version("sentence-transformers"),
        "torch": version("torch"),
        "onnxruntime": version("onnxruntime"),
        "numpy": version("numpy"),
        "finished": datetime.now(UTC).strftime("%Y-%m-%d"),
    }


def _processor() -> str:
    """Return the processor's name, and whether it has the instructions that suit int8 best."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    fields = {key.strip(): value.strip() for key, _, value in (row.partition(":") for row in lines)}
    name = fields.get("model name", platform.machine())
    return f"{name} {'with' if 'avx512_vnni' in fields.get('flags', '') else 'without'} VNNI"


if __name__ == "__main__":
    main()
