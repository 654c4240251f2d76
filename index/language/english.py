"""English: stop words, words of a request, possessives, stems and ends of sentences.

Neither Whoosh nor a stemmer is loaded before one is needed: encoding a query asks for the
stop words too (`plait.index.models.onnx.minilm`), and is to take no longer for it.
"""

import re

from plait.index.language.language import Language, Stem, Versions

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
"""Stop words of Lucene (org.apache.lucene.analysis.en.EnglishAnalyzer)."""

REQUEST_WORDS = frozenset(
    """who whom whose what when where which why how am been being were do does did doing done
    have has had having can could would should may might must shall please me us i you we he
    she my our your him her them about any anything something someone everything everyone
    again ask asked asking check concerning describe discuss discussed discussing explain find
    get give hear heard help interested know latest let like list look mention mentioned
    mentioning need needed read regarding remember report say said saying search see show tell
    told think want wanted wonder write writing written wrote article info news story""".split()  # noqa: SIM905 - a hundred lines of strings read no better
)
"""Words of a request. Chosen by us; other forms have the same stems."""


SENTENCE_END = re.compile(
    r"[.!?\u2026][\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]*[A-Z0-9\u00c0-\u00de])|\n+\s*"
)
"""A full stop that a capital letter or a digit follows, or the end of a paragraph."""


_CLITIC = re.compile(r"(?<=\w)'(?:s|ll|re|ve|d|m)$", re.IGNORECASE)
"""Pattern of what follows an apostrophe and is another word: `she'll` is no shell."""


def without_clitic(word: str) -> str:
    """Cut off the possessive ending, and verbs that were contracted.

    >>> [without_clitic(word) for word in ("putin's", "its", "workers'", "she'll", "don't")]
    ['putin', 'its', "workers'", 'she', "don't"]
    """
    return _CLITIC.sub("", word) if "'" in word else word


def make_stemmer() -> Stem:
    """Make a stemmer of Snowball's for English ("Porter 2"), by its C library.

    whoosh3's own Porter leaves doubled consonants (`swimming` becomes `swimm`), and its own
    Snowball takes 27 microseconds a word.
    """
    import Stemmer  # noqa: PLC0415 - see above

    # Without a cache of its own, which costs four times what it saves beside the analyzer's.
    stem: Stem = Stemmer.Stemmer("english", 0).stemWord
    return stem


def versions() -> Versions:
    """Return the versions of the rules for English."""
    import Stemmer  # noqa: PLC0415 - see above

    return Versions("clitics", f"snowball {Stemmer.version()}", "sentences-2")


ENGLISH = Language(
    name="english",
    stop_words=STOP_WORDS,
    request_words=REQUEST_WORDS,
    fold=without_clitic,
    make_stemmer=make_stemmer,
    sentence_end=SENTENCE_END,
    versions=versions,
)
