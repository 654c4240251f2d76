"""Here is a query with operators: which passages does it match, and which parts score?

Whoosh's matchers find the passages of each leaf (a word, a phrase, a prefix, a fuzzy
word); sets do the rest. Whoosh's own matcher for exclusion overlooks the first match
where an unwanted word comes before it, so it is not used.
"""

from collections.abc import Callable, Iterator
from functools import reduce
from typing import TypeAlias

import numpy as np
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
)

from plait.search.ranking import Numbers

Matches: TypeAlias = Callable[[Tree], Numbers]
"""A leaf to the passages it matches, ascending."""


def matching(tree: Tree, matches: Matches) -> Numbers:
    """Give the passages that a tree matches, ascending."""

    def of(part: Tree) -> Numbers:
        return matching(part, matches)

    if isinstance(tree, And | Require):
        return reduce(np.intersect1d, map(of, tree.children()))
    if isinstance(tree, Or):
        return reduce(np.union1d, map(of, tree.children()))
    if isinstance(tree, AndNot):
        return np.setdiff1d(of(tree.a), of(tree.b))
    if isinstance(tree, AndMaybe):
        return of(tree.a)
    return matches(tree)


def scoring_leaves(tree: Tree) -> Iterator[Tree]:
    """Walk the leaves whose scores add up to the score of a match."""
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
    """Write a leaf as a person would type it, without its field."""
    if isinstance(leaf, Phrase):
        return '"' + " ".join(leaf.words) + '"'
    if isinstance(leaf, FuzzyTerm):
        return f"{leaf.text}~{leaf.maxdist}"
    if isinstance(leaf, Prefix):
        return f"{leaf.text}*"
    return leaf.text if isinstance(leaf, Term) else str(leaf)
