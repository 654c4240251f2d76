"""Paragraphs of a short article, where trafilatura falls back on all that a page says.

Of an article of fewer than 250 letters it takes the whole page, or the whole element on one line,
with the title again, with navigation and captions. Here the paragraphs are read from the element
that holds the article, if all of them are in what it took.
"""

from collections.abc import Iterator
from typing import Any

SHORT_CHARACTERS = 250
"""Letters below which trafilatura falls back (its `MIN_EXTRACTED_SIZE`)."""

LEFT_OUT = frozenset(
    [
        *("nav", "aside", "footer", "figure", "figcaption", "picture", "form", "button", "select"),
        *("script", "style", "template", "noscript", "svg", "iframe", "h1", "time"),
    ]
)
"""Elements that are no paragraphs of an article."""

INLINE = frozenset(
    [
        *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i"),
        *("ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "u"),
        *("var", "wbr", "img"),
    ]
)
"""Elements within a paragraph; any other begins a new one."""


def own_paragraphs(tree: Any, text: str) -> str:
    """Return the paragraphs of a short article, or the text that trafilatura found in its page.

    `tree` is lxml's root element.
    """
    holder = holder_of(tree)
    found = [] if holder is None else list(paragraphs_of(holder))
    is_short = sum(map(len, found)) < SHORT_CHARACTERS or "\n" not in text.strip()
    if not found or not is_short:
        return text
    whole, at = " ".join(text.split()), 0
    for paragraph in found:
        at = whole.find(paragraph, at)
        if at < 0:
            return text
        at += len(paragraph)
    return "\n".join(found)


def holder_of(tree: Any) -> Any:
    """Return the one element that holds the article, None where a page has none or several."""
    for tag in ("article", "main", "h1"):
        found = list(tree.iter(tag))
        if found:
            one = found[0] if len(found) == 1 else None
            return one.getparent() if one is not None and tag == "h1" else one
    return None


def paragraphs_of(holder: Any) -> Iterator[str]:
    """Yield the paragraphs below an element, each on one line."""
    pieces: list[str] = []
    waiting: list[Any] = [holder]
    while waiting:
        element = waiting.pop()
        if isinstance(element, str):
            pieces.append(element)
        elif element is None:
            if words := " ".join("".join(pieces).split()):
                yield words
            pieces.clear()
        else:
            waiting += reversed(list(parts_of(element, is_holder=element is holder)))


def parts_of(element: Any, *, is_holder: bool) -> Iterator[Any]:
    """Yield what an element consists of: texts, elements, and None where a paragraph ends."""
    begins = element.tag not in INLINE and isinstance(element.tag, str)
    if begins:
        yield None
    if isinstance(element.tag, str) and element.tag not in LEFT_OUT:
        yield element.text or ""
        yield from element
    if begins:
        yield None
    if not is_holder:
        yield element.tail or ""
