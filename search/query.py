"""Here is what a person typed: is it a bag of words, or does it use operators?

Plain words make a bag, scored by the vectorised path. Operators (`"a phrase"`,
`+must`, `-not`, `title:word`, `prefix*`, `fuzzy~`, `AND OR NOT`) make a Whoosh
query tree. Punctuation that people write anyway, such as a question mark, a
slash or a lone hyphen, is no operator.
"""

import re
from collections import Counter
from dataclasses import dataclass
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
)
from whoosh.query import (
    And,
    AndMaybe,
    AndNot,
    FuzzyTerm,
    Not,
    NullQuery,
    Or,
    Phrase,
    Prefix,
    Query as Tree,
    Require,
    Term,
)

from plait.index.analyzer import TextAnalyzer, fold
from plait.index.errors import QueryError

FIELD_WEIGHTS = {"title": 0.2, "text": 1.0}
"""What a match in each field counts. The text field holds the title as well, so a word
of the title is found by both; anything from 0 to .5 ranks alike (docs/adr/0004)."""

_OPERATOR = re.compile(
    r'"[^"]*\w[^"]*"'  # a phrase
    r"|(?:^|[\s(])[+-](?=[^\W\d_]|\"|\()"  # +must, -not
    r"|(?:^|[\s(+-])(?:title|text):(?=[\w\"(])"  # a field
    r"|\w\*(?=$|[\s)])"  # a prefix
    r"|\w~[12]?(?=$|[\s)])"  # a fuzzy term
    r"|(?:^|\s)(?:AND|OR|NOT)\s"  # boolean words, in capitals
)
_UNWANTED = re.compile(r'(?:(?:^|\s)-|\bNOT\s+)(?:\w+:)?(?:"[^"]*"|\([^)]*\)|\S+)')
_MARKS = re.compile(r'["()]|(?:^|(?<=\s))[+-]|\b(?:title|text):|[*~]\d?|\b(?:AND|OR|NOT)\b')


@dataclass(frozen=True, slots=True)
class Query:
    """A query as both legs need it."""

    text: str
    """What was typed."""
    words: str
    """The wanted words, without operators: what the encoder reads."""
    terms: tuple[tuple[str, int], ...]
    """Terms and how often each was typed, in order of appearance."""
    tree: Tree | None
    """Whoosh's query where operators were used; only its matches may be returned."""


def parse_query(text: str, analyzer: TextAnalyzer) -> Query:
    """Read a query; what makes no sense as an operator is a word.

    Raises `QueryError` where every word is unwanted: a search needs something to find.
    """
    structured = _OPERATOR.search(text) is not None
    words = _without_operators(text) if structured else text
    terms = tuple(Counter(analyzer.terms(words)).items())
    tree = _parser(analyzer).parse(text) if structured else None
    tree = _adapt(tree, analyzer) if tree else None
    if isinstance(tree, Not) or not words.strip():
        raise QueryError(f"every word of {text!r} is unwanted; name at least one that is not.")
    # Only stop words between the operators: nothing to match, but a meaning to look for.
    return Query(text, words, terms, None if tree == NullQuery else tree)


def _without_operators(text: str) -> str:
    """Keep the words that are wanted: a vector knows no `not`."""
    return " ".join(_MARKS.sub(" ", _UNWANTED.sub(" ", text)).split())


def _parser(analyzer: TextAnalyzer) -> QueryParser:
    plugins: list[Any] = [
        WhitespacePlugin(),
        PhrasePlugin(),
        FieldsPlugin(),
        PrefixPlugin(),
        FuzzyTermPlugin(),
        GroupPlugin(),
        OperatorsPlugin(AndMaybe="", Require=""),
        PlusMinusPlugin(),
        MultifieldPlugin(list(FIELD_WEIGHTS), fieldboosts=FIELD_WEIGHTS),
    ]
    return QueryParser(None, analyzer.schema, plugins=plugins, group=OrGroup)


def _adapt(tree: Tree, analyzer: TextAnalyzer) -> Tree:
    """Bring prefixes and fuzzy words to the form that terms are indexed in; make NOT exclude."""

    def leaf(node: Tree) -> Tree:
        if isinstance(node, FuzzyTerm):
            node.text = analyzer.term(node.text) or fold(node.text.lower())
            return node
        if isinstance(node, Prefix):
            # `treaties*` must find the stem `treati`, which does not begin so.
            folded = fold(node.text.lower())
            stem = analyzer.term(folded) or folded
            either = [Prefix(node.fieldname, folded), Term(node.fieldname, stem)]
            return Or(either, boost=node.boost)
        if isinstance(node, And | Or) and any(isinstance(child, Not) for child in node):
            # `peace NOT war` excludes, as `peace -war` does. Whoosh would read it as
            # `peace OR (NOT war)`, and let an unwanted word that is absent add 1 to a score.
            wanted = [child for child in node if not isinstance(child, Not)]
            unwanted = Or([child.query for child in node if isinstance(child, Not)])
            return AndNot(type(node)(wanted), unwanted) if wanted else Not(unwanted)
        return node

    return tree.accept(leaf).normalize()


def scoring_leaves(tree: Tree) -> list[Tree]:
    """List the parts of a tree whose scores add up to the score of a match."""
    if isinstance(tree, And | Or):
        return [leaf for child in tree.children() for leaf in scoring_leaves(child)]
    if isinstance(tree, AndMaybe):
        return scoring_leaves(tree.a) + scoring_leaves(tree.b)
    if isinstance(tree, AndNot | Require):
        return scoring_leaves(tree.a)
    return [tree]


def leaf_text(leaf: Tree) -> str:
    """Write a leaf as a person would type it, without its field."""
    if isinstance(leaf, Phrase):
        return '"' + " ".join(leaf.words) + '"'
    if isinstance(leaf, FuzzyTerm):
        return f"{leaf.text}~{leaf.maxdist}"
    if isinstance(leaf, Prefix):
        return f"{leaf.text}*"
    return leaf.text if isinstance(leaf, Term) else str(leaf)
