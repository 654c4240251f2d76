"""Day of publication and authors that the markup of a web page states.

JSON-LD of articles, `meta` elements, and elements marked as date of publication. Only what is
named so counts: no modification, no copyright, no date in the text.
"""

import json
import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from plait.index.reading.dateline import DAY
from plait.index.reading.dates import MONTHS, iso_date_or_part, likely

ARTICLE = re.compile(r"\w*Article|\w*BlogPosting|Report")
"""Types of schema.org that an article has; lists, videos and comments have dates of their own."""

META_NAMES = frozenset(
    [
        *("date", "pubdate", "publishdate", "publicationdate", "publisheddate", "publishedtime"),
        *("datepublished", "articlepublished", "articlepublishedtime", "ogpublishedtime"),
        *("dcdate", "dcdateissued", "dctermsdate", "dctermsissued", "prismpublicationdate"),
        *("citationpublicationdate", "citationdate", "parselypubdate", "sailthrudate"),
    ]
)
"""Names of `meta` elements of publication, in lower case, without marks (`dc.date.issued`)."""

MAX_META_NAME_CHARACTERS = 40
"""Characters of such a name, marks included."""

MIN_SENTENCE_WORDS = 8
"""Words around a date in a sentence; a byline has fewer."""

MAX_SENTENCE_ELEMENTS = 100
"""Elements of a paragraph that is read as a sentence: trafilatura compares each `span` with all
others."""


NAMES_READ = 200
"""Characters of an element's classes and id that are looked at; most have fewer than 50."""

OTHERS = re.compile(
    r"related.*|recommend.*|trending.*|popular.*|sidebar|teasers?|promo|comments?|comment-list"
    r"|(?:more|other|latest|recent|next|prev|previous|top)[-_]?(?:stor|news|article|post|from|read).*"
    r"|most[-_]?(?:read|popular|viewed).*|(?:read|see)[-_]?(?:also|next).*|post[-_]navigation"
)
"""Classes and ids, in lower case, of what a page says of other stories."""

CHANGED = re.compile(r"modif|updat|lastmod|last-?edit|revis")
"""Pattern in a class, or in the name of a property, of the day of a modification."""

MAX_DATE_CHARACTERS = 60
"""Characters of a day with its weekday, time and label: `Last updated on Wednesday, …`."""

MARKED = frozenset(["time", "abbr", "span", "p", "div"])
"""Elements that may be marked as day of publication; others hold more."""

MAX_LINK_WORDS = 2
"""Words of a link beside a day in a list: a name has so many, the title of a story more."""

STATED = frozenset(["published", "dt-published", "entry-date", "pubdate"])
"""Classes that blogs and microformats give the day of publication."""


def markup_of(tree: Any) -> tuple[str, str]:
    """Return the day of publication in ISO 8601, and the authors' names, where they are stated.

    `tree` is lxml's root element.
    """
    articles = [item for script in tree.iter("script") for item in articles_of(script)]
    stated = [item.get("datePublished") for item in articles]
    stated += [meta.get("content") for meta in tree.iter("meta") if is_of_publication(meta)]
    stated += [date for element in own_elements(tree) for date in marked(element)]
    dates = (likely(iso_date_or_part(text)) for text in stated if isinstance(text, str))
    authors = (names_of(item.get("author")) for item in articles)
    # A year or a month where nothing names a day; of several days the first.
    return max(dates, key=len, default=""), next(filter(None, authors), "")


def articles_of(script: Any) -> Iterator[dict[str, Any]]:
    """Yield the articles of a script of JSON-LD, at its top, in its graph, or as main entity."""
    if "ld+json" not in (script.get("type") or "").lower():
        return
    try:
        waiting = [json.loads(script.text or "")]
    except (ValueError, RecursionError):  # trafilatura looks for dates in what is broken
        return
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += reversed(item)
        elif isinstance(item, dict):
            types = item.get("@type")
            if any(
                isinstance(name, str) and ARTICLE.fullmatch(name)
                for name in (types if isinstance(types, list) else [types])
            ):
                yield item
            waiting += [item[key] for key in ("mainEntity", "@graph") if key in item]


def names_of(author: object) -> str:
    """Return the names of an author, or of a list of them, joined by commas; no addresses."""
    names = [
        found
        for one in (author if isinstance(author, list) else [author])
        if isinstance(found := one.get("name") if isinstance(one, dict) else one, str)
    ]
    return ", ".join(name.strip() for name in names if name.strip() and "://" not in name)


def is_of_publication(meta: Any) -> bool:
    """Return whether a `meta` element holds the day of publication."""
    names = [meta.get(key) or "" for key in ("property", "name", "itemprop")]
    return any(
        len(name) <= MAX_META_NAME_CHARACTERS and re.sub(r"[\W_]", "", name).lower() in META_NAMES
        for name in names
    )


def marked(element: Any) -> Iterator[str | None]:
    """Yield what an element says that is marked as day of publication."""
    if element.tag not in MARKED:
        return
    of_blog = element.tag in {"time", "abbr"} and not STATED.isdisjoint(names_of_element(element))
    if element.get("itemprop") == "datePublished" or element.get("pubdate") is not None or of_blog:
        yield next(filter(None, map(element.get, ("datetime", "content", "title"))), element.text)


def names_of_element(element: Any) -> list[str]:
    """Return the classes, the id and the property of an element, in lower case."""
    names = (element.get(key) or "" for key in ("class", "id", "itemprop"))
    return " ".join(name[:NAMES_READ] for name in names).lower().split()


def own_elements(tree: Any) -> Iterator[Any]:
    """Yield the elements of a page in order, except those of other stories.

    `tree` is lxml's root element. What is around the first `h1` is never another story.
    """
    title = next(tree.iter("h1"), None)
    around = set() if title is None else {title, *title.iterancestors()}
    among_articles = any(element.tag == "article" for element in around)
    waiting = [tree]
    while waiting:
        element = waiting.pop()
        if element in around or not is_other(element, among_articles=among_articles):
            yield element
            waiting += reversed(element)


def is_other(element: Any, *, among_articles: bool) -> bool:
    """Return whether an element is about other stories, or about the site.

    `among_articles` says whether the title is in an `article`: all others are cards and comments.
    """
    if element.tag in {"nav", "aside"} or (element.tag == "article" and among_articles):
        return True
    if element.tag == "footer":  # that of an article may name its day
        return not any(parent.tag == "article" for parent in element.iterancestors())
    if element.tag == "li" and next(element.iter("time"), None) is not None:
        return any(
            len("".join(link.itertext()).split()) > MAX_LINK_WORDS for link in element.iter("a")
        )
    return isinstance(element.tag, str) and any(map(OTHERS.fullmatch, names_of_element(element)))


def settle(tree: Any) -> None:
    """Take from a page what only looks like its date: years of copyright, changes, events.

    A `time` in a sentence becomes a `span`; else its words would be cut out as furniture.
    """
    for meta in [*tree.iter("meta")]:
        if (meta.get("itemprop") or "").lower() == "copyrightyear":
            meta.drop_tree()
    for element in [*tree.iter(*MARKED)]:
        if is_of_change(element):
            element.clear(keep_tail=True)
    for around in dict.fromkeys(time.getparent() for time in tree.iter("time")):
        if around is not None and around.tag in {"p", "li", "blockquote"} and is_prose(around):
            for time in around.iterchildren("time"):
                if not [*marked(time)]:
                    time.tag = "span"


def is_of_change(element: Any) -> bool:
    """Return whether an element holds the day of a modification and little else."""
    names = " ".join(names_of_element(element))
    if not CHANGED.search(names) or "publ" in names:
        return False
    letters = chain.from_iterable(islice(element.itertext(), MAX_DATE_CHARACTERS))
    words = "".join(islice(letters, MAX_DATE_CHARACTERS + 1))
    is_date = element.tag == "time" or DAY.search(words) is not None
    return is_date and len(words) <= MAX_DATE_CHARACTERS


def is_prose(paragraph: Any) -> bool:
    """Return whether the words between the elements of a paragraph make a sentence."""
    if len(paragraph) > MAX_SENTENCE_ELEMENTS:
        return False
    text = " ".join([paragraph.text or "", *(child.tail or "" for child in paragraph)])
    ends = text.rstrip(" \n\t\"'\u201d\u2019)").endswith((".", "!", "?"))
    return ends and len(text.split()) >= MIN_SENTENCE_WORDS


def is_guess(date: str, page: str) -> bool:
    """Return whether a page writes a day in digits only whose order is anybody's guess.

    `01/02/2019` is in January in New York.
    """
    if not date or date in page or date.replace("-", "/") in page:
        return False
    year, month, day = map(int, date.split("-"))
    digits = rf"(?<!\d)0?{day}[/-]0?{month}[/-](?:{year // 100})?{year % 100:02}(?!\d)"
    return max(month, day) <= len(MONTHS) and month != day and bool(re.search(digits, page))
