"""Parser of queries: a bag of words, or a tree of operators.

Plain words make a bag, scored by the vectorised path. Operators (`"a phrase"`,
`+must`, `-not`, `title:word`, `prefix*`, `fuzzy~`, `AND OR NOT`) make a tree of
Whoosh's query classes. Punctuation that people write anyway, such as a question
mark, a slash, a hyphen inside a word or a minus before a number, is no operator.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from whoosh.query import NullQuery, Or, Query as Tree, Term

from plait.index.errors import QueryError
from plait.index.language.analyzer import TextAnalyzer
from plait.index.language.terms import STOP_MARK
from plait.index.models.encoding import EncodedQuery
from plait.search.days import today
from plait.search.query.syntax import (
    FIELD_BOOSTS,
    MUST,
    MUST_NOT,
    NOT,
    PATTERN,
    parse_tree,
    words_leaf,
)
from plait.search.query.typed import Typed, read_signs
from plait.search.query.variants import Variant, counting, spelt_otherwise

Encode: TypeAlias = Callable[[str], EncodedQuery]
"""Function from the words of a query to its encoding; raises `ModelError`."""

REQUEST_WEIGHT = 0.1
"""Weight of a word of a request ("tell me about …", "which articles discuss …"), unless the query
has no other; .25 ranks alike on eight collections, and finds rare words less often."""

LONGEST_WITH_OPERATORS = 1000
"""Greatest number of characters of a query with operators. A longer one was pasted, not typed: its
quotes and dashes are text."""
LONGEST_QUERY = 1_000_000
"""Greatest number of characters of a query; a whole article as a query has a hundredth."""
MOST_STOP_WORDS = 12
"""Greatest number of distinct stop words, in a query of nothing else, that are sought as a
sentence: each is in nearly every passage."""
DEEPEST_NESTING = 20
"""Greatest depth of parentheses within parentheses; in a query with more, they are text."""
_OPERATOR = re.compile(
    r'"[^"\w]*\w[^"]*"'  # a phrase
    rf"|{MUST}|{MUST_NOT}"
    r"|(?<![^\s(+-])(?:title|text):(?=[\w\"(])"  # a field
    rf"|{PATTERN.pattern}"  # a word with wildcards
    r"|\w~\d?(?=$|[\s)])"  # a fuzzy word
    r"|(?:^|\s)(?:AND|OR|NOT)\s"  # boolean words, in capitals
)
_WILDCARDS = re.compile(r"[*?]")
_UNWANTED = re.compile(rf'(?:{MUST_NOT}|{NOT})(?:\w+:)?(?:"[^"]*"|\([^)]*\)|\S+)')
_MARKS = re.compile(rf'["()]|{MUST}|\b(?:title|text):|[*~]\d?|\b(?:AND|OR|NOT)\b')
_QUOTED = re.compile(r'"[^"\n]*"')
"""Pattern of what Whoosh reads as a phrase, in which parentheses group nothing."""


@dataclass(frozen=True)
class Query:
    """Parsed query, as both legs need it. A `plait.index.leg.LegQuery`."""

    text: str
    """Text as it was typed."""
    words: str
    """Words that are wanted, without operators: what the encoder reads."""
    terms: tuple[tuple[str, float], ...]
    """Terms in order of appearance, and the count of each: how often it was typed, times
    `REQUEST_WEIGHT` if it belongs to the request and not to what is asked for."""
    tree: Tree | None
    """Whoosh's query where operators were used; only its matches may be returned. Leaves that
    may be in any field have `plait.index.leg.TITLE_BOOST` in the title."""
    of_request: frozenset[str] = frozenset()
    """Terms that belong to the request, and count by `REQUEST_WEIGHT`."""
    spans: tuple[tuple[str, int, int], ...] = ()
    """Term of each word, and where in `words` it begins and ends, in order."""
    encode: Encode | None = field(default=None, compare=False, repr=False)
    """Function that encodes the words, called when their vector is first read."""
    places: tuple[int, ...] = field(default=(), kw_only=True)
    """Position of the first word of each of `terms`; stop words count."""
    variants: tuple[Variant, ...] = field(default=(), kw_only=True)
    """Other spellings of the words, joined or apart."""
    note: str = field(default="", kw_only=True)
    """Line that says what was read as words though it might be an operator; mostly empty."""
    by_passage: bool = field(default=False, kw_only=True)
    """Whether operators hold for each passage by itself, and not for its whole article."""
    as_of: dt.date = field(default_factory=today)
    """Day as of which is asked, from which ages count; today, unless a search names another."""

    @cached_property
    def encoded(self) -> EncodedQuery:
        """Encoding of the words, computed once; raises `ModelError`."""
        if self.encode is None:
            raise QueryError("the query was parsed without a model, and a vector is asked for.")
        return self.encode(self.words)

    @property
    def vector(self) -> NDArray[np.float32]:
        """Unit vector of the words, (dimension,)."""
        return self.encoded.vector


def parse_query(
    text: str, analyzer: TextAnalyzer, encode: Encode | None = None, *, operators: bool = True
) -> Query:
    """Parse a query; what makes no sense as an operator is a word.

    `encode` is called when a leg first reads the query's vector.
    Without `operators`, all of it is words, as in a question to a chatbot.
    Raises `QueryError` where no word is wanted, as a search needs something to find, and
    above `LONGEST_QUERY` characters.
    """
    if len(text) > LONGEST_QUERY:
        raise QueryError(
            f"the query has {len(text):,} characters; at most {LONGEST_QUERY:,} are read."
        )
    text = text.encode("utf-8", "replace").decode()
    typed = Typed(text)
    if operators and len(text) <= LONGEST_WITH_OPERATORS:
        typed = read_signs(text, analyzer.language.stop_words)
    structured = operators and _has_operators(typed.text)
    words = _without_operators(typed.text) if structured else text
    tree = parse_tree(typed.text, analyzer) if structured else NullQuery
    if not any(map(str.isalnum, words)):
        raise QueryError(f"no word is wanted in {text!r}; type at least one.")
    query = _query_of(words, analyzer)
    stop_words = [term for term, _ in query.terms if term.endswith(STOP_MARK)]
    if stop_words and not structured:
        tree = _sentence(words, analyzer, stop_words)
    # With only stop words between the operators there is nothing to match, but a vector.
    kept = None if tree == NullQuery else tree
    return replace(query, text=text, tree=kept, encode=encode, note=typed.note)


def _query_of(words: str, analyzer: TextAnalyzer) -> Query:
    """Return the query of plain words; stop words are terms where there is no other word."""
    found = list(analyzer.found(words))
    bag = counting(found)
    counts = Counter(own.text for own in bag)
    light = frozenset(counts.keys() & analyzer.request_terms)
    of_request = light if len(light) < len(counts) else frozenset[str]()
    first = {own.text: own.at for own in reversed(bag)}
    return Query(
        text=words,
        words=words,
        terms=tuple(
            (t, count * (REQUEST_WEIGHT if t in of_request else 1)) for t, count in counts.items()
        ),
        tree=None,
        of_request=of_request,
        spans=tuple((own.text, own.start, own.end) for own in bag),
        places=tuple(first[term] for term in counts),
        variants=tuple(spelt_otherwise(found, words, analyzer)),
    )


def _sentence(words: str, analyzer: TextAnalyzer, terms: Sequence[str]) -> Tree:
    """Return the tree of stop words alone: any of them, and best one after another."""
    if len(terms) > MOST_STOP_WORDS:
        return NullQuery
    each = (Term(name, t, boost=b) for name, b in FIELD_BOOSTS.items() for t in terms)
    tree: Tree = Or([words_leaf("text", words, analyzer), *each]).normalize()
    return tree


def _has_operators(text: str) -> bool:
    if len(text) > LONGEST_WITH_OPERATORS or not _OPERATOR.search(text):
        return False
    return _depth(_QUOTED.sub("", text)) <= DEEPEST_NESTING


def _depth(text: str) -> int:
    """Return the greatest depth of parentheses; one that closes nothing is ignored."""
    depth = deepest = 0
    for character in text:
        depth = max(depth + (character == "(") - (character == ")"), 0)
        deepest = max(deepest, depth)
    return deepest


def _without_operators(text: str) -> str:
    """Return the words that are wanted: a vector knows no `not`."""
    wanted = _UNWANTED.sub(" ", text)
    whole = PATTERN.sub(lambda found: _WILDCARDS.sub("", found["text"]), wanted)
    return " ".join(_MARKS.sub(" ", whole).split())
