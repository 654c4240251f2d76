"""Marks of Markdown and HTML inside of words, which hide them: `**quok**ka`, `H~2~O`, `a[^1]b`.

They go where they touch a letter on both sides, with the mark that belongs to them. All other
marks stay, as do lines and pieces of code, addresses, and words with underscores.
"""

import re

UNTOUCHED = re.compile(
    r"^ {0,3}(`{3,}|~{3,})[^\n]*\n(?s:.*?)(?:^ {0,3}\1|\Z)|^(?: {4}|\t)[^\n]*"
    r"|(`++)[^`\n]{1,500}\2(?!`)|\]\([^()\n]{0,500}\)|\b[a-z]{2,9}://\S+",
    re.MULTILINE,
)
"""Pattern of fenced or indented lines, of code within a line, and of addresses."""

PAIR = re.compile(
    r"(?<![\\*~=^])(?:"
    r"(\*{1,3})(?=[^\s*])([^*\n]{1,200}?)(?<=[^\s\\*])\1(?!\*)"
    r"|(~~?|==|\^)(?=[^\s~=^])([^~=^\s]{1,40})\3(?![~=^])"
    r"|<(b|i|em|strong|u|s|sub|sup|span|mark|small|font)(?: [^<>\n]{0,200})?>"
    r"([^<>\n]{1,200})</\5>)",
    re.IGNORECASE,
)
"""Pattern of marks of emphasis, of raised and lowered signs, and of tags around letters."""

NOTE = re.compile(r"(?<=[^\W\d_])(?:\[\^[\w-]{1,40}\]|<wbr ?/?>|&shy;)(?=[^\W\d_])", re.IGNORECASE)
"""Pattern of the mark of a footnote, and of where a word may be divided."""

MAX_NESTED = 3
"""Pairs within each other that are undone: bold, italic and raised."""


def whole_words(text: str) -> str:
    """Return a text in Markdown without the marks inside of its words.

    >>> whole_words("**quok**ka, *a* wallaby, H~2~O, foot[^1]note[^2], `a*b*c`")
    'quokka, *a* wallaby, H2O, footnote[^2], `a*b*c`'
    """
    parts, at = [], 0
    for found in UNTOUCHED.finditer(text):
        parts += [without_pairs(text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*parts, without_pairs(text[at:])])


def without_pairs(text: str) -> str:
    """Return a text without code in which no mark is left inside of a word."""
    text = NOTE.sub("", text)
    for _ in range(MAX_NESTED):
        text = PAIR.sub(without_pair, text)
    return text


def without_pair(found: re.Match[str]) -> str:
    """Return what stands within a pair of marks, or all of it where it touches no letters."""
    inner = found[2] or found[4] or found[6]
    before = found.string[max(0, found.start() - 2) : found.start()]
    after = found.string[found.end() : found.end() + 2]
    opens = before[-1:].isalpha() and inner[0].isalnum()
    closes = after[:1].isalpha() and inner[-1].isalnum()
    if found[2] and len(inner) == 1:  # `a*b*c` is a product, `*q*uokka` has a large initial
        opens, closes = opens and before.isalpha(), closes and after.isalpha()
        opens, closes = opens and len(before) > 1, closes and len(after) > 1
    return inner if opens or closes else found[0]
