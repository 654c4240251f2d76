"""BM25 score of a term in a passage, Lucene's variant.

BM25 as Lucene computes it since version 8: Robertson and Zaragoza, "The
Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the idf that
is never negative and without the constant factor `k1 + 1`, which changes no
ranking. Kamphuis et al., "Which BM25 Do You Mean?" (ECIR 2020) call this
variant "Lucene (accurate)": lengths are exact.
"""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from whoosh.scoring import BaseScorer, WeightingModel

from plait.index.arithmetic import idf
from plait.index.leg import BM25

T = TypeVar("T", float, NDArray[np.float64])


def length_norm(parameters: BM25, length: T, mean_length: float) -> T:
    """Return the length's share of BM25's denominator: `k1 (1 - b + b length / mean)`."""
    relative = length / mean_length if mean_length else 0.0 * length
    return parameters.k1 * (1 - parameters.b + parameters.b * relative)


def term_score(frequency: T, norm: T, term_idf: T | float) -> T:
    """Return the score of a term, `idf tf / (tf + norm)`, elementwise on arrays.

    >>> term_score(2.0, 1.0, 3.0)
    2.0
    """
    return term_idf * (frequency / (frequency + norm))


class WhooshBM25(WeightingModel):
    """BM25 by the same formula, for Whoosh's matchers.

    Searchers must be over one segment without deletions in their statistics, as
    `plait.index.keyword.codec` and a freshly built Whoosh index are.
    """

    def __init__(self, parameters: BM25) -> None:
        self.parameters = parameters

    def scorer(self, searcher: Any, fieldname: str, text: str | bytes, qf: int = 1) -> BaseScorer:
        """Return the scorer of one term in one field."""
        return WhooshTermScorer(self.parameters, searcher, fieldname, text)


class WhooshTermScorer(BaseScorer):
    """Scores one term in the current passage of a Whoosh matcher."""

    def __init__(self, parameters: BM25, searcher: Any, fieldname: str, text: str | bytes) -> None:
        self._parameters = parameters
        self._idf = idf(searcher.doc_frequency(fieldname, text), searcher.doc_count())
        self._mean = searcher.field_length(fieldname) / max(searcher.doc_count(), 1)
        self._searcher, self._field = searcher, fieldname

    def score(self, matcher: Any) -> float:
        """Return the score of the current passage."""
        length = float(self._searcher.doc_field_length(matcher.id(), self._field))
        norm = length_norm(self._parameters, length, self._mean)
        return term_score(float(matcher.weight()), norm, self._idf)
