"""The checkout is the package: what is listed, linked and shipped is what is there."""

import ast
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import plait

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("index", "search")
SOURCES = sorted(
    [
        ROOT / "__init__.py",
        ROOT / "cli.py",
        *(f for name in FOLDERS for f in (ROOT / name).rglob("*.py")),
    ]
)
LONGEST_FILE = 300
"""Lines."""
LONGEST_FUNCTION = 25
"""Lines of code: below the signature and the docstring."""
MOST_PARAMETERS = 5
"""Parameters of a function, except `self` and `cls`; a command has as many as options."""
LONGER_FUNCTIONS = {
    "_download": "the hub's client takes many words, and one `except` must see them all",
    "_illegible": "one formula over arrays; its parts have no meaning alone",
    "to_svg": "a chart's settings, one a line",
    "_curves": "a chart's layers, one a line",
    "paired": "a test and an interval of the same differences, with SciPy's arguments",
    "tuning_record": "a record, one key a line",
}
"""Functions that are longer, and why."""

OF_COMMANDS = {"cli.py", "keeping.py", "measuring.py"}
"""Files of commands, which have a parameter for each option."""

NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "site", "*.egg-info")


def name_of(path: Path) -> str:
    """Shorten a path for the names of tests."""
    return str(path.relative_to(ROOT))


def public_names() -> set[str]:
    """Read what `__init__.py` imports for type checkers only."""
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {
        alias.name
        for node in imports
        if (node.module or "").startswith("plait.")
        for alias in node.names
    }


def run_python(code: str, folder: Path) -> str:
    """Run code in a new interpreter, in a folder; give what it printed."""
    finished = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    return finished.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Build a wheel from a copy of the checkout; give names and texts of its members."""
    base = tmp_path_factory.mktemp("wheel")
    copy = base / "any-name"
    shutil.copytree(ROOT, copy, symlinks=True, ignore=NOT_COPIED)
    # The backend itself, not pip: nothing is downloaded and nothing is installed.
    run_python(f"from setuptools import build_meta as b; b.build_wheel({str(base)!r})", copy)
    (built,) = base.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}


def test_every_folder_of_code_is_a_listed_package() -> None:
    """`packages` in pyproject.toml equals the folders that hold Python files."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {file.parent.relative_to(ROOT) for file in SOURCES}
    expected = sorted(".".join(["plait", *folder.parts]) for folder in folders)
    assert settings["tool"]["setuptools"]["packages"] == expected
    assert all((ROOT / folder / "__init__.py").is_file() for folder in folders)


def test_the_root_holds_two_python_files() -> None:
    """Any other `.py` at the root would become a module of the package by accident."""
    assert {file.name for file in ROOT.glob("*.py")} == {"__init__.py", "cli.py"}


@pytest.mark.parametrize("name", ["__init__.py", "cli.py", "py.typed", *FOLDERS])
def test_type_checkers_read_the_same_files(name: str) -> None:
    """`typings/plait/NAME` is a relative link to `NAME`."""
    link = ROOT / "typings" / "plait" / name
    assert link.is_symlink()
    assert link.readlink() == Path("../..", name)
    assert link.resolve() == ROOT / name


def test_typings_hold_links_and_nothing_else() -> None:
    """What type checkers read is nowhere written twice."""
    linked = {entry.name for entry in (ROOT / "typings" / "plait").iterdir()}
    assert linked - {"__pycache__"} == {"__init__.py", "cli.py", "py.typed", *FOLDERS}


def test_all_is_what_type_checkers_see() -> None:
    """`__all__` equals the imports for type checkers, is sorted, and every name resolves."""
    assert set(plait.__all__) == public_names() | {"__version__"}
    assert plait.__all__ == sorted(plait.__all__)
    assert all(getattr(plait, name).__name__ == name for name in public_names())
    assert set(plait.__all__) <= set(dir(plait))


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A misspelt name fails as it does for any module."""
    with pytest.raises(AttributeError, match="no attribute 'Indx'"):
        plait.Indx  # noqa: B018 - asking is the point


def test_import_plait_imports_nothing_heavy(tmp_path: Path) -> None:
    """The import alone loads no submodule and no library but the standard one."""
    code = "import sys; before = set(sys.modules); import plait; print(*set(sys.modules) - before)"
    loaded = {name.partition(".")[0] for name in run_python(code, tmp_path).split()}
    assert "plait" in loaded
    assert loaded <= {"plait", *sys.stdlib_module_names}


def test_the_version_is_the_distributions() -> None:
    """`plait.__version__` is what pyproject.toml says."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert plait.__version__ == settings["project"]["version"]


def test_a_wheel_adds_one_name_to_site_packages(wheel: dict[str, str]) -> None:
    """Nothing called index, search or cli lands beside other people's packages."""
    top = {name.partition("/")[0] for name in wheel}
    assert top == {"plait", f"plait-{plait.__version__}.dist-info"}


def test_a_wheel_holds_the_code_and_the_seeds_and_no_tests(wheel: dict[str, str]) -> None:
    """Every source file and every seed is shipped, and nothing else is."""
    seeds = {file for file in (ROOT / "seeds").rglob("*") if file.is_file()}
    expected = {f"plait/{name_of(file)}" for file in {*SOURCES, *seeds, ROOT / "py.typed"}}
    assert {name for name in wheel if name.startswith("plait/")} == expected


def test_a_wheel_carries_command_licence_and_notice(wheel: dict[str, str]) -> None:
    """The command line's entry point and the notice of the default model are inside."""
    facts = f"plait-{plait.__version__}.dist-info"
    assert "plait = plait.cli:main" in wheel[f"{facts}/entry_points.txt"]
    assert "Apache License" in wheel[f"{facts}/licenses/LICENSE"]
    assert "all-MiniLM-L6-v2" in wheel[f"{facts}/licenses/NOTICE"]


@pytest.mark.parametrize("file", SOURCES, ids=name_of)
def test_a_file_says_what_it_is_and_is_short(file: Path) -> None:
    """One concept, one file: a docstring, and lengths that fit in a head."""
    text = file.read_text(encoding="utf-8")
    tree = ast.parse(text)
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {f.name for f in functions if code_lines(f) > LONGEST_FUNCTION}
    crowded = [f.name for f in functions if parameters(f) > MOST_PARAMETERS]
    assert ast.get_docstring(tree)
    assert long <= LONGER_FUNCTIONS.keys()
    assert not crowded or file.name in OF_COMMANDS
    assert len(text.splitlines()) <= LONGEST_FILE


def test_no_exception_is_out_of_date() -> None:
    """A function that was shortened loses its exception."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in SOURCES]
    functions = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    assert {f.name for f in functions if code_lines(f) > LONGEST_FUNCTION} == set(LONGER_FUNCTIONS)


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines below the signature and the docstring."""
    code = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - code[0].lineno + 1 if code else 0


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count parameters, those of the object or the class left out."""
    found = function.args
    named = [*found.posonlyargs, *found.args, *found.kwonlyargs]
    return sum(own.arg not in {"self", "cls"} for own in named)
