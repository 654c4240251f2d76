"""Which English words say nothing about what a text, or a question, is about?

Stop words are Lucene's (org.apache.lucene.analysis.en.EnglishAnalyzer). The keyword leg
does not index them (`plait.index.language.analyzer`), and no token vector of theirs is kept
(`plait.index.models.onnx.kept_pieces`). Words of a request are indexed, for they can
matter; in a query they count for little (`plait.search.query.parser`). Imports nothing, so
that encoding a query loads no Whoosh.
"""

STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "for",
        "if",
        "in",
        "into",
        "is",
        "it",
        "no",
        "not",
        "of",
        "on",
        "or",
        "such",
        "that",
        "the",
        "their",
        "then",
        "there",
        "these",
        "they",
        "this",
        "to",
        "was",
        "will",
        "with",
    ]
)

REQUEST_WORDS = frozenset(
    """who whom whose what when where which why how am been being were do does did doing done
    have has had having can could would should may might must shall please me us i you we he
    she my our your him her them about any anything something someone everything everyone
    again ask asked asking check concerning describe discuss discussed discussing explain find
    get give hear heard help interested know latest let like list look mention mentioned
    mentioning need needed read regarding remember report say said saying search see show tell
    told think want wanted wonder write writing written wrote article info news story""".split()  # noqa: SIM905 - a hundred lines of strings read no better
)
"""Words with which people ask, and which name what they ask for. Chosen by us; other forms have
the same stems."""
