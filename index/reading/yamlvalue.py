"""Value of a field of front matter in YAML: a word, or several of a list.

PyYAML reads a field by itself, so that a broken one costs no other. It is imported with the first
field that is more than a plain word on one line.
"""

import re

MAX_YAML_CHARACTERS = 32_768
"""Characters of front matter whose fields PyYAML reads, in a second; longer ones are read as plain
words and lists."""

MAX_BRACKETS = 100
"""Opening brackets of a field that PyYAML reads: its time grows with their square."""

SIMPLE = re.compile(r"[^\W_][^\"':#\[\]{}|>&*!]*")
"""Pattern of a value on one line that is a plain word, in any YAML."""

NO_YAML = re.compile(r"[&*!]|#\S")
"""Beginning of what is a word where people write front matter: in YAML it would be an anchor, an
alias, a type, or a comment."""

BLOCK = re.compile(r"[|>][-+1-9]{0,2}")
ITEM = re.compile(r"\s*-\s+(.+)")


def values_of(lines: list[str], *, is_short: bool) -> list[str]:
    """Return the words of a field; `lines` are those from behind its name's colon on.

    Fields of front matter that is not short are read as plain words and lists.
    """
    first, *below = (line.rstrip() for line in lines)
    if SIMPLE.fullmatch(first) and not any(below):
        return word_of(first)
    text = "\n".join(["field: " + first, *below])
    is_flat = text.count("[") + text.count("{") <= MAX_BRACKETS
    is_yaml = is_short and is_flat and not NO_YAML.match(first)
    found = parsed(text) if is_yaml else None
    return plain_values_of(first, below) if found is None else found


def parsed(text: str) -> list[str] | None:
    """Return the words of a field in YAML; None where it is broken, or made of tables."""
    import yaml  # noqa: PLC0415 - most articles have no such field

    try:
        value = yaml.load(text, yaml.BaseLoader)["field"]  # noqa: S506 - makes texts, lists, tables
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in values):
        return None
    return [word for one in values if (word := one.strip())]


def plain_values_of(first: str, below: list[str]) -> list[str]:
    """Return the words of a field that is no sound YAML.

    Those are the word behind its name, with the lines below it, or its items.
    """
    items = [item[1] for line in below if (item := ITEM.fullmatch(line))]
    if first and not items:
        first = " ".join(
            [BLOCK.sub("", first, count=1) if BLOCK.fullmatch(first) else first, *below]
        )
    found = inline_values_of(first)
    return found + [value for item in items for value in inline_values_of(item)]


def inline_values_of(text: str) -> list[str]:
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
