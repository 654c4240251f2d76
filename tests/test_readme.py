"""The README is true: its terminal session and its Python snippet give what it shows."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
NUMBER = re.compile(r"\d+\.\d+")


def blocks(language: str) -> list[str]:
    """Give the code blocks of a language."""
    return [part.partition("```")[0] for part in README.split(f"```{language}\n")[1:]]


def session() -> list[tuple[str, str]]:
    """Give the commands of the terminal session with what they print."""
    parts = blocks("console")[0].split("$ ")[1:]
    return [(command, output) for command, _, output in (part.partition("\n") for part in parts)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder that looks like the checkout to the commands."""
    base = tmp_path_factory.mktemp("readme")
    (base / "seeds").symlink_to(ROOT / "seeds")
    return base


def test_the_terminal_session(folder: Path) -> None:
    """Each command prints what the README shows; numbers as far as processors agree on them."""
    environment = {k: v for k, v in os.environ.items() if k != "PLAIT_INDEX"}
    for command, shown in session():
        words = [sys.executable, "-m", "plait.cli", *shlex.split(command)[1:]]
        done = subprocess.run(
            words, cwd=folder, capture_output=True, text=True, check=True, env=environment
        )
        assert NUMBER.sub("0.0", done.stdout) == NUMBER.sub("0.0", shown)
        numbers = [float(number) for number in NUMBER.findall(shown)]
        printed = [float(number) for number in NUMBER.findall(done.stdout)]
        assert printed == pytest.approx(numbers, abs=0.04)


def test_the_python_snippets(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Run after the session has made its index, the snippet prints five hits."""
    monkeypatch.chdir(folder)
    for snippet in blocks("python"):
        exec(compile(snippet, "README.md", "exec"), {})  # noqa: S102 - ours
    assert (folder / "notes.plait" / "manifest.json").exists()
    lines = capsys.readouterr().out
    assert "1956" in lines
    assert len(NUMBER.findall(lines)) >= 5


def test_the_readme_names_every_command() -> None:
    """A command without a word in the README fails here."""
    listed = subprocess.run(
        [sys.executable, "-m", "plait.cli", "--help"], capture_output=True, text=True, check=True
    ).stdout
    commands = re.findall(r"^│ ([a-z]+) ", listed, flags=re.MULTILINE)
    assert len(commands) >= 8
    assert all(f"`plait {command}" in README for command in commands)
