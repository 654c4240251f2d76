"""Tuning: what is tried, how topics are parted, what is chosen, and when it is refused."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, strategies as st

from plait.index.errors import QueryError, ReadingError
from plait.index.models.cached import CachedEncoder
from plait.index.models.encoder import Encoder
from plait.search.evaluation import (
    Collection,
    Grid,
    Plan,
    Qrels,
    Tuning,
    advice,
    read_collection,
    run_experiment,
    tune,
    tuning_lines,
    tuning_record,
)
from plait.search.evaluation.significance import Difference
from plait.search.evaluation.tuning.candidates import Questions, Trials, try_systems
from plait.search.evaluation.tuning.grid import DEFAULT_SYSTEM
from plait.search.evaluation.tuning.tuning import FEWEST_TOPICS, cross_validate, folds
from plait.search.index import Index
from plait.search.system import Options, System

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
WORDS = System.parse("hybrid(weight=0.0)")
SMALL = Grid(weight=(0.0, 0.6, 1.0), k1=(0.9,), b=(0.4,), title=(0.2,))
"""Enough to choose from, and quickly tried."""
IDS = tuple(f"q{n}" for n in range(12))


@pytest.fixture(scope="module")
def whole() -> Collection:
    """Read the topics of the seeds and their judgements."""
    return read_collection(str(SEEDS))


@pytest.fixture(scope="module")
def by_words(seeds: Index, whole: Collection) -> Collection:
    """Judge what the keyword leg puts first, and nothing else, relevant."""
    options = Options(System.parse("keyword"), operators=False)
    found = {topic.id: seeds.search(topic.text, 1, options)[0] for topic in whole.topics}
    return replace(whole, qrels={id_: {hit.article.id: 1} for id_, hit in found.items()})


@pytest.fixture(scope="module")
def by_chance(seeds: Index, whole: Collection) -> Collection:
    """Judge five articles relevant to each topic that have nothing to do with it."""
    ids = sorted(seeds.store.article_ids())

    def drawn(topic: str) -> dict[str, int]:
        numbers = np.random.default_rng([2, *topic.encode()]).choice(len(ids), 5, replace=False)
        return {ids[number]: 1 for number in numbers}

    return replace(whole, qrels={topic.id: drawn(topic.id) for topic in whole.topics})


def trials(*rows: Sequence[float], topics: Sequence[str] = IDS) -> Trials:
    """Make trials of as many systems as there are rows, the default first."""
    systems = [DEFAULT_SYSTEM, WORDS, System.parse("hybrid(weight=0.5)")]
    return Trials(tuple(systems[: len(rows)]), tuple(topics), np.array(rows, dtype=np.float64))


def tuned(difference: Difference, chosen: System = WORDS) -> Tuning:
    """Make a tuning with that outcome."""
    plain = cross_validate(trials([0.0] * 12, [0.0] * 12), "hand", "AP", 0)
    return replace(plain, difference=difference, chosen=chosen)


@given(st.sets(st.text(), min_size=FEWEST_TOPICS, max_size=60), st.randoms())
def test_folds_part_the_topics(topics: set[str], random: Random) -> None:
    """Each topic is in one fold, folds are of a size, and the order of topics is nothing."""
    found = folds(sorted(topics))
    assert sorted(topic for fold in found for topic in fold) == sorted(topics)
    sizes = [len(fold) for fold in found]
    assert min(sizes) >= 2
    assert max(sizes) - min(sizes) <= 1
    shuffled = sorted(topics, reverse=True)
    random.shuffle(shuffled)
    assert folds(shuffled) == found


def test_folds_do_not_follow_the_numbering() -> None:
    """Topics are numbered by subject as a rule, and a fold must not be a subject."""
    assert folds(IDS)[0] == ("q6", "q3", "q7")


def test_a_grid_gives_each_system_once_the_default_first() -> None:
    """Then those that differ in one parameter, and so on: of equals the nearest is chosen."""
    systems = Grid().systems()
    assert len(systems) == len(set(systems)) == 84
    assert systems[0] == DEFAULT_SYSTEM
    assert all(system.mode == "hybrid" and system.fusion.name == "convex" for system in systems)
    changed = [
        sum(a != b for a, b in zip(_of(s), _of(DEFAULT_SYSTEM), strict=True)) for s in systems
    ]
    assert changed == sorted(changed)
    assert Grid((1.0,), (0.9,), (0.4,), (0.2,)).systems() == (
        DEFAULT_SYSTEM,
        System.parse("hybrid(weight=1.0)"),
    )


def _of(system: System) -> tuple[float, ...]:
    return tuple(system.values[name] for name in ("weight", "k1", "b", "title"))


@pytest.mark.parametrize(
    ("values", "message"),
    [({"weight": (1.1,)}, "weight is 1.1"), ({"b": (0.4, 2.0)}, "b is 2"), ({"k1": ()}, "no k1")],
)
def test_grids_that_are_refused(values: dict[str, tuple[float, ...]], message: str) -> None:
    """As a system with such a value is."""
    with pytest.raises(QueryError, match=message):
        Grid(**values)


def test_the_best_is_the_nearest_to_the_default_of_those_as_good() -> None:
    """A parameter is not moved for nothing, nor for a difference in rounding."""
    even = trials([0.5] * 12, [0.5 + 1e-12] * 12, [0.5] * 12)
    assert even.best(IDS) == DEFAULT_SYSTEM
    other = trials([0.5] * 12, [0.6] * 12, [0.6] * 12)
    assert other.best(IDS) == WORDS
    assert trials([0.5] * 12, [1.0] * 6 + [0.0] * 6).best(IDS[6:]) == DEFAULT_SYSTEM


def test_a_gain_is_measured_on_topics_that_had_no_part_in_the_choice() -> None:
    """By hand: what is good for one topic alone is chosen, and its gain is not counted."""
    lucky = IDS.index("q6")
    values = [0.1 if topic != lucky else 1.0 for topic in range(12)]
    found = cross_validate(trials([0.15] * 12, values), "hand", "AP", 3)
    assert (found.topics, found.left_out, found.tried) == (12, 3, 2)
    assert found.chosen == WORDS
    for fold in found.folds:
        assert fold.chosen == (DEFAULT_SYSTEM if "q6" in fold.topics else WORDS)
        assert fold.default == pytest.approx(0.15)
        assert fold.tuned == pytest.approx(0.15 if "q6" in fold.topics else 0.1)
    # The fold of the lucky topic has three topics; the nine others lose .05 each.
    assert found.tuned - found.default == pytest.approx(-0.05 * 9 / 12)
    assert found.difference.mean == pytest.approx(-0.05 * 9 / 12)
    assert not found.better


def test_the_order_of_topics_changes_nothing() -> None:
    """Nor does asking twice."""
    values = np.random.default_rng(7).random((3, 12))
    first = cross_validate(trials(*values), "hand", "AP", 0)
    assert cross_validate(trials(*values), "hand", "AP", 0) == first
    order = np.random.default_rng(8).permutation(12)
    shuffled = trials(*values[:, order], topics=[IDS[place] for place in order])
    assert cross_validate(shuffled, "hand", "AP", 0) == first


def test_candidates_are_measured_as_searches_are(seeds: Index, whole: Collection) -> None:
    """Weights tried on arrays rank every topic as a search by that system does."""
    systems = (
        DEFAULT_SYSTEM,
        System.parse("hybrid(weight=1.0)"),
        System.parse("hybrid(weight=0.4, k1=1.6)"),
        System.parse("hybrid(weight=0.4, title=1.0, b=0.75)"),
        WORDS,
    )
    for measure, depth in (("nDCG@10", 10), ("AP", 100)):
        questions = Questions.of(seeds, whole, measure)
        assert questions.depth == depth
        told: list[int] = []
        found = try_systems(questions, systems, told.append)
        assert sum(told) == len(systems)
        experiment = run_experiment(seeds, whole, Plan(systems, measures=(measure,), depth=depth))
        for row, system in enumerate(systems):
            searched = experiment.outcome(str(system)).values[measure]
            assert list(found.values[row]) == [searched[topic] for topic in found.topics]
    with pytest.raises(QueryError, match="dense has one leg"):
        try_systems(questions, [System.parse("dense")], told.append)


def test_tuning_finds_a_weight_that_is_clearly_best(seeds: Index, by_words: Collection) -> None:
    """Every fold chooses the keyword leg alone, and the interval lies above zero."""
    found = tune(seeds, by_words, "nDCG@10", SMALL)
    assert [fold.chosen for fold in found.folds] == [WORDS] * 5
    assert found.chosen == WORDS
    assert found.tuned > 0.85
    assert found.difference.low > 0
    assert found.better
    text = "\n".join(tuning_lines(found))
    assert "nDCG@10, 88 topics; 4 systems tried" in text
    assert "chosen by all topics: hybrid(weight=0) (the same weight in 5 of 5 folds, k1 5" in text
    uncalibrated = replace(found, calibration=None)
    assert '--system "hybrid(weight=0)"' in advice(uncalibrated, DEFAULT_SYSTEM, saved=False)
    assert f'--system "{found.best}"' in advice(found, DEFAULT_SYSTEM, saved=False)
    assert found.best.values["weight"] == 0
    assert "saved: " in advice(found, DEFAULT_SYSTEM, saved=True)


def test_tuning_refuses_what_may_be_luck(seeds: Index, by_chance: Collection) -> None:
    """Judgements that follow nothing choose something, and unseen topics do not gain."""
    found = tune(seeds, by_chance, "nDCG@10", SMALL)
    assert found.difference.low <= 0
    assert not found.better
    uncalibrated = replace(found, calibration=None)
    assert "kept the default" in advice(uncalibrated, DEFAULT_SYSTEM, saved=False)
    assert "still searches by hybrid(weight=0)" in advice(uncalibrated, WORDS, saved=False)


def test_a_choice_is_the_same_however_topics_are_ordered(
    seeds: Index, by_chance: Collection
) -> None:
    """And is told whole to programs."""
    first = tune(seeds, by_chance, "AP", SMALL)
    turned = replace(by_chance, topics=tuple(reversed(by_chance.topics)))
    assert tuning_record(tune(seeds, turned, "AP", SMALL)) == tuning_record(first)
    assert tuning_record(first)["chosen"] == str(first.chosen)


def test_topics_without_an_answer_are_left_out_and_counted(
    seeds: Index, by_words: Collection
) -> None:
    """What the index cannot answer, no parameter can: judged 0, or relevant elsewhere."""
    lost: Qrels = {
        topic.id: {"articles/elsewhere.txt": 1, article: 0}
        for topic in by_words.topics[10:]
        for article in by_words.qrels[topic.id]
    }
    ten = replace(by_words, qrels={**by_words.qrels, **lost})
    found = tune(seeds, ten, "nDCG@10", SMALL)
    assert (found.topics, found.left_out) == (10, len(by_words.topics) - 10)
    assert "10 topics, 78 left out" in next(tuning_lines(found))
    nine = replace(ten, topics=ten.topics[1:])
    with pytest.raises(QueryError, match=r"9 topics have a relevant article.*10 or more"):
        tune(seeds, nine, "nDCG@10", SMALL)


@pytest.mark.parametrize(
    ("measure", "message"),
    [("nDGC@10", "https://ir-measur.es"), ("AP RR@10", "2 measures"), ("", "no measure")],
)
def test_measures_that_are_refused(
    seeds: Index, whole: Collection, measure: str, message: str
) -> None:
    """Before anything is asked."""
    with pytest.raises(QueryError, match=message):
        tune(seeds, whole, measure)


def test_judgements_of_other_articles_are_refused(seeds: Index, whole: Collection) -> None:
    """Nothing can be learnt from them."""
    other = replace(whole, qrels={topic.id: {"none": 1} for topic in whole.topics})
    with pytest.raises(ReadingError, match="none of them is among the 98"):
        tune(seeds, other)


@pytest.mark.parametrize(
    ("interval", "chosen", "better", "words"),
    [
        ((0.1, 0.05, 0.2), WORDS, True, "lies above zero"),
        ((0.1, 0.0, 0.2), WORDS, False, "includes zero"),
        ((0.1, -0.1, 0.2), WORDS, False, "includes zero"),
        ((-0.1, -0.2, -0.05), WORDS, False, "unseen topics lose"),
        ((0.0, 0.0, 0.0), WORDS, False, "changed nothing"),
        ((0.1, 0.05, 0.2), DEFAULT_SYSTEM, False, "choose the default"),
    ],
)
def test_a_verdict_has_its_reason(
    interval: tuple[float, float, float], chosen: System, words: str, *, better: bool
) -> None:
    """Only a gain whose whole interval is above zero is one."""
    found = tuned(Difference(*interval, p=0.5), chosen)
    assert found.better is better
    assert words in advice(found, DEFAULT_SYSTEM, saved=False)
    assert str(tuning_record(found)["reason"]) in advice(found, DEFAULT_SYSTEM, saved=False)


def test_an_encoder_that_remembers_is_the_same_encoder(encoder: Encoder) -> None:
    """A query is encoded once, and nothing else differs."""
    cached = CachedEncoder(encoder)
    first = cached.encode_query("peace treaty")
    assert cached.encode_query("peace treaty") is first
    assert np.array_equal(first.vector, encoder.encode_query("peace treaty").vector)
    for name in ("dimension", "window", "fingerprint", "name"):
        assert getattr(cached, name) == getattr(encoder, name)
    texts = ["Two leaders met.", "Apples."]
    again, once = (it.encode_passages(texts).vectors for it in (cached, encoder))
    assert np.array_equal(again, once)
    assert list(cached.token_ends(texts[0])) == list(encoder.token_ends(texts[0]))
