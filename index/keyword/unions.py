"""Sums of many terms' scores of passages, in the order in which Whoosh adds them.

Rounding depends on that order: of three numbers, two are added first. Whoosh makes a tree
of unions as Huffman made codes, joining the two rarest again and again.
"""

from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from plait.index.leg import Passages, Scores

_SAME_IN_ANY_ORDER = 2
"""Number of scores whose sum is the same in any order; that of three is not."""


def summed(
    counts: NDArray[np.int64], passages: Passages, scores: Scores
) -> tuple[Passages, Scores]:
    """Sum scores by passage; `counts` are the numbers of each term's rows, term after term.

    Returns each passage once, ascending, and its sum.
    """
    if not len(passages):
        return passages, scores
    often = np.bincount(passages)
    sums = np.bincount(passages, scores).astype(np.float64, copy=False)
    many = often[passages] > _SAME_IN_ANY_ORDER
    if many.any():
        terms = np.repeat(np.arange(len(counts)), counts)[many]
        passages, scores = _by_tree(counts.tolist(), terms, passages[many], scores[many])
        sums[passages] = scores
    found: Passages = np.flatnonzero(often)
    return found, sums[found]


def _by_tree(
    counts: list[int], nodes: Passages, passages: Passages, scores: Scores
) -> tuple[Passages, Scores]:
    """Sum scores from the leaves of the tree to its root, all passages at once."""
    parents, heights, leaves = _tree(counts)
    rank = np.empty(len(leaves), np.int64)
    rank[leaves] = np.arange(len(leaves))
    # By passage, then from left to right in the tree: what is added lies side by side.
    order = np.lexsort((rank[nodes], passages))
    nodes, passages, scores = nodes[order], passages[order], scores[order]
    for height in range(1, int(heights.max()) + 1):
        above = parents[nodes]
        nodes = np.where(heights[above] == height, above, nodes)
        twins = (passages[1:] == passages[:-1]) & (nodes[1:] == nodes[:-1])
        scores[:-1][twins] += scores[1:][twins]
        keep = np.concatenate([[True], ~twins])
        nodes, passages, scores = nodes[keep], passages[keep], scores[keep]
    return passages, scores


def _tree(weights: list[int]) -> tuple[NDArray[np.int64], NDArray[np.int64], list[int]]:
    """Join the two lightest nodes until one is left; of equal ones, those that came first.

    Returns the parent of each node, its height, and the leaves from one side to the other.
    The root is its own parent.
    """
    heap = [(weight, node) for node, weight in enumerate(weights)]
    heapify(heap)
    last = 2 * len(weights) - 2
    parents, heights = [last] * (last + 1), [0] * (last + 1)
    under = [[node] for node in range(len(weights))]
    for node in range(len(weights), last + 1):
        (light, first), (heavy, second) = heappop(heap), heappop(heap)
        heappush(heap, (light + heavy, node))
        parents[first] = parents[second] = node
        heights[node] = 1 + max(heights[first], heights[second])
        under.append(under[first] + under[second])
    return np.array(parents), np.array(heights), under[last]
