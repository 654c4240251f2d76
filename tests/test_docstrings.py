"""Every example in a docstring is executed, under the module's own name."""

import doctest
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import plait.index
import plait.search


def modules_with_examples() -> Iterator[str]:
    """Name the modules that hold a prompt; the others need not be imported to find out."""
    for package in (plait.index, plait.search):
        prefix = f"{package.__name__}."
        for found in pkgutil.walk_packages(package.__path__, prefix):
            spec = found.module_finder.find_spec(found.name, None)
            if spec and spec.origin and ">>> " in Path(spec.origin).read_text(encoding="utf-8"):
                yield found.name


@pytest.mark.parametrize("name", list(modules_with_examples()))
def test_examples_hold(name: str) -> None:
    """The examples of a module print what they say."""
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.attempted > 0
    assert outcome.failed == 0
