"""The whole report as one string of HTML."""

from html import escape

from plait.search.evaluation.experiment import Experiment
from plait.search.evaluation.report.differences import forest, gains
from plait.search.evaluation.report.headline import counts, finding
from plait.search.evaluation.report.kinds import by_kind
from plait.search.evaluation.report.latency import latency
from plait.search.evaluation.report.making import making
from plait.search.evaluation.report.retrieval import recall_curve, scores
from plait.search.evaluation.report.section import colours, system_label
from plait.search.evaluation.report.tables import means, most_changed
from plait.search.evaluation.report.template import PAGE, SCRIPT, STYLE

SECTIONS = (means, forest, gains, recall_curve, scores, latency, by_kind, most_changed, making)
"""Makers of the sections, from the answer to what it rests on."""


def compose(experiment: Experiment) -> str:
    """Return the report: every section drawn, set into the template."""
    keys = (system_label(system, colour) for system, colour in colours(experiment).items())
    return PAGE.substitute(
        style=STYLE,
        script=SCRIPT,
        name=escape(experiment.name),
        counts="".join(f"<li>{escape(text)}</li>" for text in counts(experiment)),
        finding=escape(finding(experiment)),
        keys="".join(keys),
        sections="\n".join(section(experiment).render() for section in SECTIONS),
    )
