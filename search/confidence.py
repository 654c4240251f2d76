"""Here is a hit: how likely is it to be relevant?

A number between 0 and 1 that means the same for every query and collection. A threshold
tells what belongs to another field, or language, from what these articles are about; a
question of their field that none of them answers it hardly tells (docs/adr/0015). A hit's
score tells neither: it is relative to the other passages of the same index. Does not
rank. Imports no search library.
"""

import math

COSINE = 9.2
"""Log-odds for each unit of cosine between query and passage."""
COVERAGE = 3.5
"""Log-odds for a passage with all of the query's words, beside one with none."""
FIND = 16.0
"""Log-odds for an exact find that has all of the query's words. Of such, nearly all are right."""
UNKNOWN = -1.3
"""Log-odds for a query of which the model knows no word, whose cosines say less."""
NEITHER = -7.08
"""Log-odds of a passage with cosine 0 and no word in common, for a query of known words."""
# Near a logistic regression on the best ten hits of eight test collections: own topics,
# topics of the others and of other languages, and exact finds. Fitted on seven and tried on
# the eighth, for each, it tells as well: docs/adr/0015 has the numbers.


def probability(cosine: float, coverage: float, find: float = 0.0, known: float = 1.0) -> float:
    """Estimate the probability that a passage is judged relevant.

    `cosine` is the dense leg's score. `coverage`, 0 to 1, is the share of the query's
    weight that is in the passage; `find`, 0 to 1, how far it is an exact find (both of
    `plait.search.words`); `known` the share that the model knows (`plait.search.trust`).
    """
    odds = NEITHER + COSINE * cosine + COVERAGE * coverage
    odds += FIND * find * coverage**2 + UNKNOWN * (1 - known)
    return 1.0 / (1.0 + math.exp(-odds))
