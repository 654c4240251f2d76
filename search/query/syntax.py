"""Syntax of operators: a query text to a tree of Whoosh's query classes, by Whoosh's parser.

Ours differ from Whoosh's plugins where those take a sign inside of a word for an operator, stem a
prefix, or make a query twice. Which texts have operators is `plait.search.query.parser`'s matter.
"""

import re
from collections.abc import Iterable
from typing import Any

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
    Wildcard,
)

from plait.index.language.analyzer import TextAnalyzer
from plait.index.language.terms import STOP_MARK, Term as Found
from plait.index.leg import TITLE_BOOST
from plait.index.phrase import Words

FIELD_BOOSTS = {"title": TITLE_BOOST, "text": 1.0}
"""Boosts of a word that may be in any field."""
MOST_EDITS = 2
"""Greatest number of edits of a fuzzy word; more would match nearly every word."""

PATTERN = re.compile(
    r"(?<![^\s(+:\-])(?!\*\*)(?=[\w*?][^\s():\"]*)(?=[^\s():\"]*\w)"
    r"(?P<text>[\w'\u2019&.\-]*(?:\*|\?(?=[*?]*\w))[\w'\u2019&.*?\-]*)(?<!\?)\?*(?=[\s)]|$)"
)
"""Pattern of a word with wildcards: `*` stands for any letters, and `?` for one, but not behind the
last. Two stars before a word are markup."""
_WILDCARD = re.compile(r"([*?])")
_JOINERS = re.compile(r"[-_&]")
"""Pattern of what stands between parts of a word, which are joined in one of its forms."""

MUST = r"(?<![^\s(])\+(?=[\w\"(]|\.[^\W\d_])"
MUST_NOT = r"(?<![^\s(])-(?=[^\W\d_]|[\"(]|\.[^\W\d_])"
# `peace NOT war` and `peace AND NOT war` exclude, as `peace -war` does. Whoosh by itself
# would read the first as `peace OR (NOT war)`.
NOT = r"(?:\b(?:AND|OR)\s+)?\bNOT\s+(?=\S)"


def parse_tree(text: str, analyzer: TextAnalyzer) -> Tree:
    """Return the tree of a text with operators; `NullQuery` where nothing can match."""
    return _adapt(_parser(analyzer).parse(text), analyzer)


def words_leaf(
    field: str, text: str, analyzer: TextAnalyzer, slop: int = 1, boost: float = 1.0
) -> Tree:
    """Return the leaf of a text: a term, or words one after another; nothing without a word."""
    found = _with_signs(analyzer.found(text))
    words = [own for own in found if not own.is_joined]
    if not words:
        return NullQuery
    if len(found) == 1:
        return Term(field, words[0].text, boost=boost)
    first = words[0].at
    joined = tuple((own.text, own.at - first, own.extent) for own in found if own.is_joined)
    return Words(field, [own.text for own in words], joined, slop, boost)


def _with_signs(found: Iterable[Found]) -> list[Found]:
    """Return the terms of a text, where a name with a sign stands for itself alone.

    Whoever wants `.NET` among words is served by `net` as well, but not who demands it.
    """
    every = list(found)
    signs = {own.at: own for own in every if own.has_sign and own.extent == 1}
    return [
        signs[own.at]._replace(is_joined=False) if own.at in signs else own
        for own in every
        if not (own.is_joined and own.at in signs)
    ]


class _PatternNode(PrefixPlugin.PrefixNode):
    """Word with wildcards as it was typed: Whoosh would stem it, and `toki` begins no `tokyo`."""

    def query(self, parser: QueryParser) -> Tree:
        """Return the query of the pattern, or of the prefix where all else is typed."""
        pattern = Wildcard(self.fieldname or parser.fieldname or "", self.text, boost=self.boost)
        tree: Tree = pattern.normalize()
        return tree


class _Patterns(PrefixPlugin):
    """Syntax of `word*`, `w?rd` and `*ord`."""

    expr = PATTERN.pattern
    nodetype = _PatternNode


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
        super().__init__(MUST, rf"{MUST_NOT}|{NOT}")  # type: ignore[no-untyped-call]

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


class _PhraseNode(PhrasePlugin.PhraseNode):
    """Phrase of all its words, small ones too."""

    def query(self, parser: QueryParser) -> Tree:
        """Return the leaf of the phrase."""
        field = self.fieldname or parser.fieldname or ""
        analyzer: TextAnalyzer = parser.analyzer  # type: ignore[attr-defined]
        return words_leaf(field, self.text, analyzer, self.slop, self.boost)


class _Phrases(PhrasePlugin):
    """Syntax of Whoosh's phrases."""

    class PhraseTagger(PhrasePlugin.PhraseTagger):
        """Tagger of a phrase."""

        def create(
            self,
            parser: QueryParser,  # noqa: ARG002 - Whoosh's
            match: re.Match[str],
        ) -> _PhraseNode:
            """Return the node of a phrase that was found."""
            slop = int(match["slop"] or 1)
            return _PhraseNode(match["text"], match.start("text"), slop)

    def taggers(self, parser: QueryParser) -> list[tuple[Any, int]]:  # noqa: ARG002
        """Return the tagger with its priority."""
        return [(self.PhraseTagger(self.expr), 0)]  # type: ignore[no-untyped-call]


class _Parser(QueryParser):
    """Whoosh's parser, with plait's terms of a word."""

    analyzer: TextAnalyzer

    def term_query(
        self,
        fieldname: str,
        text: str,
        termclass: type[Any],
        boost: float = 1.0,
        *_: bool,
        **__: bool,
    ) -> Tree:
        """Return the leaf of a word: one of several parts matches these side by side."""
        if termclass is not Term:
            leaf: Tree = termclass(fieldname, text, boost=boost)
            return leaf
        return words_leaf(fieldname, text, self.analyzer, boost=boost)


def _parser(analyzer: TextAnalyzer) -> _Parser:
    plugins: list[Any] = [
        WhitespacePlugin(),
        _Phrases(),  # type: ignore[no-untyped-call]
        FieldsPlugin(),
        _Patterns(),  # type: ignore[no-untyped-call]
        _Fuzzy(),  # type: ignore[no-untyped-call]
        GroupPlugin(),
        _PlusMinus(),
        OperatorsPlugin(Not="", AndNot="", AndMaybe="", Require=""),
        MultifieldPlugin(list(FIELD_BOOSTS), fieldboosts=FIELD_BOOSTS),
    ]
    parser = _Parser(None, analyzer.schema, plugins=plugins, group=OrGroup)
    parser.analyzer = analyzer
    return parser


def _adapt(tree: Tree, analyzer: TextAnalyzer) -> Tree:
    """Return a tree whose fuzzy words and patterns are folded, as the words of the texts are."""

    def adapted(node: Tree) -> Tree:
        if isinstance(node, Or):
            return _without_small_words(node)
        if isinstance(node, FuzzyTerm | Prefix | Wildcard):
            pieces = _WILDCARD.split(_JOINERS.sub("", node.text.lower()))
            node.text = "".join(own if own in "*?" else analyzer.fold(own) for own in pieces)
        if isinstance(node, FuzzyTerm):
            node.maxdist = min(node.maxdist, MOST_EDITS)
        return node

    return tree.accept(adapted).normalize()


def _without_small_words(group: Or) -> Tree:
    """Return alternatives without stop words in any field: those match nearly everything."""
    telling = [child for child in group.children() if not _is_small_word(child)]
    return Or(telling, boost=group.boost) if telling else group


def _is_small_word(node: Tree) -> bool:
    """Return whether a node is a stop word that may be in any field."""
    fields = list(node.children()) if isinstance(node, Or) else []
    return any(
        isinstance(own, Term) and own.boost == TITLE_BOOST and own.text.endswith(STOP_MARK)
        for own in fields
    )
