"""The arithmetic: by hand, by property, and against independent implementations."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from plait.index.arithmetic import best_places, idf
from plait.index.dense.moments import Moments
from plait.index.keyword.bm25 import length_norm, term_score
from plait.index.keyword.leg import KeywordAnswer, TermScores
from plait.index.leg import BM25, LegScores, Scores, TermPart
from plait.search.fusion import Convex, Fusion, MinMax, ReciprocalRank, standardise
from plait.search.stages.order import ranked

SCORES = st.lists(st.floats(0, 50, allow_subnormal=False), min_size=1, max_size=30)


def leg(scores: list[float]) -> LegScores:
    """Make a leg that scored nothing else."""
    found = np.array(scores, dtype=np.float64)
    return LegScores(np.arange(len(found)), found, float(found.mean()), float(found.std()))


def parts(fusion: Fusion, keyword: list[float], dense: list[float]) -> tuple[Scores, Scores]:
    """Fuse a keyword leg, where 0 says that nothing was found, and a dense one."""
    legs = {"keyword": replace(leg(keyword), is_sparse=True), "dense": leg(dense)}
    found = fusion.parts(legs)
    assert list(found) == list(legs)
    return found["keyword"], found["dense"]


def test_z_scores_by_hand() -> None:
    """1, 2, 3 have the mean 2 and the deviation sqrt(2/3)."""
    assert standardise(leg([1, 2, 3])) == pytest.approx([-math.sqrt(1.5), 0, math.sqrt(1.5)])
    assert standardise(leg([4, 4])).tolist() == [0, 0]


def test_convex_by_hand() -> None:
    """The weight is the dense leg's share."""
    keyword, dense = parts(Convex(0.75), [1, 2, 3], [3, 2, 1])
    assert keyword == pytest.approx([-0.25 * math.sqrt(1.5), 0, 0.25 * math.sqrt(1.5)])
    assert dense == pytest.approx([0.75 * math.sqrt(1.5), 0, -0.75 * math.sqrt(1.5)])


def test_min_max_by_hand() -> None:
    """The least candidate gets 0 and the greatest the leg's weight; equal scores all get 0."""
    keyword, dense = parts(MinMax(0.5), [1, 3, 2], [7, 7, 7])
    assert keyword.tolist() == [0, 0.5, 0.25]
    assert dense.tolist() == [0, 0, 0]


def test_reciprocal_ranks_by_hand() -> None:
    """First in one leg and second in the other; ties share a rank; no word, no rank."""
    keyword, dense = parts(ReciprocalRank(), [5, 2, 2, 0], [0.1, 0.4, 0.2, 0.3])
    assert keyword == pytest.approx([1 / 61, 1 / 62, 1 / 62, 0])
    assert dense == pytest.approx([1 / 64, 1 / 61, 1 / 63, 1 / 62])


@pytest.mark.parametrize("fusion", [Convex(), MinMax(), ReciprocalRank()])
@given(scores=st.lists(st.tuples(st.floats(0, 50), st.floats(-1, 1)), min_size=1, max_size=30))
def test_a_better_score_in_both_legs_never_ranks_lower(
    fusion: Fusion, scores: list[tuple[float, float]]
) -> None:
    """Every fusion is monotonous, and gives finite numbers."""
    keyword, dense = (list(column) for column in zip(*scores, strict=True))
    total = np.add(*parts(fusion, keyword, dense))
    assert np.isfinite(total).all()
    for i in range(len(scores)):
        for j in range(len(scores)):
            if scores[i][0] >= scores[j][0] and scores[i][1] >= scores[j][1]:
                assert total[i] >= total[j] - 1e-9


@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_moments_are_numpys_mean_and_deviation(rows: int, seed: int) -> None:
    """The closed form equals scoring every vector; so does a difference of two sets."""
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(rows, 8)).astype(np.float32)
    query = random.normal(size=8).astype(np.float32)
    moments = Moments.of(matrix) + Moments.of(matrix[:3]) - Moments.of(matrix[:3])
    scores = (matrix.astype(np.float64) @ query.astype(np.float64)).tolist()
    wanted = (np.mean(scores), np.std(scores))
    assert moments.mean_and_deviation(query) == pytest.approx(wanted, abs=1e-6)


def test_moments_of_nothing_and_of_equals() -> None:
    """No vectors and equal vectors have the deviation 0, exactly."""
    query = np.array([0.6, 0.8], dtype=np.float32)
    assert Moments.of(np.zeros((0, 2), np.float32)).mean_and_deviation(query) == (0.0, 0.0)
    same = np.tile(query, (5, 1))
    assert Moments.of(same).mean_and_deviation(query)[1] == 0.0


@given(SCORES, st.integers(1, 35))
def test_ranking_sorts_by_score_then_id(scores: list[float], k: int) -> None:
    """Equal scores go by id, at the cut too, whatever order they came in."""
    rounded = np.array([round(score) for score in scores], dtype=np.float64)
    numbers = np.arange(len(rounded))
    rows = ranked(numbers, rounded, lambda tied: [f"{number:03}" for number in tied], k)
    assert rows == sorted(numbers.tolist(), key=lambda row: (-rounded[row], row))[:k]


@given(st.integers(0, 999), st.integers(1, 8), st.integers(600, 1400))
def test_the_best_of_many_are_those_of_a_sort(seed: int, k: int, count: int) -> None:
    """By the greatest of each 64 first: ties with the last stay, and the rest counts too."""
    scores = np.random.default_rng(seed).integers(0, 200, count).astype(float)
    wanted = np.flatnonzero(scores >= np.sort(scores)[-k])
    assert best_places(scores, k).tolist() == wanted.tolist()


def test_bm25_by_hand() -> None:
    """One passage of two has the term twice, at the mean length: idf log(2), tf 2 / 2.9."""
    norm = length_norm(BM25(k1=0.9, b=0.4), np.array([5.0]), 5.0)
    assert norm.tolist() == [0.9]
    assert idf(1, 2) == pytest.approx(math.log(2))
    assert term_score(2.0, float(norm[0]), idf(1, 2)) == pytest.approx(math.log(2) * 2 / 2.9)


def test_keyword_scores_by_hand() -> None:
    """Four passages, of which three live; one term in two of them, another in one."""
    numbers, scores = np.array([0, 2, 2]), np.array([1.0, 2.0, 3.0])
    terms = TermScores([("text", "a"), ("text", "b")], [2, 1], numbers, scores)
    found = KeywordAnswer.of(terms, None, (4, 3))
    assert found.totals.tolist() == [1, 0, 5, 0]
    assert (found.mean, found.deviation) == pytest.approx((2, math.sqrt(26 / 3 - 4)))
    assert [found.best(k).tolist() for k in (1, 2, 3, 9)] == [[2], [0, 2], [0, 2], [0, 2]]
    assert found.scores(np.array([1, 2])).scores.tolist() == [0, 5]
    both = [TermPart("text", "a", 2.0), TermPart("text", "b", 3.0)]
    assert terms.of(np.array([2, 1, 0])) == [both, [], [TermPart("text", "a", 1.0)]]


def test_keyword_scores_with_operators_by_hand() -> None:
    """What operators leave out scores nothing; what they let through is found, 0 or not."""
    terms = TermScores([("text", "a")], [2], np.array([0, 2]), np.array([1.0, 5.0]))
    found = KeywordAnswer.of(terms, np.array([1, 2]), (4, 3))
    assert found.totals.tolist() == [0, 0, 5, 0]
    assert found.mean == pytest.approx(5 / 3)
    assert found.best(1).tolist() == [2]
    assert found.best(2).tolist() == [1, 2]


def test_equal_keyword_scores_are_all_among_the_best() -> None:
    """However few are wanted: ids decide later."""
    terms = TermScores([("text", "a")], [3], np.arange(3), np.ones(3))
    assert KeywordAnswer.of(terms, None, (4, 4)).best(1).tolist() == [0, 1, 2]


def test_no_term_scores_nothing() -> None:
    """As for a query of stop words."""
    found = KeywordAnswer.of(TermScores.joined([]), None, (2, 2))
    assert (found.totals.tolist(), found.mean, found.deviation) == ([0.0, 0.0], 0.0, 0.0)
    assert found.best(5).tolist() == []
