"""Fields of an index: their kinds, counts and days; and spans of time."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filter_oracle import counted
from hypothesis import given, strategies as st

from plait.index.article import Article, sound
from plait.index.errors import QueryError, ReadingError
from plait.index.fields.columns import Columns
from plait.index.fields.values import Kind, entries_of, kind_and_text
from plait.index.filter import Field, FieldFacts
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.span import span_at, span_of
from plait.search.index import Index
from plait.search.query.known import Known
from plait.search.system import Options

LONG = "x" * 256
ARTICLES = [
    Article("a", "A", "Peace.", "/data/a", "2018-11", "Ann",
            metadata={"tags": ("x", "y", "x"), "n": 1, "long": (LONG, "short", 5, LONG)}),
    Article("b", "B", "Peace.", "https://www.example.org/p/b", "2018-11-14", "Ann",
            metadata={"tags": "x", "n": 1.5, "seen": "2018-11-14T09:30", "id": "7"}),
    Article("news/c", "C", "Peace.", "/data/news/c", "", "Bob",
            metadata={"tags": ("", "y"), "n": "many", "seen": ("2018-01-02", "2018-03-04")}),
    Article("d", "D", "Peace.", metadata={"n": True, "language": "german"}),
    Article("gone", "G", "Peace.", metadata={"only": 1}),
]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, quick: Encoder) -> Index:
    """Index the articles in two segments, and remove one."""
    root = tmp_path_factory.mktemp("fields")
    with IndexWriter(root, quick) as writer:
        for article in ARTICLES[:2]:
            writer.add(article)
        writer.commit()
        for article in ARTICLES[2:]:
            writer.add(article)
        writer.commit()
        writer.remove("gone")
    return Index.open(root, quick)


def numbers(index: Index) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the numbers of all articles."""
    return np.unique(index.store.owners(index.store.live()))


@pytest.mark.parametrize("field", ["tags", "n", "long", "author", "date", "seen", "language"])
def test_each_article_counts_once_a_value(index: Index, field: str) -> None:
    """Long texts too, and values that a list names twice."""
    expected = counted(ARTICLES[:4], field)
    assert index.store.counts(field, numbers(index)) == expected


def test_dates_count_by_a_unit(index: Index) -> None:
    """An article with two dates of one year is one article of that year."""
    assert index.store.counts("seen", numbers(index), "year") == {"2018": 2, "": 2}
    assert index.store.counts("seen", numbers(index), "month") == {
        "2018-01": 1, "2018-03": 1, "2018-11": 1, "": 2}  # fmt: skip
    assert index.store.counts("seen", numbers(index))["2018-11-14T09:30:00"] == 1


def test_sources_count_by_their_place(index: Index) -> None:
    """A folder, or the host of an address."""
    counts = index.store.counts("source", numbers(index))
    assert counts == {"/data": 1, "www.example.org": 1, "/data/news": 1, "": 1}


def test_only_the_articles_asked_for_are_counted(index: Index) -> None:
    """Facets are those of the matches."""
    own = np.unique(index.store.owners(index.store.within(Field("author") == "ann")))
    assert index.store.counts("tags", own) == {"x": 2, "y": 1}
    assert index.store.counts("no such field", own) == {"": 2}


def test_facts_say_what_live_articles_have(index: Index) -> None:
    """Kinds, how many articles, and the most frequent values; nothing of deleted articles."""
    facts = index.store.fields()
    assert "only" not in facts
    assert facts["n"].kinds == {"number": 2, "text": 1, "flag": 1}
    assert (facts["n"].articles, facts["date"].kinds) == (4, {"date": 2})
    assert facts["author"].examples[0] == "Ann"
    assert facts["language"].kinds == {"text": 4}
    assert facts["metadata.id"] == FieldFacts("metadata.id", {"text": 1}, 1, ("7",))
    assert "2018-11-14T09:30:00" in facts["seen"].examples


def test_days_are_the_first_of_each_date(index: Index) -> None:
    """A month's is its first; an article without a date has none."""
    days = index.store.days(numbers(index))
    dated = [dt.date(2018, 11, 1).toordinal(), dt.date(2018, 11, 14).toordinal()]
    np.testing.assert_array_equal(np.sort(days), [*dated, np.nan, np.nan])


def test_names_are_found_in_any_case_and_misspelt_ones_are_refused(index: Index) -> None:
    """The exact name first; the error lists what there is."""
    known = Known({**index.store.fields(), "Tags": FieldFacts("Tags", {"text": 1}, 1)}, dt.date.min)
    assert [known.name(name) for name in ("tags", "Tags", "AUTHOR", "Metadata.ID")] == [
        "tags", "Tags", "author", "metadata.id"]  # fmt: skip
    with pytest.raises(QueryError, match=r"no field 'tagz'\. Did you mean tags"):
        Known(index.store.fields(), dt.date.min).name("tagz")


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (True, Kind.FLAG, "true"),
        (2**63, Kind.NUMBER, "9223372036854775808"),
        (1.0, Kind.NUMBER, "1.0"),
        (10**64, Kind.TEXT, "1" + "0" * 64),
        (float("inf"), Kind.TEXT, "Infinity"),
        ("2018", Kind.TEXT, "2018"),
        ("2018-11", Kind.TEXT, "2018-11"),
        ("2018-11-14", Kind.DAY, "2018-11-14"),
        ("2018-11-14 09:30+09:00", Kind.TIME, "2018-11-14T00:30:00.000000"),
        ("2018-02-30", Kind.TEXT, "2018-02-30"),
        ("é" * 127, Kind.TEXT, "é" * 127),
        ("é" * 128, Kind.LONG, "é" * 128),
    ],
)
def test_a_value_has_one_kind(value: object, kind: Kind, text: str) -> None:
    """Texts that are days are dates; a year or a month may be any number."""
    assert kind_and_text(value) == (kind, text)


def test_columns_are_read_as_they_were_written(tmp_path: Path) -> None:
    """From disk the same; joined without some articles, what the rest would have made."""
    entries = [list(entries_of(article, "english")) for article in ARTICLES]
    whole = Columns.of(entries)
    for name, array in whole.arrays().items():
        np.save(tmp_path / f"{name}.npy", np.asarray(array))
    assert read(Columns.load(tmp_path)) == read(whole)
    halves = [Columns.of(entries[:2]), Columns.of(entries[2:])]
    kept = [np.array([True, False]), np.array([False, True, True])]
    joined = Columns.joined(list(zip(halves, kept, strict=True)))
    assert read(joined) == read(Columns.of([entries[0], entries[3], entries[4]]))


def read(columns: Columns) -> list[tuple[object, list[int]]]:
    """Return the values of columns, and their articles."""
    return [(entry, articles.tolist()) for entry, articles in columns.items()]


moments = st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30))  # noqa: DTZ001 - UTC


@given(moments, st.integers(-14 * 60, 14 * 60))
def test_a_moment_is_the_same_in_every_zone(moment: dt.datetime, minutes: int) -> None:
    """A time with a zone is turned to UTC, whether it is a text or a `datetime`."""
    there = moment.replace(tzinfo=dt.UTC).astimezone(dt.timezone(dt.timedelta(minutes=minutes)))
    assert span_at(there) == span_at(moment) == span_of(there.isoformat())


@given(st.dates())
def test_a_day_lies_in_its_month_and_its_year(day: dt.date) -> None:
    """First and last moments of units lie within each other; the first day is counted from 1."""
    text = day.isoformat()
    spans = [span_of(text[:end]) for end in (4, 7, 10)]
    year, month, own = (span for span in spans if span)
    assert year.first <= month.first <= own.first <= own.last <= month.last <= year.last
    assert own.day == day.toordinal()
    assert own.last[:10] == text


@pytest.mark.parametrize("text", ["0000", "2018-13", "2018-1-1", "2018-11-14T25:00", "20181114",
                                  "9999-12-31T23:00-05:00", "\uff12\uff10\uff11\uff18",
                                  "2018-11-14T09", ""])  # fmt: skip
def test_what_is_no_date_has_no_span(text: str) -> None:
    """A text that stands for no day, or for one beyond the year 9999."""
    assert span_of(text) is None


def test_a_column_has_no_long_texts() -> None:
    """It keeps that there is one; the article has the text."""
    columns = Columns.of(entries_of(article, "english") for article in ARTICLES)
    rows = columns.rows("long", Kind.LONG)
    assert [columns.text(row) for row in range(*rows)] == [""]
    assert columns.holders(rows).tolist() == [0]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (dt.date(2018, 11, 14), "2018-11-14"),
        ([1, "two", True], (1, "two", True)),
        ({"a": [1]}, '{"a": [1]}'),
        ((1, (2, 3)), "[1, [2, 3]]"),
    ],
)
def test_a_value_is_kept_as_json_can(value: Any, kept: object) -> None:
    """Dates as texts, lists as tuples, what is nested deeper as the text of its JSON."""
    article = sound(Article("a", "", "Text.", metadata={"v": value, "none": None}))  # type: ignore[dict-item]
    assert dict(article.metadata) == {"v": kept}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": None}, "its text is None; wanted text"),
        ({"id": 3}, "its id is 3; wanted text"),
        ({"author": ["Ann"]}, r"its author is \['Ann'\]; wanted text"),
        ({"date": None}, "its date is None; wanted text"),
        ({"teasers": (7,)}, r"its teasers is \(7,\); wanted text"),
        ({"metadata": {"v": {1}}}, r"metadata \{1\} cannot be stored"),
        ({"metadata": {"v": 10**5000}}, "cannot be stored"),
    ],
)
def test_a_bad_article_is_refused_and_no_other_is_lost(
    tmp_path: Path, quick: Encoder, changes: dict[str, Any], message: str
) -> None:
    """When it is added, by an error that names it."""
    good = Article("good", "", "Text.")
    with IndexWriter(tmp_path, quick) as writer:
        writer.add(good)
        with pytest.raises(ReadingError, match=message):
            writer.add(replace(good, **({"id": "bad"} | changes)))
    assert list(Index.open(tmp_path, quick).article_ids()) == ["good"]


def test_examples_are_of_articles_that_are_there(tmp_path: Path, quick: Encoder) -> None:
    """A value of a deleted article is shown no more."""
    with IndexWriter(tmp_path, quick) as writer:
        writer.add(Article("a", "", "Text.", metadata={"tag": "open"}))
        writer.add(Article("b", "", "Text.", metadata={"tag": "secret"}))
        writer.commit()
        writer.remove("b")
        writer.commit()
        writer.close()  # before the rest is merged
    assert Index.open(tmp_path, quick).store.fields()["tag"].examples == ("open",)


def test_a_filter_is_no_truth_value() -> None:
    """Python's `and` would keep one side alone."""
    with pytest.raises(TypeError, match=r"join filters by & \| ~"):
        bool((Field("a") == 1) and (Field("b") == 2))


def test_filters_of_options_and_of_a_search_both_hold(tmp_path: Path, quick: Encoder) -> None:
    """And days may be texts."""
    with IndexWriter(tmp_path, quick) as writer:
        for year in (2016, 2018, 2020):
            writer.add(Article(str(year), "", "Text.", date=f"{year}-05-01"))
    index = Index.open(tmp_path, quick)
    options = Options(where="date >= 2018", as_of="2019-06-01")
    assert [hit.article.id for hit in index.search("text", options=options)] == ["2018"]
    assert index.search("text", options=options, where="date < 2018") == []
    with pytest.raises(QueryError, match="as_of is 'soon'; wanted a day"):
        Options(as_of="soon")
