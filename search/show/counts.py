"""Lines below the hits of a page: how many there are, and counts of their fields."""

from collections.abc import Iterator, Mapping
from itertools import islice

from plait.index.summary import counted
from plait.search.answer import Page
from plait.search.show.paths import below_here
from plait.search.show.printable import in_line

VALUES_SHOWN = 10
"""Number of values of a facet that are listed."""


def total_line(page: Page, offset: int, noun: str) -> str:
    """Return which of all hits are shown, and how to see more; empty for a page without hits."""
    if not page.hits:
        return ""
    last = offset + len(page.hits)
    more = f"; --offset {last} shows more" if last < page.total else ""
    shown = f"{offset + 1} to {last} of " if len(page.hits) < page.total else ""
    return f"{shown}{counted(page.total, noun)}{more}"


def undated_note(page: Page) -> str:
    """Return a note on the articles that a condition on the date left out for having none."""
    if not page.undated:
        return ""
    have, them = ("has", "it") if page.undated == 1 else ("have", "them")
    return f"{counted(page.undated, 'article')} {have} no date, and the filter leaves {them} out"


def facet_lines(facets: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Yield the lines of facets: the most frequent values of each, and how many more there are."""
    for name, counts in facets.items():
        yield in_line(name)
        for value, count in islice(counts.items(), VALUES_SHOWN):
            yield f"{count:>8,}  {in_line(below_here(value) or '(none)')}"
        if rest := list(counts.values())[VALUES_SHOWN:]:
            yield f"{sum(rest):>8,}  in {counted(len(rest), 'other value')}"
