"""Which English words say nothing about what a text is about?

Lucene's list (org.apache.lucene.analysis.en.EnglishAnalyzer). The keyword leg does
not index them (`plait.index.analyzer`), and no token vector of theirs is kept
(`plait.index.pieces`). Imports nothing, so that encoding a query loads no Whoosh.
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
