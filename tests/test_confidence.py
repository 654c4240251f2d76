"""The probability that a hit is relevant."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from plait.search.evidence.probability import (
    BASE_LOG_ODDS,
    COSINE_LOG_ODDS,
    COVERAGE_LOG_ODDS,
    FIND_LOG_ODDS,
    UNKNOWN_LOG_ODDS,
    log_odds,
    probability,
)
from plait.search.evidence.words import QueryWords
from plait.search.index import Index
from plait.search.query.parser import parse_query

SHARE = st.floats(0, 1)


def test_probabilities_by_hand() -> None:
    """Even odds where the evidence is worth what its absence costs; and some worked out."""
    assert probability(log_odds(0.6121, 1.0)) == pytest.approx(0.886, abs=0.001)
    assert probability(log_odds(-BASE_LOG_ODDS / COSINE_LOG_ODDS, 0)) == pytest.approx(0.5)
    assert log_odds(0, 1) == BASE_LOG_ODDS + COVERAGE_LOG_ODDS
    assert log_odds(0, 0.5, exact=1) == BASE_LOG_ODDS + COVERAGE_LOG_ODDS / 2 + FIND_LOG_ODDS / 4
    assert log_odds(0.5, 0, known=0.5) == BASE_LOG_ODDS + COSINE_LOG_ODDS / 2 + UNKNOWN_LOG_ODDS / 2
    assert log_odds(0.5, 0, known=0) == BASE_LOG_ODDS + UNKNOWN_LOG_ODDS
    assert [probability(odds) for odds in (-1e9, 1e9)] == pytest.approx([0, 1])


@given(SHARE, SHARE, SHARE, SHARE, SHARE)
def test_more_evidence_never_makes_less_likely(
    cosine: float, coverage: float, exact: float, known: float, more: float
) -> None:
    """Monotonic in all."""
    least = log_odds(cosine, coverage, exact, known)
    assert least <= log_odds(cosine + more, coverage, exact, known)
    assert least <= log_odds(cosine, coverage + more, exact, known)
    assert least <= log_odds(cosine, coverage, exact + more, known)
    assert least <= log_odds(cosine, coverage, exact, known + more)


@given(st.floats(-1e4, 1e4), st.floats(0, 1e3))
def test_a_probability_rises_with_its_odds(odds: float, more: float) -> None:
    """Within 0 and 1."""
    assert 0 <= probability(odds) <= probability(odds + more) <= 1


def test_coverage_counts_words_by_their_weight(seeds: Index) -> None:
    """All words present make 1, none 0; a word that nobody has counts as missing."""
    every = np.arange(seeds.store.passage_count)

    def covered(text: str) -> list[float]:
        query = parse_query(text, seeds.analyzer)
        return list(QueryWords(seeds.store.dictionary, query).coverage(every))

    found = covered("1956")
    assert sorted(set(found)) == [0.0, 1.0]
    assert max(covered("1956 xyzzy")) < 0.5  # the unknown word weighs more than any other
    assert set(covered("xyzzy")) == {0.0}
    assert max(covered("of the and")) == 1.0  # where there is no other word, they are words
