"""Encodings that the labels of web pages mean, as Python spells them.

After the WHATWG's Encoding Standard, section 4.2, which is what browsers do: a page that says
iso-8859-1 means windows-1252, one that says gb2312 means gbk and what extends it.
"""

import codecs
import re

SEPARATORS = re.compile(r"[\s_:;,\"'-]+")

PYTHONS_NAMES = {
    "xsjis": "cp932",
    "windows31j": "cp932",
    "xeucjp": "euc_jp",
    "xgbk": "gb18030",
    "chinese": "gb18030",
    "xxbig5": "big5hkscs",
    "cnbig5": "big5hkscs",
    "korean": "cp949",
    "windows949": "cp949",
    "dos874": "cp874",
    "windows874": "cp874",
    "koi": "koi8_r",
    "koi8": "koi8_r",
    "koi8ru": "koi8_u",
    "visual": "iso8859_8",
    "logical": "iso8859_8",
    "xmacroman": "mac_roman",
    "xmaccyrillic": "mac_cyrillic",
    "xmacukrainian": "mac_cyrillic",
    "unicode11utf8": "utf-8",
    "unicode20utf8": "utf-8",
    "xunicode20utf8": "utf-8",
    "utf8mb4": "utf-8",
    "ansi": "cp1252",
    "gb231280": "gb18030",
    "eucpkdfmtjapanese": "euc_jp",
    "isoir149": "cp949",
    "ksc56011987": "cp949",
    "ksc56011989": "cp949",
    "isolatin9": "iso8859_15",
    "suneugreek": "iso8859_7",
    "mac": "mac_roman",
    "macintosh": "mac_roman",
}
"""Labels, without hyphens and in lower case, that Python does not know or takes otherwise."""

WIDER = {
    **dict.fromkeys(["ascii", "iso8859-1"], "cp1252"),
    **dict.fromkeys(["gb2312", "gbk", "hz"], "gb18030"),
    **dict.fromkeys(["shift_jis", "shift_jis_2004", "shift_jisx0213"], "cp932"),
    **dict.fromkeys(["utf-16", "utf-16-le", "utf-16-be", "utf-32"], "utf-8"),  # the label was read
    **dict.fromkeys(["iso8859-11", "tis-620"], "cp874"),
    "iso8859-9": "cp1254",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
"""Encodings of labels, by Python's own names, in whose place a wider one is meant."""

ALSO_MEANT = frozenset(
    [
        *("utf-8", "gb18030", "big5hkscs", "euc_jp", "iso2022_jp", "cp932", "cp949", "cp866"),
        *("koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "cp874"),
        *(f"cp125{page}" for page in range(9)),
        *(f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
    ]
)
"""The standard's other encodings, by Python's names; anything else that Python knows, as `utf-7`,
`unicode_escape` or EBCDIC, is none of a web page."""


def encoding_meant(label: str) -> str:
    """Return the encoding that a label means, as Python spells it; empty for an unknown label.

    >>> encoding_meant("ISO-8859-1"), encoding_meant("x-sjis"), encoding_meant("rot13")
    ('cp1252', 'cp932', '')
    """
    plain = SEPARATORS.sub("", label.lower())
    plain = re.sub(r"\A(?:x|windows)(?=cp\d)|\Acs(?=[a-z])", "", plain)
    plain = PYTHONS_NAMES.get(plain, plain)
    spelled = (
        plain,
        re.sub(r"\A(iso8859)(\d{1,2})[a-z].*|\A(iso8859)(\d+)", r"\1\3-\2\4", plain),
        label.strip().lower(),
    )
    name = next(filter(None, map(python_name, spelled)), "")
    name = WIDER.get(name, name)
    return name if name in ALSO_MEANT else ""


def python_name(label: str) -> str:
    """Return Python's name of an encoding; empty where Python has none of that name."""
    try:
        return codecs.lookup(label).name
    except (LookupError, ValueError):  # ValueError for a NUL
        return ""
