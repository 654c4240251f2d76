"""The probability fitted to judgements: a slope and an offset of its log-odds, if they help."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from plait.search.evaluation import read_collection
from plait.search.evaluation.tuning.calibration import LEAST_SLOPE, Shown, calibrate, fit
from plait.search.evaluation.tuning.candidates import Questions
from plait.search.evaluation.tuning.grid import DEFAULT_SYSTEM
from plait.search.evaluation.tuning.tuning import folds
from plait.search.index import Index
from plait.search.system import Options, System

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def drawn(slope: float, offset: float, topics: int = 300) -> list[Shown]:
    """Draw hits whose relevance follows a slope and an offset."""
    random = np.random.default_rng(5)
    odds = random.normal(0, 2, (topics, 10))
    likely = 1 / (1 + np.exp(-(slope * odds + offset)))
    relevant = random.random(odds.shape) < likely
    return [Shown(*rows) for rows in zip(odds, relevant, strict=True)]


@pytest.mark.parametrize(("slope", "offset"), [(1, 0), (0.5, -1.5), (2, 1)])
def test_what_hits_follow_is_found(slope: float, offset: float) -> None:
    """Of many topics, nearly."""
    assert fit(drawn(slope, offset)) == pytest.approx((slope, offset), abs=0.2)


def test_few_topics_move_little() -> None:
    """And an order is never turned round, whatever the judgements."""
    assert fit([]) == (1.0, 0.0)
    one = Shown(np.array([1.0, -1.0]), np.array([False, True]))
    slope, offset = fit([one])
    assert 0.4 < slope < 0.8
    assert offset == pytest.approx(0, abs=0.01)
    assert fit([one] * 1000)[0] == pytest.approx(LEAST_SLOPE)


@given(st.lists(st.tuples(st.floats(-9, 9), st.booleans()), max_size=10))
@settings(max_examples=30)
def test_a_fit_loses_no_more_than_none(hits: list[tuple[float, bool]]) -> None:
    """On what it was fitted to."""
    odds, relevant = zip(*hits, strict=True) if hits else ((), ())
    shown = Shown(np.array(odds, np.float64), np.array(relevant, bool))
    assert shown.loss(fit([shown])) <= shown.loss((1.0, 0.0)) + 1e-6


def test_the_probability_of_the_seeds_is_fitted(seeds: Index) -> None:
    """Most of their first ten hits are judged not relevant; the ranking stays as it is."""
    collection = read_collection(str(SEEDS))
    questions = Questions.of(seeds, collection, "nDCG@10")
    found = calibrate(questions, DEFAULT_SYSTEM, folds([topic.id for topic in questions.topics]))
    assert found.better == (found.difference.low > 0)
    assert found.before - found.after == pytest.approx(found.difference.mean)
    fitted = System().changed({"p_slope": found.slope, "p_offset": found.offset})
    assert System.parse(str(fitted)) == fitted
    for topic in collection.topics[::9]:
        plain, own = (
            seeds.search(topic.text, 5, Options(system, operators=False))
            for system in (System(), fitted)
        )
        assert [hit.score for hit in plain] == [hit.score for hit in own]
        for before, after in zip(plain, own, strict=True):
            assert before.probability
            assert after.probability
            odds = np.log(before.probability / (1 - before.probability))
            wanted = 1 / (1 + np.exp(-(found.slope * odds + found.offset)))
            assert after.probability == pytest.approx(wanted, abs=1e-6)
