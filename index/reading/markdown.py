"""Reader of Markdown: title, front matter, text.

Marks stay in the text: they are few, and passages are shown as they were written. Not a
YAML parser: of the front matter, `key: value` lines and lists of words are read, and the
rest is skipped.
"""

import re

from plait.index.article import FieldValue, Scalar, scalar_of
from plait.index.reading.cleaning import clean_line
from plait.index.reading.dates import date_of_publication, iso_date_or_part
from plait.index.reading.decoding import decode
from plait.index.reading.draft import Draft
from plait.index.reading.head import take_head
from plait.index.reading.plain import MAX_TITLE_CHARACTERS, split_title

MAX_FRONT_LINES = 10_000
"""Lines of front matter; what is not closed by then is text."""

KEY = re.compile(r"([A-Za-z][\w .-]{0,60}):(?:\s+(.*))?")
ITEM = re.compile(r"\s*-\s+(.+)")
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
        heading, body = split_title(text)
        heading = without_marks(heading)
    head = take_head(body)
    date = iso_date_or_part(", ".join(front.get("date", ())))
    if date:
        del front["date"]
    texts = {name: ", ".join(values) for name, values in front.items()}
    date = date or date_of_publication(texts)
    author = ", ".join(front.pop("author", ()) or front.pop("authors", ()))
    metadata = {name: one_or_all(list(map(scalar_of, own))) for name, own in front.items()}
    return Draft(heading, head.body, body, date or head.date, author or head.author, metadata)


def one_or_all(values: list[Scalar]) -> FieldValue:
    """Return a single value by itself, and several as a tuple."""
    return values[0] if len(values) == 1 else tuple(values)


def split_front_matter(text: str) -> tuple[dict[str, list[str]], str]:
    """Split off the lines between `---` and `---` at the very top, as fields."""
    lines = text.split("\n", MAX_FRONT_LINES)
    if lines[0].rstrip() != "---":
        return {}, text
    for number, line in enumerate(lines[1:MAX_FRONT_LINES], start=1):
        if line.rstrip() in {"---", "..."}:
            return fields_of(lines[1:number]), "\n".join(lines[number + 1 :])
    return {}, text


def fields_of(lines: list[str]) -> dict[str, list[str]]:
    """Return the fields of `key: value` lines, and of lists inline or one item a line."""
    found: dict[str, list[str]] = {}
    key = ""
    for line in lines:
        if pair := KEY.fullmatch(line.rstrip()):
            key = pair[1].strip().lower()
            found[key] = values_of(pair[2] or "")
        elif (item := ITEM.fullmatch(line)) and key:
            found[key] += values_of(item[1])
    return {name: values for name, values in found.items() if values}


def values_of(text: str) -> list[str]:
    """Return the words of a word, a quoted one or `[an, inline, list]`; inner brackets are text."""
    text = text.strip()
    if text[:1] == "[" and text[-1:] == "]":
        return [value for part in text[1:-1].split(",") for value in word_of(part)]
    return word_of(text)


def word_of(text: str) -> list[str]:
    """Return a word without its quotes, in a list that is empty where it is blank."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    return [text] if text else []


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


def without_marks(line: str) -> str:
    """Return a title without heading marks, emphasis and link targets."""
    line = LINK.sub(r"\1", clean_line(line).lstrip("# "))
    return EMPHASIS.sub(r"\2", line)
