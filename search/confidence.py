"""Here is a hit: how likely is it to be relevant?

A number between 0 and 1 that means the same for every query and collection, so that a
threshold can tell "nothing here answers that". A hit's score cannot: it is relative to
the other passages of the same index. Does not rank. Imports no search library.
"""

import math

COSINE = 8.743
"""Log-odds for each unit of cosine between query and passage."""
COVERAGE = 3.332
"""Log-odds for a passage with all of the query's words, beside one with none."""
NEITHER = -6.896
"""Log-odds of a passage with cosine 0 and no word in common."""
# Logistic regression on the best ten hits of eight test collections, half of them for
# topics of the same collection, half for topics of the others, where nothing is relevant.
# Fitted on seven and tried on the eighth, for each: docs/adr/0008 has the numbers.


def probability(cosine: float, coverage: float) -> float:
    """Estimate the probability that a passage is judged relevant.

    `cosine` is the dense leg's score. `coverage`, 0 to 1, is the share of the query's
    words that are in the passage, each word weighing its inverse document frequency.
    """
    odds = NEITHER + COSINE * cosine + COVERAGE * coverage
    return 1.0 / (1.0 + math.exp(-odds))
