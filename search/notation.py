"""The text form of systems: `NAME(parameter=value, …)`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from plait.index.errors import QueryError

_RANGES: Mapping[str, tuple[float, float]] = {
    "weight": (0, 1),
    "late": (0, 100),
    "neighbours": (0, 1),
    "k": (0, 100_000),
    "k1": (0, 100),
    "b": (0, 1),
    "title": (0, 100),
    "p_slope": (0, 20),
    "p_offset": (-20, 20),
    "depth": (1, 10_000),
    "budget_ms": (1, 1_000_000),
}
"""The least and the greatest value. Where nothing else sets an end: far beyond any use."""

_WHOLE = frozenset({"k", "depth", "budget_ms"})

_STAGE = re.compile(r"\s*(\w+)\s*(?:\(([^()]*)\)\s*)?")

_NO_NAME = re.compile(r"[,;()=\x00-\x1f\x7f]|>>|^\s|\s$|^$")
"""What could not be read back as it was written; a semicolon parts systems."""


def _choose(what: str, found: str, choices: Sequence[str]) -> None:
    if found not in choices:
        remedy = f"choose one of {', '.join(choices)}" if choices else "it takes none"
        raise QueryError(f"no {what} {found!r}; {remedy}.")


def _stage(text: str, whole: str) -> tuple[str, dict[str, str]]:
    """Read `NAME` or `NAME(parameter=value, …)`."""
    found = _STAGE.fullmatch(text)
    if not found:
        wanted = "LEG, LEG(NAME=VALUE, …) or either with >> rerank(model=NAME)"
        raise QueryError(f"cannot read the system {whole!r}: wanted {wanted}.")
    values: dict[str, str] = {}
    for part in (found[2] or "").split(",") if (found[2] or "").strip() else ():
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (name and equals and value) or name in values:
            raise QueryError(f"cannot read {part.strip()!r} in {whole!r}: wanted NAME=VALUE, once.")
        values[name] = value
    return found[1], values


def _value(name: str, text: str) -> Any:
    """Read a parameter's value: a number, unless it is a name."""
    if name not in _RANGES:
        return text
    try:
        return int(text) if name in _WHOLE else float(text)
    except ValueError as error:
        raise QueryError(_wanted(name, text)) from error


def _check_numbers(noun: Any) -> None:
    for name, (least, most) in _RANGES.items():
        value = getattr(noun, name, None)
        whole = name not in _WHOLE or isinstance(value, int)
        if value is not None and not (whole and least <= value <= most):
            raise QueryError(_wanted(name, value))


def _wanted(name: str, found: object) -> str:
    least, most = _RANGES[name]
    kind = "a whole number" if name in _WHOLE else "a number"
    return f"{name} is {found}; wanted {kind} from {least} to {most}."


def _changed(noun: Any) -> list[str]:
    """Name the fields that are not as they are by default."""
    return [field.name for field in fields(noun) if getattr(noun, field.name) != field.default]


def _written(head: str, noun: Any) -> str:
    """Write a stage as `_stage` reads it."""
    named = {name: getattr(noun, name) for name in _changed(noun) if name not in {"mode", "rerank"}}
    # 1.0 is written 1, as a person would.
    parts = [
        f"{name}={str(value).removesuffix('.0') if isinstance(value, float) else value}"
        for name, value in named.items()
    ]
    return f"{head}({', '.join(parts)})" if parts else head
