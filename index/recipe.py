"""Recipe of an index: what it was built with, and the refusal to mix two."""

from dataclasses import dataclass
from pathlib import Path

from plait.index.errors import FingerprintError, damaged


@dataclass(frozen=True, slots=True)
class Recipe:
    """Recipe of an index: what it was built with; two recipes never mix in one index."""

    analyzer: str
    encoder: str
    cutting: str
    model: str = ""
    """Name of the model as `--model` was given; empty for the default."""
    window: int = 0
    dimension: int = 0
    language: str = "english"
    """Name of the articles' language (`plait.index.language.languages`)."""


def check_recipe(found: Recipe, wanted: Recipe, place: str | Path) -> None:
    """Raise `FingerprintError` with the remedy where two recipes would mix."""
    anew = f"`plait reindex -i {place}` makes it anew of its own articles, and keeps vectors."
    remedies = {
        "language": f"Index into a new folder, or write in {found.language}.",
        "analyzer": anew,
        "encoder": "Index into a new folder, or index with --model "
        f"{found.model or 'all-MiniLM-L6-v2'}.",
        "cutting": anew,
    }
    for part, remedy in remedies.items():
        if getattr(found, part) != getattr(wanted, part):
            raise FingerprintError(
                f"{place} was built with {part} {getattr(found, part)!r}, this plait would use "
                f"{getattr(wanted, part)!r}. {remedy}"
            )
    if found.dimension != wanted.dimension:
        raise damaged(place, f"vectors of {found.dimension} components, not {wanted.dimension}")
