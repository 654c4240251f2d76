"""Parser of queries: a bag of words, or a tree of operators.

Plain words make a bag, scored by the vectorised path. Operators (`"a phrase"`,
`+must`, `-not`, `title:word`, `prefix*`, `fuzzy~`, `AND OR NOT`) make a tree of
Whoosh's query classes. Punctuation that people write anyway, such as a question
mark, a slash, a hyphen inside a word or a minus before a number, is no operator.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from whoosh.qparser import (
    FieldsPlugin,
    FuzzyTermPlugin,
    GroupPlugin,
    MultifieldPlugin,
    OperatorsPlugin,
    OrGroup,
    PhrasePlugin,
    PlusMinusPlugin,
    PrefixPlugin,
    QueryParser,
    WhitespacePlugin,
    syntax,
)
from whoosh.query import (
    AndMaybe,
    AndNot,
    FuzzyTerm,
    NullQuery,
    Or,
    Prefix,
    Query as Tree,
    Term,
)

from plait.index.errors import QueryError
from plait.index.language.analyzer import TextAnalyzer
from plait.index.leg import TITLE_BOOST
from plait.index.models.encoding import EncodedQuery
from plait.search.days import today
from plait.search.query.typed import Typed, read_signs

Encode: TypeAlias = Callable[[str], EncodedQuery]
"""Function from the words of a query to its encoding; raises `ModelError`."""

FIELD_BOOSTS = {"title": TITLE_BOOST, "text": 1.0}
"""Boosts of a word that may be in any field."""

REQUEST_WEIGHT = 0.1
"""Weight of a word of a request ("tell me about …", "which articles discuss …"), unless the query
has no other; .25 ranks alike on eight collections, and finds rare words less often."""

LONGEST_WITH_OPERATORS = 1000
"""Greatest number of characters of a query with operators. A longer one was pasted, not typed: its
quotes and dashes are text."""
LONGEST_QUERY = 1_000_000
"""Greatest number of characters of a query; a whole article as a query has a hundredth."""
DEEPEST_NESTING = 20
"""Greatest depth of parentheses within parentheses; in a query with more, they are text."""
MOST_EDITS = 2
"""Greatest number of edits of a fuzzy word; more would match nearly every word."""

_MUST = r"(?<![^\s(])\+(?=[\w\"(])"
_MUST_NOT = r"(?<![^\s(])-(?=[^\W\d_]|[\"(])"
_OPERATOR = re.compile(
    r'"[^"\w]*\w[^"]*"'  # a phrase
    rf"|{_MUST}|{_MUST_NOT}"
    r"|(?<![^\s(+-])(?:title|text):(?=[\w\"(])"  # a field
    r"|\w\*(?=$|[\s)])"  # a prefix
    r"|\w~[12]?(?=$|[\s)])"  # a fuzzy word
    r"|(?:^|\s)(?:AND|OR|NOT)\s"  # boolean words, in capitals
)
# `peace NOT war` and `peace AND NOT war` exclude, as `peace -war` does. Whoosh by itself
# would read the first as `peace OR (NOT war)`.
_NOT = r"(?:\b(?:AND|OR)\s+)?\bNOT\s+(?=\S)"
_UNWANTED = re.compile(rf'(?:{_MUST_NOT}|{_NOT})(?:\w+:)?(?:"[^"]*"|\([^)]*\)|\S+)')
_MARKS = re.compile(rf'["()]|{_MUST}|\b(?:title|text):|[*~]\d?|\b(?:AND|OR|NOT)\b')
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
    tree = _tree(typed.text, analyzer) if structured else NullQuery
    if not words.strip():
        raise QueryError(f"no word is wanted in {text!r}; type at least one.")
    spans = tuple(analyzer.spans(words))
    counts = Counter(term for term, _, _ in spans)
    light = frozenset(counts.keys() & analyzer.request_terms)
    of_request = light if len(light) < len(counts) else frozenset[str]()
    terms = tuple(
        (t, count * (REQUEST_WEIGHT if t in of_request else 1)) for t, count in counts.items()
    )
    # With only stop words between the operators there is nothing to match, but a vector.
    kept = None if tree == NullQuery else tree
    return Query(text, words, terms, kept, of_request, spans, encode, note=typed.note)


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
    return " ".join(_MARKS.sub(" ", _UNWANTED.sub(" ", text)).split())


class _PrefixNode(PrefixPlugin.PrefixNode):
    """Prefix as it was typed: Whoosh would stem it, and `toki` does not begin `tokyo`."""

    def query(self, parser: QueryParser) -> Tree:
        """Return the query of the prefix."""
        return Prefix(self.fieldname or parser.fieldname or "", self.text, boost=self.boost)


class _Prefixes(PrefixPlugin):
    """Syntax of Whoosh's `word*`, without `+`, `-` and brackets, which Whoosh takes for letters."""

    expr = r"(?P<text>[^\s*+\-():\"][^\s*():\"]*)[*](?=\s|$|\))"
    nodetype = _PrefixNode


class _Fuzzy(FuzzyTermPlugin):
    """Syntax of Whoosh's `word~2`, without its `word~2/3`, which fails for words shorter than 3."""

    expr = re.compile(r"(?<=\S)~(?P<maxdist>[0-9])?(?P<prefix>)")


class _AndMaybeGroup(syntax.AndMaybeGroup):
    """Pair of groups, each of which makes its query once."""

    def query(self, parser: QueryParser) -> Tree:
        """Return the query; Whoosh's own would make both twice, and those in them four times."""
        wanted, optional = self.nodes
        return AndMaybe(wanted.query(parser), optional.query(parser))


class _AndNotGroup(syntax.AndNotGroup):
    """Pair of groups, each of which makes its query once."""

    def query(self, parser: QueryParser) -> Tree:
        """Return the query; Whoosh's own would make both twice, and those in them four times."""
        wanted, banned = self.nodes
        return AndNot(wanted.query(parser), banned.query(parser))


class _PlusMinus(PlusMinusPlugin):
    """Syntax of Whoosh's `+` and `-` (and NOT), inside parentheses too, but not inside words."""

    def __init__(self) -> None:
        super().__init__(_MUST, rf"{_MUST_NOT}|{_NOT}")  # type: ignore[no-untyped-call]

    def do_plusminus(self, parser: QueryParser, group: Any) -> Any:
        """Return a group with required, optional and banned nodes apart, in inner groups too."""
        required, optional, banned = syntax.AndGroup(), syntax.OrGroup(), syntax.OrGroup()
        kind: syntax.GroupNode = optional
        for node in group:
            if isinstance(node, self.Plus):
                kind = required
            elif isinstance(node, self.Minus):
                kind = banned
            else:
                nested = isinstance(node, syntax.GroupNode)
                kind.append(self.do_plusminus(parser, node) if nested else node)
                kind = optional
        wanted: syntax.GroupNode = optional
        if required:
            wanted = _AndMaybeGroup([required, optional])  # type: ignore[no-untyped-call]
        return _AndNotGroup([wanted, banned]) if banned else wanted  # type: ignore[no-untyped-call]


def _tree(text: str, analyzer: TextAnalyzer) -> Tree:
    return _adapt(_parser(analyzer).parse(text), analyzer)


def _parser(analyzer: TextAnalyzer) -> QueryParser:
    plugins: list[Any] = [
        WhitespacePlugin(),
        PhrasePlugin(),
        FieldsPlugin(),
        _Prefixes(),  # type: ignore[no-untyped-call]
        _Fuzzy(),  # type: ignore[no-untyped-call]
        GroupPlugin(),
        _PlusMinus(),
        OperatorsPlugin(Not="", AndNot="", AndMaybe="", Require=""),
        MultifieldPlugin(list(FIELD_BOOSTS), fieldboosts=FIELD_BOOSTS),
    ]
    return QueryParser(None, analyzer.schema, plugins=plugins, group=OrGroup)


def _adapt(tree: Tree, analyzer: TextAnalyzer) -> Tree:
    """Return a tree whose fuzzy words and prefixes have the form of indexed terms."""

    def adapted(node: Tree) -> Tree:
        if isinstance(node, FuzzyTerm):
            node.text = analyzer.term(node.text) or analyzer.fold(node.text.lower())
            node.maxdist = min(node.maxdist, MOST_EDITS)
        elif isinstance(node, Prefix):
            # `treaties*` must find the stem `treati`, which does not begin so.
            folded = analyzer.fold(node.text.lower())
            stem = analyzer.term(folded) or folded
            forms = (Prefix, folded), (Term, stem)
            return Or([kind(node.fieldname, text, boost=node.boost) for kind, text in forms])
        return node

    return tree.accept(adapted).normalize()
