"""Naming, listing and finding from the command line: ids, paths, ranks, folders, and where."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from plait.index.article import Article
from plait.index.errors import QueryError
from plait.index.ingest import bring_up_to_date
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.show.catalogue import Catalogue, nearest
from plait.search.show.remembered import last_hits, remember

NEWS = {
    "2018/treaty.txt": "A treaty\n2018-11-14\n\nTwo leaders signed a peace treaty in Geneva.",
    "2018/apples.md": "# Apples\n\nFarmers counted apples after the storm.",
    "2019/(treaty) talks.txt": "Talks on *a* [treaty]\n2019-01-02\n\nThe treaty talks went on.",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """Index three files of two folders, and an article that is no file."""
    base = tmp_path_factory.mktemp("articles")
    for name, text in NEWS.items():
        (base / "news" / name).parent.mkdir(parents=True, exist_ok=True)
        (base / "news" / name).write_text(text)
    with IndexWriter(base / ".plait", encoder) as writer:
        bring_up_to_date(writer, [base / "news"])
        writer.add(Article("note", "Rain", "It rained on the islands."))
    return base


@pytest.fixture
def news(made: Path, tmp_path: Path) -> Path:
    """Copy the index, whose sources stay those of the files that were indexed."""
    subprocess.run(["cp", "-r", made / ".plait", tmp_path], check=True)  # noqa: S607
    return tmp_path


def plait(
    *words: str, cwd: Path, cache: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder; what it remembers lies below `cache`, and models as ever."""
    environment = {k: v for k, v in os.environ.items() if k != "PLAIT_INDEX"} | more
    if cache:
        environment["PLAIT_CACHE"] = str(cache)
    return subprocess.run(
        [sys.executable, "-m", "plait.cli", *words],
        cwd=cwd, capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip


WORDS = ("search", "treaty", "--system", "keyword")


def test_a_list_has_a_line_for_each_article(made: Path) -> None:
    """By id, by title or by date, those without a date last; and as many as are wanted."""

    def ids(*words: str) -> list[str]:
        return plait("list", "--format", "csv", *words, cwd=made).stdout.split("\n")[1:-1]

    assert [line.split(",")[0] for line in ids()] == [
        *(f"news/{name}" for name in sorted(NEWS)),
        "note",
    ]
    assert [line.split(",")[1] for line in ids("--sort", "title")] == [
        *("A treaty", "Apples", "Rain", "Talks on *a* [treaty]"),
    ]
    dates = [line.split(",")[2] for line in ids("--sort", "date")]
    assert dates == ["2018-11-14", "2019-01-02", "", ""]
    newest = [line.split(",")[0] for line in ids("--sort=-date", "-k", "3")]
    assert newest == [f"news/{name}" for name in sorted(NEWS, reverse=True)]
    lines = plait("list", cwd=made).stdout.splitlines()
    assert lines[:2] == [
        "            news/2018/apples.md  Apples",
        "2018-11-14  news/2018/treaty.txt  A treaty",
    ]


def test_formats_of_a_list(made: Path) -> None:
    """Each reads back, and has the same articles."""

    def printed(form: str) -> str:
        return plait("list", "--format", form, cwd=made).stdout

    (apples, *others) = json.loads(printed("json"))
    assert list(apples) == ["id", "title", "date", "author", "source", "metadata"]
    assert [apples, *others] == [json.loads(line) for line in printed("jsonl").splitlines()]
    assert json.loads(plait("list", "--json", "-k", "1", cwd=made).stdout) == [apples]
    rows = list(csv.DictReader(io.StringIO(printed("csv"))))
    assert [row["id"] for row in rows] == [own["id"] for own in (apples, *others)]
    assert printed("md").splitlines() == [
        "- [Apples](news/2018/apples.md)",
        "- [A treaty](news/2018/treaty.txt), 2018-11-14",
        r"- [Talks on \*a\* \[treaty\]](<news/2019/(treaty) talks.txt>), 2019-01-02",
        "- Rain (note)",
    ]
    assert printed("files").splitlines() == [f"news/{name}" for name in sorted(NEWS)]


def test_formats_of_hits(made: Path) -> None:
    """The same hits in each; an empty answer is an empty array, or a header alone."""
    hits = json.loads(plait(*WORDS, "--json", cwd=made).stdout)
    assert [hit["rank"] for hit in hits] == [1, 2]
    lines = plait(*WORDS, "--format", "jsonl", cwd=made).stdout.splitlines()
    assert [json.loads(line) for line in lines] == hits
    rows = list(csv.DictReader(io.StringIO(plait(*WORDS, "--format", "csv", cwd=made).stdout)))
    assert [(row["id"], row["passage"], row["p"]) for row in rows] == [
        (hit["id"], hit["passage"]["text"], "") for hit in hits
    ]
    files = plait(*WORDS, "--format", "files", cwd=made).stdout.splitlines()
    assert files == [hit["id"] for hit in hits]
    marked = plait(*WORDS, "--format", "md", cwd=made).stdout.splitlines()
    assert [line[:3] for line in marked] == ["1. ", "2. "]
    nothing = ("search", "+nowhere", "--system", "keyword")
    assert json.loads(plait(*nothing, "--json", cwd=made).stdout) == []
    assert plait(*nothing, "--format", "csv", cwd=made).stdout.startswith("rank,id,title")
    assert "Nothing found" in plait(*nothing, cwd=made).stdout


def test_show_takes_ids_paths_folders_and_ranks(made: Path, tmp_path: Path) -> None:
    """One as it is, several below their ids; a number is an id first and a rank else."""
    treaty = "A treaty\n2018-11-14\n\nTwo leaders signed a peace treaty in Geneva.\n"
    root = str(made / ".plait")
    for cwd in (made, tmp_path):  # by its id, from wherever it is asked for
        for name in ("news/2018/treaty.txt", str(made / "news/2018/treaty.txt")):
            assert plait("-i", root, "show", name, cwd=cwd).stdout == treaty
    assert plait("show", "2018/treaty.txt", cwd=made / "news").stdout == treaty
    assert plait("show", "treaty.txt", cwd=made / "news/2018").stdout == treaty
    passage = plait("show", "news/2018/treaty.txt#0", cwd=made).stdout
    assert passage == "Two leaders signed a peace treaty in Geneva.\n"
    for name in ("news/2018", "*2018*"):
        both = plait("show", name, cwd=made).stdout
        assert both.startswith("==> news/2018/apples.md <==\nApples\n")
        assert "\n\n==> news/2018/treaty.txt <==\nA treaty\n" in both
    assert len(json.loads(plait("show", "news", "--json", cwd=made).stdout)) == 3
    second = json.loads(plait(*WORDS, "--json", cwd=made, cache=tmp_path).stdout)[1]["id"]
    for rank in ("2", "%2"):
        shown = plait("show", rank, "--json", cwd=made, cache=tmp_path).stdout
        assert json.loads(shown)["id"] == second
    beyond = plait("show", "3", cwd=made, cache=tmp_path)
    assert beyond.returncode == 1
    assert "no hit of that rank: the last search had 2 hits" in beyond.stderr
    reasons = plait("why", "treaty", "2", "--system", "keyword", cwd=made, cache=tmp_path)
    assert reasons.stdout.startswith(second)


def test_a_search_needs_no_cache(made: Path, tmp_path: Path) -> None:
    """What cannot be remembered is not, and the hits are printed all the same."""
    (tmp_path / "file").write_text("")
    done = plait(*WORDS, cwd=made, cache=tmp_path / "file")
    assert (done.returncode, done.stderr) == (0, "")
    assert "A treaty" in done.stdout
    asked = plait("show", "1", cwd=made, cache=tmp_path / "file")
    assert "no search is known" in asked.stderr


def test_remove_takes_folders_and_patterns(news: Path, made: Path) -> None:
    """It prints what it removed; where one is unknown, nothing is."""
    refused = plait("remove", str(made / "news"), "gost", "noet", cwd=news)
    assert refused.returncode == 1
    assert "no article 'noet' in .plait. Did you mean 'note'?" in refused.stderr
    assert refused.stderr.endswith("Nothing was removed.\n")
    removed = plait("remove", str(made / "news/2018"), "no*", cwd=news)
    assert removed.stdout == (
        "3 articles removed: news/2018/apples.md, news/2018/treaty.txt, note.\n"
    )
    assert plait("list", cwd=news).stdout == (
        "2019-01-02  news/2019/(treaty) talks.txt  Talks on *a* [treaty]\n"
    )


def test_an_index_is_found_from_below(made: Path) -> None:
    """As git finds its own; what is named before the command counts more, and after it most."""
    below = made / "news/2018"
    expected = plait("info", "--json", cwd=made).stdout.replace('".plait"', '"../../.plait"')
    assert plait("info", "--json", cwd=below).stdout == expected
    empty = plait("info", cwd=below, PLAIT_INDEX="nowhere")
    assert "no index at nowhere" in empty.stderr
    named = plait("-i", str(made / ".plait"), "list", cwd=Path("/"), PLAIT_INDEX="nowhere")
    assert "A treaty" in named.stdout
    both = plait("-i", str(made / ".plait"), "info", "-i", "elsewhere", cwd=made)
    assert "no index at elsewhere" in both.stderr


def test_bench_keeps_its_own_index_unless_one_is_named(tmp_path: Path) -> None:
    """Before the command or after it; PLAIT_INDEX is of the articles that a person searches."""
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text('{"_id": "a", "title": "", "text": "Apples."}')
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "apples"}')
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t1\n")
    asked = ("bench", ".", "-s", "keyword")
    assert plait(*asked, cwd=tmp_path, PLAIT_INDEX="other").returncode == 0
    assert plait("-i", "before", *asked, cwd=tmp_path).returncode == 0
    assert plait("-i", "before", *asked, "-i", "after", cwd=tmp_path).returncode == 0
    made = {path.name for path in tmp_path.iterdir() if path.is_dir()}
    assert made == {"qrels", ".plait-bench", "before", "after"}


def test_no_index_says_where_it_was_looked_for(tmp_path: Path) -> None:
    """And how to make one."""
    done = plait("list", cwd=tmp_path)
    assert done.returncode == 1
    assert f"there is no .plait in {tmp_path}, nor in a folder above" in done.stderr
    assert "plait index PATH" in done.stderr


def test_index_uses_the_nearest_index_and_says_so(news: Path) -> None:
    """Or makes one in the current folder, where there is none."""
    (news / "below").mkdir()
    (news / "below" / "storm.txt").write_text("A storm\n\nIt came.")
    done = plait("index", "storm.txt", cwd=news / "below")
    assert done.stdout == "1 article added. ../.plait holds 5 articles.\n"
    (news / ".plait").rename(news / "kept")
    done = plait("index", "storm.txt", cwd=news / "below")
    assert done.stdout == "1 article added. .plait holds 1 article.\n"


@pytest.mark.parametrize("words", [("list",), WORDS, ("show", "note")])
def test_a_reader_that_leaves_ends_a_command_well(made: Path, words: tuple[str, ...]) -> None:
    """As after `| head -1`: no error, no traceback, and the status of success."""
    reading, writing = os.pipe()
    os.close(reading)  # so that the first line has no reader any more
    done = subprocess.run(
        [sys.executable, "-m", "plait.cli", *words],
        cwd=made, stdout=writing, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_bash_completes_commands_and_options(tmp_path: Path) -> None:
    """What `--show-completion` installs asks for these."""

    def completed(line: str) -> list[str]:
        words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1)}
        asked = {"_PLAIT_COMPLETE": "complete_bash"} | words
        code = "import sys; sys.argv = ['plait']; from plait.cli import app; app(prog_name='plait')"
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path, env=os.environ | asked, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.stderr == ""
        return done.stdout.split()

    assert completed("plait se") == ["search"]
    assert completed("plait search --min") == ["--min-p"]
    assert completed("plait list --sort -d") == []
    assert completed("plait list --sort d") == ["date"]


def test_what_is_remembered_is_each_indexes_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the indexes searched last; damage of the file is no last search."""
    monkeypatch.setenv("PLAIT_CACHE", str(tmp_path / "cache"))
    remember(tmp_path / "one", ["a", "b"])
    remember(tmp_path / "other", ["x"])
    remember(tmp_path / "one", ["c"] * 2000)
    assert last_hits(tmp_path / "one") == ["c"] * 1000
    assert last_hits(tmp_path / "other") == ["x"]
    assert last_hits(tmp_path / "third") == []
    (file,) = (tmp_path / "cache").iterdir()
    for damage in ('{"a": ', "[]", f'{{"{tmp_path}/one": 1}}', "\xff"):
        file.write_text(damage, encoding="latin-1")
        assert last_hits(tmp_path / "one") == []
    for number in range(30):
        remember(tmp_path / str(number), ["a"])
    known = [number for number in range(30) if last_hits(tmp_path / str(number))]
    assert known == [*range(10, 30)]


def test_another_users_searches_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cache may be shared, and somebody else may write a file by any name."""
    monkeypatch.setenv("PLAIT_CACHE", str(tmp_path))
    remember(tmp_path / "one", ["a"])
    other = os.getuid() + 1
    (file,) = tmp_path.iterdir()
    file.rename(tmp_path / f"searches-{other}.json")
    monkeypatch.setattr("os.getuid", lambda: other)
    assert last_hits(tmp_path / "one") == []


def test_too_many_to_show_are_counted() -> None:
    """No article is printed then."""
    ids = {f"a{number}": Article(f"a{number}", "", "", f"/a/{number}") for number in range(21)}
    catalogue = Catalogue("x", lambda: ids, ids.get)
    assert len(catalogue.few(["a1*"])) == 11
    with pytest.raises(QueryError, match="these are 21 articles, and 20 are shown at once"):
        catalogue.few(["a*"])
    with pytest.raises(QueryError, match="names 21 articles; name one, such as a0"):
        catalogue.one("/a/")


def test_the_nearest_ids_are_suggested() -> None:
    """Those that hold what was typed, else those with few other letters; files by their names."""
    ids = ["2019/kuril-irkutsk.txt", "2019/kuril-nagato.txt", "apples.md", "x" * 300]
    assert nearest("irkutsk", ids) == ["2019/kuril-irkutsk.txt"]
    assert nearest("old/kuril-irkutks.txt", ids)[0] == "2019/kuril-irkutsk.txt"
    assert nearest("aples.md", ids) == ["apples.md"]
    assert nearest("something else", ids) == []
