"""Signs of a typed query: which are operators, and which are a text's own.

Phones and word processors type other quotes than keyboards do, headlines stand in capitals, and a
name behind a quotation has a dash before it. What is pasted is words; a line says so.
"""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from plait.index.errors import QueryError
from plait.search.query.syntax import PATTERN

_QUOTES = re.compile(
    '[\u201c\u201d\u201e\u201f](?P<a>[^\u201c\u201d\u201e\u201f"\n]*)[\u201c\u201d\u201f]'
    '|\u00ab(?P<b>[^\u00ab\u00bb"\n]*)\u00bb|\u00bb(?P<c>[^\u00ab\u00bb"\n]*)\u00ab'
    '|\u2039(?P<d>[^\u2039\u203a"\n]*)\u203a|\u300c(?P<e>[^\u300c\u300d"\n]*)\u300d'
    '|\uff02(?P<f>[^\uff02"\n]*)\uff02'
    '|(?<!\\w)[\u2018\u201a](?P<g>[^\u2018\u201a"\n]*?)[\u2019\u2018](?!\\w)'
)
"""Pattern of a text between quotes of one kind, opening and closing."""

_QUOTED = re.compile(r'"[^"\n]*"')
_FOREIGN = re.compile(
    r"(?<![^\s(])!(?=[\w\"(])|(?<=\s)(?:&&|\|\|)(?=\s)|(?<=\w)\^\d+"
    r"|(?<![^\s(])/[^\s/]*[.*+?|\[][^\s/]*/(?=$|[\s)])|(?<=\w)\[[^\]\s]+\](?=\w)"
)
"""Pattern of signs that are operators elsewhere."""
_BOOLEAN = re.compile(r"(?<![^\s(])(?:AND|OR|NOT)(?=\s|\()")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\s+$")
_WORD_AFTER = re.compile(r"\s+([^\W\d_]+)")
_AFTER_CLOSING = re.compile(r"((?:\w{2}|[)\]])[.!?\u2026][\"\u201d\u2019)\]]*\s+)-(?=[^\W\d_])")
"""Pattern of a dash before a name, behind a sentence that ended."""

_LITERAL = re.compile(r"[^*?]{2}")


@dataclass(frozen=True, slots=True)
class Typed:
    """Query as it is read."""

    text: str
    """Text with straight quotes, and without signs that are no operators."""
    note: str = ""
    """Line that says what was read as words though it might be an operator; empty for nothing."""


def read_signs(text: str, common: AbstractSet[str]) -> Typed:
    """Return a query as it is read; `common` are small words that stand in any sentence.

    Raises `QueryError` for a word with wildcards that nearly any word is like.
    """
    straight = straightened(text)
    check_wildcards(straight)
    words: list[str] = []
    read = _AFTER_CLOSING.sub(lambda found: _noted(found[1], "-", words), straight)
    quoted = [found.span() for found in _QUOTED.finditer(read)]
    in_capitals = _is_in_capitals(read)

    def lowered(found: re.Match[str]) -> str:
        is_quoted = any(start < found.start() < end for start, end in quoted)
        plain = in_capitals or _is_emphasis(read, found, common)
        return _noted(found[0].lower(), found[0], words) if plain and not is_quoted else found[0]

    read = _BOOLEAN.sub(lowered, read)
    words += _FOREIGN.findall(_QUOTED.sub(" ", read))
    if not words:
        return Typed(read)
    return Typed(read, f"read as words: {', '.join(dict.fromkeys(words))}")


def straightened(text: str) -> str:
    """Return a text whose quotes are those of a keyboard."""
    return _QUOTES.sub(lambda found: f'"{next(filter(None, found.groups()), "")}"', text)


def _noted(kept: str, sign: str, words: list[str]) -> str:
    words.append(sign)
    return kept


def _is_in_capitals(text: str) -> bool:
    """Return whether all words except AND, OR and NOT are in capitals too."""
    rest = _BOOLEAN.sub(" ", _QUOTED.sub(" ", text))
    letters = [letter for letter in rest if letter.isalpha()]
    cased = [letter for letter in letters if letter.lower() != letter.upper()]
    return bool(cased) and all(map(str.isupper, cased))


def _is_emphasis(text: str, found: re.Match[str], common: AbstractSet[str]) -> bool:
    """Return whether AND, OR or NOT stands beside a small word, as in `this is NOT a drill`."""
    before = _WORD_BEFORE.search(text[: found.start()])
    after = _WORD_AFTER.match(text[found.end() :])
    beside = (own[1] for own in (before, after) if own)
    return any(word in common for word in beside)


def check_wildcards(text: str) -> None:
    """Raise `QueryError` for a word with wildcards that nearly any word is like."""
    for found in PATTERN.finditer(text):
        pattern = found["text"]
        if pattern[0] in "*?" and not _LITERAL.search(pattern):
            raise QueryError(
                f"nearly every word is like {pattern}: begin with a letter, as in p*ce, or give "
                "two side by side, as in *eace; or ask without operators: --words."
            )
