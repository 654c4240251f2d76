"""Tables of each system's means, and of the topics that changed most."""

from html import escape

from plait.search.evaluation.changes import Change, greatest_changes
from plait.search.evaluation.experiment import Experiment, Outcome
from plait.search.evaluation.report import wording
from plait.search.evaluation.report.differences import NOTHING_TO_COMPARE, describe
from plait.search.evaluation.report.numbers import challengers
from plait.search.evaluation.report.section import Section, colours, left_out, system_label, table

NO_BREAK = "\N{NO-BREAK SPACE}"
CHANGES_TABULATED = 8
"""Number of topics of a system that gained most, and as many that lost most: about a screen."""


def means(experiment: Experiment) -> Section:
    """Return the mean of every measure and system, with how it compares to the baseline."""
    best = {m: max(o.mean(m) for o in experiment.outcomes) for m in experiment.measures}
    colour_of = colours(experiment)
    rows = []
    for outcome in experiment.outcomes:
        note = "<small>baseline</small>" if outcome.system == experiment.baseline else ""
        label = system_label(outcome.system, colour_of[outcome.system])
        cells = [_mean(experiment, outcome, measure, best[measure]) for measure in best]
        rows.append([f'<th scope="row">{label}{note}</th>', *cells])
    lead = "Averages over topics; the best of a column is bold."
    if experiment.comparisons:
        lead += (
            f" Below: difference to {experiment.baseline}, its 95 % bootstrap interval, and p of "
            "a paired randomisation test, after Holm’s correction over "
            f"{wording.count(len(experiment.comparisons), 'comparison')}."
        )
    heads = ["system", *experiment.measures]
    return Section("Means", lead, table(heads, rows, "means"))


def _mean(experiment: Experiment, outcome: Outcome, measure: str, best: float) -> str:
    mean = outcome.mean(measure)
    text = wording.value(mean)
    shown = f"<b>{text}</b>" if text == wording.value(best) else text
    found = experiment.comparison(outcome.system, measure)
    if found is None:
        return f"<td>{shown}</td>"
    weight = "sure" if found.p_holm < wording.ALPHA else "unsure"
    return (
        f'<td data-hover="{escape(describe(found))}">{shown}'
        f'<small class="{weight}">{wording.signed(found.difference)}<br>'
        f"{wording.interval(found.low, found.high)}<br>"
        f"{escape(wording.probability(found.p_holm))}</small></td>"
    )


def most_changed(experiment: Experiment) -> Section:
    """Return the topics on which a system differs most from the baseline, either way."""
    title = "Topics that changed most"
    systems = challengers(experiment)
    if not systems:
        return left_out(title, NOTHING_TO_COMPARE)
    moved = [
        change
        for system in systems
        for change in greatest_changes(experiment, system, CHANGES_TABULATED)
    ]
    measure = experiment.measures[0]
    if not moved:
        return left_out(title, f"{measure} is the same for every topic and system.")
    moved.sort(key=lambda change: (-abs(change.after - change.before), change.topic.id))
    colour_of = colours(experiment)
    rows = [_changed(change, colour_of[change.system]) for change in moved]
    lead = (
        f"By {measure}, against {experiment.baseline}: up to {CHANGES_TABULATED} gains and as many "
        "losses of each system. Below the text: the relevant article whose rank changed most. "
        "Click a head to sort."
    )
    heads = ["topic", "text", "system", "baseline", "value", "change"]
    return Section(title, lead, table(heads, rows, "sortable"))


def _changed(change: Change, colour: str) -> list[str]:
    ranks = f"{NO_BREAK}→{NO_BREAK}".join(str(rank) if rank else "none" for rank in change.ranks)
    moved = f"{change.article}, rank{NO_BREAK}{ranks}"
    notes = " · ".join(escape(note) for note in (change.topic.kind, moved) if note)
    texts = [
        f'<th scope="row">{escape(change.topic.id)}</th>',
        f"<td>{escape(change.topic.text)}<small>{notes}</small></td>",
        f"<td>{system_label(change.system, colour)}</td>",
    ]
    difference = change.after - change.before
    numbers = [
        (change.before, wording.value(change.before)),
        (change.after, wording.value(change.after)),
        (difference, wording.signed(difference)),
    ]
    return [*texts, *(f'<td data-value="{number}">{text}</td>' for number, text in numbers)]
