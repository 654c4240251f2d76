"""What a program does with `import plait` alone: writes, searches, asks for a context."""

import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import plait
from plait.index.errors import FingerprintError, ModelError, NoIndexError, QueryError
from plait.index.factory import reopen_writer
from plait.index.models.encoder import Encoder

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = "".join(page.read_text() for page in sorted((ROOT / "docs/reference").glob("*.md")))
NOTE = plait.Article(
    id="note-1",
    title="A declaration",
    text="Ministers met in Geneva. They signed a declaration of peace. Farmers went home.",
    source="notes/1.txt",
    date="1956-10-19",
    metadata={"desk": "foreign"},
)


@pytest.mark.parametrize("kind", [str, Path])
def test_a_folder_is_all_that_a_writer_needs(
    tmp_path: Path, encoder: Encoder, kind: type[str | Path]
) -> None:
    """It makes an index with the default model, and opens it again; what is stored is whole."""
    root = kind(tmp_path / "own")
    with plait.IndexWriter(root) as writer:
        assert writer.add(NOTE) == "added"
    with plait.IndexWriter(root) as writer:
        assert writer.add(NOTE) == "unchanged"
        writer.add(plait.Article("note-2", "", "Sailors painted ships."))
        writer.commit()
        assert [hit.article.id for hit in plait.Index.open(root).search("ships", 1)] == ["note-2"]
        assert writer.remove("note-2")
    index = plait.Index.open(root)
    assert len(index) == 1
    assert index.article("note-1") == NOTE
    assert index.encoder is encoder


@pytest.mark.parametrize(
    ("model", "language", "error", "match"),
    [
        ("/no/such/model", "", ModelError, "no model folder"),
        ("", "latin", QueryError, "no language 'latin'; choose from english"),
    ],
)
def test_a_wrong_name_leaves_no_folder(
    tmp_path: Path, model: str, language: str, error: type[Exception], match: str
) -> None:
    """It is refused before anything is made."""
    with pytest.raises(error, match=match):
        plait.IndexWriter(tmp_path / "own", model=model, language=language)
    assert not (tmp_path / "own").exists()


def test_another_model_than_the_index_has_is_refused(tmp_path: Path, quick: Encoder) -> None:
    """And an index that must be there is not made."""
    plait.IndexWriter(tmp_path / "own").close()
    with pytest.raises(FingerprintError, match="encoder"):
        plait.IndexWriter(tmp_path / "own", quick)
    with pytest.raises(NoIndexError):
        reopen_writer(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_context_can_be_cited(tmp_path: Path) -> None:
    """Each excerpt has all that a citation needs, and is the text that it says."""
    with plait.IndexWriter(tmp_path / "own") as writer:
        writer.add(NOTE)
    index = plait.Index.open(tmp_path / "own")
    (excerpt,) = plait.context(index, "who signed a declaration?")
    assert isinstance(excerpt, plait.Excerpt)
    assert (excerpt.number, excerpt.article) == (1, NOTE)
    assert excerpt.text == NOTE.text[excerpt.start : excerpt.end] == NOTE.text
    assert str(excerpt) == f"[1] A declaration (notes/1.txt, 0-{len(NOTE.text)})\n{NOTE.text}"
    (cut,) = plait.context(index, "who signed a declaration?", tokens=30)
    assert cut.text == "Ministers met in Geneva. They signed a declaration of peace."


def test_a_context_of_nothing_is_an_error(seeds: plait.Index) -> None:
    """No budget and no question; a budget that no sentence fits is none."""
    with pytest.raises(QueryError, match="tokens is 0; wanted a number of word pieces"):
        plait.context(seeds, "who signed?", tokens=0)
    with pytest.raises(QueryError, match="query is empty"):
        plait.context(seeds, " ")
    assert plait.context(seeds, "who signed?", tokens=1) == []


def test_the_reference_has_every_public_name() -> None:
    """Each name's module, or the name itself, stands on a page."""
    listed = set(re.findall(r"^::: (\S+)$", REFERENCE, flags=re.MULTILINE))
    homes = {f"{home}.{name}": home for name, home in plait._HOMES.items()}
    assert [name for name, home in homes.items() if listed.isdisjoint({name, home})] == []


def test_type_checkers_find_what_make_installs(tmp_path: Path) -> None:
    """In an environment that `make` made, and in a program of any folder."""
    venv.create(tmp_path / "env")
    python = tmp_path / "env" / "bin" / "python"
    make = ["make", "--silent", "-C", str(ROOT), "types", f"BIN={python.parent}"]
    subprocess.run(make, check=True)
    program = "import plait\nreveal_type(plait.Index.open)\nreveal_type(plait.context)\n"
    (tmp_path / "program.py").write_text(program)
    mypy = [sys.executable, "-m", "mypy", "--python-executable", str(python), "program.py"]
    told = subprocess.run(mypy, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert "path: str | pathlib.Path" in told
    assert "list[plait.search.context.Excerpt]" in told
    assert "import-not-found" not in told
