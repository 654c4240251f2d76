"""Here is a title and a text as they were read: what is the article?"""

import re
from collections.abc import Mapping
from datetime import date, datetime

from plait.index.article import Article
from plait.index.errors import ReadingError
from plait.index.intake.decoding import clean
from plait.index.intake.teasers import split_teasers

_DATE_LINE = re.compile(
    r"(?:(?:published|updated|posted|date)(?: on)?:?\s*)?"
    r"(\d{4}-\d{2}-\d{2}|\d{1,2} [A-Z][a-z]{2,8} \d{4}|[A-Z][a-z]{2,8} \d{1,2}, \d{4})\.?",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"by ((?:[^\W\d_][\w.'\u2019-]*)(?: [^\W\d_][\w.'\u2019-]*){0,4})", re.IGNORECASE)
_DATE_FORMATS = ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y")


def make_article(
    article_id: str, title: str, text: str, source: str, metadata: Mapping[str, str]
) -> Article:
    """Clean a text, cut its teasers, take date and byline lines out of its head.

    `metadata` may name `date` and `author`, which win. Raises `ReadingError`
    where there is neither title nor text, or the id cannot be used.
    """
    if not article_id.strip() or any(ord(c) < 32 for c in article_id):
        raise ReadingError(f"the id {article_id!r} is empty or has control characters")
    tidy_title = " ".join(clean(title).split())
    body, teasers = split_teasers(clean(text))
    body, day, author = _head(body)
    if not tidy_title and not body:
        raise ReadingError("empty: neither a title nor a text")
    rest = {key: value for key, value in metadata.items() if key not in {"date", "author"}}
    return Article(
        id=article_id,
        title=tidy_title,
        text=body,
        source=source,
        date=iso_date(metadata.get("date", "")) or day,
        author=metadata.get("author", "") or author,
        teasers=teasers,
        raw="" if body == text else text,
        metadata=rest,
    )


def iso_date(text: str) -> str:
    """Read a date that people write; give ISO 8601, or nothing.

    >>> iso_date("19 October 1956"), iso_date("2019-01-11T10:00:00Z"), iso_date("soon")
    ('1956-10-19', '2019-01-11', '')
    """
    try:
        return date.fromisoformat(text.strip()[:10]).isoformat()
    except ValueError:
        pass
    for form in _DATE_FORMATS:
        try:
            return datetime.strptime(text.strip(), form).date().isoformat()  # noqa: DTZ007
        except ValueError:
            continue
    return ""


def _head(body: str) -> tuple[str, str, str]:
    """Take lines that are just a date or a byline off the top."""
    day = author = ""
    while body:
        line, _, rest = body.partition("\n")
        parts = [part.strip(" _*") for part in line.split("|")]
        found = [(_DATE_LINE.fullmatch(part), _BYLINE.fullmatch(part)) for part in parts]
        if not all(a or b for a, b in found):
            break
        for dated, signed in found:
            day = day or (iso_date(dated[1]) if dated else "")
            author = author or (signed[1] if signed else "")
        body = rest.lstrip()
    return body, day, author
