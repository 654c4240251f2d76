"""Answers to a query: its best hits, or a page of all that match."""

from collections.abc import Mapping
from dataclasses import dataclass

from plait.search.hit import Hit


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer to a query: hits, and the query that found them."""

    hits: list[Hit]
    asked: str
    """Query as it was typed; as it was corrected, where that finds better."""
    suggestion: str = ""
    """Query that may have been meant; empty where it was asked, or none is known."""
    note: str = ""
    """Line on what was read as words though it might be an operator; mostly empty."""


@dataclass(frozen=True, slots=True)
class Page:
    """Page of the hits of a search."""

    hits: list[Hit]
    total: int
    """Number of all matches: articles, or passages where these are the hits."""
    facets: Mapping[str, Mapping[str, int]]
    """Number of matching articles by value, the most frequent first, for each field that was asked
    for; `""` counts those without a value."""
    asked: str
    """Query as it was typed; as it was corrected, where that finds better."""
    suggestion: str = ""
    """Query that may have been meant; empty where it was asked, or none is known."""
    note: str = ""
    """Line on what was read as words though it might be an operator; mostly empty."""
    undated: int = 0
    """Number of articles that a condition on the date left out because they have none."""
