"""The rules of words that a machine can check: docstrings, and names of constants."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [
    ROOT / "__init__.py",
    ROOT / "cli.py",
    *sorted(file for name in ("index", "search") for file in (ROOT / name).rglob("*.py")),
]
OTHERS = sorted(file for name in ("tests", "benchmarks") for file in (ROOT / name).rglob("*.py"))
OF_COMMANDS = {"cli.py", "keeping.py", "measuring.py"}
"""Files of commands, whose docstrings are their help."""

OWN_VERBS = re.compile(r"(Give|Say|Walk|Number|Tell|Let go)\b(?! of)")
"""What a function's docstring begins with in place of the field's verbs: return, yield, split."""
NO_NOUN = re.compile(r"(Of|As|The same|So|Those|Has|Had|All of|Live ones|In)\b")
"""What a field's docstring begins with in place of its noun."""
VAGUE = {"KEPT", "BATCH", "DEPTH", "DEFAULT", "CHUNK", "GROUP", "MOST", "LIMIT", "SIZE"}
"""Names that would mean something else in every file."""


def name_of(path: Path) -> str:
    """Shorten a path for the names of tests."""
    return str(path.relative_to(ROOT))


def tree_of(file: Path) -> ast.Module:
    """Parse a file."""
    return ast.parse(file.read_text(encoding="utf-8"))


def field_docstrings(tree: ast.Module) -> Iterator[str]:
    """Yield the docstring of each field of each class."""
    for found in ast.walk(tree):
        for entry, below in pairwise(found.body) if isinstance(found, ast.ClassDef) else ():
            if isinstance(entry, ast.AnnAssign) and isinstance(below, ast.Expr):
                value = below.value
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value


@pytest.mark.parametrize("file", [*SOURCES, *OTHERS], ids=name_of)
def test_a_module_begins_with_a_statement(file: Path) -> None:
    """One paragraph that stands alone in a tooltip; questions belong in ARCHITECTURE.md."""
    first = (ast.get_docstring(tree_of(file)) or "").split("\n\n")[0]
    assert first
    assert not first.startswith("Here ")
    if file in SOURCES:
        assert "?" not in first
        assert first.endswith((".", ":"))


@pytest.mark.parametrize("file", SOURCES, ids=name_of)
def test_docstrings_use_the_fields_verbs(file: Path) -> None:
    """A function returns, yields, splits or caches; it does not give, say, walk or number."""
    nodes = ast.walk(tree_of(file))
    functions = [n for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    found = {function.name: ast.get_docstring(function) or "" for function in functions}
    # The docstring of a command is its help, and speaks to a person.
    assert file.name in OF_COMMANDS or not [n for n, text in found.items() if OWN_VERBS.match(text)]
    assert not [name for name, text in found.items() if re.search(r"\bbut for\b", text)]


@pytest.mark.parametrize("file", SOURCES, ids=name_of)
def test_a_fields_docstring_begins_with_its_noun(file: Path) -> None:
    """`Token signs of each passage.`, not `Of each passage.`."""
    assert not [text for text in field_docstrings(tree_of(file)) if NO_NOUN.match(text)]


@pytest.mark.parametrize("file", SOURCES, ids=name_of)
def test_a_constant_names_its_quantity(file: Path) -> None:
    """`CANDIDATES_PER_LEG`, not `DEPTH`."""
    assigned = [n for n in tree_of(file).body if isinstance(n, ast.Assign | ast.AnnAssign)]
    targets = [
        t for n in assigned for t in (n.targets if isinstance(n, ast.Assign) else [n.target])
    ]
    assert not VAGUE & {target.id for target in targets if isinstance(target, ast.Name)}
