"""List of teasers for other stories at the end of a news page's text.

Recognises only a list that ends the text: a heading on a line of its own (`More from
Defence Notes`, `Read more`), then dashed headlines alone, each with one line of blurb at
most. Not useful for lists without such a heading: those may be the article's own. In doubt
the text stays whole.
"""

import re

HEADING = re.compile(
    r"(?:more (?:from|on|in) [^.!?]{1,60}|more (?:stories|news|headlines|articles)"
    r"|(?:read|also read|what to read) (?:more|next|also)|also read|read on"
    r"|related(?: (?:stories|articles|news|topics|content|coverage|links|reading))?"
    r"|you (?:may|might) (?:also like|be interested in)|recommended(?: for you| stories| reading)?"
    r"|most (?:read|popular|viewed|shared)|trending(?: now)?|popular (?:stories|articles|now)"
    r"|(?:top|latest|other) (?:stories|news|headlines)|in other news|don['\u2019]t miss|up next"
    r"|also on this site|editors?['\u2019]?s? (?:picks|choice)|see also)\s*:?",
    re.IGNORECASE,
)
MAX_HEADING_CHARACTERS = 80
"""Characters of the heading of a list."""

MARKUP = "#*_ "
"""Characters of Markdown around a heading."""

# A dash alone, or a dash, bullet or number and a headline.
# `-40 degrees` is a headline.
ENTRY = re.compile(r"(?:(?:[-\u2010-\u2015*]|\d{1,2}[.)])(?=\s|$)|[\u2022\u00b7])\s*(.*)")

MAX_HEADLINE_CHARACTERS = 200
"""Characters of a headline."""

MAX_BLURB_CHARACTERS = 400
"""Characters of a blurb; the longest in the news pages looked at has 245. A paragraph is often
longer."""


def split_teasers(text: str) -> tuple[str, tuple[str, ...]]:
    r"""Split a text into the article and the headlines of the teaser list at its end.

    The text is unchanged where no such list ends it, or where nothing would be left of it.

    >>> split_teasers("It rained.\nRead more\n-\nSun ahead\nAt last.\n- Snow later")
    ('It rained.', ('Sun ahead', 'Snow later'))
    """
    lines = text.split("\n")
    start, tail = 0, Tail()
    for number, line in enumerate(lines):
        plain = line.strip()
        if is_heading(plain):
            if not tail.complete:
                start, tail = number, Tail()
            tail.begin_section()
        elif tail.open and not tail.takes(plain):
            tail = Tail()
    article = "\n".join(lines[:start]).rstrip()
    return (article, tuple(tail.headlines)) if article and tail.complete else (text, ())


def is_heading(line: str) -> bool:
    """Return whether a line is the heading of a teaser list."""
    return len(line) <= MAX_HEADING_CHARACTERS and bool(HEADING.fullmatch(line.strip(MARKUP)))


class Tail:
    """Teaser list as far as it has been read, line by line; it may have several sections.

    A line below a headline is its blurb only without a blank line between. The last blurb is
    taken for text of the article where it follows the only headline, or where the headlines
    have their dashes before them and no other has a blurb.
    """

    def __init__(self) -> None:
        self.headlines: list[str] = []
        self.begin_section()
        self.open = False

    def begin_section(self) -> None:
        """Begin a section of the list below its heading."""
        self.open = True
        self._entries = self._blurbs = 0
        self._dash_alone = self._expects_headline = self._may_have_blurb = False
        self._ends_in_blurb = False

    @property
    def complete(self) -> bool:
        """Whether the text may end here."""
        doubtful = self._entries == 1 or (self._blurbs == 1 and not self._dash_alone)
        return self.open and self._entries > 0 and not (self._ends_in_blurb and doubtful)

    def takes(self, line: str) -> bool:
        """Take one more line; return whether it belongs to a teaser list."""
        if not line:
            self._may_have_blurb = False
            return True
        if entry := ENTRY.fullmatch(line):
            self._dash_alone = not entry[1]
            return self._headline(entry[1])
        return self._headline(line) if self._expects_headline else self._blurb(line)

    def _headline(self, text: str) -> bool:
        self._expects_headline = not text
        self._may_have_blurb = bool(text)
        if text:
            self._ends_in_blurb = False
            self._entries += 1
            self.headlines.append(text)
        return len(text) <= MAX_HEADLINE_CHARACTERS

    def _blurb(self, text: str) -> bool:
        fits = self._may_have_blurb and len(text) <= MAX_BLURB_CHARACTERS
        self._may_have_blurb = False
        self._ends_in_blurb = True
        self._blurbs += 1
        return fits
