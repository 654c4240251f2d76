"""Section of the report on how the experiment was made."""

from collections.abc import Iterator, Mapping
from html import escape

from plait.search.evaluation.experiment import Experiment
from plait.search.evaluation.report.section import Section, left_out, table


def making(experiment: Experiment) -> Section:
    """Return program, model, parameters and command, and what did not belong together."""
    title = "How it was made"
    made = experiment.provenance
    if made is None:
        return left_out(title, "a program made the experiment, and did not say.")
    rows = [("plait", made.plait), ("date", made.date), ("command", made.command or "a program's")]
    rows += [("model", made.model), ("recipe", _listed(made.recipe))]
    rows += [("where", text) for text in made.where]
    rows += [("settings", _listed(made.settings)), ("libraries", _listed(made.libraries))]
    rows += [(system, _listed(values)) for system, values in made.systems.items()]
    rows += [("note", note) for note in experiment.notes]
    lead = "With this the experiment can be made again; experiment.json has it for programs."
    return Section(title, lead, table(["", ""], map(_cells, *zip(*rows, strict=True)), "making"))


def _listed(values: Mapping[str, object]) -> str:
    return ", ".join(_named(values))


def _named(values: Mapping[str, object]) -> Iterator[str]:
    for name, value in values.items():
        is_empty = value is None or value == ""
        yield f"{name} -" if is_empty else f"{name} {value}"


def _cells(name: str, value: str) -> tuple[str, str]:
    return f'<th scope="row">{escape(name)}</th>', f"<td>{escape(value)}</td>"
