"""Token vectors as signs: packing, choosing, joining, and what MaxSim makes of them."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from plait.index.dense.late_interaction import TOKENS_UNPACKED_AT_ONCE, Tokens, max_similarity

Floats = NDArray[np.float32]


def test_max_similarity_by_hand() -> None:
    """Two query tokens, three texts, four dimensions: worked out on paper.

    (1, 0, 0, 0) agrees with any sign + of the first component: 1 / 2. The other,
    (.6, 0, 0, -.8), makes 1.4 / 2 with (+, ., ., -) and .2 / 2 with (-, ., ., -).
    """
    query = np.array([[1, 0, 0, 0], [0.6, 0, 0, -0.8]], dtype=np.float32)
    tokens = Tokens.of(
        [
            np.array([[1, 1, 1, 1], [-1, -1, -1, -1]], dtype=np.float32),
            np.zeros((0, 4), dtype=np.float32),
            np.array([[0.1, -2, 3, -4]], dtype=np.float32),
        ]
    )
    assert tokens.signs.tolist() == [[0b11110000], [0], [0b10100000]]
    wanted = [(0.5 + 0.1) / 2, 0, (0.5 + 0.7) / 2]
    assert max_similarity(query, tokens, np.ones(2)) == pytest.approx(wanted, abs=1e-6)
    wanted = [(0.5 + 3 * 0.1) / 4, 0, (0.5 + 3 * 0.7) / 4]
    assert max_similarity(query, tokens, np.array([2, 6])) == pytest.approx(wanted, abs=1e-6)


def slow_max_similarity(query: Floats, texts: Sequence[Floats]) -> list[float]:
    """Compute MaxSim as the paper says it, in plain Python."""
    found = []
    for text in texts:
        best = [
            max(
                sum(float(q) * (1 if t > 0 else -1) for q, t in zip(a, b, strict=True))
                for b in text
            )
            for a in query
            if len(text)
        ]
        found.append(sum(best) / len(best) / math.sqrt(query.shape[1]) if best else 0.0)
    return found


@st.composite
def query_and_texts(draw: st.DrawFn) -> tuple[Floats, list[Floats]]:
    """Draw unit rows and texts of random tokens, some of them without any."""
    dimension = draw(st.integers(1, 40))
    lengths = draw(st.lists(st.integers(0, 4), min_size=1, max_size=6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = rng.normal(size=(draw(st.integers(0, 3)), dimension))
    query = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return query, [rng.normal(size=(n, dimension)).astype(np.float32) for n in lengths]


@given(query_and_texts())
def test_max_similarity_is_that_of_a_plain_loop(drawn: tuple[Floats, list[Floats]]) -> None:
    """Whatever the lengths, texts without tokens at either end included."""
    query, texts = drawn
    found = max_similarity(query, Tokens.of(texts), np.ones(len(query)))
    assert found == pytest.approx(slow_max_similarity(query, texts), abs=1e-5)


def test_a_similarity_does_not_depend_on_its_neighbours() -> None:
    """Alone or among hundreds, across the borders of chunks: the same bits."""
    rng = np.random.default_rng(7)
    rows = rng.normal(size=(9, 384))
    query = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    tokens = Tokens.of([rng.normal(size=(n % 90, 384)).astype(np.float32) for n in range(200)])
    assert len(tokens.signs) > 5 * TOKENS_UNPACKED_AT_ONCE
    weights = rng.random(9)
    together = max_similarity(query, tokens, weights)
    alone = [max_similarity(query, tokens.take(np.array([n])), weights)[0] for n in range(200)]
    assert together.tolist() == alone


@given(query_and_texts(), st.data())
def test_taking_joining_and_merging(
    drawn: tuple[Floats, list[Floats]], data: st.DataObject
) -> None:
    """Any texts in any order, parts put together, and parts without some texts."""
    _, texts = drawn
    tokens = Tokens.of(texts)
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=8))
    taken = tokens.take(np.array(rows, dtype=np.int64))
    assert spelled(taken) == [spelled(tokens)[row] for row in rows]
    assert spelled(Tokens.joined([taken, tokens])) == spelled(taken) + spelled(tokens)
    stays = np.array([n % 2 == 0 for n in range(len(texts))])
    starts, *signs = Tokens.merged([(tokens, stays), (tokens, ~stays)])
    joined = np.concatenate([chunk["token_signs"] for chunk in signs])
    merged = Tokens(starts["token_starts"], joined)
    assert spelled(merged) == spelled(tokens)[0::2] + spelled(tokens)[1::2]


def spelled(tokens: Tokens) -> list[bytes]:
    """Give the signs of each text as bytes."""
    return [
        tokens.signs[start:end].tobytes()
        for start, end in zip(tokens.starts[:-1], tokens.starts[1:], strict=True)
    ]
