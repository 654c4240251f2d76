"""Reader of web pages: the article among navigation, promotion and small print.

trafilatura finds it. It is imported when the first page is read (a second, on a cold disk)
and receives text, never an address, so that it has nothing to fetch.
"""

import re
import socket
from copy import deepcopy
from typing import Any

from plait.index.errors import ReadingError
from plait.index.reading.brokenwords import join_words, with_numbers
from plait.index.reading.cleaning import clean_line
from plait.index.reading.dates import iso_date, likely
from plait.index.reading.decoding import decode
from plait.index.reading.draft import Draft
from plait.index.reading.head import take_head
from plait.index.reading.markup import is_guess, markup_of, settle
from plait.index.reading.overlays import drop_overlays
from plait.index.reading.pagehead import keep_head
from plait.index.reading.shortpage import own_paragraphs

MAX_PAGE_BYTES = 4 * 1024 * 1024
"""Bytes of a page: trafilatura takes two to three seconds a megabyte; larger pages are lists."""

# What trafilatura's time grows with, each measured on pages that hold nothing else. The limits
# keep such a page near two seconds; unlike a clock, they are the same on a busy machine.
MAX_TAGS = 30_000
"""Opening tags. An article has a few thousand; the longest of an encyclopaedia have so many."""

MAX_ANCESTORS = 1_000_000
"""Ancestors of each element, summed over all: 30 of each of 30,000."""

MAX_CLASS_CHARACTERS = 1_000_000
"""Characters of all classes and ids, in which trafilatura looks for words like `author`."""

MAX_ROW_CELLS = 1000
"""Cells of a row: trafilatura counts them at every cell."""

MAX_ATTRIBUTES = 1000
"""Attributes of an element: the parser compares each with all before it."""

DATE_SEARCH = {"original_date": True, "extensive_search": False}
"""Search for dates in trafilatura: without an extensive one a date comes from markup for dates,
and never from a copyright line."""

TAG = re.compile(rb"<[a-zA-Z]")
OPENING = re.compile(rb"<[a-zA-Z](?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+")
VALUE = re.compile(rb"\"[^\"]*\"|'[^']*'")

# The declaration must be among the first 1024 bytes (HTML standard, 4.2.5.4).
DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE
)


def read_webpage(data: bytes) -> Draft:
    """Return the article of a web page.

    Raises ReadingError where it is too large or holds no article.
    """
    if len(data) > MAX_PAGE_BYTES:
        message = (
            f"larger than {MAX_PAGE_BYTES >> 20} MiB, the most for a web page: save it as text"
        )
        raise ReadingError(message)
    if not data.strip():
        raise ReadingError("empty: it holds no text")
    refuse_more("tags", sum(1 for _ in TAG.finditer(data)), MAX_TAGS)
    for tag in OPENING.finditer(data):
        if len(tag[0]) > MAX_ATTRIBUTES:  # a byte each, at least
            attributes = len(VALUE.sub(b"", tag[0]).split()) - 1
            refuse_more("attributes of one element", attributes, MAX_ATTRIBUTES)
    declared = DECLARED.search(data[:1024])
    title, text, date, author = extract(decode(data, declared[1].decode() if declared else ""))
    head = take_head(without_title(text, title))
    # trafilatura takes the author's name out of a byline and leaves the `By`.
    body = re.sub(r"\A\s*by\s*\n", "", head.body, flags=re.IGNORECASE)
    return Draft(title, body, text, date or head.date, author or head.author)


def extract(page: str) -> tuple[str, str, str, str]:
    """Return title, text, date and author of a page.

    Raises ReadingError where trafilatura finds no text.
    """
    bare_extraction, load_html, _ = _trafilatura()
    date, author, numbers = "", "", dict[str, str]()
    try:
        tree = load_html(page)
        if tree is not None:
            check_tree(tree)
            date, author = markup_of(tree)
            numbers = made_whole(tree)
            date = date or date_at_head(tree, page)
        found = bare_extraction(
            page if tree is None else tree,
            with_metadata=True,
            include_comments=False,
            date_extraction_params=DATE_SEARCH,
        )
    except ReadingError:
        raise
    except Exception as error:  # any of its parser: one page, one failure
        message = f"trafilatura could not read this page ({type(error).__name__}: {error})"
        raise ReadingError(message) from error
    if found is None or isinstance(found, dict) or not found.text:
        raise ReadingError("no article found in this page: save its text as .txt if it has one")
    text = with_numbers(found.text if tree is None else own_paragraphs(tree, found.text), numbers)
    return found.title or "", text, date, found.author or author


def made_whole(tree: Any) -> dict[str, str]:
    """Take from a page what is no article, put its words together, and return its numbers."""
    settle(tree)
    drop_overlays(tree)
    return join_words(tree)


def date_at_head(tree: Any, page: str) -> str:
    """Return the date that a page shows at the head of its article, or an empty string."""
    _, _, extract_metadata = _trafilatura()
    head = deepcopy(tree)
    keep_head(head)
    date = likely(iso_date(extract_metadata(head, date_config=DATE_SEARCH).date or ""))
    return "" if is_guess(date, page) else date


def _trafilatura() -> tuple[Any, Any, Any]:
    """Import trafilatura, without the socket that its import would open.

    urllib3, with which it can fetch pages, binds one to find out whether there is IPv6.
    """
    there, socket.has_ipv6 = socket.has_ipv6, False
    try:
        from trafilatura import bare_extraction, extract_metadata, load_html  # noqa: PLC0415 - takes a second
    finally:
        socket.has_ipv6 = there
    return bare_extraction, load_html, extract_metadata


def check_tree(tree: Any) -> None:
    """Raise ReadingError where a page is built so that extraction would take minutes.

    `tree` is lxml's root element.
    """
    nesting = names = 0
    waiting = [(tree, 0)]
    while waiting:
        element, around = waiting.pop()
        nesting += around
        names += sum(len(element.get(key) or "") for key in ("class", "id"))
        if element.tag == "tr":
            refuse_more("cells in a row", len(element), MAX_ROW_CELLS)
        waiting += ((child, around + 1) for child in element)
    refuse_more("elements around elements", nesting, MAX_ANCESTORS)
    refuse_more("characters of class names and ids", names, MAX_CLASS_CHARACTERS)


def refuse_more(what: str, found: int, most: int) -> None:
    """Raise ReadingError where a page has more of something than any article."""
    if found > most:
        message = f"holds {found:,} {what}, at most {most:,} are read"
        raise ReadingError(f"{message}: save its text as .txt")


def without_title(text: str, title: str) -> str:
    """Return a text without its first line where that repeats the title."""
    first, _, rest = text.partition("\n")
    return rest if title and clean_line(first) == clean_line(title) else text
