"""Front matter of Markdown: fields between `---` lines in YAML, `+++` in TOML, `;;;` in JSON.

Of YAML the fields at its margin are read that hold words; tables within are skipped.
"""

import datetime as dt
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import TypeAlias

from plait.index.reading.cleaning import without_blank_lines
from plait.index.reading.yamlvalue import MAX_YAML_CHARACTERS, values_of

MAX_FRONT_LINES = 10_000
"""Lines of front matter; what is not closed by then is text."""

MAX_TOML_CHARACTERS = 16_384
"""Characters of front matter in TOML that are parsed as a whole, which is quadratic in dotted
names; of a longer one each line is parsed by itself, where it is no longer than this."""

USUAL_FIELDS = frozenset(
    [
        *("title", "date", "author", "authors", "tags", "keywords", "category", "categories"),
        *("layout", "slug", "permalink", "description", "summary", "draft", "published", "lang"),
    ]
)
"""Fields that front matter has, one of them at least; without one its names begin in lower case."""

MIN_PROSE_WORDS = 3
"""Words of a line inside front matter that is kept as text, since it is no field."""

Fields: TypeAlias = dict[str, list[str]]
"""Values of each field, as words."""

Reading: TypeAlias = Callable[[list[str]], tuple[Fields, list[str]]]
"""Function from lines to their fields, and those lines that are none."""

WORD = re.compile(r"[^\W\d_]{2,}|\b[aI]\b")
KEY = re.compile(r"([A-Za-z][\w .-]{0,60}):(?:\s+(.*))?")
WITHIN = re.compile(r"\s|-\s|[\]})]")
"""Beginning of a line that goes on with the field above it."""


def split_front_matter(text: str) -> tuple[dict[str, list[str]], str]:
    """Split off the lines between `---` and `---`, or `+++` and `+++`, at the top, as fields.

    Lines between rules that are no fields are text. A block without its end ends at its first blank
    line, or before the first line that is no field, if title or date is in it.
    """
    lines = without_blank_lines(text).lstrip("\ufeff").split("\n", MAX_FRONT_LINES)
    read, ends = BLOCKS.get(lines[0].rstrip().lower(), (None, frozenset()))
    if read is None:
        return {}, text
    for number, line in enumerate(lines[1:MAX_FRONT_LINES], start=1):
        if line.rstrip() in ends:
            found, others = read(lines[1:number])
            if is_front_matter(found, others, lines[: number + 1]):
                prose = [line for line in others if len(WORD.findall(line)) >= MIN_PROSE_WORDS]
                return found, "\n".join([*prose, *lines[number + 1 :]])
            return {}, text
    end = end_of_open(lines[:MAX_FRONT_LINES], read)
    found, _ = read(lines[1:end])
    if found.keys() & {"title", "date"}:
        return found, "\n".join(lines[end:])
    return {}, text


def end_of_open(lines: list[str], read: Reading) -> int:
    """Return the index of the line with which text begins below front matter without an end.

    That is a blank line, one that is no field, a heading, or one like `Note: no ferry`. 0 for none.
    """
    blank = next((n for n, line in enumerate(lines) if not line.strip()), len(lines))
    others = set(read(lines[1:blank])[1])
    for number, line in enumerate(lines[1:], start=1):
        name = pair[1] if (pair := KEY.fullmatch(line.rstrip())) else ""
        is_odd = " " in name or name[:1].isupper()
        if number == blank or line in others or line[0] == "#":
            return number
        if is_odd and name.lower() not in USUAL_FIELDS:
            return number
    return 0


def is_front_matter(found: Fields, others: list[str], lines: list[str]) -> bool:
    """Return whether a block of lines is front matter, and not text between two rules.

    `others` are those of them that are no fields. `Note: no ferry on Friday` is text.
    """
    if found.keys() & USUAL_FIELDS or BLOCKS[lines[0].rstrip().lower()][0] is not fields_of:
        odd = sum(not line[0].isspace() for line in others)
        return 2 * odd <= len(list(filter(str.strip, lines[1:-1])))
    if others:
        return False
    names = [pair[1] for line in lines if (pair := KEY.fullmatch(line.rstrip()))]
    return all(name[0].islower() and " " not in name for name in names)


def fields_of(lines: list[str]) -> tuple[Fields, list[str]]:
    """Return the fields of `key: value` lines and the lines below each; and other lines.

    The others are lines that are not indented below a field, and no comments.
    """
    fields: dict[str, list[str]] = {}
    own: list[str] = []
    others = []
    for line in lines:
        if pair := KEY.fullmatch(line.rstrip()):
            own = fields[pair[1].strip().lower()] = [pair[2] or ""]
        elif own and (WITHIN.match(line) or not line):
            own.append(line)
        elif line.strip() and line[0] != "#":
            others.append(line)
    is_short = sum(map(len, lines)) <= MAX_YAML_CHARACTERS
    found = {name: values_of(field, is_short=is_short) for name, field in fields.items()}
    return {name: values for name, values in found.items() if values}, others


def toml_fields_of(lines: list[str]) -> tuple[Fields, list[str]]:
    """Return the fields of lines of TOML, and the lines of a broken block that are none."""
    found = parsed("\n".join(lines))
    others = []
    if found is None:
        found = {}
        for number, line in enumerate(lines):
            if line.lstrip().startswith("["):  # the fields of a table are not the article's
                others += [one for one in lines[number:] if parsed(one) is None]
                break
            one = parsed(line)
            found |= one or {}
            others += [line] if one is None else []
    return in_words(found), others


def json_fields_of(lines: list[str]) -> tuple[Fields, list[str]]:
    """Return the fields of an object in JSON, whose braces may be left out; or else all lines."""
    whole = "\n".join(lines).strip()
    try:
        found = json.loads(whole if whole.startswith("{") else f"{{{whole}}}")
    except (ValueError, RecursionError):
        return {}, lines
    return in_words(found), []


def in_words(values: Mapping[str, object]) -> Fields:
    """Return values by names in lower case, as words; those without any are left out."""
    fields = {name.lower(): words_of(value) for name, value in values.items() if value is not None}
    return {name: words for name, words in fields.items() if words}


def parsed(text: str) -> dict[str, object] | None:
    """Return the values of TOML; None where it is broken, or too long to be parsed."""
    try:
        return tomllib.loads(text) if len(text) <= MAX_TOML_CHARACTERS else None
    except (ValueError, RecursionError):
        return None


def words_of(value: object) -> list[str]:
    """Return a value of TOML as words: several of a list, JSON of a table."""
    if isinstance(value, list):
        return [word for word in map(as_word, value) if word]
    return [word] if (word := as_word(value)) else []


def as_word(value: object) -> str:
    """Return a text as it is, a day in ISO 8601, and any other value as JSON where it has one."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except RecursionError:  # tables in tables by the thousand, which dotted names can make
        return ""


BLOCKS: Mapping[str, tuple[Reading, frozenset[str]]] = {
    **dict.fromkeys(["---", "---yaml", "---yml"], (fields_of, frozenset(["---", "..."]))),
    "+++": (toml_fields_of, frozenset(["+++"])),
    "---toml": (toml_fields_of, frozenset(["---"])),
    ";;;": (json_fields_of, frozenset([";;;"])),
    "---json": (json_fields_of, frozenset(["---"])),
    "{": (json_fields_of, frozenset(["}"])),
}
"""First line of front matter, with the reader of its lines and the lines that end it."""
