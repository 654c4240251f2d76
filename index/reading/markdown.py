"""Reader of Markdown: title and text, below front matter.

Marks stay in the text, except those inside of words: passages are shown as they were written.
Does not read the lines of front matter: see `frontmatter`.
"""

import re

from plait.index.article import FieldValue, Scalar, scalar_of
from plait.index.reading.cleaning import clean_line
from plait.index.reading.dates import date_of_publication, iso_date_or_part
from plait.index.reading.decoding import decode
from plait.index.reading.draft import Draft
from plait.index.reading.frontmatter import split_front_matter
from plait.index.reading.head import take_head
from plait.index.reading.inwords import whole_words
from plait.index.reading.plain import MAX_TITLE_CHARACTERS, split_title

RULES = re.compile(r"(?:\s*(?:-{3,}|\+{3,})[^\S\n]*\n)+")
HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*)")
UNDERLINE = re.compile(r" {0,3}={2,}\s*")
FENCE = re.compile(r" {0,3}(?:`{3,}|~{3,})")
LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
EMPHASIS = re.compile(r"(\*\*|__|\*|`)(?=\S)(.+?)(?<=\S)\1")


def read_markdown(data: bytes) -> Draft:
    """Return the article of a Markdown file. Raises ReadingError where it is empty or not text."""
    front, text = split_front_matter(decode(data))
    heading, body = split_heading(text)
    title = ", ".join(front.pop("title", ()))
    if title and clean_line(title) != heading:
        # The heading is not the title again, so it belongs to the text.
        heading, body = title, text
    if not heading:
        heading, body = split_title(text_below_rules(text))
        heading = without_marks(heading)
    heading = whole_words(heading)
    head = take_head(body)
    date = iso_date_or_part(", ".join(front.get("date", ())))
    if date:
        del front["date"]
    texts = {name: ", ".join(values) for name, values in front.items()}
    date = date or date_of_publication(texts)
    author = ", ".join(front.pop("author", ()) or front.pop("authors", ()))
    metadata = {name: one_or_all(list(map(scalar_of, own))) for name, own in front.items()}
    return Draft(
        heading, whole_words(head.body), body, date or head.date, author or head.author, metadata
    )


def one_or_all(values: list[Scalar]) -> FieldValue:
    """Return a single value by itself, and several as a tuple."""
    return values[0] if len(values) == 1 else tuple(values)


def split_heading(text: str) -> tuple[str, str]:
    """Split off the title: the first heading of level 1, or any heading on top.

    The title is empty where there is neither; what precedes a title stays text.
    """
    lines = text.split("\n")
    fenced = seen_text = False
    for number, line in enumerate(lines):
        fenced ^= bool(FENCE.match(line))
        if not fenced and len(line) <= MAX_TITLE_CHARACTERS:
            above = lines[number - 1] if number else ""
            heading = HEADING.fullmatch(line)
            # A pattern for trailing blanks and marks would backtrack over every split of them.
            words = heading[2].rstrip().rstrip("#").rstrip() if heading else ""
            if heading and words and (heading[1] == "#" or not seen_text):
                return without_marks(words), "\n".join(lines[:number] + lines[number + 1 :])
            if UNDERLINE.fullmatch(line) and 0 < len(above.strip()) <= MAX_TITLE_CHARACTERS:
                rest = lines[: number - 1] + lines[number + 1 :]
                return without_marks(above), "\n".join(rest)
        seen_text = seen_text or bool(line.strip())
    return "", text


def text_below_rules(text: str) -> str:
    """Return a text without the lines of dashes or pluses on its top, which are no title."""
    if (found := RULES.match(text)) and text[found.end() :].strip():
        return text[found.end() :]
    return text


def without_marks(line: str) -> str:
    """Return a title without heading marks, emphasis and link targets."""
    line = LINK.sub(r"\1", clean_line(line).lstrip("# "))
    return EMPHASIS.sub(r"\2", line)
