"""Lines on the fields of an index: what a filter may name."""

from collections.abc import Iterator, Mapping

from plait.index.filter import FieldFacts
from plait.index.summary import counted


def field_lines(fields: Mapping[str, FieldFacts]) -> Iterator[str]:
    """Yield a line for each field: name, kinds of its values, how many articles have it, some."""
    width = max(map(len, fields), default=0)
    for name, own in fields.items():
        kinds = " or ".join(sorted(own.kinds))
        examples = f": {', '.join(own.examples)}" if own.examples else ""
        yield f"{name:<{width}}  {kinds}, in {counted(own.articles, 'article')}{examples}"
