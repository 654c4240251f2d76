"""Quality of the systems on public test collections, as a whole and with stages left out.

    python benchmarks/quality.py [COLLECTION ...]

Each collection is a folder in BEIR's layout, or `seeds`; by default those in
`../shared/data` that have topics, and the seeds. Indexes are kept in `.plait-bench`, so
that nothing is encoded twice. Printed is nDCG@10, with `*` where the difference to
`hybrid` is significant (paired randomisation test, Holm's correction within the
collection, p < .05), and the mean over collections.
"""

from statistics import mean

from public import folders

from plait.search.evaluation import Experiment, open_index, plan_of, read_collection, run_experiment

SYSTEMS = (
    "keyword",
    "dense",
    "hybrid",
    "hybrid(trust=off)",
    "hybrid(late=0, neighbours=0)",
    "hybrid(late=0)",
    "hybrid(neighbours=0)",
    "hybrid(fusion=rrf)",
    "hybrid(fusion=minmax)",
)
MEASURE = "nDCG@10"
COLUMN_WIDTH = max(map(len, SYSTEMS)) + 2
"""Width of a column, in characters."""


def measured(name: str) -> Experiment:
    """Ask every system every topic of a collection."""
    collection = read_collection(name)
    index, failures = open_index(collection, None, lambda _: None)
    for failure in failures:
        print(f"  skipped {failure.source}: {failure.reason}")
    return run_experiment(index, collection, plan_of(SYSTEMS, (), "hybrid", MEASURE, 10))


def written(experiment: Experiment, system: str) -> str:
    """Write a mean, marked where it differs from the baseline's."""
    value = experiment.outcome(system).mean(MEASURE)
    if system == experiment.baseline:
        return f"{value:.4f} "
    found = experiment.comparison(system, MEASURE)
    return f"{value:.4f}{'*' if found and found.p_holm < 0.05 else ' '}"


def main() -> None:
    """Print a row for each collection, and the means."""
    print(f"{MEASURE:<18}" + "".join(f"{system:>{COLUMN_WIDTH}}" for system in SYSTEMS))
    found = []
    for name in folders():
        found.append(measured(name))
        row = [written(found[-1], system) for system in SYSTEMS]
        print(
            f"{found[-1].name:<18}" + "".join(f"{cell:>{COLUMN_WIDTH}}" for cell in row), flush=True
        )
    means = [mean(e.outcome(system).mean(MEASURE) for e in found) for system in SYSTEMS]
    print(f"{'mean':<18}" + "".join(f"{value:>{COLUMN_WIDTH - 1}.4f} " for value in means))


if __name__ == "__main__":
    main()
