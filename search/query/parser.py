"""Parser of queries: a bag of words, or a tree of operators.

Plain words make a bag, scored by the vectorised path. Operators (`"a phrase"`,
`+must`, `-not`, `title:word`, `prefix*`, `fuzzy~`, `AND OR NOT`) make a tree of
Whoosh's query classes. Punctuation that people write anyway, such as a question
mark, a slash, a hyphen inside a word or a minus before a number, is no operator.
"""

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

Encode: TypeAlias = Callable[[str], EncodedQuery]
"""Returns what a model makes of the words of a query; raises `ModelError`."""

FIELD_BOOSTS = {"title": TITLE_BOOST, "text": 1.0}
"""Boosts of a word that may be in any field."""

LIGHT = 0.1
"""What a word of a request counts ("tell me about …", "which articles discuss …"), unless the
query has no other; .25 ranks alike on eight collections, and finds rare words less often."""

LONGEST_WITH_OPERATORS = 1000
"""Characters. What is longer was pasted, not typed: its quotes and dashes are text."""
LONGEST = 1_000_000
"""Characters of any query: an article that is asked for its like has a hundredth."""
DEEPEST = 20
"""Parentheses within parentheses; beyond that they are text as well."""
MOST_EDITS = 2
"""Letters that a fuzzy word may differ in; more would match nearly every word."""

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
"""What Whoosh reads as a phrase; the parentheses in one group nothing."""


@dataclass(frozen=True)
class Query:
    """A query as both legs need it. A `plait.index.leg.LegQuery`."""

    text: str
    """Text as it was typed."""
    words: str
    """The wanted words, without operators: what the encoder reads."""
    terms: tuple[tuple[str, float], ...]
    """Terms in order of appearance, and what each counts: how often it was typed, or `LIGHT`
    of that if it belongs to the request and not to what is asked for."""
    tree: Tree | None
    """Whoosh's query where operators were used; only its matches may be returned. Leaves that
    may be in any field have `plait.index.leg.TITLE_BOOST` in the title."""
    of_request: frozenset[str] = frozenset()
    """Those of the terms that are light."""
    spans: tuple[tuple[str, int, int], ...] = ()
    """Term of each word, and where in `words` it begins and ends, in order."""
    encode: Encode | None = field(default=None, compare=False, repr=False)
    """Encodes the words when they are first asked for as a vector."""

    @cached_property
    def encoded(self) -> EncodedQuery:
        """The words as the model encodes them, once; raises `ModelError`."""
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
    """Read a query; what makes no sense as an operator is a word.

    `encode` is called when a leg first asks for the query's vector.
    Without `operators`, all of it is words: a question put to a chatbot, say.
    Raises `QueryError` where no word is wanted, for a search needs something to find, and
    above `LONGEST` characters.
    """
    if len(text) > LONGEST:
        raise QueryError(f"the query has {len(text):,} characters; at most {LONGEST:,} are read.")
    text = text.encode("utf-8", "replace").decode()
    structured = operators and _has_operators(text)
    words = _without_operators(text) if structured else text
    tree = _tree(text, analyzer) if structured else NullQuery
    if not words.strip():
        raise QueryError(f"no word is wanted in {text!r}; type at least one.")
    spans = tuple(analyzer.spans(words))
    counts = Counter(term for term, _, _ in spans)
    light = frozenset(counts.keys() & analyzer.request_terms)
    of_request = light if len(light) < len(counts) else frozenset[str]()
    terms = tuple((t, count * (LIGHT if t in of_request else 1)) for t, count in counts.items())
    # Only stop words between the operators: nothing to match, but a meaning to look for.
    kept = None if tree == NullQuery else tree
    return Query(text, words, terms, kept, of_request, spans, encode)


def _has_operators(text: str) -> bool:
    if len(text) > LONGEST_WITH_OPERATORS or not _OPERATOR.search(text):
        return False
    return _depth(_QUOTED.sub("", text)) <= DEEPEST


def _depth(text: str) -> int:
    """Count parentheses within parentheses; one that closes nothing counts for nothing."""
    depth = deepest = 0
    for character in text:
        depth = max(depth + (character == "(") - (character == ")"), 0)
        deepest = max(deepest, depth)
    return deepest


def _without_operators(text: str) -> str:
    """Keep the words that are wanted: a vector knows no `not`."""
    return " ".join(_MARKS.sub(" ", _UNWANTED.sub(" ", text)).split())


class _PrefixNode(PrefixPlugin.PrefixNode):
    """A prefix as it was typed: Whoosh would stem it, and `toki` is not how `tokyo` begins."""

    def query(self, parser: QueryParser) -> Tree:
        """Make the query."""
        return Prefix(self.fieldname or parser.fieldname or "", self.text, boost=self.boost)


class _Prefixes(PrefixPlugin):
    """Whoosh's `word*`, whose own pattern takes `+`, `-` and brackets for letters of it."""

    expr = r"(?P<text>[^\s*+\-():\"][^\s*():\"]*)[*](?=\s|$|\))"
    nodetype = _PrefixNode


class _Fuzzy(FuzzyTermPlugin):
    """Whoosh's `word~2`, without its `word~2/3`: fails where a word is shorter than 3."""

    expr = re.compile(r"(?<=\S)~(?P<maxdist>[0-9])?(?P<prefix>)")


class _AndMaybeGroup(syntax.AndMaybeGroup):
    """Two groups of which each makes its query once."""

    def query(self, parser: QueryParser) -> Tree:
        """Make the query; Whoosh's own would make both twice, and those in them four times."""
        wanted, optional = self.nodes
        return AndMaybe(wanted.query(parser), optional.query(parser))


class _AndNotGroup(syntax.AndNotGroup):
    """Two groups of which each makes its query once."""

    def query(self, parser: QueryParser) -> Tree:
        """Make the query; Whoosh's own would make both twice, and those in them four times."""
        wanted, banned = self.nodes
        return AndNot(wanted.query(parser), banned.query(parser))


class _PlusMinus(PlusMinusPlugin):
    """Whoosh's `+` and `-` (and NOT), inside parentheses too, but not inside words."""

    def __init__(self) -> None:
        super().__init__(_MUST, rf"{_MUST_NOT}|{_NOT}")  # type: ignore[no-untyped-call]

    def do_plusminus(self, parser: QueryParser, group: Any) -> Any:
        """Sort the nodes of a group, and those of the groups in it."""
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
    """Bring fuzzy words and prefixes to the form that terms are indexed in."""

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
