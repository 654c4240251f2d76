"""Texts and records of hits, for a terminal, a pipe or a program."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from plait.index.article import Article, Passage
from plait.index.language.analyzer import WORD, TextAnalyzer
from plait.search.hit import Answer, Explanation, Hit, LegPart, RerankPart, Trust
from plait.search.show.printable import in_line
from plait.search.show.snippet import snippet

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Page:
    """Form in which hits of one query are written."""

    words: str
    """Text of the query, whose words are marked in the snippets."""
    analyzer: TextAnalyzer
    colour: bool = False
    """Whether words are marked by bold type; otherwise by asterisks."""
    explain: bool = False

    def all_lines(self, hits: Iterable[Hit]) -> Iterator[str]:
        """Yield the lines of all hits."""
        for hit in hits:
            yield from self.lines(hit)

    def lines(self, hit: Hit) -> Iterator[str]:
        """Yield the lines of a hit: rank, score, probability, title; date, id, source; a snippet.

        The explanation follows, if it is wanted. Safe to print: the only control characters
        are those of bold type.
        """
        title = in_line(hit.article.title or hit.article.id)
        shown = _BOLD + title + _PLAIN if self.colour else title
        likely = "" if hit.probability is None else f"  p {hit.probability:.2f}"
        yield f"{hit.rank:>3}  {hit.score:.3f}{likely}  {shown}"
        # A file's id is its path already, below the folder that holds the index.
        source = _relative(hit.article.source)
        origin = (hit.article.date, hit.article.id, "" if source == hit.article.id else source)
        yield "     " + in_line("  ".join(filter(None, origin)))
        marks = (_BOLD, _PLAIN) if self.colour else ("*", "*")
        text = hit.passage.text or hit.article.title or hit.article.id
        yield f"     {snippet(text, self.words, self.analyzer, marks)}"
        if self.explain:
            yield from map(in_line, explained(hit.explanation))


def shown(entry: Article | Passage) -> str:
    """Return an article, or a passage, as a person reads it."""
    if isinstance(entry, Passage):
        return entry.text
    head = filter(None, (entry.title, entry.date, entry.author))
    return "\n".join((*map(in_line, head), "", entry.text))


def nothing_found(query: str, least: float, articles: int) -> str:
    """Return the message where a search has no hits."""
    likely = f" with probability {least} or more" if least else ""
    return f"Nothing found for {query!r}{likely} among {articles} articles."


def spelling_note(typed: str, answer: Answer) -> str:
    """Return a line on which query was asked for the typed one, or may have been meant.

    It is empty where there is none. It holds whatever the query does
    (`plait.search.show.printable`).
    """
    if answer.suggestion:
        return f"did you mean: {answer.suggestion}"
    if answer.asked == typed:
        return ""
    words = zip(WORD.findall(typed), WORD.findall(answer.asked), strict=False)
    unknown = ", ".join(dict.fromkeys(f'"{word}"' for word, other in words if word != other))
    asked = f"these are the hits for: {answer.asked}"
    return f"no passage has {unknown}; {asked} (--exact asks as typed)"


NOTES_OF_PARTS = {
    "late": "words of the query compared one by one",
    "neighbours": "drawn towards similar candidates",
}
"""Notes that explain the parts of a score, by name."""


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
            note = found if name == "exact" else NOTES_OF_PARTS.get(name, "a stage")
            yield f"     {part:>+8.4f}  {name}: {note}"
    if explanation.rerank:
        yield _second_stage(explanation.rerank)


def record_of(hit: Hit) -> dict[str, Any]:
    """Return a hit as a record for programs, as `plait search --json` prints it."""
    explained = {"explanation": explanation_record(hit.explanation)}
    record: dict[str, Any] = asdict(hit)
    return record | explained | {"score": hit.score}


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


def _relative(source: str) -> str:
    """Return a path relative to the current folder."""
    return os.path.relpath(source) if Path(source).is_absolute() else source
