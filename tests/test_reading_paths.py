"""Dates in the paths of files: the last resort."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from plait.index.article import Article
from plait.index.reading import FieldNames, read_paths
from plait.index.reading.paths import date_of_path


@pytest.mark.parametrize(
    ("path", "date"),
    [
        ("2019-01-11-kuril-talks.txt", "2019-01-11"),
        ("report_2019_01_11_final.md", "2019-01-11"),
        ("talks.2019.01.11.txt", "2019-01-11"),
        ("2019-01-11T10-00-talks.txt", "2019-01-11"),
        ("20190111-kuril-talks.txt", "2019-01-11"),
        ("2019/01/11/talks.html", "2019-01-11"),
        ("site/2019/01/11/talks/index.html", "2019-01-11"),
        ("2019-01-11/talks.txt", "2019-01-11"),
        ("2019/01/talks.txt", "2019-01"),
        ("2019/01/2019-01-11-talks.txt", "2019-01-11"),
        ("1956-declaration.txt", ""),
        ("2019/talks.txt", ""),
        ("2019-01-talks.txt", ""),
        ("2019-20-season.txt", ""),
        ("2019/1/talks.txt", ""),
        ("2019/52/issue.txt", ""),
        ("2019/02/31/talks.txt", ""),
        ("2019-02-30-talks.txt", ""),
        ("12345678-talks.txt", ""),
        ("20190111.txt", ""),
        ("world-europe-20190111.html", ""),
        ("1234-05-06-talks.txt", ""),
        ("v2019.01.11.txt", ""),
        ("talks-2019-01-115.txt", ""),
        ("2019-01-11-to-2019-01-15.txt", ""),
        ("2016/10/19/1956-10-19-declaration.txt", ""),
        ("11-01-2019-talks.txt", ""),
        ("", ""),
    ],
)
def test_only_a_day_or_nested_folders_are_a_date(path: str, date: str) -> None:
    """A year, a number, a version, an impossible day and two different days are none."""
    assert date_of_path(path) == date


@given(st.dates(dt.date(1600, 1, 1), dt.date(2100, 12, 31)))
def test_days_of_the_calendar_come_back(day: dt.date) -> None:
    """In names and in folders."""
    assert date_of_path(f"{day}-talks.txt") == f"{day}"
    assert date_of_path(f"a/{day:%Y/%m/%d}/talks.txt") == f"{day}"
    assert date_of_path(f"{day:%Y%m%d}_talks.txt") == f"{day}"


def dates(folder: Path, below: str) -> list[str]:
    """Read what lies below a path; return the dates."""
    outcomes = read_paths([folder / below], FieldNames())
    return [article.date for article in outcomes if isinstance(article, Article)]


def test_a_path_dates_the_article_that_has_no_date(tmp_path: Path) -> None:
    """A date in the text wins; a file of records has none, and folders above do not count."""
    folder = tmp_path / "2001" / "02" / "03" / "news"
    folder.mkdir(parents=True)
    (folder / "2019-01-11-a.txt").write_text("Title\nIt rained.")
    (folder / "2019-01-11-b.txt").write_text("Title\n12 January 2019\nIt rained.")
    (folder / "2019-01-11-c.jsonl").write_text('{"text": "It rained."}\n')
    (folder / "d.md").write_text("# Title\nIt rained.")
    (folder / "2019-01-11-e.txt").write_text("Title\nOSLO, 10 January 2019 - It rained again.")
    expected = ["2019-01-11", "2019-01-12", "", "2019-01-10", ""]
    assert dates(tmp_path, "2001/02/03/news") == expected
    assert dates(tmp_path, "2001/02/03/news/2019-01-11-a.txt") == ["2019-01-11"]
    assert dates(tmp_path, "2001/02/03/news/d.md") == [""]
    assert dates(tmp_path, ".")[-1] == "2001-02-03"
