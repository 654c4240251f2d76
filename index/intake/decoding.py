"""Here are the bytes of a file: which text is it, cleaned of what nobody typed on purpose?"""

import re
import unicodedata

from plait.index.errors import ReadingError

_SAMPLE = 1 << 15
"""Bytes that the encoding is guessed from: guessing reads them many times over."""

_ODD_BLANKS = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t\v\f]")
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000e-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]"
)
_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING_BLANKS = re.compile(r" +(?=\n)")


def decode(data: bytes) -> str:
    """Decode UTF-8, UTF-16 with its mark, or whatever charset-normalizer recognises.

    A stray invalid byte in UTF-8 becomes U+FFFD. Raises `ReadingError` for binary data.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data[:_SAMPLE]:
        raise ReadingError("looks binary (it holds zero bytes); plait reads text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _guess(data)


def _guess(data: bytes) -> str:
    lenient = data.decode("utf-8-sig", errors="replace")
    broken = lenient.count("\ufffd")
    if broken <= len(lenient) // 1000 or lenient.isascii():
        return lenient
    from charset_normalizer import from_bytes  # noqa: PLC0415 - 50 ms, rarely needed

    best = from_bytes(data[:_SAMPLE]).best()
    if best is None:
        raise ReadingError("looks binary (no text encoding fits); plait reads text")
    return data.decode(best.encoding, errors="replace")


def clean(text: str) -> str:
    r"""Normalise line ends, odd blanks and composed letters; drop invisible characters.

    >>> clean("a\u00a0b\u200b\r\n\r\n\r\n\r\nc")
    'a b\n\nc'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = _TRAILING_BLANKS.sub("", _ODD_BLANKS.sub(" ", text))
    return _BLANK_LINES.sub("\n\n", text).strip()
