"""Front matter of Markdown: fields between `---` lines in YAML, or between `+++` lines in TOML.

Not a YAML parser: `key: value` lines and lists of words are read, and the rest is skipped.
"""

import datetime as dt
import json
import re
import tomllib
from collections.abc import Callable, Mapping

MAX_FRONT_LINES = 10_000
"""Lines of front matter; what is not closed by then is text."""

MAX_TOML_CHARACTERS = 16_384
"""Characters of front matter in TOML that are parsed as a whole, which is quadratic in dotted
names; of a longer one each line is parsed by itself, where it is no longer than this."""

KEY = re.compile(r"([A-Za-z][\w .-]{0,60}):(?:\s+(.*))?")
ITEM = re.compile(r"\s*-\s+(.+)")


def split_front_matter(text: str) -> tuple[dict[str, list[str]], str]:
    """Split off the lines between `---` and `---`, or `+++` and `+++`, at the very top, as fields.

    A block without its end ends at its first blank line, if title or date is in it.
    """
    lines = text.split("\n", MAX_FRONT_LINES)
    read, ends = BLOCKS.get(lines[0].rstrip(), (None, frozenset()))
    if read is None:
        return {}, text
    for number, line in enumerate(lines[1:MAX_FRONT_LINES], start=1):
        if line.rstrip() in ends:
            return read(lines[1:number]), "\n".join(lines[number + 1 :])
    blank = next((n for n, line in enumerate(lines[:MAX_FRONT_LINES]) if not line.strip()), 0)
    found = read(lines[1:blank])
    if found.keys() & {"title", "date"}:
        return found, "\n".join(lines[blank:])
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


def toml_fields_of(lines: list[str]) -> dict[str, list[str]]:
    """Return the fields of lines of TOML; of a block that is broken, those of its sound lines."""
    whole = "\n".join(lines)
    found = parsed(whole)
    if found is None:
        found = {}
        for line in lines:
            if line.lstrip().startswith("["):  # the fields of a table are not the article's
                break
            found |= parsed(line) or {}
    fields = {name.lower(): words_of(value) for name, value in found.items()}
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


BLOCKS: Mapping[str, tuple[Callable[[list[str]], dict[str, list[str]]], frozenset[str]]] = {
    "---": (fields_of, frozenset(["---", "..."])),
    "+++": (toml_fields_of, frozenset(["+++"])),
}
"""First line of front matter, with the reader of its lines and the lines that end it."""
