"""Parts of a web page that may show when its article was published.

Everything else is taken from a copy of the page, before trafilatura looks for a date in it: other
stories, days of modification, scripts, addresses, and what follows the head of the article.
"""

import re
from collections.abc import Iterator
from typing import Any

from plait.index.reading.dateline import MAX_CHARACTERS_ABOVE, MAX_PARAGRAPHS_ABOVE
from plait.index.reading.markup import CHANGED, NAMES_READ, is_prose, own_elements

CHANGE = re.compile(
    r"\b(?:last\s+)?(?:modified|updated?|edited|revised|reviewed|changed|amended|corrected)\b"
    r".*?(?=\b(?:published|posted)\b|\Z)",
    re.IGNORECASE | re.DOTALL,
)
"""Words of a modification, and what follows them up to the words of publication."""

STATES = re.compile(r"publ|issued|posted|creat|pdate|(?:\A|\W)date")
"""Pattern in the name of a `meta` element that may hold the day of publication."""

PUBLISHED = re.compile(r'"datePublished"\s*:\s*"[^"]{4,40}"')
"""Day of publication in JSON-LD, which may be broken."""

MAX_WORDS_BETWEEN = 2
"""Words between `Updated` and its day: `on`, or a colon."""

KEPT_ATTRIBUTES = frozenset(
    [
        *("class", "id", "itemprop", "datetime", "title", "pubdate"),
        *("content", "name", "property", "http-equiv", "rel", "type"),
    ]
)
"""Attributes that say what an element is, or when; addresses have days of other things."""


def keep_head(tree: Any) -> None:
    """Take from a page all that is no date of publication at the head of its article."""
    own = set(own_elements(tree))
    above = next(tree.iter("h1"), None) is not None
    paragraphs = 0
    for element in [*tree.iter()]:
        if element not in own or paragraphs > MAX_PARAGRAPHS_ABOVE:
            empty(element)
        elif element.tag == "h1":
            above = False
            empty(element)
        elif element.tag == "p" and is_prose(element):
            long = len("".join(element.itertext())) > MAX_CHARACTERS_ABOVE
            paragraphs += 0 if above else MAX_PARAGRAPHS_ABOVE + 1 if long else 1
            empty(element)
        else:
            keep_date(element)
    drop_changes(tree)


def empty(element: Any) -> None:
    """Take from an element all that is in it; of a comment, its words."""
    if isinstance(element.tag, str):
        element.clear(keep_tail=True)
    else:
        element.text = ""


def keep_date(element: Any) -> None:
    """Take from an element what is no date of publication; its children are left."""
    if element.tag == "script":
        found = PUBLISHED.search(element.text or "")
        element.text = found[0] if found else ""
    elif element.tag == "meta":
        names = "".join(element.get(key) or "" for key in ("name", "property", "itemprop"))
        name = (names or element.get("http-equiv") or "")[:NAMES_READ].lower()
        if CHANGED.search(name) or not STATES.search(name):
            empty(element)
    elif not isinstance(element.tag, str) or element.tag in {"title", "style"}:
        empty(element)
    elif element.tag != "link" or element.get("rel") != "canonical":
        for key in [key for key in element.attrib if key not in KEPT_ATTRIBUTES]:
            del element.attrib[key]


def drop_changes(tree: Any) -> None:
    """Take from a page the days of modifications, beside the words for them or right after them."""
    expected = False
    for element, place in pieces_of(tree):
        words = getattr(element, place) or ""
        if found := CHANGE.search(words):
            expected = not has_digit(found[0])
            setattr(element, place, CHANGE.sub("", words))
        elif expected and (has_digit(words) or element.tag in {"time", "abbr"}):
            element.attrib.clear()
            setattr(element, place, "")
            expected = False
        elif len(words.split()) > MAX_WORDS_BETWEEN:
            expected = False


def has_digit(words: str) -> bool:
    """Return whether there is a digit in some words."""
    return any(map(str.isdigit, words))


def pieces_of(tree: Any) -> Iterator[tuple[Any, str]]:
    """Yield each text of a page in order, as an element and the attribute of it that holds it."""
    waiting = [(tree, "text")]
    while waiting:
        element, place = waiting.pop()
        if place == "text":
            waiting.append((element, "tail"))
            waiting += [(child, "text") for child in reversed(element)]
        if element.tag not in {"script", "meta", "link"}:
            yield element, place
