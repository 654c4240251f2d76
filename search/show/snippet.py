"""Snippets of a passage: its stretches around the query's words, with the words marked.

A stretch begins and ends at the border of a sentence, or else of a word.
"""

import re
from collections.abc import Iterable, Iterator

from whoosh.highlight import (
    ContextFragmenter,
    Formatter,
    Fragment,
    highlight,
)

from plait.index.language.analyzer import TextAnalyzer
from plait.search.show.printable import in_line

STRETCH_CHARACTERS = 200
"""Number of characters of a stretch, borders aside: two or three lines of a terminal."""
MARGIN_CHARACTERS = 60
"""Number of characters shown on each side of a matched word, where there is room."""
STRETCHES_SHOWN = 2
"""Number of stretches in a snippet, at most."""
BEGINNING_CHARACTERS = 240
"""Number of characters shown of a passage that shares no word with the query."""
SENTENCE_REACH = 60
"""Number of characters that a stretch grows by, at most, to begin or end with a sentence."""
BEGUN_CHARACTERS = 20
"""Number of characters of a sentence just begun that are rather left out than shown."""
WORD_REACH = 40
"""Number of characters that a stretch grows by, at most, to begin or end with a word."""

_BLANKS = re.compile(r"\s+")
_BLANK = re.compile(r"\s")
_SENTENCE_END = re.compile(
    r"""[.!?…]["'”’»)\]]*(?=\s)|[\u3002\uff01\uff1f][\u300d\u300f\uff09]*|(?=\n)"""
)


class _Marks(Formatter):
    """A formatter that puts marks around matched words, and ellipses where the text is cut."""

    def __init__(self, before: str, after: str) -> None:
        self.before, self.after = before, after

    def _text(self, text: str) -> str:
        return _shown(text)

    def format_token(self, text: str, token: object, replace: bool = False) -> str:  # noqa: FBT001, FBT002 - Whoosh's
        """Return one matched word between marks, as it stands in the text."""
        start, end = token.startchar, token.endchar  # type: ignore[attr-defined]
        return f"{self.before}{_shown(text[start:end])}{self.after}"

    def format(self, fragments: Iterable[Fragment], replace: bool = False) -> str:  # noqa: FBT001, FBT002 - Whoosh's
        """Return the stretches, with an ellipsis where the text goes on."""
        found = list(_at_borders(fragments))
        shown = "".join(
            ("… " if own.startchar else "") + self.format_fragment(own, replace) + " "
            for own in found
        )
        return shown + ("…" if found and found[-1].endchar < len(found[-1].text) else "")


def snippet(
    text: str, words: str, analyzer: TextAnalyzer, marks: tuple[str, str] = ("", "")
) -> str:
    """Return the stretches of `text` around the query's words, in one line, words marked.

    Where no word matches, as in a hit found by its meaning, it is the beginning of `text`.
    Safe to print: what a terminal would obey is escaped before the words are marked.
    """
    terms = frozenset(own.text for own in analyzer.found(words) if not own.is_stop)
    fragmenter = ContextFragmenter(maxchars=STRETCH_CHARACTERS, surround=MARGIN_CHARACTERS)
    marked = highlight(text, terms, analyzer.chain, fragmenter, _Marks(*marks), top=STRETCHES_SHOWN)
    if not marked:
        end = _end(text, BEGINNING_CHARACTERS, 0)
        marked = _shown(text[:end]) + (" …" if end < len(text) else "")
    return " ".join(marked.split())


def _at_borders(fragments: Iterable[Fragment]) -> Iterator[Fragment]:
    """Yield fragments that begin and end at borders; those that meet are one."""
    last: Fragment | None = None
    for own in fragments:
        first = own.matches[0].startchar if own.matches else own.startchar
        last_word = own.matches[-1].endchar if own.matches else own.endchar
        start = _start(own.text, own.startchar, first)
        end = _end(own.text, own.endchar, last_word)
        if last and start <= last.endchar + 1:
            last = Fragment(own.text, [*last.matches, *own.matches], last.startchar, end)
            continue
        if last:
            yield last
        last = Fragment(own.text, own.matches, start, end)
    if last:
        yield last


def _start(text: str, at: int, word: int) -> int:
    """Return where a sentence begins near a place, not behind `word`; else where a word does."""
    if at <= SENTENCE_REACH:
        return 0
    before = _SENTENCE_END.finditer(text, at - SENTENCE_REACH, at)
    behind = _SENTENCE_END.finditer(text, at, word)
    ends = [*list(before)[-1:], *behind]
    if ends:
        rest = text[ends[0].end() :]
        return len(text) - len(rest.lstrip())
    blanks = list(_BLANK.finditer(text, at - WORD_REACH, at))
    return blanks[-1].end() if blanks else at


def _end(text: str, at: int, word: int) -> int:
    """Return where a sentence ends near a place, not before `word`; else where a word does."""
    if at >= len(text):
        return len(text)
    just_before = list(_SENTENCE_END.finditer(text, max(word, at - BEGUN_CHARACTERS), at))
    if just_before:
        return just_before[-1].end()
    if found := _SENTENCE_END.search(text, max(at - 1, 0), at + SENTENCE_REACH):
        return found.end()
    if len(text) - at <= SENTENCE_REACH:
        return len(text)
    blank = _BLANK.search(text, at, at + WORD_REACH)
    return blank.start() if blank else at


def _shown(text: str) -> str:
    """Return the text with one space for blanks in a row, line ends too, and escaped."""
    return in_line(_BLANKS.sub(" ", text))
