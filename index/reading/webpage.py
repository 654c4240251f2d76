"""Here is a web page: which article does it hold?

trafilatura finds the article among navigation, promotion and small print. It
is imported when the first page is read (a second, on a cold disk) and given text,
never an address, so that it has nothing to fetch.
"""

import re

from plait.index.errors import ReadingError
from plait.index.reading.cleaning import clean_line
from plait.index.reading.dates import iso_date
from plait.index.reading.decoding import decode
from plait.index.reading.draft import Draft
from plait.index.reading.head import take_head

LARGEST_PAGE = 4 * 1024 * 1024
"""Bytes. trafilatura takes two to three seconds a megabyte, and pages this large are lists."""

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
    from trafilatura import bare_extraction  # noqa: PLC0415 - see above

    try:
        # Without an extensive search a date comes from markup that says so, and
        # never from a copyright line.
        found = bare_extraction(
            page,
            with_metadata=True,
            include_comments=False,
            date_extraction_params={"original_date": True, "extensive_search": False},
        )
    except Exception as error:  # a parser met a page nobody thought of: one page, one failure
        message = f"trafilatura could not read this page ({type(error).__name__}: {error})"
        raise ReadingError(message) from error
    if found is None or isinstance(found, dict) or not found.text:
        raise ReadingError("no article found in this page: save its text as .txt if it has one")
    return found.title or "", found.text, iso_date(found.date or ""), found.author or ""


def without_title(text: str, title: str) -> str:
    """Take the first line off where it is the title once more."""
    first, _, rest = text.partition("\n")
    return rest if title and clean_line(first) == clean_line(title) else text
