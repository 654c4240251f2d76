r"""Text of unknown origin, escaped so that a terminal shows it and does not obey it.

Escaped are control characters, which move the cursor, change the window's title or write
over what was printed, and the marks that turn the direction of writing, by which one name
passes for another. They come out as Python writes them, as in `\x1b`. Letters of all scripts
stay as they are.

A console escapes what it is told to `say` (`plait.search.show.console`). Lines that it streams are
escaped where they are made, for there bold type is added, or a title must not end its line.
"""

import json
import re

_OBEYED = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 except tab and newline, DEL, C1
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"  # directions, ends of lines and paragraphs
    "\ud800-\udfff"  # halves of surrogate pairs: no terminal shows them, UTF-8 has none
)
_IN_TEXT = re.compile(f"[{_OBEYED}]")
_IN_LINE = re.compile(f"[{_OBEYED}\t\n]")


def printable(text: str) -> str:
    r"""Escape what a terminal would obey, except newlines and tabs.

    >>> print(printable("red\x1b[31m\r\nas is"))
    red\x1b[31m
    as is
    """
    return _IN_TEXT.sub(_escaped, text.replace("\r\n", "\n"))


def in_line(text: str) -> str:
    r"""Escape newlines and tabs as well: a title does not begin a line of its own.

    >>> print(in_line("A title\n  2  another hit"))
    A title\n  2  another hit
    """
    return _IN_LINE.sub(_escaped, text)


def json_text(value: object, indent: int | None = 2) -> str:
    r"""Write JSON that reads back equal, and that is safe to print; in one line without `indent`.

    >>> print(json_text(["naïve\x9b"]))
    [
      "naïve\u009b"
    ]
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _IN_TEXT.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
