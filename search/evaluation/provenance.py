"""Provenance of an experiment: what is needed to make it again, or to tell why it differs."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from platform import machine, python_version

from plait.search.evaluation.plan import Plan
from plait.search.index import Index
from plait.search.system import System

LIBRARIES = ("faiss-cpu", "ir-measures", "numpy", "onnxruntime", "sentence-transformers", "whoosh3")
"""Libraries whose versions can move a score."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Program, model, parameters and command of an experiment, and its day."""

    plait: str
    """Version of plait."""
    date: str
    """Day and time at which the topics were asked, in UTC."""
    command: str
    """Command as it was typed; empty where a program asked."""
    model: str
    """Fingerprint of the model: name, hash of its files, precision."""
    recipe: Mapping[str, object]
    """Recipe of the index."""
    systems: Mapping[str, Mapping[str, object]]
    """Value of every parameter of every system, by its text; runs of others have none."""
    settings: Mapping[str, object]
    """Sizes of the search: candidates of each leg, and articles kept of each topic."""
    where: tuple[str, ...]
    """Texts of the filters that articles had to pass."""
    libraries: Mapping[str, str]
    """Version of each library that can move a score, of Python, and the kind of processor."""


def provenance_of(index: Index, plan: Plan) -> Provenance:
    """Return the provenance of an experiment that begins now."""
    recipe = index.store.recipe
    return Provenance(
        plait=version("plait"),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        command=plan.command,
        model=recipe.encoder,
        recipe=asdict(recipe),
        systems={str(system): _parameters(system) for system in plan.systems},
        settings={
            "candidates_per_leg": index.settings.candidates_per_leg,
            "articles_per_topic": plan.depth,
        },
        where=plan.where,
        libraries=_versions() | {"python": python_version(), "machine": machine()},
    )


def _versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):  # such as faiss-cpu where faiss-gpu stands for it
            found[name] = version(name)
    return found


def _parameters(system: System) -> dict[str, object]:
    values: dict[str, object] = dict(system.values)
    return values | ({"rerank": asdict(system.rerank)} if system.rerank else {})
