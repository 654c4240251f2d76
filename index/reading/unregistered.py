"""Format of a file that was named itself, though no reader has its suffix.

Read as what it begins with: JSON, or a web page; else plain text. What is neither, and is no plain
text though it looks like it, is refused by the name of its format.
"""

import re

from plait.index.errors import ReadingError
from plait.index.reading.formats import PLAIN, Format, one_article
from plait.index.reading.jsonfile import read_json
from plait.index.reading.webpage import read_webpage

HEAD_BYTES = 4096
"""Bytes of a file that show its format."""

JSON = Format("JSON", (".json",), "application/json", read_json)
PAGE = Format("HTML", (".html",), "text/html", one_article(read_webpage))

E_MAIL = (
    rb"(?:From \S+ [^\n]*\n)?(?:(?:[a-z][\w-]*:|[ \t])[^\n]*\n)*?"
    rb"(?:(?:message-id|mime-version|return-path|delivered-to):|received:\s+from|content-type:\s+\w+/)"
)
"""Header that no other text has, among others."""

BEGINNINGS: tuple[tuple[bytes, Format | str], ...] = (
    (rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html)\b", PAGE),
    (rb"(?:\[\s*)?\{\s*[\"}]", JSON),
    (rb"\{\\rtf", "RTF: save it as plain text (.txt)"),
    (rb"%PDF-", "PDF: save its text as .txt"),
    (rb"PK\x03\x04", "a ZIP archive, as .docx, .odt and .epub are: save its text as .txt"),
    (rb"\xd0\xcf\x11\xe0", "a file of Microsoft Office: save its text as .txt"),
    (rb"\x1f\x8b|BZh\d|\xfd7zXZ|7z\xbc\xaf|(\(\xb5/\xfd)", "packed: unpack it"),
    (rb"<\?xml\b|<(?:rss|feed|rdf:rdf|opml|doc|docno|text|nitf|tei)\b[^<]*", "XML"),
    (E_MAIL, "e-mail: save its text as .txt"),
)
"""Patterns of beginnings, with the reader's format or what is to be done."""

SUFFIXES: dict[str, Format | str] = {
    ".json": JSON,
    ".geojson": JSON,
    **dict.fromkeys([".xml", ".rss", ".atom", ".rdf", ".sgml", ".sgm"], "XML"),
    **dict.fromkeys([".eml", ".mbox", ".mht", ".mhtml"], "e-mail: save its text as .txt"),
    ".rtf": "RTF: save it as plain text (.txt)",
}
"""Formats by suffix, where the beginning shows nothing."""

XML = "XML (a feed, or a collection between tags): write its articles as JSON lines (.jsonl)"


def format_of_named(name: str, head: bytes) -> Format:
    """Return the format of a file by the beginning of its bytes, or else by its name.

    Raises ReadingError for a format that is not read.
    """
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    flags = re.IGNORECASE | re.DOTALL
    found = next((own for form, own in BEGINNINGS if re.match(form, start, flags)), None)
    suffix = name[name.rfind(".") :].lower()
    found = found or SUFFIXES.get(suffix, PLAIN)
    if isinstance(found, Format):
        return found
    raise ReadingError(f"is {XML if found == 'XML' else found}; plait does not read it")
