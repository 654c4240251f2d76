"""Comparison of rankings with those of another revision, to the last bit, and of their times.

    python benchmarks/unchanged.py REVISION [COLLECTION ...]

Every topic of each collection is asked of the main systems, the first topics of some others,
and queries with operators that are made of the topics' words by a fixed seed; both revisions
search the same index, made by REVISION. Compared are ids, order, scores, all parts of the
scores, probabilities and the query that was asked. Then both answer the same queries in turn,
and the ratio of the times is printed: `median of the new / median of the old`, and the middle
half of the ratios query by query. Ends with status 1 where a ranking differs.
"""

import json
import os
import random
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import IO, Any

from public import ROOT, folders

SYSTEMS = ("keyword", "dense", "hybrid")
OTHERS = (
    "hybrid(trust=off, late=0, neighbours=0)",
    "hybrid(fusion=rrf)",
    "hybrid(fusion=minmax, weight=0.4, k1=0.5, b=0.75, title=0)",
)
TIMED = ("keyword", "hybrid")
HITS = 100
"""Number of hits compared of each ranking."""
EXPLAINED = 10
"""Number of hits whose explanations are compared, part by part and word by word."""
WITH_OPERATORS = 300
"""Number of queries with operators, over all collections together."""
TOPICS_OF_OTHERS = 50
"""Number of topics of each collection that are asked of other systems."""
TOPICS_TIMED = 150
"""Greatest number of topics of a collection whose times are compared."""
ROUNDS = 2
PATTERNS = (
    "+{} {}",
    "{} -{}",
    '"{} {}"',
    '"{} {}"~4 {}',
    "{} AND {}",
    "{} OR {} NOT {}",
    "({} OR {}) AND {}",
    "{stem}* {}",
    "{}~ {}",
    "{}~2",
    "title:{} {}",
    'text:"{} {}" OR {stem}*',
)
_WORD = re.compile(r"[^\W\d_]{4,}")

Question = Mapping[str, Any]


class Revision:
    """A process that answers questions with the plait below a folder."""

    def __init__(self, parent: Path) -> None:
        command = [sys.executable, __file__, "--answer"]
        environment = os.environ | {"PYTHONPATH": str(parent), "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def asked(self, **question: Any) -> Any:
        """Return what the process answers to one question."""
        to, from_ = self._process.stdin, self._process.stdout
        assert to  # noqa: S101 - both are pipes
        assert from_  # noqa: S101
        print(json.dumps(question), file=to, flush=True)
        return json.loads(from_.readline())

    def end(self) -> None:
        """End the process."""
        self._process.communicate()


def answer(lines: IO[str]) -> Iterator[object]:
    """Yield the answer to each question, in the process of one revision."""
    import plait  # noqa: PLC0415 - of the revision that is asked
    from plait.search.evaluation import open_index, read_collection  # noqa: PLC0415

    index = None
    for question in map(json.loads, lines):
        if "collection" in question:
            collection = read_collection(question["collection"])
            with_model, _ = open_index(collection, None, lambda _: None)
            yield str(with_model.root), [topic.text for topic in collection.topics]
        elif "root" in question:
            index = plait.Index.open(question["root"])
            yield len(index)
        else:
            assert index  # noqa: S101 - the first question names it
            system, k = plait.System.parse(question["system"]), question["k"]
            options = plait.Options(system, question["passages"], question["operators"])
            start = perf_counter()
            try:
                found = index.answer(question["query"], k, options)
            except plait.PlaitError as error:
                yield 0.0, str(error)
            else:
                took = perf_counter() - start
                rows = [(hit.passage.id, _exact(hit.score)) for hit in found.hits]
                why = [list(_explained(hit.explanation)) for hit in found.hits[:EXPLAINED]]
                chances = [_exact(hit.probability) for hit in found.hits]
                yield took, [found.asked, found.suggestion, rows, chances, why]


def _explained(found: Any) -> Iterator[object]:
    """Yield all that an explanation says, whatever shape it has in a revision."""
    legs = [
        leg and (leg.score, leg.mean, leg.deviation, leg.part)
        for leg in (found.keyword, found.dense)
    ]
    parts = found.exact, found.late, found.neighbours, found.score
    terms = [(term.field, term.term, term.score) for term in found.terms]
    yield from map(_exact, (*legs, *parts, terms, found.rare, asdict(found.trust)))


def _exact(value: object) -> Any:
    """Write floats by their bits, so that JSON rounds nothing and -0 is not 0."""
    if isinstance(value, float):
        return value.hex()
    if isinstance(value, dict):
        return [(name, _exact(own)) for name, own in value.items()]
    return [_exact(own) for own in value] if isinstance(value, list | tuple) else value


def with_operators(topics: Sequence[str], count: int) -> list[str]:
    """Make queries of the words of topics, the same each time."""
    chosen, queries = random.Random(16), []  # noqa: S311 - a sample, not a secret
    for number in range(count):
        words = _WORD.findall(chosen.choice(topics)) or ["peace"]
        pattern = PATTERNS[number % len(PATTERNS)]
        first, picked = chosen.randrange(len(words)), words * 3  # side by side, for phrases
        queries.append(pattern.format(*picked[first : first + 3], stem=words[first][:4]))
    return queries


def questions(topics: Sequence[str], operators: int) -> Iterator[Question]:
    """Yield what is compared."""
    asked = {"k": HITS, "passages": False, "operators": False}
    for system in (*SYSTEMS, *OTHERS):
        some = topics if system in SYSTEMS else topics[:TOPICS_OF_OTHERS]
        yield from (asked | {"query": topic, "system": system} for topic in some)
    for number, query in enumerate(with_operators(topics, operators)):
        system = (*SYSTEMS, *OTHERS)[number % 6]
        yield asked | {"query": query, "system": system, "operators": True}
        yield asked | {"query": query, "system": "hybrid", "operators": True, "passages": True}


def timed(topics: Sequence[str], system: str, old: Revision, new: Revision) -> str:
    """Ask both revisions in turn, and write the ratio of their times."""
    times: list[tuple[float, float]] = []
    asked = {"k": 10, "passages": False, "operators": False, "system": system}
    for number, topic in enumerate([*topics[:TOPICS_TIMED]] * ROUNDS):
        both = {}
        for revision in (old, new) if number % 2 else (new, old):
            both[revision], _ = revision.asked(query=topic, **asked)
        times.append((both[old], both[new]))
    before, after = (median(times) for times in zip(*times, strict=True))
    low, _, high = quantiles([new / old for old, new in times], n=4)
    return f"{system} {1e3 * before:.2f} ms x {after / before:.3f} ({low:.2f}-{high:.2f})"


def compared(name: str, old: Revision, new: Revision, operators: int) -> bool:
    """Compare two revisions on one collection, print a line, and return whether they agree."""
    root, topics = old.asked(collection=name)
    for revision in (old, new):
        revision.asked(root=root)
    asked = differ = 0
    for question in questions(topics, operators):
        (_, before), (_, after) = old.asked(**question), new.asked(**question)
        asked += 1
        if before != after:
            differ += 1
            print(f"  {question}\n    {str(before)[:300]}\n    {str(after)[:300]}")
    ratios = ", ".join(timed(topics, system, old, new) for system in TIMED)
    print(f"{Path(name).name:<16} {differ} of {asked} rankings differ; p50 {ratios}", flush=True)
    return not differ


def main() -> None:
    """Compare on all collections."""
    if len(sys.argv) < 2:
        sys.exit("wanted a revision to compare with, such as HEAD~1.")
    revision = sys.argv.pop(1)
    archive = subprocess.run(
        ["git", "-C", str(ROOT), "archive", "--prefix=plait/", revision],  # noqa: S607
        stdout=subprocess.PIPE,
        check=True,
    )
    names = folders()
    with TemporaryDirectory() as below:
        (Path(below) / "old.tar").write_bytes(archive.stdout)
        with tarfile.open(Path(below) / "old.tar") as packed:
            packed.extractall(below, filter="tar")
        (Path(below) / "new").mkdir()
        (Path(below) / "new" / "plait").symlink_to(ROOT)
        old, new = Revision(Path(below)), Revision(Path(below) / "new")
        share = -(-WITH_OPERATORS // len(names))
        agree = [compared(name, old, new, share) for name in names]
        for process in (old, new):
            process.end()
        if not all(agree):
            sys.exit(1)


if __name__ == "__main__":
    if sys.argv[1:] == ["--answer"]:
        for given in answer(sys.stdin):
            print(json.dumps(given), flush=True)
    else:
        main()
