"""Gain of spelling corrections for misspelt queries, and their harm to queries as they are.

    python benchmarks/spelling.py [COLLECTION ...]

Printed for each collection, with the systems of `SYSTEMS`, always as typed and then with
corrections: how often a relevant article is first for topics as they are, and with one word
misspelt; how often words and names of one to three articles, misspelt and asked for by
themselves, are found first and among the first ten; and nDCG@10 of all topics as they are,
with how many of them have a word to correct, and for how many the correction is asked.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from exact import drawn, misspelt
from public import folders

from plait.index.language.words import SIMPLE_WORD as WORD
from plait.search.evaluation import Collection, open_index, read_collection
from plait.search.evaluation.measures import per_topic
from plait.search.evaluation.names import article_names
from plait.search.index import Index
from plait.search.system import Options, System

SYSTEMS = ("hybrid", "keyword")
TOPICS_MISSPELT = 300
"""Number of topics of each collection that are misspelt: the first."""
LEAST_LETTERS = 5
"""Number of letters of a word that is misspelt."""
HITS_PER_QUERY = 10
RARE_KINDS = ("word", "name")
"""Kinds of finds (`benchmarks/exact.py`) that are misspelt and asked for by themselves."""
MEASURE = "nDCG@10"


@dataclass(frozen=True, slots=True)
class Asker:
    """An index that is asked by one system."""

    index: Index
    system: System
    names: Mapping[str, str]
    """Name of each article in the judgements, by its id."""

    def ranked(self, text: str, *, exact: bool) -> tuple[dict[str, float], bool, bool]:
        """Return scores by article, whether there was a correction, and whether it was asked."""
        options = Options(self.system, operators=False, exact=exact)
        answer = self.index.answer(text, HITS_PER_QUERY, options)
        asked = answer.asked != text
        scores = {self.names[hit.article.id]: 1.0 / hit.rank for hit in answer.hits}
        return scores, asked or bool(answer.suggestion), asked

    def successes(
        self, asked: Iterable[tuple[str, Iterable[str]]], *, exact: bool
    ) -> list[tuple[bool, bool]]:
        """Return of each query whether a relevant article is first, and whether one is a hit."""
        found = []
        for text, relevant in asked:
            ranked, wanted = list(self.ranked(text, exact=exact)[0]), set(relevant)
            found.append((bool(wanted & set(ranked[:1])), bool(wanted & set(ranked))))
        return found


def spoilt(text: str, chosen: random.Random) -> str:
    """Return a topic with one long word misspelt, if it has any."""
    words = [
        own for own in WORD.finditer(text) if own[0].isalpha() and len(own[0]) >= LEAST_LETTERS
    ]
    if not words:
        return text
    word = chosen.choice(words)
    return text[: word.start()] + misspelt(word[0], chosen) + text[word.end() :]


def topics_of(collection: Collection) -> list[tuple[str, list[str]]]:
    """Return the first topics, and the articles that are relevant to each."""
    return [
        (topic.text, [name for name, grade in collection.qrels[topic.id].items() if grade > 0])
        for topic in collection.topics[:TOPICS_MISSPELT]
    ]


def shares(found: Sequence[tuple[bool, bool]]) -> str:
    """Write the share of queries whose article is first, and whose article is found."""
    first, ten = (sum(column) / len(found) for column in zip(*found, strict=True))
    return f"{first:.3f} {ten:.3f}"


def harm(asker: Asker, collection: Collection) -> str:
    """Write how all topics score as typed, and as what is asked for them."""
    typed, corrected = {}, {}
    counts = [0, 0]
    for topic in collection.topics:
        corrected[topic.id], tried, asked = asker.ranked(topic.text, exact=False)
        typed[topic.id] = corrected[topic.id]
        if asked:
            typed[topic.id] = asker.ranked(topic.text, exact=True)[0]
        counts = [counts[0] + tried, counts[1] + asked]
    values = [
        per_topic(collection.qrels, run, [MEASURE])[MEASURE].values() for run in (typed, corrected)
    ]
    before, after = (sum(own) / len(collection.topics) for own in values)
    shown = f"{counts[0]:>5} of {len(collection.topics):<5}{counts[1]:>5}"
    return f"{before:.4f} {after:.4f} {after - before:+.4f} {shown}"


def rows(collection: Collection) -> Iterable[str]:
    """Yield the rows of one collection, one a system."""
    index, _ = open_index(collection, None, lambda _: None)
    names = article_names(index.store.article_ids(), collection.qrels)
    chosen = random.Random(4)  # noqa: S311 - a sample, not a secret
    topics = topics_of(collection)
    wrong = [(spoilt(text, chosen), relevant) for text, relevant in topics]
    rare = [
        (misspelt(find.text, chosen), {names[article] for article in find.articles})
        for find in drawn(index)
        if find.kind in RARE_KINDS
    ]
    for system in SYSTEMS:
        asker = Asker(index, System.parse(system), names)
        whole = shares(asker.successes(topics, exact=True))
        with_and_without = [
            shares(asker.successes(asked, exact=exact))
            for asked in (wrong, rare)
            for exact in (True, False)
        ]
        cells = [whole, *with_and_without, f"{len(rare):>4}", harm(asker, collection)]
        yield f"{collection.name:<15}{system:<8}  " + "   ".join(cells)


def main() -> None:
    """Print the table, row by row."""
    head = ("topics", "misspelt", "corrected", "rare, missp.", "corrected")
    widths = "".join(f"{name:<14}" for name in head)
    print(f"{'first, first ten':<25}{widths}{'n':<5}{'nDCG@10: typed, corrected':<24}")
    for name in folders():
        for row in rows(read_collection(name)):
            print(row, flush=True)


if __name__ == "__main__":
    main()
