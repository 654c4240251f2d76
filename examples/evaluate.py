"""Compare two ways of searching on judged topics: `python evaluate.py COLLECTION INDEX`."""

import sys
from pathlib import Path

from plait.search import evaluation as lab


def main(collection: str, root: str) -> None:
    """Print the mean of each measure for each system, and the mean difference."""
    found = lab.read_collection(collection, lab.Sources())
    index, _ = lab.open_index(found, Path(root), lambda _: None)
    plan = lab.plan_of(["keyword; hybrid"], (), "keyword", "nDCG@10 RR@10", 100)
    experiment = lab.run_experiment(index, found, plan)
    for outcome in experiment.outcomes:
        means = (f"{measure} {outcome.mean(measure):.2f}" for measure in plan.measures)
        print(f"{outcome.system:<8}", *means)
    for own in experiment.comparisons:
        print(f"{own.measure}: {own.difference:+.2f} on {own.better + own.worse} topics")


if __name__ == "__main__":
    main(*sys.argv[1:])
