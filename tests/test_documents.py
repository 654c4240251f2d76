"""The documentation is true: its sessions and snippets give what README and pages show."""

import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from documents import BLOCK, PAGES, README, ROOT, like_a_checkout, rewritten, without_times

from plait.cli import app

NUMBER = re.compile(r"\d+\.\d+")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
TERMINAL = ROOT / "docs" / "terminal.md"


def name_of(page: Path) -> str:
    """Shorten a path for the names of tests."""
    return str(page.relative_to(ROOT))


def check(old: str, new: str) -> None:
    """Compare a page with itself run anew; numbers as far as processors agree on them."""
    old, new = without_times(old), without_times(new)
    assert NUMBER.sub("0.0", new) == NUMBER.sub("0.0", old)
    numbers = [float(number) for number in NUMBER.findall(old)]
    assert [float(number) for number in NUMBER.findall(new)] == pytest.approx(numbers, abs=0.04)


@pytest.fixture(scope="module")
def readme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run README in a folder that looks like the checkout; its index is there for the pages."""
    with like_a_checkout(tmp_path_factory.mktemp("checkout")):
        yield rewritten(README.read_text(encoding="utf-8"))


def test_the_readme(readme: str) -> None:
    """Each command prints what the README shows, and each snippet runs."""
    check(README.read_text(encoding="utf-8"), readme)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
@pytest.mark.usefixtures("readme")
def test_a_page(page: Path) -> None:
    """After README's session, each command and snippet of a page prints what the page shows."""
    text = page.read_text(encoding="utf-8")
    check(text, rewritten(text))


def test_a_wrong_output_is_noticed() -> None:
    """Another word fails, and so does a number that is far off; a time does not."""
    shown = "```text\nnDCG@10    ms\n0.7527   10.5\n```\n"
    check(shown, shown.replace("10.5", "99.5").replace("0.7527", "0.7528"))
    for wrong in (shown.replace("nDCG", "AP"), shown.replace("0.7527", "0.9527")):
        with pytest.raises(AssertionError):
            check(shown, wrong)


@pytest.mark.parametrize("page", [README, *PAGES], ids=name_of)
def test_commands_that_are_not_run_exist(page: Path) -> None:
    """In a block of `sh`, each `plait` names a command that there is, and options that it has."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    for line in "".join(blocks).replace("\\\n", "").splitlines():
        name, *words = [*shlex.split(line.partition("|")[0], comments=True), ""]
        if name == "plait":
            options = {text for own in COMMANDS[words[0]].params for text in own.opts}
            given = {word.partition("=")[0] for word in words if re.match("--?[a-z]", word)}
            assert given <= options, line


def test_every_command_is_in_the_readme() -> None:
    """A command without a word in the README fails here."""
    text = README.read_text(encoding="utf-8")
    assert len(COMMANDS) >= 12
    assert not [name for name in COMMANDS if f"`plait {name}" not in text]


def test_the_help_of_every_command_is_in_the_documentation() -> None:
    """A command whose help is on no page fails here; the pages themselves are compared above."""
    sessions = "".join(found["code"] for found in BLOCK.finditer(TERMINAL.read_text("utf-8")))
    assert not [name for name in COMMANDS if f"$ plait {name} -h\n" not in sessions]


def test_every_page_is_in_the_navigation() -> None:
    """A page that no menu leads to is found by nobody."""
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    assert not [page.name for page in PAGES if f" {page.name}\n" not in menu]


def test_links_lead_somewhere() -> None:
    """Each relative link of README and of the pages is to a file that there is."""
    for page in (README, *PAGES):
        text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)|src=\"([^\":]+)\"", text)
        targets = [link or source for link, source in links]
        assert not [own for own in targets if not (page.parent / own).exists()], name_of(page)


def test_the_site_begins_with_the_readme() -> None:
    """On the site README stands in the folder of the pages, and so its links lose a folder."""
    hook = runpy.run_path(str(ROOT / "docs" / "hooks.py"))["on_page_markdown"]
    first = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    shown = hook(first, page=None, config=None, files=None)
    assert "README.md stands here" not in shown
    assert "](terminal.md)" in shown
    assert 'src="performance/hybrid-small.svg"' in shown
    assert not re.search(r"\]\(docs/|src=\"docs/", shown)
