"""The second look at the best candidates."""

import random

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from plait.search.settings import Settings
from plait.search.stages.second_look import late_parts, neighbour_parts

NEIGHBOURS = Settings().neighbours


def test_late_interaction_by_hand() -> None:
    """What is above the least, in deviations of the dense leg, times the weight."""
    parts = late_parts(np.array([0.3, 0.2, 0.5]), 0.1, 0.9)
    assert parts == pytest.approx([0.9, 0.0, 2.7])


@pytest.mark.parametrize(("similarities", "deviation"), [([], 0.1), ([0.3, 0.4], 0.0)])
def test_late_interaction_without_a_scale_adds_nothing(
    similarities: list[float], deviation: float
) -> None:
    """No candidates, or a leg that scores all alike."""
    parts = late_parts(np.array(similarities), deviation, 0.9)
    assert parts.tolist() == [0.0] * len(similarities)


def test_neighbours_by_hand() -> None:
    """Three candidates: two at 60 degrees, the third at a right angle to the first."""
    vectors = np.array([[1, 0, 0], [0.5, 0.75**0.5, 0], [0, 0.6, 0.8]], dtype=np.float32)
    between = 0.75**0.5 * 0.6
    second = (0.25 * 3.0 + between**2 * 1.0) / (0.25 + between**2)
    parts = neighbour_parts(np.array([3.0, 2.0, 1.0]), vectors, 0.5, NEIGHBOURS)
    # The first and the third have the second alone: their own cosine is 0.
    assert parts == pytest.approx([0.5 * (2 - 3), 0.5 * (second - 2), 0.5 * (2 - 1)])


def test_only_the_nearest_count() -> None:
    """A crowd of one kind says nothing of a pair of another, however it scores."""
    crowd, pair = np.tile([1.0, 0.0, 0.0], (NEIGHBOURS + 1, 1)), np.tile([0.0, 1.0, 0.0], (2, 1))
    scores = np.array([5.0] * (NEIGHBOURS + 1) + [3.0, 1.0])
    parts = neighbour_parts(scores, np.vstack([crowd, pair]).astype(np.float32), 0.25, NEIGHBOURS)
    assert parts == pytest.approx([0.0] * (NEIGHBOURS + 1) + [-0.5, 0.5])


@pytest.mark.parametrize("count", [0, 1])
def test_without_neighbours_nothing_is_added(count: int) -> None:
    """One candidate alone, or none, keeps its score; so do opposites."""
    parts = neighbour_parts(np.ones(count), np.ones((count, 2), np.float32), 0.3, NEIGHBOURS)
    assert parts.tolist() == [0.0] * count
    opposites = np.array([[1, 0], [-1, 0]], dtype=np.float32)
    parts = neighbour_parts(np.array([1.0, 2.0]), opposites, 0.3, NEIGHBOURS)
    assert parts.tolist() == [0.0, 0.0]


@st.composite
def candidates(draw: st.DrawFn) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Draw scores and unit vectors."""
    count = draw(st.integers(1, 40))
    scores = draw(hnp.arrays(np.float64, count, elements=st.floats(-5, 20)))
    raw = draw(hnp.arrays(np.float32, (count, 4), elements=st.floats(-1, 1, width=32)))
    raw[:, 0] += 2  # no vector of length 0
    return scores, raw / np.linalg.norm(raw, axis=1, keepdims=True)


@given(candidates(), st.floats(0, 1))
def test_no_score_falls_below_the_least(
    drawn: tuple[NDArray[np.float64], NDArray[np.float32]], share: float
) -> None:
    """So what was not looked at again stays behind; nor does one rise above the greatest."""
    scores, vectors = drawn
    refined = scores + neighbour_parts(scores, vectors, share, NEIGHBOURS)
    assert refined.min() >= scores.min() - 1e-9
    assert refined.max() <= scores.max() + 1e-9


@given(candidates(), st.randoms(use_true_random=False))
def test_the_order_of_candidates_changes_no_bit(
    drawn: tuple[NDArray[np.float64], NDArray[np.float32]], chance: random.Random
) -> None:
    """Copies of a text must tie exactly, in whatever order they were indexed."""
    scores, vectors = drawn
    order = list(range(len(scores)))
    chance.shuffle(order)
    parts = neighbour_parts(scores, vectors, 0.25, NEIGHBOURS)
    again = neighbour_parts(scores[order], vectors[order], 0.25, NEIGHBOURS)
    assert again.tolist() == parts[order].tolist()
