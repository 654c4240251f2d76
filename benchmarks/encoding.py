"""Speed of the default model's own runtime beside sentence-transformers, on one machine.

    python benchmarks/encoding.py [rounds]

Both encode the same passages of 150 words, cut from the seed articles, and the same
queries, each in turn within every round; sentence-transformers as it comes (float32,
batches of 32, all cores). Printed are medians over the rounds of the ratio within a
round, so that a busy machine slows both alike. The busy rounds run one spinning
process per core besides. Does not measure quality (docs/adr/0002-encoding.md).
"""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from sentence_transformers import SentenceTransformer

from plait.index.models.encoder import load_encoder
from plait.index.models.hub import find_pinned
from plait.index.models.onnx.minilm import MINILM

SEEDS = Path(__file__).resolve().parent.parent / "seeds" / "articles"
WORDS_PER_PASSAGE = 150
PASSAGES_PER_ROUND = 64
QUERIES = ("who owns the islands?", "peace treaty 1956 declaration", "cocoa price record")


def passages() -> list[str]:
    """Return the seed articles, end to end, cut into passages of 150 words."""
    words = " ".join(p.read_text(encoding="utf-8") for p in sorted(SEEDS.glob("*.txt"))).split()
    starts = range(0, WORDS_PER_PASSAGE * PASSAGES_PER_ROUND, WORDS_PER_PASSAGE)
    return [" ".join(words[start : start + WORDS_PER_PASSAGE]) for start in starts]


def seconds(work: Callable[[], object]) -> float:
    """Return the wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(name: str, ours: Callable[[], object], theirs: Callable[[], object], n: int) -> None:
    """Print the medians of `n` interleaved rounds: both times, and their ratio."""
    ours()
    theirs()
    rounds = [(seconds(ours), seconds(theirs)) for _ in range(n)]
    ratio = median(b / a for a, b in rounds)
    own, other = (median(times) * 1000 for times in zip(*rounds, strict=True))
    print(f"{name:32} {own:9.1f} ms {other:9.1f} ms {ratio:7.2f} x")


def spin() -> None:
    """Keep a core busy until killed."""
    while True:
        pass


@contextmanager
def busy() -> Iterator[None]:
    """Run one spinning process per core."""
    context = multiprocessing.get_context("spawn")
    spinners = [context.Process(target=spin, daemon=True) for _ in range(os.cpu_count() or 1)]
    for process in spinners:
        process.start()
    try:
        yield
    finally:
        for process in spinners:
            process.kill()


def main() -> None:
    """Print one line per kind of work."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    ours, theirs = (
        load_encoder(),
        SentenceTransformer(str(find_pinned(MINILM.pinned, fetch=False)), device="cpu"),
    )
    texts = passages()
    print(f"{'':32} {'plait':>12} {'sentence-t.':>12} {'ratio':>9}")

    def queries(encode: Callable[[str], object]) -> Callable[[], object]:
        return lambda: [encode(query) for query in QUERIES]

    own, other = queries(ours.encode_query), queries(theirs.encode)
    compare(
        f"{PASSAGES_PER_ROUND} passages of {WORDS_PER_PASSAGE} words",
        lambda: ours.encode_passages(texts),
        lambda: theirs.encode(texts),
        rounds,
    )
    compare(f"{len(QUERIES)} queries", own, other, rounds * 10)
    with busy():
        compare(f"{len(QUERIES)} queries, busy machine", own, other, rounds * 10)


if __name__ == "__main__":
    main()
