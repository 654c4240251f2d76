"""Explanation of a score, as lines for a person and as a record for programs."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from plait.search.hit import Explanation, LegPart, RerankPart, Trust

NOTES_OF_PARTS = {
    "late": "words of the query compared one by one",
    "neighbours": "drawn towards similar candidates",
    "recency": "{age}",
}
"""Notes that explain the parts of a score, by name; `{age}` is the article's."""


def explained(explanation: Explanation) -> Iterator[str]:
    """Yield the lines of an explanation."""
    for name, leg in explanation.legs.items():
        yield _leg(name, leg)
        for term in leg.terms:
            yield f"               {term.score:>8.4f}  {term.field}:{term.term}"
        if name == "dense" and explanation.trust.factor < 1:
            yield _trusted(explanation.trust)
    for name, part in explanation.parts.items():
        if name not in explanation.legs and part:
            found = f"holds what is rare and asked for, {', '.join(explanation.rare)}"
            other = NOTES_OF_PARTS.get(name, "a stage").format(age=explanation.age)
            note = found if name == "exact" else other
            yield f"     {part:>+8.4f}  {name}: {note}"
    if explanation.rerank:
        yield _second_stage(explanation.rerank)


def explanation_record(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as a record for programs: each leg and each stage by its name."""
    record = asdict(explanation)
    legs, parts = record.pop("legs"), record.pop("parts")
    terms = [term for leg in legs.values() for term in leg.pop("terms")]
    shown = dict.fromkeys(("keyword", "dense")) | legs | {"terms": terms}
    shown |= dict.fromkeys(("late", "neighbours", "exact"), 0.0)
    stages = {name: part for name, part in parts.items() if name not in legs}
    found: dict[str, Any] = shown | stages | record
    return found


def _leg(name: str, leg: LegPart) -> str:
    found = (
        f"score {leg.score:.4f} (over all passages: mean {leg.mean:.4f}, sd {leg.deviation:.4f})"
    )
    return f"     {leg.part:>+8.4f}  {name}: {found}"


def _trusted(trust: Trust) -> str:
    known = f"the model knows {trust.known:.2f} of the query's words, by weight"
    return f"               trusted by {trust.factor:.2f}: {known}"


def _second_stage(found: RerankPart) -> str:
    said = f"score {found.score:.4f}, was rank {found.rank}"
    return f"     {found.part:>+8.4f}  rerank: {said} (what was read scores from {found.floor:.4f})"
