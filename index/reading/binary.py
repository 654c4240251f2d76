"""Whether bytes with NULs are text: a few NULs are damage, many are UTF-16 or no text at all.

Does not look at bytes without a NUL: the search for their encoding refuses what is no text.
"""

import codecs
import re

CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n\v\f\r\x1b"})
"""Control characters that text does not have; ESC begins the shifts of Japanese e-mail."""

CHARACTERS_PER_CONTROL = 20
"""Characters for each control character, at least, in a text that is damaged: machine code,
pictures and archives have one among ten."""

FEW_CONTROLS = 2
"""Control characters that are damage in a text however short it is."""

NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ue000-\uf8ff\ufffd-\uffff]")
"""Characters that UTF-16 has where bytes of something else are taken for it."""


def is_binary(data: bytes) -> bool:
    r"""Return whether bytes have a NUL, and too many control characters for a damaged text.

    >>> is_binary(b"one \0 in a line"), is_binary(b"\\x7fELF\0\0\0")
    (False, True)
    """
    if b"\0" not in data:
        return False
    controls = len(data) - len(data.translate(None, CONTROLS))
    return controls > FEW_CONTROLS and controls * CHARACTERS_PER_CONTROL > len(data)


def unmarked_utf16(data: bytes) -> str:
    """Return `utf-16-le` or `utf-16-be` where bytes are that without its mark; else nothing.

    Every other byte of its ASCII letters is a NUL, and none of the others.
    """
    for encoding, low in (("utf-16-le", 0), ("utf-16-be", 1)):
        if b"\0" not in data[low::2] and data[1 - low :: 2].count(0) > FEW_CONTROLS:
            try:
                text = codecs.getincrementaldecoder(encoding)().decode(data)  # may be cut
            except UnicodeDecodeError:
                continue
            if not NO_TEXT.search(text):
                return encoding
    return ""
