"""Lines on the fields of an index: what a filter may name."""

from collections.abc import Iterator

from plait.index.store import Store

NOT_KNOWN = "not known: indexed by an earlier plait (`plait upgrade` adds the fields)"


def undated(store: Store) -> str:
    """Return how many articles have no date."""
    if not store.has_fields:
        return NOT_KNOWN
    dates = store.fields().get("date")
    dated = dates.articles if dates else 0
    return f"{store.article_count - dated} of {store.article_count} articles"


def field_lines(store: Store) -> Iterator[str]:
    """Yield a line for each field: name, kinds of its values, how many articles have it, some."""
    if not store.has_fields:
        yield f"fields are {NOT_KNOWN}"
        return
    fields = store.fields()
    width = max(map(len, fields), default=0)
    for name, own in fields.items():
        kinds = " or ".join(sorted(own.kinds))
        examples = ", ".join(own.examples)
        share = f"in {own.articles:,} of {store.article_count:,}"
        yield f"{name:<{width}}  {kinds}, {share}: {examples}"
