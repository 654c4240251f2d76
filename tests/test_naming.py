"""Ids of files: short, the same whatever folder is indexed next, and never taken twice."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from plait.index.article import Article
from plait.index.ingest import bring_up_to_date
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.reading.records import digest_of
from plait.index.summary import Summary


class Folder:
    """A folder with an index in it."""

    def __init__(self, root: Path, quick: Encoder) -> None:
        """Remember where."""
        self.root, self.quick = root, quick

    def write(self, *names: str) -> None:
        """Write small files, which differ from what was there before."""
        for name in names:
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"Title of {name}\nText.{' More.' * path.exists()}")

    def index(self, *paths: str, prune: bool = False) -> Summary:
        """Index some paths."""
        wanted = [self.root / path for path in paths]
        with IndexWriter(self.root / ".plait", self.quick) as writer:
            return bring_up_to_date(writer, wanted, prune=prune)

    def ids(self) -> dict[str, str]:
        """Return the id of each article, with its file below the folder."""
        with IndexWriter(self.root / ".plait", self.quick) as writer:
            found = [article for i in sorted(writer.ids()) if (article := writer.get(i))]
        return {own.id: own.source.removeprefix(f"{self.root}/") for own in found}


@pytest.fixture
def folder(tmp_path: Path, quick: Encoder) -> Folder:
    """Make an empty one."""
    return Folder(tmp_path, quick)


def test_an_id_is_the_path_from_what_was_indexed(folder: Folder) -> None:
    """Of a folder, of a folder in it, and of a file; the folder of the index is no part of it."""
    folder.write("p/news/2019/a.txt", "p/news/b.txt", "notes/c.txt", "d.txt", "2018/e.txt")
    folder.index("p/news", "notes/c.txt", "d.txt")
    assert list(folder.ids()) == ["c.txt", "d.txt", "news/2019/a.txt", "news/b.txt"]
    folder.index(".")
    assert folder.ids()["2018/e.txt"] == "2018/e.txt"


def test_a_taken_id_gets_one_folder_more(folder: Folder) -> None:
    """As many as it needs; the first that came keeps the short one."""
    folder.write("x/news/a.txt", "y/news/a.txt", "z/a.txt")
    folder.index("x/news", "y/news", "z")
    assert folder.ids() == {
        "news/a.txt": "x/news/a.txt",
        "y/news/a.txt": "y/news/a.txt",
        "z/a.txt": "z/a.txt",
    }
    with IndexWriter(folder.root / ".plait", folder.quick) as writer:
        writer.add(Article("news/b.txt", "", "From a program."))
    folder.write("x/news/b.txt")
    folder.index("x/news")
    assert folder.ids()["x/news/b.txt"] == "x/news/b.txt"
    assert folder.ids()["news/b.txt"] == ""


def test_a_file_keeps_its_id_whatever_is_indexed_next(folder: Folder) -> None:
    """From above, from below, by itself, changed or not: nothing is there twice."""
    folder.write("news/2019/a.txt", "news/b.txt")
    folder.index("news")
    before = folder.ids()
    for path in (".", "news/2019", "news/b.txt", "news"):
        folder.write("news/2019/a.txt", "news/b.txt")
        done = folder.index(path)
        assert (done.added, done.failed) == (0, 0)
        assert folder.ids() == before


def test_ids_as_plait_wrote_them_before_are_kept(folder: Folder) -> None:
    """Paths below the folder of the index, and whole paths of files outside it."""
    folder.write("news/a.txt", "news/b.txt")
    sources = [str(folder.root / "news" / name) for name in ("a.txt", "b.txt")]
    with IndexWriter(folder.root / ".plait", folder.quick) as writer:
        writer.add(Article("news/a.txt", "", "Before.", source=sources[0]))
        writer.add(Article(sources[1], "", "Before.", source=sources[1]))
    assert folder.index("news").updated == 2
    assert set(folder.ids()) == {"news/a.txt", sources[1]}


def test_a_file_that_moved_takes_its_id_along(folder: Folder) -> None:
    """The id of a file that is gone is free."""
    folder.write("news/a.txt")
    folder.index("news")
    (folder.root / "old/news").mkdir(parents=True)
    (folder.root / "news/a.txt").rename(folder.root / "old/news/a.txt")
    assert folder.index("old/news").updated == 1
    assert folder.ids() == {"news/a.txt": "old/news/a.txt"}


def test_records_without_an_id_follow_the_same_rule(folder: Folder) -> None:
    """`NAME:DIGEST`, with as much of the path as it takes; records with an id keep that."""
    for name in ("x/a.jsonl", "y/a.jsonl"):
        (folder.root / name).parent.mkdir()
        lines = [{"text": "one"}, {"_id": f"own-{name[0]}", "text": "two"}, {"text": "three"}]
        (folder.root / name).write_text("\n".join(map(json.dumps, lines)))
    folder.index("x", "y")
    before = folder.ids()
    one, three, four = (digest_of({"text": text}) for text in ("one", "three", "four"))
    assert set(before) == {
        *(f"x/a.jsonl:{one}", f"x/a.jsonl:{three}", "own-x"),
        *(f"y/a.jsonl:{one}", f"y/a.jsonl:{three}", "own-y"),
    }
    with (folder.root / "y/a.jsonl").open("a") as file:
        file.write('\n{"text": "four"}')
    assert folder.index(".").added == 1
    assert folder.ids() == before | {f"y/a.jsonl:{four}": "y/a.jsonl"}


def test_one_record_may_be_taken_where_the_others_are_not(folder: Folder) -> None:
    """Only the fifth record of the first file has no id, and so has every one of the second."""
    for name, own in (("x/a.jsonl", 4), ("y/a.jsonl", 0)):
        (folder.root / name).parent.mkdir()
        lines = [{"_id": str(n)} if n < own else {} for n in range(5)]
        texts = [json.dumps(line | {"text": f"Text {n}."}) for n, line in enumerate(lines)]
        (folder.root / name).write_text("\n".join(texts))
    done = folder.index("x/a.jsonl", "y/a.jsonl")
    assert (done.added, done.failed) == (10, 0)
    last = digest_of({"text": "Text 4."})
    assert folder.ids()[f"a.jsonl:{last}"] == "x/a.jsonl"
    assert folder.ids()[f"y/a.jsonl:{last}"] == "y/a.jsonl"


def test_records_that_an_earlier_plait_named_by_line_are_named_anew(folder: Folder) -> None:
    """None is there by both names, and records with an id of their own stay."""
    (folder.root / "a.jsonl").write_text('{"_id": "own:1", "text": "one"}\n{"text": "two"}')
    folder.index("a.jsonl")
    digest = digest_of({"text": "two"})
    with IndexWriter(folder.root / ".plait", folder.quick) as writer:
        former = writer.get(f"a.jsonl:{digest}")
        assert former
        writer.remove(former.id)
        writer.add(replace(former, id="a.jsonl:2"))
    (folder.root / "a.jsonl").write_text('{"text": "two"}\n{"text": "three"}')
    done = folder.index("a.jsonl")
    assert (done.added, done.removed) == (2, 1)
    assert set(folder.ids()) == {
        "own:1",
        f"a.jsonl:{digest}",
        f"a.jsonl:{digest_of({'text': 'three'})}",
    }


def test_a_folder_whose_name_makes_no_id_is_left_out_of_it(folder: Folder) -> None:
    """Its name has a line break; a file that needs it for its id is a failure."""
    folder.write("bad\nname/a.txt", "x/a.txt", "bad\nname/in/b.txt")
    assert folder.index("bad\nname").added == 2
    assert set(folder.ids()) == {"a.txt", "in/b.txt"}
    (folder.root / ".plait").rename(folder.root / "other")
    done = folder.index("x/a.txt", "bad\nname")
    assert (done.added, done.failed) == (2, 1)
    assert "control characters" in done.failures[0].reason


def test_few_ids_are_looked_up_for_a_file(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as its path has folders, however many records and articles there are."""
    (folder.root / "a.jsonl").write_text(
        "".join(f'{{"text": "Record {n}."}}\n' for n in range(200))
    )
    asked: list[str] = []
    get = IndexWriter.get

    def counted(self: IndexWriter, article_id: str) -> Article | None:
        asked.append(article_id)
        return get(self, article_id)

    monkeypatch.setattr(IndexWriter, "get", counted)
    assert folder.index("a.jsonl").added == 200
    assert len(asked) < 3 * 200 + len(folder.root.parts)


def test_an_id_of_a_folder_that_is_away_is_not_taken_over(folder: Folder) -> None:
    """A disk may not be mounted: another file gets a longer id, and both are there in the end."""
    folder.write("usb/a/1.txt", "home/a/1.txt")
    folder.index("usb/a")
    (folder.root / "usb").rename(folder.root / "off")
    assert folder.index("home/a").added == 1
    (folder.root / "off").rename(folder.root / "usb")
    folder.index("usb/a", "home/a")
    assert folder.ids() == {"a/1.txt": "usb/a/1.txt", "home/a/1.txt": "home/a/1.txt"}


def test_a_file_that_comes_back_is_read_again(folder: Folder) -> None:
    """Where another took the id of what was deleted meanwhile."""
    folder.write("x/a.txt", "y/a.txt")
    folder.index("x/a.txt")
    text = (folder.root / "x/a.txt").read_text()
    before = (folder.root / "x/a.txt").stat()
    (folder.root / "x/a.txt").unlink()
    assert folder.index("y/a.txt").updated == 1
    (folder.root / "x/a.txt").write_text(text)
    os.utime(folder.root / "x/a.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    folder.index("x/a.txt", "y/a.txt")
    assert set(folder.ids().values()) == {"x/a.txt", "y/a.txt"}
