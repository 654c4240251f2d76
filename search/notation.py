"""Text form of systems and stages, `NAME(parameter=value, …)`, and declarations of parameters.

A noun is a frozen dataclass whose fields declare their own parameters by `number`, `whole`,
`choice`, `duration` and `text`: the values that they take, and a line of help. Reading, writing
and checking follow from that.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from numbers import Real
from typing import Any, TypeVar

from plait.index.errors import QueryError

_STAGE = re.compile(r"\s*(\w+(?:\s*\+\s*\w+)*)\s*(?:\(([^()]*)\)\s*)?")
_UNREADABLE = re.compile(r"[,;()=\x00-\x1f\x7f]|>>|^\s|\s$|^$")
"""Pattern of texts that could not be read back; a semicolon, for instance, separates systems."""

_DURATION = re.compile(r"([1-9][0-9]{0,4})([dwmy])")
_DAYS = {"d": 1.0, "w": 7.0, "m": 30.4375, "y": 365.25}
"""Days of a unit of a duration; a month and a year are means of the Julian calendar."""

Noun = TypeVar("Noun")


@dataclass(frozen=True, slots=True)
class Parameter:
    """Declaration of one parameter of a noun."""

    help: str
    least: float = 0.0
    most: float = 0.0
    """Ends of the range of a number, both allowed."""
    is_whole: bool = False
    is_optional: bool = False
    """Whether None may be given."""
    choices: tuple[str, ...] = ()
    """Names that are allowed; empty for numbers and texts."""
    is_text: bool = False
    is_duration: bool = False
    """Whether it is a duration, `30d`, or None."""

    def read(self, name: str, text: str) -> Any:
        """Return the value that a text stands for; raises `QueryError`."""
        if self.is_duration:
            return f"{text}d" if text.isdecimal() else text
        if self.choices or self.is_text:
            return text
        try:
            return int(text) if self.is_whole else float(text)
        except ValueError as error:
            raise QueryError(self._wanted(name, text)) from error

    def check(self, name: str, value: Any) -> None:
        """Raise `QueryError` for a value that is not allowed."""
        if self.choices:
            choose(name, value, self.choices)
        elif self.is_text:
            if not isinstance(value, str) or _UNREADABLE.search(value):
                wanted = "wanted a hub id or a folder, without any of , ; ( ) = >>"
                raise QueryError(f"rerank's {name} is {value!r}; {wanted}.")
        elif self.is_duration:
            if value is not None:
                days_of(value, name)
        elif value is not None or not self.is_optional:
            kind = int if self.is_whole else Real
            is_number = isinstance(value, kind) and not isinstance(value, bool)
            if not (is_number and self._has_in_range(value)):
                raise QueryError(self._wanted(name, value))

    def _has_in_range(self, value: Any) -> bool:
        return bool(self.least <= value <= self.most)

    def _wanted(self, name: str, found: object) -> str:
        kind = "a whole number" if self.is_whole else "a number"
        return f"{name} is {found}; wanted {kind} from {self.least:g} to {self.most:g}."


def number(default: float, least: float, most: float, help_: str) -> Any:
    """Declare a field that is a number from `least` to `most`."""
    return _declared(default, Parameter(help_, least, most))


def whole(default: int | None, least: int, most: int, help_: str) -> Any:
    """Declare a field that is a whole number from `least` to `most`."""
    is_optional = default is None
    declared = Parameter(help_, least, most, is_whole=True, is_optional=is_optional)
    return _declared(default, declared)


def choice(default: str, choices: Sequence[str], help_: str) -> Any:
    """Declare a field that is one of some names."""
    return _declared(default, Parameter(help_, choices=tuple(choices)))


def duration(help_: str) -> Any:
    """Declare a field that is a duration, `30d`, `2w`, `6m` or `1y`, or None, the default."""
    return _declared(None, Parameter(help_, is_optional=True, is_duration=True))


def days_of(value: object, name: str = "the duration") -> float:
    """Return the days of a duration; raises `QueryError`.

    >>> days_of("2w"), days_of("1y")
    (14.0, 365.25)
    """
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found:
        wanted = "wanted days, weeks, months or years, as in 30d, 2w, 6m or 1y"
        raise QueryError(f"{name} is {value!r}; {wanted}.")
    return int(found[1]) * _DAYS[found[2]]


def text(help_: str) -> Any:
    """Declare a field that is a text, and has no default."""
    return field(metadata={"parameter": Parameter(help_, is_text=True)})


def _declared(default: Any, parameter: Parameter) -> Any:
    return field(default=default, metadata={"parameter": parameter})


def parameters_of(noun: Any) -> dict[str, Parameter]:
    """Return the parameters that a noun, or its class, declares, by name and in order."""
    return {
        entry.name: entry.metadata["parameter"]
        for entry in fields(noun)
        if "parameter" in entry.metadata
    }


def check(noun: Any) -> None:
    """Raise `QueryError` for the first value of a noun that is not allowed, and for no noun."""
    if isinstance(noun, type) or not is_dataclass(noun):
        raise QueryError(f"{noun!r} is no part of a system; System.parse reads a text.")
    for name, parameter in parameters_of(noun).items():
        parameter.check(name, getattr(noun, name))


def check_once(nouns: Iterable[Any]) -> None:
    """Raise `QueryError` where two nouns declare a parameter of the same name."""
    names = [name for noun in nouns for name in parameters_of(noun)]
    for name in names:
        if names.count(name) > 1:
            raise QueryError(f"two parts of the system have a parameter {name!r}; rename one.")


def made(kind: type[Noun], values: Mapping[str, str]) -> Noun:
    """Return a noun with those of the values, each a text, that it declares."""
    declared = parameters_of(kind)
    own = {name: declared[name].read(name, values[name]) for name in values if name in declared}
    return kind(**own)


def changed(noun: Noun, values: Mapping[str, Any]) -> Noun:
    """Return a noun with those of other values that it declares."""
    declared = parameters_of(noun)
    own = {name: value for name, value in values.items() if name in declared}
    return replace(noun, **own) if own else noun  # type: ignore[type-var]


def split_stage(text: str, whole_text: str) -> tuple[str, dict[str, str]]:
    """Split `NAME` or `NAME(parameter=value, …)`; raises `QueryError`."""
    found = _STAGE.fullmatch(text)
    if not found:
        wanted = "LEG, LEG(NAME=VALUE, …) or either with >> rerank(model=NAME)"
        raise QueryError(f"cannot read the system {whole_text!r}: wanted {wanted}.")
    values: dict[str, str] = {}
    for part in (found[2] or "").split(",") if (found[2] or "").strip() else ():
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (name and equals and value) or name in values:
            wanted = "wanted NAME=VALUE, once"
            raise QueryError(f"cannot read {part.strip()!r} in {whole_text!r}: {wanted}.")
        values[name] = value
    return "".join(found[1].split()), values


def choose(what: str, found: str, choices: Iterable[str]) -> None:
    """Raise `QueryError` that lists the choices where `found` is none of them."""
    listed = list(choices)
    if found not in listed:
        remedy = f"choose one of {', '.join(listed)}" if listed else "it takes none"
        raise QueryError(f"no {what} {found!r}; {remedy}.")


def written(head: str, nouns: Iterable[Any], first: Sequence[str] = ()) -> str:
    """Return the text of a stage as `split_stage` reads it, without defaults.

    `first` are texts of parameters that come before those of the nouns.
    """
    parts = list(first)
    for noun in nouns:
        defaults = {entry.name: entry.default for entry in fields(noun)}
        for name in parameters_of(noun):
            value = getattr(noun, name)
            if value != defaults[name]:
                # 1.0 is written 1, as people do.
                shown = str(value).removesuffix(".0") if isinstance(value, float) else value
                parts.append(f"{name}={shown}")
    return f"{head}({', '.join(parts)})" if parts else head
