"""Success of searches for words that stand in one to three articles, in many templates.

    python benchmarks/exact.py [COLLECTION ...]

Words, names, codes, numbers and names of two words are drawn from each collection by a
fixed seed and put into templates: bare, asked for in a sentence, beside a common word,
misspelt, in another case. Relevant are the articles that contain them. Printed for each
collection and system: the share of queries of which a right article is among the first
ten, and is the first hit; and how often `p` denies it, because all right hits are below
the threshold or there are none. Then the same for each template, and each kind.
"""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean

from public import folders

from plait.index.article import Article
from plait.search.evaluation import open_index, read_collection
from plait.search.index import Index
from plait.search.system import Options, System

SYSTEMS = ("keyword", "hybrid(fusion=rrf)", "hybrid")
FINDS_PER_KIND = 12
"""Number of finds of each kind and collection, if there are so many."""
MOST_ARTICLES = 3
"""Number of articles that a find may stand in."""
LEAST_LETTERS = 5
"""Number of letters of a word or a name; shorter ones are hardly ever rare in English."""
COMMON_SHARES = (0.05, 0.2)
"""Least and greatest share of the articles that have a common word."""
THRESHOLD = 0.15
"""Probability below which a hit is taken for no answer."""

TEMPLATES: Mapping[str, str] = {
    "bare": "{}",
    "who": "Who is {}?",
    "what": "What is {}?",
    "tell": "Tell me about {}",
    "say": "What do the articles say about {}?",
    "middle": "I remember reading something on {} and would like to find it again",
    "beside": "{} {common}",
    "misspelt": "{misspelt}",
    "case": "{case}",
}

_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?![\w'\u2019])")
_CODE = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z\d]+(?:-[A-Za-z\d]+)*(?![\w-])")
_NUMBER = re.compile(r"(?<![\w.,-])\d{2,}(?:[.,]\d+)*(?![\w-])")
_PAIR = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+ [A-Z][a-z]+(?=[ ,.])")
_SENTENCE_END = re.compile(r"[.!?:;\"'\u201c\u2018]\s*$")


@dataclass(frozen=True, slots=True)
class Find:
    """A word, a name, a code, a number or two words that stand in few articles."""

    kind: str
    text: str
    articles: frozenset[str]
    """Ids of the articles that contain it."""
    common: str
    """Word that many articles contain."""


def articles_of(index: Index) -> Iterator[Article]:
    """Yield all articles of an index."""
    yield from map(index.article, index.store.article_ids())


def drawn(index: Index) -> list[Find]:
    """Return some finds of each kind, drawn by a fixed seed."""
    terms_of = index.analyzer.terms
    texts = {article.id: f"{article.title}\n{article.text}" for article in articles_of(index)}
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for text in texts.values():
        for kind, found in sightings(text):
            seen[kind].add(found)
    holders = held({text: terms_of(text) for own in seen.values() for text in own}, texts, terms_of)
    least, most = (share * len(texts) for share in COMMON_SHARES)
    common = sorted(word for word in seen["word"] if least <= len(holders[word]) <= most) or [""]
    chosen, finds = random.Random(11), []  # noqa: S311 - a sample, not a secret
    for kind in sorted(seen):
        rare = sorted(text for text in seen[kind] if 1 <= len(holders[text]) <= MOST_ARTICLES)
        finds += [
            Find(kind, text, frozenset(holders[text]), chosen.choice(common))
            for text in chosen.sample(rare, min(FINDS_PER_KIND, len(rare)))
        ]
    return finds


def held(
    wanted: Mapping[str, Sequence[str]],
    texts: Mapping[str, str],
    terms_of: Callable[[str], Sequence[str]],
) -> dict[str, set[str]]:
    """Return the ids of the articles in which the terms of each wanted text are side by side."""
    found: dict[tuple[str, ...], set[str]] = {tuple(terms): set() for terms in wanted.values()}
    lengths = {len(terms) for terms in found if terms}
    for article, text in texts.items():
        terms = terms_of(text)
        for length in lengths:
            for run in zip(*(terms[start:] for start in range(length)), strict=False):
                if run in found:
                    found[run].add(article)
    return {text: found[tuple(terms)] for text, terms in wanted.items()}


def sightings(text: str) -> Iterator[tuple[str, str]]:
    """Yield the kind of everything in a text that could be drawn, and what it is."""
    for before, found in pairwise([None, *_WORD.finditer(text)]):
        if found is None or len(found[0]) < LEAST_LETTERS:
            continue
        inside = before is not None and not _SENTENCE_END.search(text[before.end() : found.start()])
        if found[0] == found[0].lower():
            yield "word", found[0]
        elif inside and "\n" not in text[before.end() : found.start()]:  # type: ignore[union-attr]
            yield "name", found[0]
    for kind, pattern in (("code", _CODE), ("number", _NUMBER), ("two words", _PAIR)):
        yield from ((kind, found[0]) for found in pattern.finditer(text))


def misspelt(text: str, chosen: random.Random) -> str:
    """Return a text with two letters swapped, or one left out, doubled or replaced; not the first.

    >>> misspelt("Geneva", random.Random(1)) != "Geneva"
    True
    """
    place = chosen.randrange(1, len(text) - 1)
    before, letter, following, rest = text[:place], text[place], text[place + 1], text[place + 2 :]
    other = chosen.choice(sorted({*text.lower()} - {letter.lower(), " "}) or ["x"])
    found = chosen.choice(
        [
            f"{before}{following}{letter}{rest}",
            f"{before}{following}{rest}",
            f"{before}{letter}{letter}{following}{rest}",
            f"{before}{other}{following}{rest}",
        ]
    )
    return found if found != text else f"{before}{following}{rest}"


def asked(find: Find, chosen: random.Random) -> Iterator[tuple[str, str]]:
    """Yield the name of each template, and the query made by it."""
    wrong = misspelt(find.text, chosen) if find.kind in {"word", "name", "two words"} else ""
    other_case = find.text.upper() if find.text != find.text.upper() else find.text.lower()
    for name, template in TEMPLATES.items():
        if (wrong or name != "misspelt") and (find.common or name != "beside"):
            filled = template.format(find.text, common=find.common, misspelt=wrong, case=other_case)
            yield name, filled


@dataclass(frozen=True, slots=True)
class Asked:
    """One query, and how it was answered."""

    template: str
    kind: str
    first: bool
    """Whether the first hit is right."""
    found: bool
    """Whether one of the first ten hits is right."""
    denied: bool
    """Whether no right hit has a probability above the threshold."""


def answered(index: Index, finds: Sequence[Find], system: str) -> list[Asked]:
    """Ask for every find by every template, and return how each query was answered."""
    chosen = random.Random(3)  # noqa: S311 - a sample, not a secret
    options = Options(System.parse(system), operators=False)
    answers = []
    for find in finds:
        for template, query in asked(find, chosen):
            hits = index.search(query, 10, options)
            right = [hit for hit in hits if hit.article.id in find.articles]
            first = bool(right) and right[0].rank == 1
            denied = all((hit.probability or 0.0) < THRESHOLD for hit in right)
            answers.append(Asked(template, find.kind, first, bool(right), denied))
    return answers


def line(name: str, answers: Sequence[Asked]) -> str:
    """Write the shares of some answers."""
    shares = (mean(getattr(a, part) for a in answers) for part in ("found", "first", "denied"))
    return f"{name:<22}" + "".join(f"{share:>9.3f}" for share in shares)


def grouped(answers: Iterable[Asked], part: str) -> Iterator[str]:
    """Yield a line for each template, or each kind."""
    groups: defaultdict[str, list[Asked]] = defaultdict(list)
    for answer in answers:
        groups[getattr(answer, part)].append(answer)
    yield from (line(name, own) for name, own in groups.items())


def main() -> None:
    """Print a table of collections for each system, then one of templates and kinds."""
    collections = [read_collection(name) for name in folders()]
    indexes = {c.name: open_index(c, None, lambda _: None)[0] for c in collections}
    finds = {name: drawn(index) for name, index in indexes.items()}
    for system in SYSTEMS:
        print(f"{system:<22}{'in 10':>9}{'first':>9}{'denied':>9}")
        answers = {name: answered(indexes[name], own, system) for name, own in finds.items()}
        for name, own in answers.items():
            print(line(name, own), flush=True)
        every = [answer for own in answers.values() for answer in own]
        print("\n".join([line("all", every), *grouped(every, "template"), *grouped(every, "kind")]))


if __name__ == "__main__":
    main()
