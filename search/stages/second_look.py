"""Second look: a stage that adds late interaction and support by similar candidates.

The first thirty candidates are compared with the query token by token (late interaction),
then the scores of the first hundred are drawn towards those of similar candidates.

Both parts are added to the fused scores. Neither lowers a score below the least among
these candidates, so that all other candidates stay behind them, and a ranking does not
depend on how many hits were asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from plait.index.arithmetic import BLOCK_ROWS
from plait.index.leg import Scores
from plait.index.store import Store
from plait.search.hit import Ranking
from plait.search.notation import number
from plait.search.settings import Settings
from plait.search.stages.order import ranked

LATE_WEIGHT = 1.3
"""Weight of late interaction, in deviations of cosines; .9 to 1.3 rank alike. MaxSim deviates half
as much as cosines do, so this is .7 of its z-score."""
NEIGHBOURS_SHARE = 0.25
"""Share of the neighbours' scores in a passage's; .2 to .3 rank alike."""


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Late interaction, and support by similar candidates. A `plait.search.stages.stage.Stage`."""

    needs: ClassVar[frozenset[str]] = frozenset({"keyword", "dense"})
    late: float = number(LATE_WEIGHT, 0, 100, "Weight of late interaction.")
    neighbours: float = number(NEIGHBOURS_SHARE, 0, 1, "Share of similar candidates.")

    def parts(self, ranking: Ranking, store: Store, settings: Settings) -> Mapping[str, Scores]:
        """Return the parts of late interaction and of neighbours, for the best of the ranking."""
        scores, passages = ranking.scores, ranking.passages
        sizes = settings.refined_candidates, settings.late_candidates
        order = ranked(passages, scores, store.passage_ids, settings.refined_candidates + 1)
        rows, first = (_untied(scores, order, count) for count in sizes)
        late, neighbours = np.zeros((2, len(passages)))
        late[first] = self._late(ranking, first, store)
        if self.neighbours:
            share = self.neighbours * ranking.trust.factor
            vectors = store.vectors(passages[rows])
            raised = (scores + late)[rows]
            neighbours[rows] = neighbour_parts(raised, vectors, share, settings.neighbours)
        return {"late": late, "neighbours": neighbours}

    def _late(self, ranking: Ranking, rows: NDArray[np.int64], store: Store) -> Scores:
        evidence, dense = ranking.candidates.evidence, ranking.candidates.legs.get("dense")
        if not (self.late and evidence and dense):
            return np.zeros(len(rows))
        tokens, weights = evidence.encoded.tokens, evidence.token_weights
        similarities = store.max_similarity(tokens, weights, ranking.passages[rows])
        return late_parts(similarities, dense.deviation, self.late)


def _untied(scores: Scores, order: list[int], count: int) -> NDArray[np.int64]:
    """Return the first `count` rows, except those that score as the one after them.

    Passages that score alike, such as copies of one text, are all refined or none is.
    """
    rows = np.array(order[:count], np.int64)
    return rows[scores[rows] > scores[order[count]]] if len(order) > count else rows


def late_parts(similarities: Scores, deviation: float, weight: float) -> Scores:
    """Return how far each MaxSim is above the least, in the dense leg's deviations, weighted.

    `similarities`, (candidates,), are those of `plait.index.dense.late_interaction.max_similarity`.

    MaxSim over all passages is not known, nor are its mean and its deviation; the deviation
    of cosines is nearly in proportion to it, for every query.
    """
    if not len(similarities) or deviation == 0.0:
        return np.zeros(len(similarities))
    return np.asarray(weight / deviation * (similarities - similarities.min()))


def neighbour_parts(
    scores: Scores, vectors: NDArray[np.float32], share: float, neighbours: int
) -> Scores:
    """Return the part that draws each score to its neighbours': `share * (theirs - its own)`.

    `vectors`, (candidates, dimension), are unit vectors. The weight of a neighbour is its
    squared cosine; all that are as near as the last of them count. Passages about the
    same thing should score alike (the cluster hypothesis): score regularisation,
    Diaz, "Regularizing ad hoc retrieval scores" (CIKM 2005), among candidates only.
    """
    count = min(neighbours, len(scores) - 1)
    if count < 1:
        return np.zeros(len(scores))
    cosines = cosines_among(vectors)
    np.fill_diagonal(cosines, -1.0)  # no passage is its own neighbour
    furthest = np.partition(cosines, -count, axis=1)[:, -count, np.newaxis]
    weights = np.where(cosines >= furthest, cosines.clip(min=0.0) ** 2, 0.0)
    sums, totals = _order_free_sums(weights), _order_free_sums(weights * scores)
    lonely = sums == 0.0
    return share * np.where(lonely, 0.0, totals / np.where(lonely, 1.0, sums) - scores)


def _order_free_sums(values: Scores) -> Scores:
    """Return sums of rows, the same to the last bit in any order: copies must score alike.

    Values are rounded to 2**-36 first; sums of such values are exact up to 2**16.
    """
    step = 2.0**-36
    sums: Scores = np.rint(values / step).sum(axis=1) * step
    return sums


def cosines_among(rows: NDArray[np.float32]) -> Scores:
    """Return the cosine of each unit row with each other one, (rows, rows).

    Components are rounded to 2**-26 first. Sums of such products fit a double, so that
    copies of a row come out alike to the last bit, however the work is divided.
    """
    step = 2.0**-26
    count, dimension = rows.shape
    padded = np.zeros((-(-count // BLOCK_ROWS) * BLOCK_ROWS, dimension))
    padded[:count] = np.rint(rows / step) * step
    blocks = padded.reshape(-1, BLOCK_ROWS, dimension)
    products = np.matmul(blocks[:, np.newaxis], blocks.transpose(0, 2, 1))
    cosines: Scores = products.swapaxes(1, 2).reshape(len(padded), -1)
    return cosines[:count, :count]
