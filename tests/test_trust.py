"""How far the vector of a query is trusted: by what the model's tokenizer makes of its words."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from plait.index.language.analyzer import TextAnalyzer
from plait.index.models.word_pieces import WordPieces
from plait.search.evidence.trust import LEAST_TRUST, cut_words, known_share, token_weights, trust_in
from plait.search.evidence.words import QueryWords, Word
from plait.search.fusion import DENSE_WEIGHT
from plait.search.hit import FULL_TRUST
from plait.search.index import Index
from plait.search.query.parser import parse_query
from plait.search.system import Options, System

ANALYZER = TextAnalyzer()


@pytest.mark.parametrize(
    ("word", "lengths", "unknown", "share"),
    [
        ("treaty", [6], [False], 1),
        ("assefa", [3, 2, 1], [False] * 3, 1 / 3),
        ("ጤና", [2], [True], 0),
        ("zk", [1, 1], [False, True], 0),
        ("द", [1], [False], 0),
        ("7", [1], [False], 1),
        ("сша", [1, 1, 1], [False] * 3, 1 / 3),
        ("条约", [1, 1], [False] * 2, 1),
        ("条约签", [1, 1, 1], [False, True, True], 1 / 3),
        ("สนธิสัญญา", [1] * 9, [False] * 9, 0),
        ("สนธิสัญญา", [5, 4], [False] * 2, 1),
        ("さくら", [1, 1, 1], [False] * 3, 0),
        ("beyond", [], [], 0),
    ],
)
def test_a_word_is_known_by_its_pieces(
    word: str, lengths: list[int], unknown: list[bool], share: float
) -> None:
    """Whole, in parts, letter by letter, not at all; and in scripts without blanks."""
    assert known_share(word, lengths, unknown) == pytest.approx(share)


def test_words_are_cut_as_the_model_cuts_them() -> None:
    """Stop words are left out; a word has the pieces that end in it, a blank before or not."""
    pieces = WordPieces.of([(0, 3), (3, 6), (6, 9), (9, 15)], np.zeros(4, bool))
    first, second = cut_words(parse_query("the reefs talks", ANALYZER), pieces)
    assert (first.term, list(first.pieces), first.start) == ("reef", [1, 2], 4)
    assert (second.term, list(second.pieces)) == ("talk", [3])


def test_what_the_model_did_not_read_does_not_count(seeds: Index) -> None:
    """A query longer than the window is judged by its beginning."""
    text = "treaty " * 300 + "zkqxv " * 300
    encoded = seeds.encoder.encode_query(text)
    query = parse_query(text, ANALYZER)
    words = QueryWords(seeds.store.dictionary, query).words
    cut = cut_words(query, encoded.pieces)
    assert {word.term for word in cut} == {"treati"}
    assert trust_in(encoded.pieces, cut, words) == FULL_TRUST


def test_languages_and_names_are_told_from_what_a_model_knows(seeds: Index) -> None:
    """English is trusted, a rare name hardly, Russian and Greek not."""
    shares = []
    for query in (
        "what did both countries agree on after the war",
        "Assefa",
        "мирный договор между странами",
        "συνθήκη ειρήνης μεταξύ των χωρών",
        "किस संधि ने दोनों देशों के बीच युद्ध समाप्त किया?",
    ):
        ranking = seeds.rank(seeds.parse(query), System(), 1)
        shares.append(ranking.trust.factor)
        assert ranking.candidates.evidence
        assert ranking.trust == ranking.candidates.evidence.trust
    english, name, russian, greek, hindi = shares
    assert english == 1
    assert 0.1 < name < 0.5
    assert LEAST_TRUST <= russian < 0.1
    assert LEAST_TRUST <= greek < 0.1
    assert LEAST_TRUST <= hindi < 0.3


def test_trust_is_a_factor_of_the_dense_part(seeds: Index) -> None:
    """What the dense leg loses, the keyword leg gains; with trust off, nothing changes."""
    query = "Assefa marathon"
    trusted, plain = (
        seeds.search(query, 5, Options(System.parse(f"hybrid(trust={switch}, late=0)")))
        for switch in ("on", "off")
    )
    for hit in trusted:
        found = hit.explanation
        assert found.keyword
        assert found.dense
        weight = DENSE_WEIGHT * found.trust.factor
        z_dense = (found.dense.score - found.dense.mean) / found.dense.deviation
        z_keyword = (found.keyword.score - found.keyword.mean) / found.keyword.deviation
        assert found.trust.factor < 1
        assert found.dense.part == pytest.approx(weight * z_dense)
        assert found.keyword.part == pytest.approx((1 - weight) * z_keyword)
        assert hit.score == found.score
    for hit in plain:
        found = hit.explanation
        assert found.dense
        assert (found.trust, found.exact, found.rare) == (FULL_TRUST, 0.0, ())
        z_dense = (found.dense.score - found.dense.mean) / found.dense.deviation
        assert found.dense.part == pytest.approx(0.85 * z_dense)


def test_tokens_weigh_as_their_words(seeds: Index) -> None:
    """All pieces of a word alike; a word of the request little; punctuation as the mean."""
    query = parse_query("Tell me about Takeshima & 1956", ANALYZER)
    encoded = seeds.encoder.encode_query(query.words)
    words = QueryWords(seeds.store.dictionary, query).words
    cut = cut_words(query, encoded.pieces)
    found = token_weights(encoded, cut, words)
    assert len(found) == len(encoded.tokens)
    weights = {word.term: word.weight for word in words}
    assert weights["tell"] < 0.2 * weights["takeshima"]
    (takeshima,) = (word.pieces for word in cut if word.term == "takeshima")
    assert len(takeshima) > 1
    assert found.tolist().count(weights["takeshima"]) == len(takeshima)
    assert token_weights(encoded, [], []).tolist() == [1.0] * len(found)


@given(st.text("\u0430\u0431treatyé\u6761\u0e2a\u0e0d ,.", max_size=40), st.integers(1, 4))
def test_trust_is_a_share(text: str, length: int) -> None:
    """Whatever is typed, however it is cut: between 0 and 1."""
    ends = np.arange(length, len(text) + length, length).clip(max=len(text))
    pieces = WordPieces.ending(ends)
    cut = cut_words(
        parse_query(text if any(map(str.isalnum, text)) else "x", ANALYZER, operators=False), pieces
    )
    trust = trust_in(pieces, cut, [Word(word.term, 1.0, 2.0) for word in cut])
    assert 0 <= trust.known <= 1
    assert LEAST_TRUST <= trust.factor <= 1
