"""Passages that a query with operators matches, and the leaves that score.

The passages of each leaf (a word, a phrase, a prefix, a fuzzy word) come from
`plait.index.keyword.leaves`; a flag for each passage does the rest. Whoosh's own matcher for
exclusion overlooks the first match where an unwanted word comes before it, so it is not used.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from whoosh.query import (
    And,
    AndMaybe,
    AndNot,
    FuzzyTerm,
    Or,
    Phrase,
    Prefix,
    Query as Tree,
    Require,
    Term,
    Wildcard,
)

from plait.index.language.terms import STOP_MARK
from plait.index.leg import TITLE_BOOST, Passages

Matches: TypeAlias = Callable[[Tree], Passages]
"""Function from a leaf to the passages that it matches, ascending."""


def weighted(tree: Tree, title: float) -> Tree:
    """Return a tree in which words that may be in any field weigh `title` in the title."""

    def weigh(node: Tree) -> Tree:
        return node.with_boost(title) if getattr(node, "boost", 1.0) == TITLE_BOOST else node

    return tree.accept(weigh)


def matching(tree: Tree, matches: Matches, articles: Passages) -> Passages:
    """Return the passages of the articles that a tree matches, ascending.

    `articles` are the numbers of each passage's article; deleted passages are among those returned.
    """

    def within(leaf: Tree) -> Passages:
        return articles[matches(leaf)]

    count = int(articles.max(initial=-1)) + 1
    return np.flatnonzero(_flags(tree, within, count)[articles])


def _flags(tree: Tree, matches: Matches, count: int) -> NDArray[np.bool_]:
    """Return whether each article matches; flags cost alike, however many are set."""
    if isinstance(tree, AndMaybe):
        return _flags(tree.a, matches, count)
    if isinstance(tree, And | Or | Require | AndNot):
        first, *others = tree.children()
        found = _flags(first, matches, count)
        for other in others:
            if isinstance(tree, Or):
                found |= _flags(other, matches, count)
            elif isinstance(tree, AndNot):
                found &= ~_flags(other, matches, count)
            else:
                found &= _flags(other, matches, count)
        return found
    found = np.zeros(count, bool)
    found[matches(tree)] = True
    return found


def scoring_leaves(tree: Tree) -> Iterator[Tree]:
    """Yield the leaves whose scores add up to the score of a match."""
    if isinstance(tree, And | Or):
        for child in tree.children():
            yield from scoring_leaves(child)
    elif isinstance(tree, AndMaybe):
        yield from scoring_leaves(tree.a)
        yield from scoring_leaves(tree.b)
    elif isinstance(tree, AndNot | Require):
        yield from scoring_leaves(tree.a)
    else:
        yield tree


def leaf_text(leaf: Tree) -> str:
    """Return a leaf as a person would type it, without its field."""
    if isinstance(leaf, Phrase):
        return '"' + " ".join(word.rstrip(STOP_MARK) for word in leaf.words) + '"'
    if isinstance(leaf, FuzzyTerm):
        return f"{leaf.text}~{leaf.maxdist}"
    if isinstance(leaf, Prefix):
        return f"{leaf.text}*"
    if isinstance(leaf, Wildcard):
        return str(leaf.text)
    return leaf.text.rstrip(STOP_MARK) if isinstance(leaf, Term) else str(leaf)
