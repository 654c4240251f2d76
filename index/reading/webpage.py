"""Here is a web page: which article does it hold?

trafilatura finds the article among navigation, promotion and small print. It
is imported when the first page is read (a second, on a cold disk) and given text,
never an address, so that it has nothing to fetch.
"""

import re
import socket
from typing import Any

from plait.index.errors import ReadingError
from plait.index.reading.cleaning import clean_line
from plait.index.reading.dates import iso_date
from plait.index.reading.decoding import decode
from plait.index.reading.draft import Draft
from plait.index.reading.head import take_head

LARGEST_PAGE = 4 * 1024 * 1024
"""Bytes. trafilatura takes two to three seconds a megabyte, and pages this large are lists."""

# What trafilatura's time grows with, each measured on pages that hold nothing else. A limit
# keeps such a page near two seconds, and counts the same on a busy machine.
MOST_TAGS = 30_000
"""Opening tags. An article has a few thousand; the longest of an encyclopaedia have so many."""

MOST_NESTING = 1_000_000
"""Elements around each element, summed: 30 around each of 30,000."""

MOST_NAMES = 1_000_000
"""Characters of all classes and ids, in which trafilatura looks for words like `author`."""

WIDEST_ROW = 1000
"""Cells of a row of a table: trafilatura counts them at every cell."""

MOST_ATTRIBUTES = 1000
"""Attributes of an element: the parser compares each with all before it."""

TAG = re.compile(rb"<[a-zA-Z]")
OPENING = re.compile(rb"<[a-zA-Z](?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+")
VALUE = re.compile(rb"\"[^\"]*\"|'[^']*'")

# The declaration must be among the first 1024 bytes (HTML standard, 4.2.5.4).
DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE
)


def read_webpage(data: bytes) -> Draft:
    """Read a `.html` file. Raises ReadingError where it is too large or holds no article."""
    if len(data) > LARGEST_PAGE:
        message = f"larger than {LARGEST_PAGE >> 20} MiB, the most for a web page: save it as text"
        raise ReadingError(message)
    if not data.strip():
        raise ReadingError("empty: it holds no text")
    refuse_more("tags", sum(1 for _ in TAG.finditer(data)), MOST_TAGS)
    for tag in OPENING.finditer(data):
        if len(tag[0]) > MOST_ATTRIBUTES:  # a byte each, at least
            attributes = len(VALUE.sub(b"", tag[0]).split()) - 1
            refuse_more("attributes of one element", attributes, MOST_ATTRIBUTES)
    declared = DECLARED.search(data[:1024])
    title, text, date, author = extract(decode(data, declared[1].decode() if declared else ""))
    head = take_head(without_title(text, title))
    # trafilatura takes the author's name out of a byline and leaves the `By`.
    body = re.sub(r"\A\s*by\s*\n", "", head.body, flags=re.IGNORECASE)
    return Draft(title, body, text, date or head.date, author or head.author)


def extract(page: str) -> tuple[str, str, str, str]:
    """Give title, text, date and author of a page.

    Raises ReadingError where trafilatura finds no text.
    """
    bare_extraction, load_html = _trafilatura()
    try:
        tree = load_html(page)
        if tree is not None:
            check_tree(tree)
        # Without an extensive search a date comes from markup that says so, and
        # never from a copyright line.
        found = bare_extraction(
            page if tree is None else tree,
            with_metadata=True,
            include_comments=False,
            date_extraction_params={"original_date": True, "extensive_search": False},
        )
    except ReadingError:
        raise
    except Exception as error:  # a parser met a page nobody thought of: one page, one failure
        message = f"trafilatura could not read this page ({type(error).__name__}: {error})"
        raise ReadingError(message) from error
    if found is None or isinstance(found, dict) or not found.text:
        raise ReadingError("no article found in this page: save its text as .txt if it has one")
    return found.title or "", found.text, iso_date(found.date or ""), found.author or ""


def _trafilatura() -> tuple[Any, Any]:
    """Import what finds articles, without the socket that its import would open.

    urllib3, which it brings along to fetch pages, binds one to find out whether there is IPv6.
    """
    there, socket.has_ipv6 = socket.has_ipv6, False
    try:
        from trafilatura import bare_extraction, load_html  # noqa: PLC0415 - takes a second
    finally:
        socket.has_ipv6 = there
    return bare_extraction, load_html


def check_tree(tree: Any) -> None:
    """Raise ReadingError where a page is built so that finding its article takes minutes.

    `tree` is lxml's element at the root.
    """
    nesting = names = 0
    waiting = [(tree, 0)]
    while waiting:
        element, around = waiting.pop()
        nesting += around
        names += sum(len(element.get(key) or "") for key in ("class", "id"))
        if element.tag == "tr":
            refuse_more("cells in a row", len(element), WIDEST_ROW)
        waiting += ((child, around + 1) for child in element)
    refuse_more("elements around elements", nesting, MOST_NESTING)
    refuse_more("characters of class names and ids", names, MOST_NAMES)


def refuse_more(what: str, found: int, most: int) -> None:
    """Raise ReadingError where a page has more of something than any article has."""
    if found > most:
        message = f"holds {found:,} {what}, at most {most:,} are read"
        raise ReadingError(f"{message}: save its text as .txt")


def without_title(text: str, title: str) -> str:
    """Take the first line off where it is the title once more."""
    first, _, rest = text.partition("\n")
    return rest if title and clean_line(first) == clean_line(title) else text
