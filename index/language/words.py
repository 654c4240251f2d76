"""Pattern of a word, whatever the language.

Numbers keep their points and commas, acronyms their dots, words their apostrophes; a full stop
without a blank after it still ends a word. Underscores mark or join words, and are none. Signs
that are part of a name belong to it: C++, C#, .NET. Combining marks, and characters that are not
seen, belong to the letter before them.
"""

import re

APOSTROPHES = "'\u2019\u2018\u201b\u02bc\u02bb\u2032\uff07`\u00b4\u00b7"
"""Characters that people and keyboards put for an apostrophe, and the raised dot of Catalan: words
are spelt with them and without."""

_UNSEEN = "\u00ad\u200c\u200d\u2060\ufeff"
"""Characters without width inside of words: soft hyphen, joiners."""

_LETTERS = rf"[^\W_](?:[^\W_]|[\u0300-\u036f{_UNSEEN}])*"

WORD = re.compile(
    r"\d+(?:[.,]\d+)+(?![^\W_])"
    r"|(?:[^\W\d_]\.)+[^\W\d_](?!\w)"
    r"|(?<![^\s(\[\"'\u201c])\.[^\W\d_]{2,}(?![.\w])"
    r"|[^\W\d_](?:\+\+|\#)(?![\w+#])"
    rf"|{_LETTERS}(?:[{APOSTROPHES}]{_LETTERS})*"
)

THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
"""Pattern of a number whose commas separate thousands."""
