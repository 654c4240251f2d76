"""Facts of an index in words, from the entries of its segments."""

from collections.abc import Sequence

from plait.index.local.entries import SegmentEntry, totals


def dense_fact(segments: Sequence[SegmentEntry]) -> str:
    """Return how the dense leg is searched."""
    measured = [s for s in segments if s.recall is not None]
    passages = sum(segment.passages for segment in segments)
    if not measured or not passages:
        return "exact"
    missed = sum(s.passages * (1.0 - (s.recall or 0.0)) for s in measured)
    return f"by signs; recall@10 against exact {1 - missed / passages:.4f}"


def undated_fact(segments: Sequence[SegmentEntry]) -> str:
    """Return how many articles have no date."""
    if any(segment.undated is None for segment in segments):
        return "not known: indexed by an earlier plait, `plait reindex` finds out"
    articles = sum(segment.articles for segment in segments)
    return f"{sum(s.undated or 0 for s in segments)} of {articles} articles"


def illegible_fact(segments: Sequence[SegmentEntry]) -> str:
    """Return how many passages are in a language that the model hardly knows."""
    _, passages, found = totals([s for s in segments if s.illegible is not None])
    untold = sum(s.passages for s in segments if s.illegible is None)
    if not untold:
        return f"{found} of {passages} passages"
    why = "not known: indexed by an earlier plait"
    return f"{found} of {passages} passages; of {untold} more {why}" if passages else why
