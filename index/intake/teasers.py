"""Here is the text of a news page: where does the article end and the list of teasers begin?

Recognises only a trailing list: a heading of its own line ("More from Defence
Notes", "Read more", ...) and after it nothing but dashed entries to the end.
Not useful for lists without such a heading: those may be the article's own.
"""

import re

_HEADING = re.compile(
    r"(?:more from\b.{1,60}|more (?:stories|news|headlines)|read (?:more|next|also)"
    r"|related (?:stories|articles|news|topics|links)|you (?:may|might) also like"
    r"|most (?:read|popular|viewed)|(?:also )?in other news|don.t miss|see also)\s*:?",
    re.IGNORECASE,
)
_DASH = re.compile(r"[-\u2013\u2014\u2022*]\s*")
_LONGEST_ENTRY = 400
"""A teaser's line has at most so many characters; paragraphs of an article have more."""


def split_teasers(text: str) -> tuple[str, tuple[str, ...]]:
    """Split a text into the article and the headlines of its trailing teaser list.

    The text comes back unchanged where no such list ends it.

    >>> split_teasers("It rained.\\nRead more\\n-\\nSun ahead\\n- Snow later")
    ('It rained.', ('Sun ahead', 'Snow later'))
    """
    lines = text.split("\n")
    for number in range(len(lines) - 1, 0, -1):
        if _HEADING.fullmatch(lines[number].strip()):
            headlines = _headlines(lines[number + 1 :])
            if headlines:
                return "\n".join(lines[:number]).rstrip(), headlines
    return text, ()


def _headlines(lines: list[str]) -> tuple[str, ...]:
    """Give the headlines, or nothing where the lines are not a list of teasers."""
    filled = [line.strip() for line in lines if line.strip()]
    if not filled or not _DASH.match(filled[0]):
        return ()
    if any(len(line) > _LONGEST_ENTRY for line in filled):
        return ()
    headlines: list[str] = []
    expected = False
    for line in filled:
        dash = _DASH.match(line)
        rest = line[dash.end() :] if dash else line
        if dash or expected:
            if rest:
                headlines.append(rest)
            expected = not rest
        # Any other line is the blurb of the headline before it.
    return tuple(headlines)
