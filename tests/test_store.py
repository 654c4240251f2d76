"""The seam of stores: one made of dictionaries and brute force passes the suite of searching.

`Toy` implements `plait.index.store.Store` without a file and without anything of
`plait.index.local`, and every test of the suites below runs on it as it does on a folder.
"""

import importlib.util
import inspect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, cast

import numpy as np
import pytest
from filter_oracle import counted, passes
from numpy.typing import NDArray
from whoosh.query import FuzzyTerm, Phrase, Prefix, Query as Tree, Term as WhooshTerm
from whoosh.support.levenshtein import damerau_levenshtein

from plait.index.arithmetic import best_places, idf
from plait.index.article import Article, Passage
from plait.index.errors import NotFoundError
from plait.index.filter import FieldFacts, Filter
from plait.index.keyword.tree import leaf_text, matching, scoring_leaves, weighted
from plait.index.language.analyzer import TextAnalyzer
from plait.index.language.cutting import Cutting, cut_passages
from plait.index.language.numbered import TEXT_START
from plait.index.language.terms import Term
from plait.index.leg import BM25, Flags, LegQuery, LegScores, Passages, Scores, TermPart, Within
from plait.index.models.encoder import Encoder
from plait.index.phrase import Words
from plait.index.reading import FieldNames, read_paths
from plait.index.recipe import Recipe
from plait.index.span import span_of
from plait.search.evaluation import read_collection
from plait.search.index import Index
from plait.search.system import Options, System

ANALYZER = TextAnalyzer()
SEEDS = Path(__file__).resolve().parent.parent / "seeds"
Terms = Mapping[str, Sequence[list[Term]]]
"""Field to the terms of each passage, in order."""


@dataclass(frozen=True)
class Found:
    """An answer of either leg: all scores are known before anything is asked."""

    all_scores: Scores
    within: Within
    each: Mapping[tuple[str, str], Scores]
    is_sparse: bool
    is_filtered: bool = False

    def best(self, k: int) -> Passages:
        """Sort all."""
        allowed = np.arange(len(self.all_scores)) if self.within is None else self.within
        scores = self.all_scores[allowed]
        if self.is_sparse and not self.is_filtered:
            allowed, scores = allowed[scores > 0], scores[scores > 0]
        return allowed[best_places(scores, k)]

    def scores(self, passages: Passages) -> LegScores:
        """Look up."""
        mean, deviation = float(self.all_scores.mean()), float(self.all_scores.std())
        return LegScores(passages, self.all_scores[passages], mean, deviation, self.is_sparse)

    def terms(self, passages: Passages) -> list[list[TermPart]]:
        """Look up."""
        return [
            [TermPart(*term, float(own[p])) for term, own in self.each.items() if own[p]]
            for p in passages.tolist()
        ]


@dataclass(frozen=True)
class ToyKeywordLeg:
    """BM25 by counting words, passage by passage."""

    terms: Terms
    parameters: BM25
    articles: Passages

    def ask(self, query: LegQuery, within: Within = None) -> Found:
        """Score every passage by every word."""
        count, weights = len(self.terms["text"]), {"title": self.parameters.title, "text": 1.0}
        if query.tree is None:
            spelt = {term: [term] for term, _ in query.terms}
            for variant in query.variants:
                for term in variant.terms:
                    spelt[term].append(variant.term)
            pairs = [(f, t, w * n) for f, w in weights.items() if w for t, n in query.terms]
            each = {(f, t): self._bm25(f, spelt[t]) * own for f, t, own in pairs}
            return Found(sum(each.values(), np.zeros(count)), within, each, is_sparse=True)
        tree = weighted(query.tree, self.parameters.title)
        units = np.arange(count) if query.by_passage else self.articles
        matches = matching(tree, lambda leaf: np.flatnonzero(self._leaf(leaf, units)[0]), units)
        matches = matches if within is None else np.intersect1d(matches, within)
        each = {
            (leaf.field() or "", leaf_text(leaf)): self._leaf(leaf, units)[1]
            for leaf in scoring_leaves(tree)
        }
        total = sum((self._leaf(leaf, units)[1] for leaf in scoring_leaves(tree)), np.zeros(count))
        kept = np.where(np.isin(np.arange(count), matches), total, 0.0)
        return Found(kept, matches, each, is_sparse=True, is_filtered=True)

    def _leaf(self, leaf: Tree, units: Passages) -> tuple[Flags, Scores]:
        """Match and score one leaf; `units` are the passages' articles."""
        field = leaf.field() or "text"
        lists = self.terms[field]
        texts: dict[int, list[Term]] = defaultdict(list)
        for own, article in zip(lists, units.tolist(), strict=True):
            texts[article] += [term for term in own if term.at >= TEXT_START]
        if isinstance(leaf, Phrase):
            steps = [(word, at, 1) for at, word in enumerate(leaf.words)]
            steps += leaf.joined if isinstance(leaf, Words) else ()
            found = np.array(
                [
                    bool(_in_order(own, steps, leaf))
                    or not _in_order(texts[article], steps, leaf).isdisjoint(
                        term.at + term.extent - 1 for term in own
                    )
                    for own, article in zip(lists, units.tolist(), strict=True)
                ]
            )
            words = dict.fromkeys(word for word, _, _ in steps)
            return found, found * self._sum(field, list(words)) * leaf.boost
        known = {(term.form, term.text) for own in lists for term in own if not term.is_stop}
        if isinstance(leaf, FuzzyTerm):
            chosen = {t for form, t in known if _apart(form, leaf.text) <= leaf.maxdist}
        elif isinstance(leaf, Prefix):
            chosen = {t for form, t in known if form.startswith(leaf.text)}
        else:
            chosen = {cast("WhooshTerm", leaf).text}
        found = np.array([any(term.text in chosen for term in own) for own in lists])
        if len(chosen) > 2:  # Whoosh's rule for small indexes
            return found, found * 1.0
        return found, found * self._sum(field, sorted(chosen)) * getattr(leaf, "boost", 1.0)

    def _sum(self, field: str, terms: Sequence[str]) -> Scores:
        return sum((self._bm25(field, [term]) for term in terms), np.zeros(len(self.terms[field])))

    def _bm25(self, field: str, spellings: Sequence[str]) -> Scores:
        lists, k1, b = self.terms[field], self.parameters.k1, self.parameters.b
        lengths = np.array([sum(term.counts for term in own) for own in lists])
        norms = k1 * (1 - b + b * lengths / lengths.mean())
        # A compound is there in all of its spellings at once: the most frequent counts.
        often = np.array(
            [max(sum(own.text == term for own in text) for term in spellings) for text in lists]
        )
        scores: Scores = often / np.maximum(often + norms, 1e-9)
        return scores * idf(int((often > 0).sum()), len(lists))


@dataclass(frozen=True)
class ToyDenseLeg:
    """Cosines of all vectors."""

    vectors: NDArray[np.float32]

    def ask(self, query: LegQuery, within: Within = None) -> Found:
        """Multiply."""
        cosines = np.einsum("ij,j->i", self.vectors, query.vector, dtype=np.float64)
        return Found(cosines, within, {}, is_sparse=False, is_filtered=query.tree is not None)


@dataclass(frozen=True)
class ToyDictionary:
    """A dictionary of the terms of the texts; its own `Occurrences` as well."""

    texts: Sequence[Sequence[Term]]
    places: Mapping[str, set[int]]
    """Term to the passages that have it."""
    wanted: Sequence[str] = ()

    @property
    def passages(self) -> int:
        """Count passages."""
        return len(self.texts)

    @property
    def counts(self) -> list[int]:
        """Count passages with each wanted term."""
        return [len(self.places.get(term, ())) for term in self.wanted]

    def find(self, terms: Sequence[str]) -> Self:
        """Keep what is wanted."""
        return replace(self, wanted=terms)

    def first(self, term: int, most: int) -> Passages:
        """Sort and cut."""
        return np.array(sorted(self.places.get(self.wanted[term], ()))[:most], np.int64)

    def held_by(self, term: int, passages: Passages) -> Flags:
        """Look up each."""
        places = self.places.get(self.wanted[term], set())
        return np.array([passage in places for passage in passages.tolist()], bool)

    def side_by_side(self, first: int, second: int, passages: Passages, most: int = 1) -> Flags:
        """Look at each pair of words."""
        pair = self.wanted[first], self.wanted[second]
        near = [
            {
                (one.text, two.text)
                for one in text
                for two in text
                if 0 < two.at - (one.at + one.extent - 1) <= most
            }
            for text in map(self.texts.__getitem__, passages.tolist())
        ]
        return np.array([pair in own for own in near], bool)

    def similar(self, word: str, edits: int) -> set[str]:
        """Compare with each."""
        return {own.text for own in self._words() if _apart(own.form, word) <= edits}

    def letters(self) -> Mapping[str, int]:
        """Count letters of each distinct word."""
        return Counter("".join({own.form for own in self._words()}))

    def _words(self) -> Iterator[Term]:
        return (own for text in self.texts for own in text if not own.is_stop)


class Toy:
    """Dictionaries and brute force. A `plait.index.store.Store`."""

    name, system = "toy", ""

    def __init__(self, articles: Sequence[Article], encoder: Encoder) -> None:
        """Cut, encode and analyse articles."""
        cutting = Cutting(encoder.window)
        self._articles = {article.id: article for article in articles}
        self._passages: list[tuple[Article, Passage]] = []
        texts: list[str] = []
        for article in articles:
            head, ends = cutting.head(article.title, encoder.token_ends), encoder.token_ends
            for passage in cut_passages(article, cutting, len(ends(head)), ends(article.text)):
                self._passages.append((article, passage))
                texts.append(f"{head}\n{passage.text}")
        self._encoded = encoder.encode_passages(texts)
        titled = [(article.title, passage.text) for article, passage in self._passages]
        self._terms = {
            "title": [list(ANALYZER.found(title)) for title, _ in titled],
            "text": _with_titles(self._passages),
        }
        fingerprints = ANALYZER.fingerprint, encoder.fingerprint, cutting.fingerprint
        self.recipe = Recipe(*fingerprints, "", encoder.window, encoder.dimension)
        self.article_count, self.passage_count = len(articles), len(texts)
        places: dict[str, set[int]] = {}
        for place, terms in enumerate(self._terms["text"]):
            for term in terms:
                places.setdefault(term.text, set()).add(place)
        self.dictionary = ToyDictionary(self._terms["text"], places)

    def refresh(self) -> Self:
        """Stay: nothing is ever added."""
        return self

    def check(self) -> int:
        """Trust memory."""
        return 0

    def keyword_leg(self, parameters: BM25) -> ToyKeywordLeg:
        """Count words."""
        return ToyKeywordLeg(self._terms, parameters, self.owners(self.live()))

    def dense_leg(self) -> ToyDenseLeg:
        """Compare all vectors."""
        return ToyDenseLeg(self._encoded.vectors)

    def vectors(self, passages: Passages) -> NDArray[np.float32]:
        """Look up."""
        return self._encoded.vectors[passages]

    def max_similarity(
        self, tokens: NDArray[np.float32], weights: Scores, passages: Passages
    ) -> Scores:
        """Compare every token with every token."""
        found, own = np.zeros(len(passages)), self._encoded.tokens
        for row, passage in enumerate(passages.tolist()):
            bits = np.unpackbits(own.signs[own.starts[passage] : own.starts[passage + 1]], axis=1)
            if len(bits) and len(tokens):
                best = (tokens.astype(np.float64) @ (2.0 * bits - 1.0).T).max(axis=1)
                found[row] = np.average(best, weights=weights) / tokens.shape[1] ** 0.5
        return found

    has_fields = True

    def fields(self) -> Mapping[str, FieldFacts]:
        """Know the date alone."""
        dated = sum(bool(article.date) for article in self._articles.values())
        return {"date": FieldFacts("date", {"date": dated}, dated)}

    def within(self, tree: Filter) -> Passages:
        """Ask of each."""
        return np.flatnonzero([passes(article, tree) for article, _ in self._passages])

    def counts(self, field: str, articles: Passages, unit: str = "") -> dict[str, int]:
        """Count one by one."""
        chosen = [list(self._articles.values())[place] for place in articles.tolist()]
        return counted(chosen, field, {"year": 4, "month": 7}.get(unit))

    def days(self, articles: Passages) -> Scores:
        """Read each date."""
        spans = [span_of(list(self._articles.values())[p].date) for p in articles.tolist()]
        return np.array([span.day if span else np.nan for span in spans])

    def live(self) -> Passages:
        """Return all: nothing is ever deleted."""
        return np.arange(self.passage_count)

    def owners(self, passages: Passages) -> Passages:
        """Return the article's place among all."""
        places = {id_: place for place, id_ in enumerate(self._articles)}
        return np.array([places[self._passages[p][0].id] for p in passages.tolist()], np.int64)

    def passage_ids(self, passages: Passages) -> list[str]:
        """Look up."""
        return [self._passages[passage][1].id for passage in passages.tolist()]

    def read(self, passages: Passages) -> list[tuple[Article, Passage]]:
        """Look up."""
        return [self._passages[passage] for passage in passages.tolist()]

    def article(self, article_id: str) -> Article:
        """Look up."""
        if article_id not in self._articles:
            raise NotFoundError(f"no article {article_id!r} in {self.name}.")
        return self._articles[article_id]

    def passages_of(self, article_id: str) -> list[Passage]:
        """Look at all."""
        self.article(article_id)
        return [passage for article, passage in self._passages if article.id == article_id]

    def article_ids(self) -> Iterator[str]:
        """Yield all."""
        return iter(self._articles)

    def __contains__(self, article_id: str) -> bool:
        return article_id in self._articles


def _with_titles(titled: Sequence[tuple[Article, Passage]]) -> list[list[Term]]:
    """Return the terms of titles and passages; those of an article go on from one to the next."""
    found, start, last = [], TEXT_START, ""
    for article, passage in titled:
        start = start if article.id == last else TEXT_START
        text = [own._replace(at=start + own.at) for own in ANALYZER.found(passage.text)]
        found.append([*ANALYZER.found(article.title), *text])
        start, last = start + int(ANALYZER.number([passage.text]).advances[0]), article.id
    return found


def _in_order(
    terms: Sequence[Term], steps: Sequence[tuple[str, int, int]], leaf: Phrase
) -> set[int]:
    """Return where steps end that lead from the first word, each at most `slop` places on."""
    ends: dict[int, set[int]] = {}
    for word, begin, extent in sorted(steps, key=lambda step: step[1]):
        for own in terms:
            near = any(0 < own.at - end <= leaf.slop for end in ends.get(begin, ()))
            if own.text == word and (near or not begin):
                ends.setdefault(begin + extent, set()).add(own.at + own.extent - 1)
    return ends.get(len(leaf.words), set())


def _apart(first: str, second: str) -> int:
    return damerau_levenshtein(first, second) if first and second else len(first + second)


@pytest.fixture(scope="module")
def toy(encoder: Encoder) -> Index:
    """Keep the seeds in a toy; ids are those of the index in a folder."""
    found = read_paths([SEEDS / "articles"], FieldNames())
    own = [article for article in found if isinstance(article, Article)]
    return Index(Toy(own, encoder), encoder)


def is_of_stores(function: Callable[..., object]) -> bool:
    """Return whether a test asks the seeds, and is not about the folder that they are in."""
    marks = {mark.name for mark in getattr(function, "pytestmark", [])}
    return "seeds" in inspect.signature(function).parameters and "folder" not in marks


def suite() -> Iterator[tuple[str, Any]]:
    """Yield the tests of searching, as other files have them."""
    for name in ("test_search", "test_why", "test_spelling", "test_trust", "test_confidence"):
        path = Path(__file__).with_name(f"{name}.py")
        spec = importlib.util.spec_from_file_location(f"suite_{name}", path)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for found, function in vars(module).items():
            if found.startswith("test_") and is_of_stores(function):
                yield found, function


class TestTheSuiteOfSearchingOnAToy:
    """Every test of searching that is not about folders."""

    @pytest.fixture
    def seeds(self, toy: Index) -> Index:
        """Put the toy in the place of the folder."""
        return toy


for _name, _function in suite():
    setattr(TestTheSuiteOfSearchingOnAToy, _name, staticmethod(_function))


def test_the_suite_is_there() -> None:
    """Tests are found and added, not forgotten."""
    assert sum(name.startswith("test_") for name in vars(TestTheSuiteOfSearchingOnAToy)) > 25


TOPICS = [topic.text for topic in read_collection("seeds").topics]
OPERATORS = [
    "+treaty 1956", "treaty -japan", '"peace treaty"', '"treaty islands"~6', "island* AND putin",
    "declarat* OR mnister~", "title:treaty peace", "(kuril OR abm) AND treaty",
    "peace-talks NOT war",
]  # fmt: skip


@pytest.mark.parametrize(
    "system", ["keyword", "dense", "hybrid", "hybrid(fusion=rrf)", "hybrid(fusion=minmax, title=0)"]
)
def test_a_toy_ranks_as_a_folder_does(seeds: Index, toy: Index, system: str) -> None:
    """Topics and operators: the same hits, scores and probabilities, to rounding."""
    options = Options(System.parse(system))
    for query in [*TOPICS[::4], *OPERATORS]:
        found, wanted = (index.search(query, 10, options) for index in (toy, seeds))
        assert [hit.passage.id for hit in found] == [hit.passage.id for hit in wanted]
        assert [h.score for h in found] == pytest.approx([h.score for h in wanted], abs=1e-4)
        assert [h.probability for h in found] == pytest.approx(
            [h.probability for h in wanted], abs=1e-6
        )
