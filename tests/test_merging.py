"""Merging: what stays is what would have been built, and memory does not grow with it."""

import errno
import tracemalloc
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import Phase, given, settings, strategies as st
from numpy.typing import NDArray

from plait.index.article import Article
from plait.index.dense.late_interaction import Tokens
from plait.index.dense.vectors import Vectors
from plait.index.fields.columns import Columns
from plait.index.fields.values import Kind
from plait.index.files.joining import cuts, kept_rows, kept_starts, kept_stretches
from plait.index.files.strings import StringTable
from plait.index.keyword.postings import build_postings
from plait.index.language.analyzer import FIELDS, TextAnalyzer
from plait.index.local.builder import Builder
from plait.index.local.entries import SegmentEntry
from plait.index.local.manifest import read_manifest
from plait.index.local.merging import (
    GIANT_FACTOR,
    MAX_SEGMENTS,
    merge_segments,
    merged_after_run,
    merged_during_run,
)
from plait.index.local.segment import Segment, SegmentData, write_segment
from plait.index.local.snapshot import check_files
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.index import Index

WORDS = st.sampled_from(["peace", "treaty", "island", "Islands.", "the", "war", "é", "1956"])
TEXTS = st.lists(st.lists(WORDS, max_size=12).map(" ".join), min_size=2, max_size=8)


# Every example writes segments to disk: few of them, and none tried again to make it smaller.
@settings(max_examples=25, deadline=None, phases=set(Phase) - {Phase.shrink})
@given(texts=TEXTS, data=st.data())
def test_a_merge_is_what_the_rest_would_have_made(
    encoder: Encoder, texts: list[str], data: st.DataObject
) -> None:
    """Each file of a merged segment has the bytes it has where the rest was built at once.

    Except for surface forms, which may outlive their passages (tests/test_keyword_oracle.py).
    """
    articles = [varied(n, text) for n, text in enumerate(texts)]
    places = st.integers(0, len(articles))
    bounds = sorted({0, len(articles), data.draw(places), data.draw(places)})
    dead = data.draw(st.sets(st.integers(0, len(articles) - 1), max_size=len(articles) - 1))
    rest = [article for n, article in enumerate(articles) if n not in dead]
    with TemporaryDirectory() as name:
        root, builder = Path(name), Builder(encoder, TextAnalyzer())
        parts = []
        for first, last in pairwise(bounds):
            folder = root / f"part-{first}"
            write_segment(folder, [builder.segment(articles[first:last], ()).arrays()])
            own = [n - first for n in sorted(dead) if first <= n < last]
            parts.append(Segment.open(folder, np.array(own, dtype=np.int64)))
        write_segment(root / "merged", merge_segments(parts))
        write_segment(root / "built", [builder.segment(rest, ()).arrays()])
        merged, built = contents(root / "merged"), contents(root / "built")
        assert merged.keys() == built.keys()
        assert [n for n in built if merged[n] != built[n] and ".forms." not in n] == []


@given(st.lists(st.integers(1, 9), min_size=600, max_size=600))
@settings(max_examples=20, deadline=None)
def test_few_segments_and_little_written_again(commits: list[int]) -> None:
    """Of 600 commits there are never more than 8 segments, and each passage is written 7 times."""
    sizes: list[int] = []
    written = 0
    for commit in commits:
        sizes.append(commit)
        written += commit
        entries = [SegmentEntry(str(n), size, size, (), None) for n, size in enumerate(sizes)]
        merged = {int(entry.name) for entry in merged_during_run(entries)}
        if merged:
            again = sum(sizes[n] for n in merged)
            sizes = [size for n, size in enumerate(sizes) if n not in merged] + [again]
            written += again
        assert len(sizes) <= MAX_SEGMENTS
    assert written < 7 * sum(commits)


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=12))
def test_a_run_leaves_each_segment_a_giant_among_the_smaller(sizes: list[int]) -> None:
    """What is merged when a run is over leaves nothing to merge, and giants alone."""
    entries = [SegmentEntry(str(n), size, size, (), None) for n, size in enumerate(sizes)]
    merged = merged_after_run(entries)
    giants = [entry.passages for entry in entries if entry not in merged]
    whole = [sum(entry.passages for entry in merged)] if merged else []
    left = sorted(giants + whole)
    assert len(merged) != 1
    assert all(size > GIANT_FACTOR * sum(left[:place]) for place, size in enumerate(left) if place)


@pytest.mark.parametrize(
    ("sizes", "merged"),
    [([100, 50, 25, 25], 4), ([100_000, 10], 0), ([100_000, 10, 20], 2), ([9], 0), ([], 0)],
)
def test_what_is_merged_when_a_run_is_over(sizes: list[int], merged: int) -> None:
    """All of an index built at once; of one that is kept up to date, what came since."""
    entries = [SegmentEntry(str(n), size, size, (), None) for n, size in enumerate(sizes)]
    assert len(merged_after_run(entries)) == merged


def varied(number: int, text: str) -> Article:
    """Make an article with values of several kinds."""
    date, section = f"201{number % 4}-0{number % 3 + 1}", ("world", number % 2)
    return Article(
        f"a{number}",
        f"Story {number % 3}",
        text,
        date=date,
        metadata={"section": section, "long": "x" * 300, "day": f"2018-01-0{number % 5 + 1}"},
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Read all files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@given(st.lists(st.lists(st.booleans(), max_size=9), min_size=1, max_size=4), st.integers(1, 12))
def test_rows_that_stay(masks: list[list[bool]], size: int) -> None:
    """Rows of any arrays come in order and `size` at a time, but for the last."""
    parts = [(np.arange(len(m)) + 100 * n, np.array(m, bool)) for n, m in enumerate(masks)]
    chunks = list(kept_rows(parts, size))
    wanted = np.concatenate([array[stays] for array, stays in parts])
    assert np.array_equal(np.concatenate(chunks), wanted)
    assert [len(chunk) for chunk in chunks[:-1]] == [size] * (len(chunks) - 1)
    assert len(chunks[-1]) <= size


Part: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]
STRETCHES = st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=9)


@given(st.lists(STRETCHES, min_size=1, max_size=4), st.integers(1, 40))
def test_stretches_that_stay(drawn: list[list[tuple[int, bool]]], chunk: int) -> None:
    """Stretches of any length come in order, and their starts say which rows are whose."""
    parts: list[Part] = []
    wanted: list[list[int]] = []
    for own in drawn:
        starts = np.cumsum([0, *(length for length, _ in own)], dtype=np.int64)
        rows = np.arange(starts[-1]) + 100 * len(parts)
        parts.append((rows, starts, np.array([stays for _, stays in own], dtype=bool)))
        bounds = zip(own, pairwise(starts), strict=True)
        wanted += [rows[a:b].tolist() for (_, stays), (a, b) in bounds if stays]
    rows = np.concatenate(list(kept_stretches(parts, chunk)))
    starts = kept_starts([(starts, stays) for _, starts, stays in parts])
    assert [rows[a:b].tolist() for a, b in pairwise(starts)] == wanted


@given(st.lists(st.integers(0, 7), max_size=20), st.integers(1, 10))
def test_runs_of_stretches(lengths: list[int], size: int) -> None:
    """Runs cover all stretches in order, and none but the last stretch goes beyond `size`."""
    starts = np.cumsum([0, *lengths], dtype=np.int64)
    places = cuts(starts, size)
    assert places[-1] == len(lengths)
    assert places == sorted(set(places))
    assert starts[places[0]] == 0
    assert all(starts[last - 1] - starts[first] <= size for first, last in pairwise(places))


def test_memory_does_not_grow_with_what_is_merged(tmp_path: Path) -> None:
    """Three times as much takes at its peak no tenth more than a third of it takes."""
    folder = tmp_path / "one"
    write_segment(folder, [large(4000).arrays()])
    segment = Segment.open(folder, np.arange(0, 4000, 7))
    assert peak([segment] * 24) < 1.1 * peak([segment] * 8)


def large(count: int) -> SegmentData:
    """Make a segment of articles with one passage each, all drawn from one seed."""
    random = np.random.default_rng(5)
    texts = [" ".join(row) for row in random.integers(0, 2000, (count, 40)).astype(str)]
    numbered = TextAnalyzer().number(texts)
    vectors = random.standard_normal((count, 64), dtype=np.float32)
    digests = random.integers(0, 256, (count, 16)).astype(np.uint8)
    signs = random.integers(0, 256, (count * 50, 8)).astype(np.uint8)
    return SegmentData(
        articles=StringTable.of(text.encode() for text in texts),
        ids=StringTable.of(f"a{n}".encode() for n in range(count)),
        article_digests=digests,
        first_passages=np.arange(count + 1),
        spans=np.zeros((count, 2), dtype=np.int64),
        passage_digests=digests,
        postings=dict.fromkeys(FIELDS, build_postings(numbered)),
        vectors=Vectors.of(vectors),
        tokens=Tokens(np.arange(count + 1) * 50, signs),
        columns=Columns.of([("section", Kind.TEXT, str(n % 9))] for n in range(count)),
    )


def peak(segments: Sequence[Segment]) -> int:
    """Give the most memory, in bytes, that Python and NumPy held during a merge."""
    tracemalloc.start()
    try:
        for _ in merge_segments(segments):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_merge_that_finds_no_room_is_left(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was committed stays, nothing half-written does, and the next run merges."""
    root = tmp_path / "index"

    def full(*_: object) -> Iterator[dict[str, NDArray[np.int64]]]:
        yield {"first_passages": np.arange(3)}
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, IndexWriter(root, encoder) as writer:
        patch.setattr("plait.index.local.saving.merge_segments", full)
        for name in "abc":
            writer.add(Article(name, "", f"An article on {name}."))
            writer.commit()
    assert len(read_manifest(root).segments) == 3
    assert not list(root.glob(".tmp*"))
    assert check_files(root) > 3
    with IndexWriter(root, encoder):
        pass
    assert len(read_manifest(root).segments) == 1
    assert sorted(Index.open(root, encoder).store.article_ids()) == ["a", "b", "c"]
