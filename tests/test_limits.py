"""What a query may need of an index: as little as arrays allow, and no more than its limits."""

from dataclasses import replace

import numpy as np
import pytest

from plait.index.errors import QueryError
from plait.index.files.strings import StringTable
from plait.index.keyword import leaves
from plait.index.keyword.leg import KeywordAnswer, KeywordLeg
from plait.index.keyword.postings import build_postings
from plait.index.keyword.reader import KeywordReader
from plait.index.language.analyzer import TextAnalyzer
from plait.search.query.parser import parse_query

ANALYZER = TextAnalyzer()


def reader_of(texts: list[str]) -> KeywordReader:
    """Invert texts without titles, none of them deleted."""
    postings = {
        "title": build_postings(ANALYZER.number([""] * len(texts))),
        "text": build_postings(ANALYZER.number(texts)),
    }
    return KeywordReader([(postings, np.ones(len(texts), dtype=bool))])


def asked(reader: KeywordReader, query: str) -> KeywordAnswer:
    """Score a query."""
    return KeywordLeg(reader).ask(parse_query(query, ANALYZER))


def test_a_prefix_reads_none_of_the_words_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of twice as many words, one more at most is compared: by halves, not one by one."""
    read = 0
    original = StringTable.__getitem__

    def counted(table: StringTable, number: int) -> bytes:
        nonlocal read
        read += 1
        return original(table, number)

    monkeypatch.setattr(StringTable, "__getitem__", counted)
    costs = []
    for words in (500, 1000, 2000):
        reader = reader_of([f"war{number}x" for number in range(words)])
        read = 0
        assert len(asked(reader, "war*").best(words)) == words
        costs.append(read)
    assert costs[2] - costs[1] <= 4
    assert costs[1] - costs[0] <= 4


@pytest.mark.parametrize(
    ("limit", "query", "needed", "wanted"),
    [
        ("WORDS_COMPARED", "peac~", 3, r"needs at least 3 words compared.*at most 2 .*use fewer"),
        (
            "POSTINGS_READ",
            "w*",
            4,
            r"needs at least 4 postings read.*at most 3 .*make prefixes longer",
        ),
        ("POSTINGS_READ", '"war peace"', 6, r"needs at least \d postings read.*at most 5 "),
        ("MATCHES_COUNTED", "+war", 3, r"needs at least 3 matches.*at most 2 .*rarer words"),
        ("MATCHES_COUNTED", "w*", 4, r"needs at least 4 matches.*at most 3 .*rarer words"),
        ("MATCHES_COUNTED", '"war peace"', 1, r"needs at least 1 matches.*at most 0 "),
    ],
)
def test_beyond_a_limit_an_error_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, limit: str, query: str, needed: int, wanted: str
) -> None:
    """What was too much, how much, and the remedy; what just fits is found."""
    texts = ["war peace other"] if limit == "WORDS_COMPARED" else ["war peace", "war", "war wet"]
    reader = reader_of(texts)
    own = getattr(leaves, limit)
    monkeypatch.setattr(leaves, limit, replace(own, most=needed))
    assert len(asked(reader, query).best(9))
    monkeypatch.setattr(leaves, limit, replace(own, most=needed - 1))
    with pytest.raises(QueryError, match=wanted):
        asked(reader, query)
