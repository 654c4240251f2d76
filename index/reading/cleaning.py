r"""Cleaning of text: line ends, spaces, invisible characters, composed letters.

Line ends become `\n`, odd spaces plain blanks except between thousands, invisible
characters go, runs of blank lines become one, letters and their accents one
character (NFC). Words, quotes and punctuation stay as they are.

Cleaning comes first: every offset counts characters of cleaned text. Each step
is linear in the length of the text, whatever the text.
"""

import re
import unicodedata

LINE_END = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")

# A thin or no-break blank between thousands makes one number of two, which a plain
# blank would not: `1\xa0000`. It stays.
ODD_SPACE = re.compile(
    r"(?!(?<=\d)[\xa0\u202f\u2009]\d{3}(?![\d\u200c\u200d]))"
    "[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]"
)

# Controls, the soft hyphen, zero-width and directional marks, byte order marks,
# annotation and tag characters: no reader sees them and no query contains them.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)

# Soft hyphen at which a line was divided, with the blanks around the line end. A run
# of blanks is taken whole, so that none is tried at each of its lengths.
SOFT_BREAK = re.compile(r"(?<=[^\W\d_])\xad++[^\S\n]*+(?:\n[^\S\n]*+)?+(?=[^\W\d_])")

# Blanks and invisible characters at the beginning of a text.
NOTHING = re.compile(rf"[\s\u200c\u200d{INVISIBLE.pattern[1:-1]}]*")

# A joiner spells words in Persian and in the scripts of India, and holds emoji
# together. After a Latin, Greek or Cyrillic letter it is dirt.
STRAY_JOINER = re.compile("(?<![\u0600-\u1cff\u2190-\U0010ffff])[\u200c\u200d]+")

# Half of a surrogate pair, which JSON can spell and UTF-8 cannot.
SURROGATE = re.compile("[\ud800-\udfff]")

# Normalising takes quadratic time in a run of accents, so runs are cut to thirty
# as in the Stream-Safe Text Format (Unicode Standard Annex 15, section 13). An
# accent is neither word character nor blank nor ASCII.
MAYBE_ACCENTS = re.compile(r"[^\w\s\x00-\x7f]{31,}")
MAX_ACCENTS = 30

BLANKS = re.compile("[ \n]+")

BLANK_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    r"""Return text cleaned; cleaning it again changes nothing.

    >>> clean("Cafe\u0301,\xa0closed \r\n\r\n\r\n\r\nsince\u200b 1.5 years\n")
    'Café, closed\n\nsince 1.5 years'
    """
    text = SOFT_BREAK.sub("", LINE_END.sub("\n", text))
    text = ODD_SPACE.sub(" ", INVISIBLE.sub("", text))
    text = STRAY_JOINER.sub("", text)
    if not text.isascii():
        text = SURROGATE.sub("\ufffd", text)
        text = unicodedata.normalize("NFC", MAYBE_ACCENTS.sub(fewer_accents, text))
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return BLANK_LINES.sub("\n\n", text).strip()


def without_blank_lines(text: str) -> str:
    """Return a text from its first line on that shows anything."""
    found = NOTHING.match(text)
    return text[text.rfind("\n", 0, found.end()) + 1 :] if found else text


def clean_line(text: str) -> str:
    """Return text cleaned, on one line, with single blanks."""
    return BLANKS.sub(" ", clean(text))


def without_surrogates(text: str) -> str:
    """Return text that UTF-8 can encode: U+FFFD for each half of a surrogate pair."""
    return text if text.isascii() else SURROGATE.sub("\ufffd", text)


def fewer_accents(found: re.Match[str]) -> str:
    """Return a match with the first thirty of each run of combining characters."""
    kept: list[str] = []
    run = 0
    for character in found.group():
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= MAX_ACCENTS:
            kept.append(character)
    return "".join(kept)
