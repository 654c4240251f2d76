"""Tests of differences: by hand, by property, and against independent computations."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.stats import ttest_1samp

from plait.search.evaluation.significance import holm, paired

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=7)


def closed_testing(p_values: list[float]) -> list[float]:
    """Correct by the definition: the worst Bonferroni test of any set that holds the p."""
    places = range(len(p_values))
    sets = [s for size in places for s in combinations(places, size + 1)]
    worst = {s: min(1.0, len(s) * min(p_values[i] for i in s)) for s in sets}
    return [max(worst[s] for s in sets if place in s) for place in places]


def test_holm_by_hand() -> None:
    """.005 x 4, .01 x 3, .03 x 2 = .06, and .04 x 1 may not fall below it."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


@given(P_VALUES)
def test_holm_is_the_closure_of_bonferroni(p_values: list[float]) -> None:
    """The step-down procedure equals testing every subset (Marcus et al., 1976)."""
    assert holm(p_values) == pytest.approx(closed_testing(p_values))


@given(P_VALUES)
def test_holm_keeps_the_order_and_only_raises(p_values: list[float]) -> None:
    """No p falls, none passes Bonferroni's, and a lesser one stays the lesser."""
    corrected = holm(p_values)
    for p, q in zip(p_values, corrected, strict=True):
        assert p <= q <= max(p, min(1.0, p * len(p_values)))
    for i, j in combinations(range(len(p_values)), 2):
        assert (p_values[i] - p_values[j]) * (corrected[i] - corrected[j]) >= 0


@pytest.mark.parametrize("differences", [[0.1, 0.2, 0.3], [0.5, -0.1, 0.2, 0.0, 0.3, 0.25]])
def test_few_topics_are_tested_exactly(differences: list[float]) -> None:
    """With n topics there are 2^n ways to swap; p counts those at least as far out."""
    found = paired(differences)
    mean = abs(np.mean(differences))
    swapped = [
        abs(np.mean(np.multiply(signs, differences)))
        for signs in product((1, -1), repeat=len(differences))
    ]
    assert found.p == pytest.approx(np.mean([value >= mean - 1e-12 for value in swapped]))
    assert found.mean == pytest.approx(np.mean(differences))
    assert found.low <= found.mean <= found.high


def test_many_topics_near_the_t_test_and_the_normal_interval() -> None:
    """With many well-behaved differences the classic formulas hold nearly."""
    differences = np.random.default_rng(1).normal(0.02, 0.1, 120)
    found = paired(differences.tolist())
    margin = 1.96 * differences.std(ddof=1) / np.sqrt(len(differences))
    assert found.p == pytest.approx(ttest_1samp(differences, 0)[1], abs=0.01)
    assert (found.low, found.high) == pytest.approx(
        (differences.mean() - margin, differences.mean() + margin), abs=0.003
    )


def test_nothing_to_test_is_not_a_difference() -> None:
    """No difference, and one topic only."""
    assert paired([0.0, 0.0]).p == 1.0
    single = paired([0.25])
    assert (single.mean, single.low, single.high, single.p) == (0.25, 0.25, 0.25, 1.0)
    assert paired([0.5, 0.5]).low == paired([0.5, 0.5]).high == 0.5


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(-10, 10).map(lambda n: n / 10), min_size=2, max_size=30))
def test_a_report_can_be_made_again(differences: list[float]) -> None:
    """The same differences give the same numbers; turned round, the mirrored ones."""
    found, again = paired(differences), paired(differences)
    mirrored = paired([-difference for difference in differences])
    assert found == again
    assert 0 < found.p <= 1
    assert mirrored.mean == -found.mean
    assert mirrored.p == pytest.approx(found.p, abs=0.03)
