"""Topics between tags: TREC's classic form, and the XML of later tracks.

    <top> <num> Number: 301 <title> … <desc> Description: … <narr> Narrative: … </top>
    <topic number="1"><query>…</query><question>…</question><narrative>…</narrative></topic>

Neither need be well-formed: tags are not closed, and texts hold `<` and `&` as they are.
"""

import re
from collections.abc import Iterator, Sequence
from html import unescape

_BEGIN = re.compile(r"<top(?:ic)?(?=[\s>])[^>]*>", re.IGNORECASE)
_END = re.compile(r"</top(?:ic)?>", re.IGNORECASE)
_NUMBER_WITHIN = re.compile(r"""\b(?:number|num|id|qid)\s*=\s*["']\s*([^"']+)""", re.IGNORECASE)
_MARK = re.compile(
    r"(?P<start>^[ \t]*)?<(?P<closing>/?)(?P<name>[A-Za-z][\w-]*)(?:\s[^<>]*)?>", re.MULTILINE
)
_MARKS_ANYWHERE = {"num", "title", "query", "desc", "description", "question", "narr", "narrative"}
"""Names of tags that may begin a field within a line; others do at its beginning."""
_LABEL = re.compile(r"(?:Number|Topic|Description|Narrative)\s*:", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")
"""Pattern of an entity or a character reference; `AT&T` and `R&D` have none."""


def has_topic_tags(lines: Sequence[tuple[int, str]]) -> bool:
    """Return whether a line begins with the tag of a topic, or has one where the first is a tag."""
    begin = _BEGIN.search if lines[0][1].lstrip().startswith("<") else _BEGIN.match
    return any(begin(line.lstrip()) for _, line in lines)


def tagged_topics(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each topic's fields by name, with the line on which it begins.

    A topic ends where its end tag stands, or the next topic begins; its number is in `num`.
    """
    marks = [*_BEGIN.finditer(text)]
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, end in zip(marks, ends, strict=True):
        block = _END.split(text[mark.end() : end], maxsplit=1)[0]
        fields = _fields(block)
        if number := _NUMBER_WITHIN.search(mark[0]):
            fields = {"num": number[1].strip(), **fields}
        yield text.count("\n", 0, mark.start()) + 1, fields


def _fields(block: str) -> dict[str, str]:
    """Return the texts between the tags of a topic; the first of each name."""
    found: dict[str, str] = {}
    name, start = "text", 0
    for mark in _MARK.finditer(block):
        # A tag of CLEF's says the language too: EN-title.
        tag = mark["name"].lower().rpartition("-")[2]
        if mark["closing"]:
            ends = tag == name
        else:
            known = tag in _MARKS_ANYWHERE or mark["start"] is not None
            ends = known and tag != name and tag not in found
        if ends:
            _keep(found, name, block[start : mark.start()])
            name, start = "" if mark["closing"] else tag, mark.end()
    _keep(found, name, block[start:])
    return found


def _keep(found: dict[str, str], name: str, raw: str) -> None:
    text = _LABEL.sub("", raw.strip(), count=1) if _LABEL.match(raw.strip()) else raw
    text = " ".join(_REFERENCE.sub(lambda mark: unescape(mark[0]), text).split())
    if name and (text or name != "text"):
        found.setdefault(name, text)
