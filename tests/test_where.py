"""Filters as text: what is written is what is read, and a mistake is shown where it stands."""

import datetime as dt
import random
import re
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings, strategies as st

from plait.index.article import Article, FieldValue
from plait.index.errors import QueryError
from plait.index.filter import All, Compare, Either, Exists, Field, Filter, Not, OneOf
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.index.span import span_of
from plait.search.index import Index
from plait.search.query.known import Known
from plait.search.query.where import DEEPEST_FILTER, LONGEST_FILTER, check_filter, parse_where
from plait.search.system import Options

NOW = dt.date(2018, 11, 14)
SECTIONS = ["sport", "world news", "Arts", 'a "b"', "5", "or"]
DATES = ["2018-11-14", "2018-11-13", "2018-11", "2018", "2017-01-01", "2018-10-15", "", "2019"]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, quick: Encoder) -> Index:
    """Index articles whose fields have one type each, and one that has two."""
    root = tmp_path_factory.mktemp("where")
    with IndexWriter(root, quick) as writer:
        for n in range(40):
            made: dict[str, FieldValue] = {
                "section": SECTIONS[n % 6],
                "n": n - 3,
                "flag": n % 3 == 0,
                "in": f"v{n % 4}",
            }
            made |= {
                "my field": f"x{n % 5}",
                "size": 2**53 + n / 2,
                "mixed": n if n % 2 else str(n),
            }
            kept = {name: own for name, own in made.items() if n % 7 or name == "section"}
            source = f"/data/news/a{n}" if n % 2 else f"https://www.example.org/a{n}"
            author = "Ann Lee" if n % 4 else ""
            writer.add(Article(f"a{n}", "T", "Peace.", source, DATES[n % 8], author, metadata=kept))
    return Index.open(root, quick)


def known(index: Index) -> Known:
    """Return the fields of the index, as of `NOW`."""
    return Known(index.store.fields(), NOW)


def found(index: Index, where: str | Filter) -> list[str]:
    """Return the ids of the articles that pass."""
    options = Options(where=where, now=NOW)
    return sorted(hit.article.id for hit in index.search("peace", 100, options, system="dense"))


texts = st.sampled_from([*SECTIONS, "x1", "v2", "ann", "a*", "\\", "", "ß", "a7", "not", "(", "'"])
of_texts = st.builds(
    Compare,
    st.sampled_from(["section", "in", "my field", "author", "source", "id", "language"]),
    st.sampled_from(["=", "contains", ":", "like"]),
    texts,
)
of_numbers = st.builds(
    Compare,
    st.sampled_from(["n", "size"]),
    st.sampled_from(["=", ">", ">=", "<", "<="]),
    st.one_of(st.integers(-5, 2**54), st.floats(allow_nan=False, allow_infinity=False)),
)
spans = st.sampled_from(
    [span for span in map(span_of, ["2018", "2018-11", "2018-11-14T10:00"]) if span]
)
of_dates = st.builds(
    Compare,
    st.just("date"),
    st.sampled_from(["=", ">", "<="]),
    st.one_of(spans, st.just("2018-11")),
)
of_flags = st.builds(Compare, st.just("flag"), st.just("="), st.booleans())
lists = st.builds(OneOf, st.sampled_from(["section", "in"]), st.lists(texts, max_size=3).map(tuple))
exists = st.builds(Exists, st.sampled_from(["section", "in", "my field", "n", "date", "id"]))
trees: st.SearchStrategy[Filter] = st.recursive(
    st.one_of(of_texts, of_numbers, of_dates, of_flags, lists, exists),
    lambda parts: st.one_of(
        st.builds(Not, parts),
        st.builds(All, st.lists(parts, max_size=3).map(tuple)),
        st.builds(Either, st.lists(parts, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(tree=trees)
def test_what_is_written_is_read_as_the_same_filter(index: Index, tree: Filter) -> None:
    """The text of a tree is read as one that passes the same articles."""
    read = parse_where(str(tree), known(index))
    checked = check_filter(tree, known(index))
    assert index.store.within(read).tolist() == index.store.within(tree).tolist()
    assert index.store.within(checked).tolist() == index.store.within(tree).tolist()
    again = parse_where(str(read), known(index))
    assert index.store.within(again).tolist() == index.store.within(read).tolist()


F = Field
SAME: list[tuple[str, str, Filter]] = [
    ("section:sport", "section = sport", F("section") == "sport"),
    ("-section:sport", "section != Sport", F("section") != "SPORT"),
    ("NOT section:sport", "not section = sport", ~(F("section") == "sport")),
    ("+section:sport", "section:sport", F("section").has("sport")),
    ('section:"world news"', "section = world news", F("section") == "World News"),
    ("section:news", "section contains new", F("section").contains("new")),
    ("section:spo*", "section like 'spo*'", F("section").like("spo*")),
    ("section:(sport OR arts)", "section in (sport, arts)", F("section").one_of("sport", "arts")),
    ("section:sport OR section:arts", "section = sport or section = arts",
     (F("section") == "sport") | (F("section") == "arts")),
    ("section:sport n:>10", "section = sport and n > 10",
     (F("section") == "sport") & (F("n") > 10)),
    ("n:5", "n = 5", F("n") == 5),
    ("n:>=5", "n >= 5.0", F("n") >= 5.0),
    ("n:[2 TO 5]", "n >= 2 and n <= 5", (F("n") >= 2) & (F("n") <= 5)),
    ("n:{2 TO 5]", "n > 2 and n <= 5", (F("n") > 2) & (F("n") <= 5)),
    ("n:[* TO 5}", "n < 5", F("n") < 5),
    ("n:[* TO *]", "n exists", F("n").exists()),
    ("-n:*", "n is null", F("n") == None),  # noqa: E711 - that is how a program asks
    ("size:>9007199254740993", "size > 9007199254740993", F("size") > 9007199254740993),
    ("size:>9.007199254740996e15", "size > 9007199254740996", F("size") > 9007199254740996),
    ("flag:true", "flag = TRUE", F("flag") == True),  # noqa: E712 - as above
    ("date:2018", "date = 2018", F("date") == "2018"),
    ("date:2018-11", "date = '2018-11'", F("date") == "2018-11"),
    ("date:2018-11-14", "date = today", F("date") == NOW),
    ("date:>=2018-11", "date >= 2018-11", F("date") >= "2018-11"),
    ("date:yesterday", "date = yesterday", F("date") == dt.date(2018, 11, 13)),
    ('date:"last 30 days"', "date >= 2018-10-15 and date <= 2018-11-14",
     (F("date") >= "2018-10-15") & (F("date") <= "2018-11-14")),
    ("source:example.org", "source:example.org", F("source").has("EXAMPLE.org")),
    ("source:news", "source like '/data/news/*'", F("source").like("/data/news/*")),
    ("`my field`:x1", "`my field` = x1", F("my field") == "x1"),
    ("`in`:v2", "`in` = v2", F("in") == "v2"),
    ("author:lee", "author contains 'n lee'", F("author").contains("N LEE")),
    ('AUTHOR:"ann lee"', "Author = ann lee", F("author") == "ann lee"),
    ("mixed:5", "mixed = 5", F("mixed") == "5"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "where", "tree"), SAME, ids=[own[0] for own in SAME])
def test_a_condition_is_the_same_in_all_forms(
    index: Index, line: str, where: str, tree: Filter
) -> None:
    """In the query line, as `where` and in Python; and it lets some through, but not all."""
    hits = index.search(f"peace {line}", 100, Options(now=NOW), system="dense")
    expected = found(index, where)
    assert sorted(hit.article.id for hit in hits) == expected
    assert found(index, tree) == expected
    assert 0 < len(expected) < 40


DAYS = [
    ("today", "2018-11-14", "2018-11-14"),
    ("yesterday", "2018-11-13", "2018-11-13"),
    ("this month", "2018-11-01", "2018-11-30"),
    ("this year", "2018-01-01", "2018-12-31"),
    ("last week", "2018-11-07", "2018-11-14"),
    ("past 2 weeks", "2018-10-31", "2018-11-14"),
    ("last month", "2018-10-14", "2018-11-14"),
    ("the last 12 months", "2017-11-14", "2018-11-14"),
    ("last 9999 years", "0001-01-01", "2018-11-14"),
]


@pytest.mark.parametrize(("words", "first", "last"), DAYS, ids=[own[0] for own in DAYS])
def test_relative_dates_count_from_now(index: Index, words: str, first: str, last: str) -> None:
    """Days, weeks, months and years before a fixed day, that day included."""
    span = (F("date") >= first) & (F("date") <= last)
    assert found(index, f"date = {words}") == found(index, span)


MISTAKES = [
    ("sektion = a", "no field 'sektion'. Did you mean section?", 0),
    ("n = 1 and sektion = a", "no field 'sektion'", 10),
    ("n > abc", "n > abc: n holds numbers (as in", None),
    ("section > a", "texts have no order; = or : or `in` compares them", None),
    ("flag > true", "wanted a flag", None),
    ("date > soon", "write a date as 2018, 2018-11, 2018-11-14, yesterday or last 30 days", None),
    ("n", "wanted a comparison of n, such as = or >= or in, at its end", 1),
    ("n = ", "wanted a value; one that has marks goes in quotes at its end", 4),
    ("n = 1 and", "wanted the name of a field at its end", 9),
    ("n = 1 n = 2", "wanted `and` or `or` before the next condition, or quotes, at character 9", 8),
    ("n = 1) and n = 2", "wanted `and`, `or` or the end at character 6", 5),
    ("(n = 1", "wanted ) at its end", 6),
    ("n in 1", "wanted ( or [ at character 6", 5),
    ("n in (1, 2", "wanted ) at its end", 10),
    ("n not = 1", "wanted in or exists or contains or like at character 7", 6),
    ("n is 5", "wanted null or none or missing at character 6", 5),
    ("n:[1 2]", "wanted to at character 7", 6),
    ("n:[1 TO 2", "wanted ] or } at its end", 9),
    ("= 5", "wanted the name of a field at character 1", 0),
    ("", "the filter is empty; write one, as in 'date >= 2018'.", None),
    ("n = 1 or " * 20_000 + "n = 1", "the filter has 180,005 characters; at most 100,000", None),
    ("not " * 60 + "n = 1", "more than 50 conditions within each other at character 201", 28),
    ("(" * 60 + "n = 1" + ")" * 60, "more than 50 conditions within each other", 28),
]


@pytest.mark.parametrize(("text", "message", "at"), MISTAKES, ids=[m[0][:20] for m in MISTAKES])
def test_a_mistake_is_named_and_shown(
    index: Index, text: str, message: str, at: int | None
) -> None:
    """The error says what was wanted, and marks where."""
    with pytest.raises(QueryError) as caught:
        parse_where(text, known(index))
    assert message in str(caught.value)
    if at is not None:
        assert str(caught.value).splitlines()[-1] == " " * at + "^"


TREES = [
    (F("sektion") == "a", "no field 'sektion'. Did you mean section?"),
    (F("n") == "abc", "n = abc: n holds numbers"),
    (F("n") > dt.date(2018, 1, 1), "n > 2018-01-01: n holds numbers"),
    (F("flag") > True, "true and false have no order"),
    (F("section") >= "a", "texts have no order"),
    (F("section") == 5, "; wanted a text."),
    (F("n") == cast("int", [1]), "n = [1]: wanted a text, a number, a flag or a date."),
    (cast("Filter", 5), "no filter: 5; give a text, or one made by plait.Field."),
    (cast("Filter", All((cast("Filter", "n = 1"),))), "no filter: 'n = 1'"),
]


@pytest.mark.parametrize(("tree", "message"), TREES, ids=[own[1][:20] for own in TREES])
def test_a_programs_mistake_is_named(index: Index, tree: Filter, message: str) -> None:
    """A tree is checked as a text is."""
    with pytest.raises(QueryError, match=re.escape(message)):
        index.search("peace", where=tree)


def test_a_tree_too_deep_is_refused(index: Index) -> None:
    """As a text is, and not by Python."""
    tree = F("n") == 1
    for _ in range(DEEPEST_FILTER):
        tree = ~tree
    with pytest.raises(QueryError, match="more than 50 conditions within each other"):
        index.search("peace", where=tree)
    for _ in range(5000):
        tree = ~tree
    with pytest.raises(QueryError, match="more than 50 conditions within each other"):
        index.search("peace", where=tree)


def test_marks_of_a_pasted_sentence_are_words(tmp_path: Path, quick: Encoder) -> None:
    """Where no article has such a field, a colon makes no condition."""
    with IndexWriter(tmp_path, quick) as writer:
        writer.add(Article("a", "T", "The date was set at http://example.org/ on 12:30, peace."))
    index = Index.open(tmp_path, quick)
    for text in ("the date:2018 was set", "see http://example.org/a?b=c", "at 12:30", "Note: peace",
                 "n:5 peace", "std::vector peace", "id:a peace", "re: peace"):  # fmt: skip
        answer = index.answer(text, options=Options(exact=True))
        assert (answer.asked, [hit.article.id for hit in answer.hits]) == (text, ["a"])


PIECES = ["n", "section", "date", "`my field`", "=", "!=", ">=", "<", ":", "in", "not", "and", "or",
          "(", ")", "[", "]", "{", "}", "TO", "*", "?", '"', "'", "`", "\\", ",", "5", "2018-11",
          "sport",
          "exists", "is", "null", "contains", "like", "last 3 days", "\0", "\ud800", "é", "\n", "-",
          "+",
          "1e999", "9" * 500, "true"]  # fmt: skip


def test_any_text_is_a_filter_or_a_mistake(index: Index) -> None:
    """No other error is raised for random texts, in a filter or a query line."""
    draw = random.Random(11)  # noqa: S311 - no secret
    for _ in range(300):
        pieces = [draw.choice(PIECES) for _ in range(draw.randrange(1, 14))]
        for text in ("".join(pieces), " ".join(pieces)):
            attempt(index, text)


@pytest.mark.parametrize(
    "piece", ["(", "not ", "n=1 or ", "`", '"', "\\", "n in (", "[", "n:[1 TO ", "a", "id=x,"]
)
def test_long_texts_are_refused_or_read(index: Index, piece: str) -> None:
    """A hundred thousand characters cost no stack."""
    attempt(index, (piece * LONGEST_FILTER)[:LONGEST_FILTER])


def attempt(index: Index, text: str) -> None:
    """Read a text as a filter and as a query line."""
    for query, where in (("peace", text), (f"peace {text[:2000]}", None)):
        try:
            index.search(query, 3, Options(where=where, now=NOW, exact=True), system="keyword")
        except QueryError as error:
            assert str(error)  # noqa: PT017 - other errors are what is tested


LINES = [
    ("peace OR section:sport", "a condition holds for all of the query"),
    ("section:sport OR peace", "leave out OR between it and words"),
    ("peace (war section:sport)", "write it outside the parentheses"),
    ("section:sport", "no word is wanted in 'section:sport'; type some beside the conditions"),
    ("peace n:many", "n : many: n holds numbers"),
]


@pytest.mark.parametrize(("line", "message"), LINES, ids=[own[0] for own in LINES])
def test_a_condition_stands_beside_the_words(index: Index, line: str, message: str) -> None:
    """It is no alternative to a word, and not inside parentheses."""
    with pytest.raises(QueryError, match=re.escape(message)):
        index.search(line)


def test_a_quoted_condition_is_a_phrase(index: Index) -> None:
    """Quotes make text of what looks like a condition; so does an option of the search."""
    assert index.search('"section:sport"', system="keyword") == []
    words = Options(operators=False, exact=True)
    assert len(index.search("peace section:sport", 100, words, system="keyword")) == 40


def test_what_is_later_than_a_day_is_left_out(index: Index) -> None:
    """As of a day: undated articles, and years that began before, stay."""
    options = Options(as_of=dt.date(2018, 11, 13))
    ids = sorted(hit.article.id for hit in index.search("peace", 100, options, system="dense"))
    assert ids == found(index, ~(F("date") > dt.date(2018, 11, 13)))
    assert 0 < len(ids) < 40


BOUNDS = [
    ("date < last week", F("date") < "2018-11-07"),
    ("date >= last week", F("date") >= "2018-11-07"),
    ("date <= last week", F("date") <= "2018-11-14"),
    ("date contains 2018-11", F("date").contains("2018-11")),
    ("n contains 5", F("n").contains(cast("str", 5))),
    ("section:(sport, arts)", F("section").one_of("sport", "arts")),
    ("section not contains spo", ~F("section").contains("spo")),
    (
        "section is not null and n not exists",
        F("section").exists() & ~F("n").exists(),
    ),
]


@pytest.mark.parametrize(("where", "tree"), BOUNDS, ids=[own[0] for own in BOUNDS])
def test_other_forms(index: Index, where: str, tree: Filter) -> None:
    """Ends of spans that are relative, membership, negated words."""
    assert found(index, where) == found(index, tree)
    assert 0 < len(found(index, where)) < 40


def test_a_name_may_begin_as_a_word_of_the_language(index: Index) -> None:
    """`not_x` is a name, and not the word `not` before `_x`."""
    for name in ("not_x", "in.x", "or-x", "and1"):
        with pytest.raises(QueryError, match=f"no field '{re.escape(name)}'"):
            found(index, f"{name} = 1")
        with pytest.raises(QueryError, match=f"no field '{re.escape(name)}'"):
            found(index, f"n = 1 and {name} = 1")
