"""The probability that a hit is relevant."""

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from plait.search.confidence import COSINE, COVERAGE, FIND, NEITHER, UNKNOWN, probability
from plait.search.index import Index
from plait.search.query import parse_query
from plait.search.words import QueryWords

SHARE = st.floats(0, 1)


def test_probabilities_by_hand() -> None:
    """Even odds where the evidence is worth what its absence costs; and some worked out."""
    assert probability(0.6121, 1.0) == pytest.approx(0.886, abs=0.001)
    assert probability(-NEITHER / COSINE, 0) == pytest.approx(0.5)
    assert probability(0, 1) == pytest.approx(1 / (1 + math.exp(-NEITHER - COVERAGE)))
    found = 1 / (1 + math.exp(-NEITHER - COVERAGE / 2 - FIND / 4))
    assert probability(0, 0.5, exact=1) == pytest.approx(found)
    strange = 1 / (1 + math.exp(-NEITHER - COSINE / 2 - UNKNOWN))
    assert probability(0.5, 0, known=0) == pytest.approx(strange)


@given(SHARE, SHARE, SHARE, SHARE, SHARE)
def test_more_evidence_never_makes_less_likely(
    cosine: float, coverage: float, exact: float, known: float, more: float
) -> None:
    """Monotonic in all, and within 0 and 1."""
    least = probability(cosine, coverage, exact, known)
    assert 0 < least < 1
    assert least <= probability(cosine + more, coverage, exact, known) <= 1
    assert least <= probability(cosine, coverage + more, exact, known) <= 1
    assert least <= probability(cosine, coverage, exact + more, known) <= 1
    assert least <= probability(cosine, coverage, exact, known + more) <= 1


def test_coverage_counts_words_by_their_weight(seeds: Index) -> None:
    """All words present make 1, none 0; a word that nobody has counts as missing."""
    every = np.arange(len(seeds.snapshot.keyword))

    def covered(text: str) -> list[float]:
        query = parse_query(text, seeds.ranker.analyzer)
        return list(QueryWords(seeds.snapshot.keyword, query).coverage(every))

    found = covered("1956")
    assert sorted(set(found)) == [0.0, 1.0]
    assert max(covered("1956 xyzzy")) < 0.5  # the unknown word weighs more than any other
    assert set(covered("xyzzy")) == {0.0}
    assert set(covered("of the and")) == {0.0}
