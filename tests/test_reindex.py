"""An index that another plait made: it is made anew of its own articles, all or nothing."""

import errno
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any, TypeAlias, cast

import pytest
from conftest import Quick

from plait.index.article import Article
from plait.index.errors import CorruptIndexError, FingerprintError
from plait.index.ingest import bring_up_to_date
from plait.index.language.cutting import Cutting
from plait.index.local import remaking
from plait.index.local.manifest import Manifest, read_manifest
from plait.index.local.outdated import made_anew
from plait.index.local.snapshot import Snapshot, check_files
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.models.encoding import Encoded
from plait.search.index import Index

Rewrite: TypeAlias = Callable[[Path, Callable[[Any], object]], None]
Ranking: TypeAlias = list[tuple[str, float, float | None]]


class Counting(Quick):
    """A model that remembers what it was asked to encode."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.encoded: list[str] = []

    def encode_passages(self, texts: Sequence[str], _: object = None) -> Encoded:
        """Encode, and remember the texts."""
        self.encoded += texts
        return super().encode_passages(texts)


class NeverEncodes(Quick):
    """A model that refuses any passage."""

    def encode_passages(self, texts: Sequence[str], _: object = None) -> Encoded:
        """Refuse."""
        assert not list(texts)
        return super().encode_passages(texts)


def story(n: int) -> Article:
    """Make an article of several passages."""
    text = "".join(f"Ministers met in city {n} about treaty {k}. " for k in range(12))
    return Article(f"s{n:02}", f"Story {n}", text.strip(), date=f"2019-01-{n + 1:02}")


@pytest.fixture
def made(tmp_path: Path, quick: Encoder) -> Path:
    """Make an index of three segments, with deleted and changed articles."""
    writer = IndexWriter(tmp_path / "made", quick)
    for n in range(12):
        writer.add(story(n))
        if n % 4 == 3:
            writer.commit()
    writer.remove("s02")
    writer.add(replace(story(5), text="Quite another text of ministers."))
    writer.commit()
    writer.close()
    return tmp_path / "made"


def ranked(root: Path, encoder: Encoder) -> Ranking:
    """Ask some queries."""
    with Index.open(root, encoder) as index:
        queries = ("ministers treaty", '"another text"', "city 7", "+treaty -story")
        hits = [hit for query in queries for hit in index.search(query, 20)]
        return [(hit.passage.id, hit.score, hit.probability) for hit in hits]


def as_before(ranking: Ranking) -> list[tuple[object, ...]]:
    """Compare all but the last digits, which depend on the order in which vectors are summed."""
    return [(passage, pytest.approx(score), pytest.approx(p)) for passage, score, p in ranking]


def of_another(rewrite: Rewrite, root: Path, **parts: str) -> None:
    """Let an index be of another analyzer or cutting."""
    rewrite(root, lambda record: record["recipe"].update(parts))


@pytest.mark.parametrize("part", ["analyzer", "cutting"])
def test_it_is_refused_with_the_remedy_and_made_anew(
    made: Path, quick: Encoder, rewrite: Rewrite, part: str
) -> None:
    """With the ids, rankings and facts that it had, and no text encoded."""
    before = ranked(made, quick)
    of_another(rewrite, made, **{part: "another"})
    with pytest.raises(FingerprintError, match=f"with {part} 'another'.*`plait reindex -i"):
        ranked(made, quick)
    with IndexWriter(made, cast("Encoder", NeverEncodes())) as writer:
        assert len(writer.ids()) == 11
    assert ranked(made, quick) == as_before(before)
    check_files(made)
    assert len(Snapshot(made).segments) == 1
    assert sum(len(s.data.ids) for s in Snapshot(made).segments) == 11
    assert len(list(made.glob("segment-*"))) == 1
    generation = read_manifest(made).generation
    with IndexWriter(made, quick):
        pass
    assert read_manifest(made).generation == generation


def test_what_is_made_anew_is_told(made: Path, quick: Encoder, rewrite: Rewrite) -> None:
    """In one line; nothing of an index that is as this plait makes it, or of none."""
    assert made_anew(made, quick) == ""
    assert made_anew(made.with_name("none"), quick) == ""
    passages = read_manifest(made).facts()["passages"]
    of_another(rewrite, made, analyzer="another")
    told = f"{made} was made by another plait; made anew: "
    keywords = f"keywords of {passages} passages; vectors are kept."
    assert made_anew(made, quick) == told + keywords
    of_another(rewrite, made, cutting="another")
    cut = "11 articles cut anew, and keywords; vectors are kept where a passage is the same."
    assert made_anew(made, quick) == told + cut
    of_another(rewrite, made, encoder="another")
    with pytest.raises(FingerprintError, match="Index into a new folder, or index with --model"):
        made_anew(made, quick)


def test_another_cutting_encodes_what_is_new_only(
    made: Path, rewrite: Rewrite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A passage that is the same keeps its vector; each new one is encoded once."""
    of_another(rewrite, made, cutting="another")
    monkeypatch.setattr(Cutting, "fingerprint", property(lambda _: "shorter"))
    monkeypatch.setattr(Cutting.head, "__defaults__", None)
    real = Cutting.__init__

    def shorter(self: Cutting, window: int, **more: Any) -> None:
        real(self, window // 2, **more)

    monkeypatch.setattr(Cutting, "__init__", shorter)
    counting = Counting()
    with IndexWriter(made, cast("Encoder", counting)):
        pass
    assert counting.encoded
    assert not [text for text in counting.encoded if "another text" in text]
    assert len(set(counting.encoded)) == len(counting.encoded)
    again = Counting()
    of_another(rewrite, made, analyzer="another")
    with IndexWriter(made, cast("Encoder", again)):
        pass
    assert not again.encoded
    check_files(made)


def test_batches_make_the_same_index(
    made: Path, quick: Encoder, rewrite: Rewrite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many articles are held in memory at a time; progress counts each passage once."""
    monkeypatch.setattr(remaking, "REMADE_ARTICLES", 1)
    before = ranked(made, quick)
    of_another(rewrite, made, analyzer="another")
    told: list[int] = []
    with IndexWriter(made, cast("Encoder", NeverEncodes()), progress=told.append):
        pass
    assert sum(told) == read_manifest(made).facts()["passages"]
    assert ranked(made, quick) == as_before(before)
    assert len(list(made.glob("segment-*"))) == len(read_manifest(made).segments) < 11


def test_what_is_not_encoded_again_is_added_to(
    made: Path, quick: Encoder, rewrite: Rewrite, tmp_path: Path
) -> None:
    """`plait index` does it first; files whose state is known are not read again."""
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text("News\nThe ministers are at home.")
    with IndexWriter(made, quick) as writer:
        assert bring_up_to_date(writer, [tmp_path / "news"]).added == 1
    of_another(rewrite, made, analyzer="another")
    (tmp_path / "news" / "b.txt").write_text("More\nThe ministers have left.")
    counting = Counting()
    with IndexWriter(made, cast("Encoder", counting)) as writer:
        done = bring_up_to_date(writer, [tmp_path / "news"])
    assert (done.added, done.skipped) == (1, 1)
    assert counting.encoded == ["More\nThe ministers have left."]


def test_an_index_without_articles(tmp_path: Path, quick: Encoder, rewrite: Rewrite) -> None:
    """It gets the new recipe."""
    with IndexWriter(tmp_path / "own", quick):
        pass
    of_another(rewrite, tmp_path / "own", analyzer="another")
    with IndexWriter(tmp_path / "own", quick) as writer:
        writer.add(story(1))
    assert len(Index.open(tmp_path / "own", quick)) == 1


def test_its_own_way_of_searching_stays(made: Path, quick: Encoder, rewrite: Rewrite) -> None:
    """As tuned."""
    rewrite(made, lambda record: record.update(system="keyword"))
    of_another(rewrite, made, analyzer="another")
    with IndexWriter(made, quick):
        pass
    assert read_manifest(made).system == "keyword"


@pytest.mark.parametrize("step", ["save", "publish"])
def test_an_end_in_between_leaves_the_old_index(
    made: Path, quick: Encoder, rewrite: Rewrite, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A process that is killed, or a disk that fails: all is there, and the next run does it."""
    before = ranked(made, quick)
    of_another(rewrite, made, analyzer="another")
    files = check_files(made)

    class PowerCut(BaseException):
        pass

    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    for error in (PowerCut(), OSError(errno.EIO, "Input/output error")):
        with monkeypatch.context() as patch:

            def failing(*_: object, own: BaseException = error, **__: object) -> None:
                raise own

            if step == "save":
                patch.setattr(remaking, "REMADE_ARTICLES", 1)
                patch.setattr("plait.index.local.saving.merge_segments", failing)
            else:
                patch.setattr(Manifest, "publish", failing)
            if isinstance(error, PowerCut):
                patch.setattr("plait.index.local.generations.Generations.sweep", cut)
            with pytest.raises((PowerCut, OSError)):
                IndexWriter(made, quick)
        assert check_files(made) == files
        with pytest.raises(FingerprintError):
            Index.open(made, quick)
    with IndexWriter(made, cast("Encoder", NeverEncodes())):
        pass
    assert ranked(made, quick) == as_before(before)
    assert len(list(made.glob("segment-*"))) == 1


def test_damage_is_not_made_anew(made: Path, quick: Encoder, rewrite: Rewrite) -> None:
    """An altered vector or text would get a new checksum."""
    of_another(rewrite, made, analyzer="another")
    for name in ("vectors.npy", "articles.blob.npy"):
        root = copytree(made, made.with_name(name))
        path = next(root.glob(f"*/{name}"))
        content = bytearray(path.read_bytes())
        content[-9] ^= 1
        path.write_bytes(content)
        with pytest.raises(CorruptIndexError, match=f"{name}: content altered"):
            IndexWriter(root, quick)
        assert len(list(root.glob("segment-*"))) == len(list(made.glob("segment-*")))


def test_arrays_that_this_plait_does_not_know_are_no_damage(
    made: Path, quick: Encoder, rewrite: Rewrite
) -> None:
    """An earlier format may have other postings: an index of it is refused with the remedy."""
    before = ranked(made, quick)

    def older(record: Any) -> None:
        record["format"] = 7
        record["recipe"]["analyzer"] = "another"
        for segment in record["segments"]:
            segment["files"] = [f for f in segment["files"] if "text.terms" not in f["path"]]

    rewrite(made, older)
    for path in made.glob("*/text.terms*"):
        path.unlink()
    with pytest.raises(FingerprintError, match="plait reindex"):
        Index.open(made, quick)
    assert check_files(made) > 30
    with IndexWriter(made, cast("Encoder", NeverEncodes())):
        pass
    assert ranked(made, quick) == as_before(before)


def absolute_again(root: Path, encoder: Encoder, rewrite: Rewrite, home: Path) -> None:
    """Make of an index of a project what plait wrote before, with absolute sources."""
    with IndexWriter(root, encoder) as writer:
        writer._place = replace(writer._place, base="/nowhere")
        for article_id in writer.ids():
            article = writer.get(article_id)
            assert article
            writer.add(replace(article, author="Ann"))
        writer.sources = {f"{source}": state for source, state in writer.sources.items()}
        writer._committed = {}
    assert str(home) in next(root.glob("sources-*")).read_text()
    rewrite(root, lambda record: record.update(format=7))


@pytest.mark.parametrize("is_copy", [True, False])
def test_a_project_of_before_that_moved(
    tmp_path: Path, quick: Encoder, rewrite: Rewrite, *, is_copy: bool
) -> None:
    """Its absolute sources are taken to be those of the same files below its present place."""
    old, new = tmp_path / "p", tmp_path / "other" / "q"
    (old / "a").mkdir(parents=True)
    for n in range(3):
        (old / "a" / f"{n}.txt").write_text(f"Title {n}\nThe text of {n}.")
    with IndexWriter(old / ".plait", quick) as writer:
        bring_up_to_date(writer, [old / "a"])
    absolute_again(old / ".plait", quick, rewrite, old)
    with Index.open(old / ".plait", quick) as index:
        assert index.article("a/1.txt").source == str(old / "a" / "1.txt")
    copytree(old, new)
    if not is_copy:
        rmtree(old)
    (new / "a" / "2.txt").write_text("Title 2\nAnother text.")
    assert f"which lay below {old}, are those below {new}" in made_anew(new / ".plait", quick)
    with IndexWriter(new / ".plait", quick) as writer:
        done = bring_up_to_date(writer, [new / "a"], prune=True)
        assert (done.added, done.updated, done.removed, done.failed) == (0, 1, 0, 0)
        assert [own.source for i in sorted(writer.ids()) if (own := writer.get(i))] == [
            str(new / "a" / f"{n}.txt") for n in range(3)
        ]


def test_an_index_of_before_beside_files_of_the_same_names(
    tmp_path: Path, quick: Encoder, rewrite: Rewrite
) -> None:
    """It did not move: its files are where they were, and no copy of it is there."""
    for name in ("here", "there"):
        (tmp_path / name / "a").mkdir(parents=True)
        (tmp_path / name / "a" / "1.txt").write_text(f"Title\nThe text {name}.")
    root = tmp_path / "here" / ".plait"
    with IndexWriter(root, quick) as writer:
        bring_up_to_date(writer, [tmp_path / "there" / "a"])
    rewrite(root, lambda record: record.update(format=7))
    assert "lay below" not in made_anew(root, quick)
    with IndexWriter(root, quick) as writer:
        article = writer.get("a/1.txt")
    assert article
    assert article.source == os.fspath(tmp_path / "there" / "a" / "1.txt")
