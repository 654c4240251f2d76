"""Dates and authors that the markup of web pages states, and what only looks like them."""

import json

import pytest

from plait.index.reading.markup import MAX_SENTENCE_ELEMENTS
from plait.index.reading.webpage import read_webpage

PAGE = """<html><head><title>Snow in the south | The Paper</title>{head}</head><body>
<article><h1>Snow in the south</h1>{top}
<p>It snowed on Monday in the south of the country, and the schools were closed at noon.</p>
<p>On Wednesday it snowed again, and the railway company sent its passengers home by bus, which
took three hours, because the road along the coast was under snow in two places.</p></article>
<footer>&copy; 2025 The Paper</footer></body></html>"""

STORY = {
    "@type": "NewsArticle",
    "dateModified": "2020-02-02",
    "datePublished": "2019-01-11T10:00:00+09:00",
    "author": {"@type": "Person", "name": "Jane Roe"},
}

MODIFIED = '<time itemprop="dateModified" datetime="2020-02-02">x</time>'


def json_ld(value: object) -> str:
    """Return a script of JSON-LD."""
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def stated(head: str = "", top: str = "") -> tuple[str, str]:
    """Read a page; return date and author."""
    article = read_webpage(PAGE.format(head=head, top=top).encode()).finish("a.html", "")
    return article.date, article.author


@pytest.mark.parametrize(
    "head",
    [
        json_ld(STORY),
        json_ld([{"@type": "Organization", "name": "The Paper"}, STORY]),
        json_ld({"@graph": [{"@type": "WebPage", "datePublished": "2018-01-01"}, STORY]}),
        json_ld({"@type": "WebPage", "mainEntity": STORY}),
        json_ld(STORY | {"@type": ["NewsArticle", "Thing"], "author": ["Jane Roe"]}),
        json_ld(STORY | {"comment": [{"@type": "Comment", "datePublished": "2021-05-05"}]}),
        json_ld(STORY | {"datePublished": "January 11, 2019"}),
        '<meta property="article:modified_time" content="2020-02-02">' + json_ld(STORY),
    ],
)
def test_json_ld_states_day_and_author(head: str) -> None:
    """On top, in a list, in a graph, as main entity; a modification is another day."""
    assert stated(head) == ("2019-01-11", "Jane Roe")


def test_authors_of_json_ld_are_names() -> None:
    """Several are joined, addresses left out; a byline that is found wins."""
    author = [{"name": "Jane Roe"}, {"name": "John Doe"}, "https://paper.example/jane"]
    assert stated(json_ld(STORY | {"author": author})) == ("2019-01-11", "Jane Roe, John Doe")
    meta = '<meta name="author" content="Ann Other">'
    assert stated(meta + json_ld(STORY)) == ("2019-01-11", "Ann Other")


@pytest.mark.parametrize(
    "name",
    [
        *("article:published_time", "date", "DC.date.issued", "dcterms.issued", "pubdate"),
        *("parsely-pub-date", "sailthru.date", "citation_publication_date", "publish-date"),
        *("prism.publicationDate", "datePublished", "publication_date"),
    ],
)
@pytest.mark.parametrize("kind", ["name", "property", "itemprop"])
@pytest.mark.parametrize("day", ["2019-01-11", "1956-10-19"])
def test_meta_elements_of_publication(name: str, kind: str, day: str) -> None:
    """Whatever the attribute, and of days before there were web pages."""
    modified = '<meta property="article:modified_time" content="2020-02-02">'
    assert stated(f'{modified}<meta {kind}="{name}" content="{day}T10:00:00Z">') == (day, "")


@pytest.mark.parametrize(
    ("top", "date"),
    [
        ('<time datetime="2019-01-11">Friday</time>', "2019-01-11"),
        ('<time pubdate datetime="1956-10-19">Friday</time>', "1956-10-19"),
        ('<time itemprop="datePublished">19 October 1956</time>', "1956-10-19"),
        ('<span itemprop="datePublished" content="1956-10-19">Friday</span>', "1956-10-19"),
        (f"{MODIFIED}<time itemprop='datePublished' datetime='2019-01-11'>x</time>", "2019-01-11"),
        ("<p><b>OSLO, 11 January 2019</b> \u2014 Nobody saw the snow come.</p>", "2019-01-11"),
        ("<time>01/02/2019</time>", ""),
        ('<time datetime="2019-02-01">01/02/2019</time>', "2019-02-01"),
        ("<p>On 11 January 2019 the snow came, and nobody had seen it come.</p>", ""),
    ],
)
def test_elements_that_are_marked(top: str, date: str) -> None:
    """Digits in an order that is anybody's guess are no date, nor is a day in a sentence."""
    assert stated(top=top) == (date, "")


@pytest.mark.parametrize(
    "head",
    [
        '<meta itemprop="copyrightYear" content="2019">',
        '<meta name="date" content="01/02/2019">',
        '<meta name="date" content="soon">',
        json_ld(STORY | {"datePublished": 2019, "author": None}),
        json_ld({"@type": None, "@graph": [1, None, "x", {"@type": 7}]}),
        '<script type="application/ld+json"></script>',
        f'<script type="application/ld+json">{"[" * 100_000}</script>',
        '<script>{"datePublished": 1}</script>',
    ],
)
def test_what_states_no_day(head: str) -> None:
    """No date is better than a wrong one, and a strange script is no failure."""
    assert stated(head.replace("2020-02-02", "")) == ("", "")


def test_a_month_counts_where_no_day_is_named() -> None:
    """A page may name the month of an issue and the day of publication."""
    month = '<meta name="citation_publication_date" content="2019/01">'
    day = '<meta property="article:published_time" content="2019-01-11">'
    assert stated(month) == ("2019-01", "")
    assert stated(month + day) == ("2019-01-11", "")


def test_a_day_in_a_sentence_stays_there() -> None:
    """It is an event's; in a byline it is the article's, and goes."""
    sentence = (
        "The ferry had last been stopped on <time datetime='2015-05-05'>5 May</time> by snow."
    )
    draft = read_webpage(PAGE.format(head="", top=f"<p>{sentence}</p>").encode())
    assert draft.date == ""
    assert draft.text.startswith("The ferry had last been stopped on 5 May by snow.")
    assert stated(top="<p>By Ann Other, <time datetime='2015-05-05'>5 May</time></p>")[0]


def test_sentences_hold_few_elements() -> None:
    """A paragraph of thousands of days is none, and is left as it was."""
    days = "<time datetime='2015-05-05'>5 May</time> or " * (MAX_SENTENCE_ELEMENTS + 1)
    draft = read_webpage(PAGE.format(head="", top=f"<p>{days}so.</p>").encode())
    assert "5 May" not in draft.text


CHANGED = [
    "<footer>Last modified 2 May 2020</footer>",
    "<p>Updated 2 May 2020</p>",
    "<div class='meta'>Updated: <time datetime='2020-05-02'>2 May 2020</time></div>",
    "<div class='date'><b>Updated on</b> <span>2 May 2020</span></div>",
    "<div class='date'><b>Last updated</b>: 2 May 2020</div>",
    "<time class='updated' datetime='2020-05-02'>2 May 2020</time>",
    "<time class='updated' datetime='2020-05-02'>6 hours ago</time>",
    "<span class='last-modified-date'>2 May 2020</span>",
    MODIFIED,
    "<!-- cached 2020-05-02T10:00:00Z -->",
    "<img src='/2020/05/02/snow.jpg' data-taken='2020-05-02T10:00:00Z'>",
]


@pytest.mark.parametrize("changed", CHANGED)
def test_a_modification_is_no_publication(changed: str) -> None:
    """Neither at the head nor at the end; beside it, the day of publication is read."""
    assert stated(top=changed) == ("", "")
    page = PAGE.format(head="", top="").replace("</article>", f"</article>{changed}")
    assert read_webpage(page.encode()).date == ""
    byline = "<div class='topline'>Published <time datetime='2019-01-11'>11 January</time></div>"
    assert stated(top=changed + byline) == ("2019-01-11", "")
    assert stated(top=byline + changed) == ("2019-01-11", "")


@pytest.mark.parametrize(
    "head",
    [
        *(
            f'<meta property="{name}" content="2020-02-02T10:00:00Z">'
            for name in ("og:updated_time", "article:modified_time", "dateModified", "lastmod")
        ),
        '<meta http-equiv="last-modified" content="2020-02-02">',
        '<meta property="og:image" content="https://paper.example/2020/02/02/snow.jpg">',
        json_ld({"@type": "NewsArticle", "dateModified": "2020-02-02T10:00:00Z"}),
        f'<script>var built = "2020-02-02T10:00:00Z";</script>{json_ld({"@type": "WebSite"})}',
    ],
)
def test_the_head_of_a_page_may_name_modifications_alone(head: str) -> None:
    """Such a day is later than the publication, by a minute or by years."""
    assert stated(head) == ("", "")


TIME = "<time datetime='2020-01-01'>1 January 2020</time>"

OTHERS = [
    f"<aside>{TIME} Other story</aside>",
    f"<nav>{TIME} Other story</nav>",
    f"<ul class='related'><li>{TIME} Other story</li></ul>",
    f"<div class='grid related-stories'><div>{TIME} Other story</div></div>",
    f"<section id='most-read'><p>{TIME} Other</p></section>",
    f"<ul><li>{TIME} <a href='/o'>Quite another story</a></li></ul>",
    f"<div class='comments'><p>Ann, {TIME}</p></div>",
    "<aside><time itemprop='datePublished' datetime='2020-01-01'>x</time> Other</aside>",
]


@pytest.mark.parametrize(
    "other", [*OTHERS, f"<footer>{TIME}</footer>", f"<article>{TIME}</article>"]
)
def test_days_of_other_stories_are_not_this_ones(other: str) -> None:
    """Wherever they stand; the article's own day is read beside them."""
    for own, date in (("", ""), ("<time datetime='2019-01-11'>Friday</time>", "2019-01-11")):
        page = PAGE.format(head="", top=own)
        before, after = (page.replace(at, other + at) for at in ("<article>", "<footer>"))
        assert (read_webpage(before.encode()).date, read_webpage(after.encode()).date) == (
            date,
            date,
        )


def test_what_follows_the_head_of_an_article_is_not_its_date() -> None:
    """Unless it is marked as such: a blog may name the day at the end."""
    end = "<p>It snowed again in the north, as people there had said it would.</p>" * 6
    plain, marked = (
        f"{end}<div><time {c} datetime='2020-01-01'>x</time></div>"
        for c in ("", "class='entry-date'")
    )
    assert (stated(top=plain)[0], stated(top=marked)[0]) == ("", "2020-01-01")


@pytest.mark.parametrize("year", ["9019", "1019"])
def test_years_of_no_article(year: str) -> None:
    """A typo is no date, in whatever markup."""
    day = f"{year}-01-11"
    assert stated(f'<meta name="date" content="{day}">') == ("", "")
    assert stated(json_ld(STORY | {"datePublished": day, "author": None})) == ("", "")
    assert stated(top=f'<time itemprop="datePublished" datetime="{day}">x</time>') == ("", "")


def test_the_text_is_that_of_the_whole_page() -> None:
    """What is taken away for the sake of the date is taken from a copy."""
    page = PAGE.format(head="", top="<p>Updated 2 May 2020: the road along the coast is open.</p>")
    assert "Updated 2 May 2020: the road" in read_webpage(page.encode()).text


@pytest.mark.parametrize("paragraphs", [0, 4])
@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("The legisla-\nture met.", "The legisla-ture met."),
        ("A <b>well-\r\n   known</b> house\u2010\nboat.", "A well-known house\u2010boat."),
        ("The parlia&shy;\nment <i>x</i> par&shy;ty.", "The parliament x party."),
        ("Of 1&nbsp;000&#160;000 or 45&#8239;000.", "Of 1\xa0000\xa0000 or 45\u202f000."),
        ("From 10 -\nto 2019-\n2020 and A-\nb.", "From 10 - to 2019- 2020 and A- b."),
    ],
)
def test_a_word_of_a_page_that_a_line_end_divides_is_whole(
    source: str, shown: str, paragraphs: int
) -> None:
    """A short page and a longer one; a dash and a hyphen behind a figure divide no word."""
    more = "<p>On Friday it rained, and the company sent its passengers home by bus.</p>"
    page = f"<article><h1>Rain</h1><p>{source}</p>{more * paragraphs}</article>"
    assert read_webpage(f"<html><body>{page}</body></html>".encode()).text.startswith(shown)
