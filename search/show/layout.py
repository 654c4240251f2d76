"""Lines of text within the width of a terminal.

Widths are columns: a Chinese, Japanese or Korean letter takes two, a combining mark and a
sequence of bold type none. Text of these scripts may be cut between any two letters, other text
at blanks; only what is longer than a whole line is cut inside.
"""

import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator

USUAL_COLUMNS = 80
"""Columns of a line where no terminal reads."""
FEWEST_COLUMNS = 40
"""Columns of the narrowest terminal that lines are made for: a snippet needs some words a line."""

_STYLE = r"\x1b\[\d*m"
_WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60"
)
_WIDE += "\uffe0-\uffe6\U00020000-\U0003fffd"
_ENDS = "\u3001\u3002\u300d\u300f\uff01\uff09\uff0c\uff0e\uff1f"
_ATOM = re.compile(
    rf"(?:{_STYLE})*[{_WIDE}](?:{_STYLE}|[{_ENDS}*])*"  # no line begins with a comma
    rf"|(?:{_STYLE}|[^{_WIDE}])+"
)
_LETTER = re.compile(rf"(?:{_STYLE})*.(?:\x1b\[0?m)?")


def terminal_columns() -> int:
    """Return the width of the terminal, or of COLUMNS; 80 where there is none, and at least 40."""
    return max(FEWEST_COLUMNS, shutil.get_terminal_size((USUAL_COLUMNS, 24)).columns)


def columns(text: str) -> int:
    r"""Return the number of columns that a text takes.

    >>> columns("treaty"), columns("尖閣"), columns("\x1b[1mbold\x1b[0m")
    (6, 4, 4)
    """
    plain = re.sub(_STYLE, "", text)
    if plain.isascii():
        return len(plain)
    shown = [letter for letter in plain if not unicodedata.combining(letter)]
    return len(shown) + sum(unicodedata.east_asian_width(letter) in "WF" for letter in shown)


def wrapped(text: str, width: int, first: str = "", rest: str | None = None) -> Iterator[str]:
    """Yield the lines of a text, the first after `first`, others after `rest` or as many blanks."""
    rest = " " * columns(first) if rest is None else rest
    line, used = first, columns(first)
    is_empty = True
    for atom, blank in _atoms(text, width - columns(rest)):
        size = columns(atom)
        if not is_empty and used + blank + size > width:
            yield line
            line, used, is_empty = rest, columns(rest), True
        line += " " * (blank and not is_empty) + atom
        used += (blank and not is_empty) + size
        is_empty = False
    yield line


def folded(lines: Iterable[str], width: int) -> Iterator[str]:
    r"""Yield lines in which long ones go on below where their text begins, or its second column.

    >>> print(*folded(["  1.5  keyword: score 4, the best has 5"], 20), sep="\n")
      1.5  keyword:
           score 4, the
           best has 5
    """
    for line in lines:
        text = line.lstrip(" ")
        rest = text.partition("  ")[2].lstrip(" ")
        yield from wrapped(rest or text, width, line.removesuffix(rest or text))


def spaced(items: Iterable[str], width: int, indent: str) -> Iterator[str]:
    """Yield lines of items two blanks apart, none of which is cut."""
    line = ""
    for item in filter(None, items):
        if line and columns(indent + line) + 2 + columns(item) > width:
            yield indent + line
            line = ""
        line += "  " * bool(line) + item
    if line:
        yield indent + line


def shortened_to(text: str, width: int) -> str:
    """Return a text that takes `width` columns at most; one that is cut ends in an ellipsis.

    >>> shortened_to("A treaty of peace", 12)
    'A treaty of…'
    """
    if columns(text) <= width:
        return text
    first = next(wrapped(text, width - 1))
    return first.rstrip(" ,;:") + "…"


def _atoms(text: str, most: int) -> Iterator[tuple[str, bool]]:
    """Yield what is not cut, of `most` columns at most, and whether a blank is before it."""
    for word in text.split(" "):
        blank = True
        for atom in _ATOM.findall(word):
            parts = [atom] if columns(atom) <= most else _LETTER.findall(atom)
            for part in parts:
                yield part, blank
                blank = False
