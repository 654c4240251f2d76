"""The finding of an experiment in one sentence, and the counts beside it."""

from plait.search.evaluation.experiment import Experiment
from plait.search.evaluation.report import wording


def finding(experiment: Experiment) -> str:
    """Return which system is best on the first measure, and how sure that is."""
    measure = experiment.measures[0]
    means = {o.system: wording.value(o.mean(measure)) for o in experiment.outcomes}
    top = max(means.values())
    best = [system for system, mean in means.items() if mean == top]
    if len(means) == 1:
        return f"{best[0]} reaches {measure} {top}."
    if len(best) == len(means):
        return f"All {len(means)} systems reach the same {measure}, {top}."
    if len(best) > 1:
        return f"{', '.join(best[:-1])} and {best[-1]} share the best {measure}, {top}."
    if best[0] == experiment.baseline:
        return f"No system beats the baseline, {best[0]}, which reaches {measure} {top}."
    return f"{best[0]} is best with {measure} {top}{_margin(experiment, best[0])}."


def counts(experiment: Experiment) -> list[str]:
    """Return how large the collection and the experiment are."""
    grades = [grade for judged in experiment.qrels.values() for grade in judged.values()]
    relevant = sum(grade > 0 for grade in grades)
    return [
        wording.count(experiment.articles, "article"),
        wording.count(len(experiment.topics), "topic"),
        f"{wording.count(len(grades), 'judgement')}, {wording.grouped(relevant)} relevant",
        wording.count(len(experiment.outcomes), "system"),
    ]


def _margin(experiment: Experiment, best: str) -> str:
    found = experiment.comparison(best, experiment.measures[0])
    if found is None:
        return ""
    verdict = "" if found.p_holm < wording.ALPHA else "not "
    return (
        f", {wording.value(found.difference)} above the baseline, {found.baseline}; that is "
        f"{verdict}significant after Holm’s correction ({wording.probability(found.p_holm)})"
    )
