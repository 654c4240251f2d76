"""Matches of a query: the one set that its total, its facets and its pages are counted from.

An article matches that passes the filter and holds a word of the query, or matches its
operators, or has a passage that is near in meaning. Where a least probability is asked for, a
passage of it must be that likely to be relevant.
"""

import math

import numpy as np

from plait.index.arithmetic import looked_up
from plait.index.leg import Passages, Scores
from plait.index.store import Store
from plait.search.evidence.lift import Tried
from plait.search.evidence.probability import log_odds
from plait.search.hit import Ranking
from plait.search.system import Calibration, System

NEAR = 0.02
"""Probability from which a passage without any word of the query matches it: a cosine of .35. Most
passages on something else have less, and most that use other words for the same have more."""
LIKELY = 0.15
"""Probability from which hits are listed by date, where the best are not first: it tells questions
of other fields (docs/adr/0015)."""

FIRST_NEAREST = 250
"""Number of nearest passages that are looked at first."""
DEEPENING = 4
"""Factor of the number of nearest passages, until the last of them is not likely."""


def matches(tried: Tried, system: System, store: Store, least: float | None = None) -> Passages:
    """Return the passages that match a query, ascending; all of them, or those that `least` asks.

    `least` is the least probability to be relevant. Without both legs there is none.
    """
    answers = tried.ranking.candidates.answers
    within = tried.ranking.within
    allowed = store.live() if within is None else within
    if "keyword" not in answers:
        return allowed  # a vector is near to all
    is_likely = "dense" in answers and least is not None
    if least == 0.0 and is_likely:
        return allowed
    if tried.query.tree is not None and not is_likely:
        return allowed  # all that the operators match
    worded = answers["keyword"].best(max(store.passage_count, 1))
    if "dense" not in answers:
        return worded
    odds = _Odds(tried.ranking, system.calibration)
    near = odds.near(NEAR if least is None else least)
    if least is not None:
        worded = worded[odds.of(worded) >= odds.bound(least)]
    return np.union1d(worded, near)


class _Odds:
    """Log-odds of passages to be relevant, before the fit to judgements."""

    def __init__(self, ranking: Ranking, fit: Calibration) -> None:
        self._candidates, self._fit = ranking.candidates, fit
        self._dense = ranking.candidates.answers["dense"]

    def bound(self, p: float) -> float:
        """Return the log-odds from which a probability is at least `p`."""
        offset, slope = self._fit.p_offset, self._fit.p_slope
        if p >= 1.0:
            return math.inf
        wanted = math.log(p / (1.0 - p)) - offset
        return wanted / slope if slope else math.copysign(math.inf, wanted)

    def of(self, passages: Passages) -> Scores:
        """Return the log-odds of passages; whether one is an exact find is known of candidates."""
        evidence = self._candidates.evidence
        if evidence is None or not len(passages):
            return np.zeros(len(passages))
        at, there = looked_up(passages, self._candidates.passages)
        exact = np.where(there, evidence.finds.degrees[at], 0.0)
        cosines = self._dense.scores(passages).scores
        return log_odds(cosines, evidence.coverage(passages), exact, evidence.trust.known)

    def near(self, p: float) -> Passages:
        """Return the passages that are as likely as `p` by their cosines alone, ascending."""
        evidence = self._candidates.evidence
        known, bound = evidence.trust.known if evidence else 1.0, self.bound(p)
        count = FIRST_NEAREST
        while True:
            nearest = self._dense.best(count)
            cosines = self._dense.scores(nearest).scores
            likely = log_odds(cosines, np.zeros(len(nearest)), 0.0, known) >= bound
            if len(nearest) < count or not likely.all():
                found: Passages = nearest[likely]
                return found
            count *= DEEPENING
