"""Places: an index knows a file by one path, by whatever link, and moves with its files."""

import json
import os
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given, strategies as st

from plait.index.article import Article
from plait.index.forgetting import read_again
from plait.index.ingest import bring_up_to_date
from plait.index.local.place import Place
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.summary import Summary
from plait.search.index import Index
from plait.search.show.catalogue import Catalogue


class Project:
    """A folder of articles with an index in it."""

    def __init__(self, root: Path, quick: Encoder) -> None:
        """Take a folder, which may have moved."""
        self.root, self.quick, self.index_name = root, quick, ".plait"

    def write(self, **texts: str) -> None:
        """Write files, `a__1` as `a/1.txt`."""
        for name, text in texts.items():
            path = self.root / f"{name.replace('__', '/')}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def index(self, *paths: str | Path, prune: bool = False, reread: bool = False) -> Summary:
        """Index some paths of it."""
        wanted = [self.root / path for path in paths]
        with IndexWriter(self.root / self.index_name, self.quick) as writer:
            if reread:
                read_again(writer, wanted)
            return bring_up_to_date(writer, wanted, prune=prune)

    def texts(self) -> dict[str, str]:
        """Return the text of each article by its id."""
        with IndexWriter(self.root / self.index_name, self.quick) as writer:
            return {i: own.text for i in sorted(writer.ids()) if (own := writer.get(i))}

    def sources(self) -> dict[str, str]:
        """Return the source of each article, without the folder, by its id."""
        with IndexWriter(self.root / self.index_name, self.quick) as writer:
            found = {i: own.source for i in sorted(writer.ids()) if (own := writer.get(i))}
        return {i: source.removeprefix(f"{self.root}/") for i, source in found.items()}


@pytest.fixture
def project(tmp_path: Path, quick: Encoder) -> Project:
    """Make one with two files."""
    made = Project(tmp_path / "p", quick)
    made.write(a__1="One\nThe quokka.", a__2="Two\nThe numbat.")
    return made


def test_a_folder_reached_by_a_link_is_read_once(project: Project) -> None:
    """In one run, in the next, and from above; each path is fine, and none holds no file."""
    (project.root / "link").symlink_to(project.root / "a")
    done = project.index("a", "link")
    assert (done.added, done.failed) == (2, 0)
    for paths in (("link",), ("link", "a"), (".",), ("a/../link",)):
        done = project.index(*paths)
        assert (done.added, done.updated, done.skipped, done.failed) == (0, 0, 2, 0)
    project.write(a__2="Two\nThe bilby.")
    assert project.index("link").updated == 1
    assert project.texts() == {"a/1.txt": "The quokka.", "a/2.txt": "The bilby."}


def test_a_file_first_read_by_a_link_is_the_same_by_its_own_path(project: Project) -> None:
    """Where the index knows the link, the file keeps that; what is gone is gone by either."""
    (project.root / "link").symlink_to("a")
    project.index("link")
    project.write(a__3="Three\nThe bilby.")
    (project.root / "a" / "1.txt").unlink()
    done = project.index("a", prune=True)
    assert (done.added, done.removed, done.skipped) == (1, 1, 1)
    assert project.sources() == {"link/2.txt": "link/2.txt", "a/3.txt": "a/3.txt"}


def test_links_to_files_and_to_a_parent(project: Project) -> None:
    """Two links to one file are that file, and a cycle ends."""
    (project.root / "b").mkdir()
    for name in ("x.txt", "y.txt"):
        (project.root / "b" / name).symlink_to(project.root / "a" / "1.txt")
    (project.root / "a" / "up").symlink_to(project.root)
    assert project.index("a").added == 2
    for paths in (("b",), (".",), ("a/up/b/x.txt",)):
        done = project.index(*paths)
        assert (done.added, done.updated, done.failed) == (0, 0, 0)
    assert set(project.texts()) == {"a/1.txt", "a/2.txt"}


def test_arguments_that_overlap(project: Project) -> None:
    """A folder and one in it, twice the same, in either order, relative and absolute."""
    project.write(a__b__3="Three\nThe bilby.")
    assert project.index("a", "a/b", "a").added == 3
    before = project.texts()
    here = Path.cwd()
    try:
        os.chdir(project.root / "a")
        done = project.index(project.root / "a/b", os.path.relpath(project.root / "a"))
    finally:
        os.chdir(here)
    assert (done.added, done.updated, done.failed, done.skipped) == (0, 0, 0, 3)
    assert project.texts() == before


def test_a_project_reached_by_a_link(project: Project) -> None:
    """Its index and its files by the link and by the real path, in any combination."""
    alias = project.root.with_name("alias")
    alias.symlink_to(project.root)
    project.index("a")
    before = project.texts()
    for root, paths in ((alias, alias), (project.root, alias), (alias, project.root)):
        with IndexWriter(root / ".plait", project.quick) as writer:
            done = bring_up_to_date(writer, [paths / "a"], prune=True)
        assert (done.added, done.updated, done.removed, done.failed) == (0, 0, 0, 0)
    assert project.texts() == before


def test_an_id_has_no_folder_above_the_index(project: Project) -> None:
    """Where all below it are taken, `./` stands for the folder that the index lies in."""
    project.write(**{"1": "Top\nThe potoroo."})
    project.index("a/1.txt", ".")
    assert project.sources() == {"./1.txt": "1.txt", "1.txt": "a/1.txt", "a/2.txt": "a/2.txt"}
    assert project.index("1.txt", "a").skipped == 3


def test_files_above_the_index_have_readable_ids(project: Project) -> None:
    """Never `../..`, and the same from wherever they are indexed."""
    outside = Project(project.root.with_name("outside") / "deep", project.quick)
    outside.root.mkdir(parents=True)
    outside.index(outside.root / "../../p/a")
    outside.index(project.root / "a/1.txt", outside.root / "../..")
    assert set(outside.texts()) == {"a/1.txt", "a/2.txt"}


def test_a_file_is_read_again_where_that_is_asked(project: Project) -> None:
    """Size and time are as before, as after a tool that sets times back; other files are not."""
    project.write(b__3="Three\nThe bilby.")
    project.index("a", "b")
    for name, text in (("a/1.txt", "One\nThe potoro."), ("b/3.txt", "Three\nThe koala.")):
        path = project.root / name
        before = path.stat()
        path.write_text(text)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_size == before.st_size
    assert project.index("a", "b").skipped == 3
    done = project.index("a", reread=True)
    assert (done.updated, done.unchanged, done.skipped) == (1, 1, 0)
    assert project.index("a", "b").skipped == 3
    assert project.texts()["b/3.txt"] == "The bilby."
    assert project.index("b/3.txt", reread=True).updated == 1


def test_names_of_another_system(project: Project) -> None:
    """Backslashes, colons, and bytes that are no UTF-8: read once, and not taken for gone."""
    for name in ("C:\\news\\a.txt", "back\\xe9.txt"):
        (project.root / "a" / name).write_text("Title\nThe text of it.")
    latin = project.root / "a" / os.fsdecode(b"caf\xe9.jsonl")
    latin.write_text('{"_id": "own", "text": "The record."}')
    assert project.index("a").added == 5
    done = project.index("a", prune=True)
    assert (done.skipped, done.removed, done.failed) == (5, 0, 0)
    latin.unlink()
    assert project.index("a", prune=True).removed == 1


PARTS = st.lists(
    st.sampled_from(["/p", "/", "./", "p", "a.txt", "..", "://", "\\", " "]), max_size=6
)


@given(PARTS.map("".join), st.sampled_from(["/p", "/", "/p/p", ""]))
def test_a_source_comes_back_as_it_was(source: str, base: str) -> None:
    """Whatever a program hands in; and in another place a path below the first is there."""
    place = Place(base)
    assert place.opened(place.kept(source)) == source
    if place.kept(source).startswith("./") and not source.startswith("./") and base:
        assert Place("/q").opened(place.kept(source)).startswith("/q/")


def test_a_project_that_is_copied_goes_on(project: Project) -> None:
    """While the original is there: each brings its own files up to date; ids stay."""
    project.write(**{"1": "Top\nThe potoroo."})
    project.index("a/1.txt", ".")
    before = project.sources()
    assert "./1.txt" in before
    copy = Project(copytree(project.root, project.root.with_name("copy")), project.quick)
    assert copy.sources() == before
    copy.write(a__2="Two\nThe bilby.", a__3="Three\nThe koala.")
    done = copy.index("a", ".", prune=True)
    assert (done.added, done.updated, done.removed, done.failed) == (1, 1, 0, 0)
    assert copy.texts()["a/2.txt"] == "The bilby."
    assert project.texts()["a/2.txt"] == "The numbat."
    assert project.index("a", ".", prune=True).skipped == 3


def test_a_project_that_is_moved_goes_on(project: Project) -> None:
    """Nothing is read or removed, and searches, lists and filters name the present paths."""
    (project.root / "a" / "r.jsonl").write_text(json.dumps({"_id": "r", "text": "A record."}))
    project.index("a")
    moved = Project(project.root.rename(project.root.with_name("mounted")), project.quick)
    done = moved.index("a", prune=True)
    assert (done.skipped, done.removed, done.failed) == (3, 0, 0)
    own = f"{moved.root}/a"
    with Index.open(moved.root / ".plait", moved.quick) as index:
        assert index.search("quokka")[0].article.source == f"{own}/1.txt"
        assert set(index.page("quokka", facets=["source"]).facets["source"]) <= {
            own,
            f"{own}/r.jsonl",
        }
        examples = index.store.fields()["source"].examples
        assert set(examples) == {f"{own}/", f"{own}/r.jsonl"}
        for where, found in (
            (f"source = '{own}/r.jsonl'", {"r"}),
            (f"source = '{own}/1.txt'", {"a/1.txt"}),
            ("source: mounted/a", {"a/1.txt", "a/2.txt", "r"}),
            ("source: p/a", set()),
            (f"source like '{own}/r*'", {"r"}),
            ("source contains mounted", {"a/1.txt", "a/2.txt", "r"}),
            (f"source in ('{own}/2.txt', '{own}/r.jsonl')", {"a/2.txt", "r"}),
        ):
            assert {hit.article.id for hit in index.search("quokka record", where=where)} == found
        assert Catalogue.of_store(index.store).find([own]) == ["a/1.txt", "a/2.txt", "r"]


def test_ids_of_before_are_known_in_another_place(project: Project) -> None:
    """Those with the folder's earlier name, or its whole path."""
    project.write(b__1="One\nThe bilby.")
    source = f"{project.root}/b/1.txt"
    for old in ("p/b/1.txt", source):
        root = project.root.with_name(f"{len(old)}")
        with IndexWriter(project.root / ".plait", project.quick) as writer:
            writer.add(Article(old, "One", "The bilby.", source=source))
        project.index("b")
        assert project.sources() == {old: "b/1.txt"}
        moved = Project(copytree(project.root, root), project.quick)
        moved.write(b__1="One\nThe koala.")
        assert moved.index("b").updated == 1
        assert moved.texts() == {old: "The koala."}
        with IndexWriter(project.root / ".plait", project.quick) as writer:
            writer.remove(old)
            writer.sources.clear()


def test_files_elsewhere_keep_their_paths(project: Project, tmp_path: Path) -> None:
    """An index outside its articles' folder moves alone; what a program handed in is as it was."""
    own = [
        Article(f"o{n}", "", "A text.", source=s)
        for n, s in enumerate(("./x", "x", "././", "stdin"))
    ]
    elsewhere = Project(tmp_path / "indexes", project.quick)
    elsewhere.root.mkdir()
    with IndexWriter(elsewhere.root / ".plait", project.quick) as writer:
        bring_up_to_date(writer, [project.root / "a"])
        for article in own:
            assert writer.add(article) == "added"
    moved = Project(elsewhere.root.rename(tmp_path / "deep"), project.quick)
    assert moved.index(project.root / "a", prune=True).skipped == 2
    with IndexWriter(moved.root / ".plait", project.quick) as writer:
        assert [writer.get(article.id) for article in own] == own
        assert [writer.add(article) for article in own] == ["unchanged"] * 4
        first = writer.get("a/1.txt")
    assert first
    assert first.source == f"{project.root}/a/1.txt"


def test_an_index_that_moves_alone_finds_its_files(project: Project, tmp_path: Path) -> None:
    """They are where they were, and none is where it is; so it stays when it is written."""
    project.index("a")
    alone = Project(tmp_path / "alone", project.quick)
    alone.root.mkdir()
    (project.root / ".plait").rename(alone.root / ".plait")
    source = f"{project.root}/a/1.txt"
    with Index.open(alone.root / ".plait", project.quick) as index:
        assert index.article("a/1.txt").source == source
    project.write(a__3="Three\nThe koala.")
    done = alone.index(project.root / "a", prune=True)
    assert (done.added, done.skipped, done.removed, done.failed) == (1, 2, 0, 0)
    assert alone.sources()["a/1.txt"] == source
    (alone.root / ".plait").rename(project.root / ".plait")
    assert project.index("a", prune=True).skipped == 3
