"""Formats of one article a file: plain text, Markdown, web pages."""

import logging
import socket
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from plait.index.article import Article
from plait.index.errors import ReadingError
from plait.index.reading import Failure, FieldNames, read_paths
from plait.index.reading.draft import Draft, usable_id
from plait.index.reading.markdown import read_markdown
from plait.index.reading.plain import read_plain
from plait.index.reading.webpage import MAX_PAGE_BYTES, read_webpage


def read_one(folder: Path, name: str, data: bytes) -> Article | Failure:
    """Write one file and read it."""
    (folder / name).write_bytes(data)
    (outcome,) = read_paths([folder / name], FieldNames())
    return outcome


def test_plain_text(tmp_path: Path) -> None:
    """Title, date, author, text, teasers and the text as it was read, each in its place."""
    body = b"By Jane Roe | 12 March 2011\r\nIt rained\xc2\xa0again.\r\nRead more\r\n- Sun ahead\r\n"
    article = read_one(tmp_path, "rain.txt", b"\xef\xbb\xbf\r\n Rain \r\n" + body)
    assert article == Article(
        id="rain.txt",
        title="Rain",
        text="It rained again.",
        source=str(tmp_path / "rain.txt"),
        date="2011-03-12",
        author="Jane Roe",
        teasers=("Sun ahead",),
        raw=body.decode().replace("\r\n", "\n"),
    )


def test_a_clean_text_is_kept_once(tmp_path: Path) -> None:
    """Where cleaning changed nothing but the blanks around it, there is no raw text."""
    article = read_one(tmp_path, "a.txt", b"Title\n\nOne.\n\nTwo.\n")
    assert isinstance(article, Article)
    assert (article.text, article.raw) == ("One.\n\nTwo.", "")


@pytest.mark.parametrize(
    ("data", "title", "text"),
    [
        (b"Only a title", "Only a title", ""),
        (b"\xe2\x80\x8b\n \n\tTitle\x07 here\nText", "Title here", "Text"),
        (b"word " * 100 + b"\nMore.", "", "word " * 99 + "word\nMore."),
    ],
)
def test_the_first_line_is_the_title(data: bytes, title: str, text: str) -> None:
    """Unless it is too long for one: then there is no title, and all of it is text."""
    article = read_plain(data).finish("a", "")
    assert (article.title, article.text) == (title, text)


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xe2\x80\x8b\n\xc2\xa0"])
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.unknown"])
def test_empty_files_are_failures(tmp_path: Path, name: str, data: bytes) -> None:
    """A file of nothing, or of nothing that anybody sees, is no article."""
    outcome = read_one(tmp_path, name, data)
    assert isinstance(outcome, Failure)
    assert outcome.source == str(tmp_path / name)
    assert "empty" in outcome.reason or "no article" in outcome.reason


@given(
    st.from_regex(r"[A-Z][a-z]{1,20}", fullmatch=True),
    st.text(st.characters(codec="ascii", min_codepoint=1)),
)
def test_plain_text_keeps_every_word(title: str, text: str) -> None:
    """Nothing is lost between the file and the fields of the article."""
    article = read_plain(f"{title}\n{text}".encode()).finish("a", "")
    kept = (article.raw or article.text).split()
    assert article.title == title
    head = f"{article.date} {article.author}" if article.date or article.author else ""
    assert head or kept == text.split()


FRONT = b"""---
title: "Islands: a visit"
date: 2019-01-11
authors:
  - Jane Roe
  - 'John Doe'
tags: [sea, "land"]
draft:
nested: {a: 1}
---
"""


def test_front_matter_gives_the_fields() -> None:
    """Simple keys are understood; what is left goes to the metadata."""
    draft = read_markdown(FRONT + b"\n# Islands: a visit\n\nThe *first* visit.\n")
    article = draft.finish("a", "")
    assert article == Article(
        id="a",
        title="Islands: a visit",
        text="The *first* visit.",
        date="2019-01-11",
        author="Jane Roe, John Doe",
        metadata={"tags": ("sea", "land"), "nested": "{a: 1}"},
    )


@pytest.mark.parametrize(
    ("source", "title", "text"),
    [
        ("# Title\nText", "Title", "Text"),
        ("## A *bold* [link](http://x) title ##\n\nText", "A bold link title", "Text"),
        ("Title\n=====\nText", "Title", "Text"),
        (
            "[badge](x)\n\n# Title\n\nText",
            "Title",
            "[badge](x)\n\n\nText".replace("\n\n\n", "\n\n"),
        ),
        ("```\n# no title\n```\n# Title\nText", "Title", "```\n# no title\n```\nText"),
        ("First line\n\n## Section\nText", "First line", "## Section\nText"),
        ("**First line**\nText", "First line", "Text"),
        ("---\nnot: closed\n# Title\nText", "Title", "---\nnot: closed\nText"),
        ("---\ntitle: Front\n---\n# Heading\nText", "Front", "# Heading\nText"),
        ("---\ndate: soon\n---\n# Heading\nText", "Heading", "Text"),
        ("#hashtag first\nText", "hashtag first", "Text"),
        ("# Title", "Title", ""),
    ],
)
def test_markdown_titles(source: str, title: str, text: str) -> None:
    """Front matter, a heading of level one, a heading on top, or the first line."""
    article = read_markdown(source.encode()).finish("a", "")
    assert (article.title, article.text) == (title, text)


def test_a_date_that_is_not_understood_stays_in_the_metadata() -> None:
    """No date is better than a wrong one, and nothing is lost."""
    draft = read_markdown(b"---\ndate: 01/02/2019\nauthor: Jane Roe\n---\n# T\n2019-02-01\nText")
    assert (draft.date, draft.author) == ("2019-02-01", "Jane Roe")
    assert draft.metadata == {"date": "01/02/2019"}


def test_front_matter_may_say_when_it_was_published() -> None:
    """Where there is no `date`; the field stays."""
    draft = read_markdown(b"---\npublishDate: 2019-01-11T10:00:00+09:00\n---\n# T\nText")
    assert draft.date == "2019-01-11"
    assert draft.metadata == {"publishdate": "2019-01-11T10:00:00+09:00"}
    draft = read_markdown(b"---\npublished: true\n---\n# T\n2019-02-01\nText")
    assert (draft.date, draft.metadata) == ("2019-02-01", {"published": True})


TOML = b"""+++
title = "Islands: a visit"
date = {date}
authors = ["Jane Roe", "John Doe"]
tags = [
  "sea",  # a list may have several lines
  "land",
]
draft = false
pages = 12
[extra]
Date = 2001-01-01
+++

# Islands: a visit

The *first* visit.
"""


@pytest.mark.parametrize(
    "date",
    [b"2019-01-11", b"2019-01-11T10:00:00.5+09:00", b"2019-01-11 10:00:00", b"'11 Jan 2019'"],
)
def test_front_matter_in_toml(date: bytes) -> None:
    """The fields are those of YAML, each day in its own type."""
    article = read_markdown(TOML.replace(b"{date}", date)).finish("a", "")
    assert (article.title, article.text) == ("Islands: a visit", "The *first* visit.")
    assert (article.date, article.author) == ("2019-01-11", "Jane Roe, John Doe")
    assert article.metadata == {
        "tags": ("sea", "land"),
        "draft": False,
        "pages": 12,
        "extra": '{"Date": "2001-01-01"}',
    }


@pytest.mark.parametrize(
    ("source", "title", "date"),
    [
        ('+++\ntitle = "T"\nbroken\ndate = 2019-01-11\n+++\nText', "T", "2019-01-11"),
        ("+++\nbroken\n[extra]\ndate = 2019-01-11\n+++\nText", "Text", ""),
        ('+++\ntitle = "T"\ndate = 2019-01-11\n\nText', "T", "2019-01-11"),
        ("---\ntitle: T\ndate: 2019-01-11\n\nText", "T", "2019-01-11"),
        ("---\n: [broken\n  date: x\ndate: 2019-01-11\n---\nText", "Text", "2019-01-11"),
        ("---\na: " + "[" * 9000 + "\ndate: '2019-01-11'\n---\nText", "Text", "2019-01-11"),
        ("---\na: " + "'b' " * 9000 + "\ndate: '2019-01-11'\n---\nText", "Text", "2019-01-11"),
        ("---\nText\n\nMore", "Text", ""),
        ("\n---\n+++\nText\nMore", "Text", ""),
        ("+++\n" + "a." * 8000 + "a = 1\ndate = 2019-01-11\n+++\nText", "Text", "2019-01-11"),
        ("+++\na = " + "[" * 8000 + "\ndate = 2019-01-11\n+++\nText", "Text", "2019-01-11"),
    ],
)
def test_front_matter_that_is_broken(source: str, title: str, date: str) -> None:
    """Sound lines are read, and no mark of its ends is a title."""
    article = read_markdown(source.encode()).finish("a", "")
    assert (article.title, article.date) == (title, date)


PAGE = """<html><head><title>Rain in the north | The Paper</title>
<meta name="author" content="Jane Roe">{head}</head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Rain in the north</h1><p>By <span class="author">Jane Roe</span></p>
<p>It rained on Monday in the north of the country, and the caf\xe9s closed at noon.</p>
<p>On Wednesday it rained again, and the railway company sent its passengers home by bus, which
took three hours, because the road along the river was under water in two places.</p>
<p>On Thursday the rivers rose, and by the evening two bridges had been closed to lorries.</p>
</article><aside><h3>Most read</h3><ul><li>Sun ahead</li></ul></aside>
<footer>&copy; 2025 The Paper</footer></body></html>"""


def test_a_web_page(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """The article comes out, the furniture stays behind, and no connection is opened."""

    def refuse(*_: object) -> None:
        pytest.fail("reading a page opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    head = '<meta property="article:published_time" content="2019-01-11T10:00:00Z">'
    article = read_webpage(PAGE.format(head=head).encode()).finish("a.html", "")
    assert (article.title, article.date, article.author) == (
        "Rain in the north",
        "2019-01-11",
        "Jane Roe",
    )
    assert article.text.startswith("It rained on Monday")
    assert article.text.endswith("closed to lorries.")
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_copyright_line_is_no_date() -> None:
    """A date comes from markup that says so."""
    assert read_webpage(PAGE.format(head="").encode()).date == ""


def test_a_page_is_read_in_the_encoding_it_declares() -> None:
    """As a browser would, where the bytes are not UTF-8."""
    page = PAGE.format(head='<meta charset="iso-8859-1">').encode("latin-1")
    assert "caf\xe9s" in read_webpage(page).text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<html><body></body></html>", "no article found"),
        (b"<p>" + b"x" * MAX_PAGE_BYTES, "larger than 4 MiB"),
        (b"<html>\0\0\0</html>", "binary"),
    ],
)
def test_pages_without_an_article(
    data: bytes, reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A failure says why, and the library's own log does not reach the terminal."""
    with pytest.raises(ReadingError, match=reason):
        read_webpage(data)
    assert capfd.readouterr().err == ""


def test_a_page_that_breaks_the_parser_is_one_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unforeseen exception from a parser names the parser and stops nothing else."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr("trafilatura.bare_extraction", broken)
    with pytest.raises(ReadingError, match=r"trafilatura could not .*RuntimeError: unforeseen"):
        read_webpage(b"<p>text</p>")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("", "empty"),
        (" \t", "empty"),
        ("a\nb", "control characters"),
        ("a\x1b[31m", "control characters"),
        ("a\u2028b", "control characters"),
        ("caf\udce9.txt", "no UTF-8"),
        ("\xe9" * 257, "514 bytes, at most 512"),
    ],
)
def test_unusable_ids(given: str, reason: str) -> None:
    """An id must fit on one line, in UTF-8, and in a listing."""
    with pytest.raises(ReadingError, match=reason):
        usable_id(given)


def test_usable_ids() -> None:
    """Blanks around an id go; a `#` inside is allowed."""
    assert usable_id(" a#b c ") == "a#b c"
    assert usable_id("x" * 512) == "x" * 512


def test_half_pairs_never_reach_the_index() -> None:
    """Every field of an article can be stored as UTF-8."""
    half = "a\ud83d"
    article = Draft(half, half, "", "", half, {half: half}).finish("a", "")
    assert repr(article).encode()
    assert (article.raw, article.metadata) == ("", {"a\ufffd": "a\ufffd"})


@pytest.mark.parametrize(
    "source",
    [
        "---\n\nA quokka story after a rule.\n\n---\n\nAnother part.",
        "---\nThe mayor said: a quokka came.\n---\nAnother part.",
        "---\nNote: a quokka came.\n---\nAnother part.",
        "---\n\n- a quokka\n- a bilby\n\n---\nAnother part.",
        "---\nDate: Monday\nA quokka came to town.\n---\nAnother part.",
        "---\n\n## A quokka came\n\nTo town.\n\n---\n\nAnother part.",
        "+++\nA quokka came.\n+++\nAnother part.",
        ";;;\nA quokka came.\n;;;\nAnother part.",
        "---\ntitle: T\ndate: 2019-01-11\nA quokka came to town.\n---\nAnother part.",
        "{\nA quokka came.\n}\nAnother part.",
    ],
)
def test_text_between_rules_is_kept(source: str) -> None:
    """Lines that are no fields are no front matter, whatever stands around them."""
    draft = read_markdown(source.encode())
    assert "quokka" in draft.title + draft.text
    assert "Another part." in draft.text


@pytest.mark.parametrize(
    "source",
    [
        "\n---\ntitle: Front\n---\nText",
        "\n \n\ufeff---\ntitle: Front\n---\nText",
        "\ufeff---\ntitle: Front\n---\nText",
        "---\ntitle: Front\n...\nText",
        "---yaml\ntitle: Front\n---\nText",
        "\n+++\ntitle = 'Front'\n+++\nText",
        "---toml\ntitle = 'Front'\n---\nText",
        ';;;\n"title": "Front",\n"none": null\n;;;\nText',
        '{\n  "title": "Front"\n}\nText',
        '---json\n{"title": "Front"}\n---\nText',
        "---\n# by a program\ntitle: Front\ntags:\n- a\n- b\nabout: >\n  Words: more\n---\nText",
    ],
)
def test_front_matter_in_other_forms(source: str) -> None:
    """Below blank lines and marks, and in the forms of site generators."""
    draft = read_markdown(source.encode())
    assert (draft.title, draft.text.strip()) == ("Front", "Text")


@pytest.mark.parametrize(
    ("field", "title"),
    [
        ("title: >-\n  The quokka\n  returns", "The quokka returns"),
        ("title: |\n  The quokka\n  returns", "The quokka returns"),
        ("title: >2\n\n    The quokka: a return", "The quokka: a return"),
        ("title: The quokka\n  returns", "The quokka returns"),
        ("title: Islands: the quokka\n  returns", "Islands: the quokka returns"),
        ("title:\n  The quokka returns", "The quokka returns"),
        ("title: >\n\tThe quokka", "The quokka"),
        ("title: 'It''s the quokka'", "It's the quokka"),
        ('title: "The \\"quokka\\" of Rottnest\\u00e9" # new', 'The "quokka" of Rottnest\xe9'),
        ('title: "The quokka"  and others', '"The quokka" and others'),
        ("title: The quokka # of Rottnest", "The quokka"),
        ("title: C# and #hashtags", "C# and"),
        ("title: #quokka in town", "#quokka in town"),
        ("title: *The* quokka & others", "*The* quokka & others"),
        ("title: [News] The quokka", "[News] The quokka"),
        ("title: '2019: the quokka'", "2019: the quokka"),
    ],
)
def test_front_matter_spells_a_title_in_any_way(field: str, title: str) -> None:
    """In blocks, on several lines, quoted, with comments; and unquoted where YAML wants quotes."""
    draft = read_markdown(f"---\n{field}\ndate: 2019-11-05 # a Tuesday\n---\nText".encode())
    assert (draft.finish("a", "").title, draft.date, draft.text) == (title, "2019-11-05", "Text")


def test_front_matter_has_lists_in_any_form() -> None:
    """Inline over several lines, or an item a line; a list of lists of aliases stays short."""
    laughs = "a: &a [x, x]\nb: [&b [1, 1], [*b, *b]]"
    lists = (
        "tags: [sea, # all of it\n  'land']\nkeywords:\n- a: b\n-\tc\nauthors:\n  - Jane\n    Roe"
    )
    draft = read_markdown(f"---\n{lists}\n{laughs}\n---\nText".encode())
    assert draft.author == "Jane Roe"
    assert draft.metadata["tags"] == ("sea", "land")
    assert draft.metadata["keywords"] == ("a: b", "c")
    assert draft.metadata["b"] == ("&b [1", "1]", "[*b", "*b]")


@pytest.mark.parametrize(
    ("source", "title", "text"),
    [
        ("---\ntitle: Front\nThe quokka.\n\nMore", "Front", "The quokka.\n\nMore"),
        ("---\ntitle: Front\nThe quokka: a\nb: c\n", "Front", "The quokka: a\nb: c"),
        ("---\ntitle: Front\nThe quokka", "Front", "The quokka"),
        ("+++\ntitle = 'Front'\nThe quokka body.\n\nMore", "Front", "The quokka body.\n\nMore"),
        ("---\ntitle: Front\n# The quokka\n\nMore", "Front", "# The quokka\n\nMore"),
    ],
)
def test_front_matter_that_is_not_closed_takes_no_text(source: str, title: str, text: str) -> None:
    """What is no field is the beginning of the text, with or without a blank line above it."""
    article = read_markdown(source.encode()).finish("a", "")
    assert (article.title, article.text) == (title, text)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**quok**ka and *em*phasis", "quokka and emphasis"),
        ("H~2~O, CO~2~ and x^2^y", "H2O, CO2 and x2y"),
        ("a foot[^1]note[^2] here", "a footnote[^2] here"),
        ("<b>wom</b>bat, H<sub>2</sub>O", "wombat, H2O"),
        ("un***frigging***believable ~~wal~~laby", "unfriggingbelievable wallaby"),
        ("*q*uokka, walla<wbr>by, ban&shy;dicoot", "quokka, wallaby, bandicoot"),
        ('<span class="cap">Q</span>uokka', "Quokka"),
        ("**A** *quokka*, 2*3*4, a*b*c, snake_case_name", ""),
        ("`**quok**ka` [x](http://a.b/*c*d) http://a.b/~c~d", ""),
        ("```\n**quok**ka\n```\n\n    *em*phasis", ""),
        ("\\*em*phasis, 5 * 6 * 7, about ~5 to ~10", ""),
    ],
)
def test_marks_inside_of_words_go(written: str, shown: str) -> None:
    """They hide the word; around words, in code and in addresses they stay."""
    draft = read_markdown(f"# **Quok**kas\n\nText. {written}\n\nEnd.".encode())
    if written.startswith("```"):
        draft = read_markdown(f"# **Quok**kas\n\n{written}\n\nEnd.".encode())
    assert draft.title == "Quokkas"
    assert (shown or written) + "\n\nEnd." in draft.text
    assert written in draft.as_read
