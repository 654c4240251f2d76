"""Encoding of a file's bytes, and their text.

In this order: a byte order mark decides; bytes with NULs are UTF-16, damaged text that is
read without them, or no text at all (`binary`); valid UTF-8 is UTF-8; mostly valid UTF-8
is damaged UTF-8, read with U+FFFD for the damage (any single-byte encoding would "fit" too,
and garble every other letter); anything else is left to charset-normalizer.

Not useful for finding the language, or UTF-16 without its mark that has no ASCII letter.
"""

import codecs
import re
from collections.abc import Iterable

from plait.index.errors import ReadingError
from plait.index.reading.binary import is_binary, unmarked_utf16
from plait.index.reading.labels import encoding_meant

# The marks of UTF-32 first: that of UTF-16LE is the beginning of UTF-32LE's.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# charset-normalizer takes seconds for a megabyte, and is no more certain after a few
# thousand letters.
SAMPLE_BYTES = 32 * 1024

# Encodings in which text files are still met (the legacy encodings of the WHATWG Encoding
# Standard, by script). By default charset-normalizer also tries EBCDIC, UTF-7 and the
# Macintosh's, and sometimes takes one of them where it is wrong.
GUESSED_ENCODINGS = [
    *("cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("iso8859_2", "iso8859_15", "cp932", "euc_jp", "gb18030", "big5", "cp949"),
]

# Latin encodings that differ from Windows-1252 in a few letters: `El niño` read
# as cp1250 is a well-formed `El nińo`. Where both fit, or a handful of letters is
# all the evidence, the commoner one is meant (the WHATWG's fallback, too).
FEW_LETTERS = 8
CONFUSED_WITH_CP1252 = frozenset({"cp1250", "cp1257", "iso8859_2", "iso8859_15"})

CONTROLS_IN_CP1252 = b"\x81\x8d\x8f\x90\x9d"
"""Bytes that are no letter of Windows-1252 and are invisible in browsers; Python knows none."""

LETTERS_PER_DAMAGE = 100
"""Letters besides ASCII for each damaged one, at least, in a page that is what it says it is."""

BINARY = "looks binary, not text: convert it to a text file, or leave it out"

BINARY_BY_NULS = "looks binary (it holds NUL bytes): convert it to UTF-8 text, or leave it out"

NON_ASCII = re.compile(rb"[^\x00-\x7f]")


def decode(data: bytes, declared: str = "") -> str:
    r"""Return bytes as text, with `\n` as line ends.

    `declared` is the label of an encoding that the document itself names, used where the bytes
    do not contradict it.

    Raises ReadingError where the bytes are not text.
    """
    encoding = encoding_of(data, declared)
    if encoding == "cp1252":
        data = data.translate(None, CONTROLS_IN_CP1252)
    text = data.decode(encoding, errors="replace").replace("\0", "")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def encoding_of(data: bytes, declared: str = "") -> str:
    """Return the encoding of some bytes, as Python spells it.

    Raises ReadingError where they are not text.
    """
    if mark := marked(data):
        return mark
    if b"\0" in data:
        if wide := unmarked_utf16(data):
            return wide
        if is_binary(data):
            raise ReadingError(BINARY_BY_NULS)
        data = data.replace(b"\0", b"")
    damage = utf8_damage(data)
    if damage is None:
        return "utf-8"
    if (meant := encoding_meant(declared)) and nearly_fits(data, meant):
        return meant
    return guess(data[sample_start(data, damage) :][:SAMPLE_BYTES])


def stream_encoding(blocks: Iterable[bytes]) -> str:
    """Return the encoding of a file too large to hold, from its blocks.

    Reads all blocks where they are UTF-8, else up to the first that is not.
    Raises ReadingError where they are not text.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    for number, block in enumerate(blocks):
        if number == 0 and (mark := marked(block)):
            return mark
        if number == 0 and (wide := unmarked_utf16(block)):
            return wide
        if is_binary(block):
            return encoding_of(block)
        try:
            decoder.decode(block)
        except UnicodeDecodeError:
            return encoding_of(block)
    return "utf-8"


def marked(data: bytes) -> str:
    """Return the encoding that a byte order mark announces, or an empty string."""
    return next((name for mark, name in MARKS if data.startswith(mark)), "")


def utf8_damage(data: bytes) -> int | None:
    """Return the position where bytes stop being UTF-8; None where they are UTF-8, damaged or not.

    Damaged UTF-8 has more well-formed sequences of several bytes than stray ones:
    text in another encoding hardly ever forms even one.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        start = error.start
    else:
        return None
    text = data.decode("utf-8", errors="replace")
    stray = text.count("\ufffd")
    well_formed = len(text) - len(text.encode("ascii", "ignore")) - stray
    return None if well_formed > stray else start


def fits(data: bytes, encoding: str) -> bool:
    """Return whether bytes are well-formed in an encoding, which may not exist."""
    try:
        data.decode(encoding)
    except (LookupError, UnicodeError):
        return False
    return True


def nearly_fits(data: bytes, encoding: str) -> bool:
    """Return whether bytes are well-formed in an encoding, except a few damaged letters."""
    if encoding == "cp1252":
        data = data.translate(None, CONTROLS_IN_CP1252)
    text = data.decode(encoding, "replace")
    damaged = text.count("\ufffd")
    return damaged * LETTERS_PER_DAMAGE <= len(text) - len(text.encode("ascii", "ignore"))


def sample_start(data: bytes, position: int) -> int:
    """Return the start of the line at a position, or a position not far before it."""
    earliest = max(0, position - SAMPLE_BYTES // 2)
    return data.rfind(b"\n", earliest, position) + 1 or earliest


def guess(sample: bytes) -> str:
    """Return the likeliest encoding of bytes that are not UTF-8.

    Raises ReadingError where none of `GUESSED_ENCODINGS` results in anything like text.
    """
    from charset_normalizer import from_bytes  # noqa: PLC0415 - 50 ms, and most files are UTF-8

    found = from_bytes(sample, cp_isolation=GUESSED_ENCODINGS)
    best = found.best()
    if best is None:
        raise ReadingError(BINARY)
    if best.encoding not in CONFUSED_WITH_CP1252 or not fits(sample, "cp1252"):
        return best.encoding
    fitting = {name for match in found for name in match.could_be_from_charset}
    little = len(NON_ASCII.findall(sample)) < FEW_LETTERS
    return "cp1252" if little or "cp1252" in fitting else best.encoding
