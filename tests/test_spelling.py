"""Did you mean: a word that no passage has, the one that was meant, and when that is asked."""

import json
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given, settings, strategies as st

from plait.index.article import Article
from plait.index.errors import QueryError
from plait.index.language.terms import fold
from plait.index.language.words import SIMPLE_WORD as WORD
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.context import context, passages_for
from plait.search.index import Index
from plait.search.query.parser import LONGEST_WITH_OPERATORS
from plait.search.query.spelling import (
    LONGEST_CORRECTED,
    WORDS_CORRECTED,
    likely_edits,
    other_edits,
)
from plait.search.show.terminal import spelling_note
from plait.search.system import Options, System
from plait.search.why import explain_rank

Calls: TypeAlias = Callable[[Callable[[], object]], int]

KEYWORD = System.parse("keyword")
TEXTS = {
    "oscar": "The Oscar nominations were announced in Hollywood.",
    "film": "A film about the harbour was shown at the festival. Critics met actors, painters, "
    "sculptors, dancers, pianists, architects, writers, poets and photographers in a garden.",
    "treaty": "Ministers signed the treaty in Geneva, and the treaties of 1956 were quoted.",
    "russian": "Министры подписали декларацию в Иркутске.",
    "greek": "Διακήρυξη υπογράφηκε στη Θεσσαλονίκη.",
    "code": "The covid19 vaccine BNT162 was tested, and Straßenbahnen ran.",
}
LETTERS = "abcdeg"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, quick: Encoder) -> Path:
    """Index the texts, each in a segment of its own, and one that is deleted again."""
    folder = tmp_path_factory.mktemp("spelling") / "own"
    with IndexWriter(folder, quick) as writer:
        for name, text in TEXTS.items():
            writer.add(Article(name, "", text))
            writer.commit()
        writer.add(Article("gone", "", "Zanzibar exports cloves, and Zanzibar is an island."))
        writer.commit()
        writer.remove("gone")
    return folder


@pytest.fixture(scope="module")
def index(root: Path, quick: Encoder) -> Index:
    """Open it."""
    return Index.open(root, quick)


def asked(index: Index, query: str) -> str:
    """Say what is asked for a query, by words alone."""
    return index.answer(query, options=Options(KEYWORD)).asked


def one_edit(word: str, chosen: random.Random) -> str:
    """Change places of two letters, leave one out, double or replace one, or add one."""
    at = chosen.randrange(1, len(word))
    before, letter, after = word[:at], word[at], word[at + 1 :]
    other = chosen.choice(LETTERS)
    swapped = before + after[:1] + letter + after[1:]
    forms = [swapped, before + after, before + letter + letter + after]
    return chosen.choice([*forms, before + other + after, before + other + letter + after])


@given(st.text(LETTERS, min_size=4, max_size=12), st.randoms(use_true_random=False))
def test_every_slip_is_undone(word: str, chosen: random.Random) -> None:
    """A word is among the edits of whatever one edit made of it, unless it is as it was."""
    wrong = one_edit(word, chosen)
    undone = {*likely_edits(wrong, LETTERS), *other_edits(wrong, LETTERS)}
    assert word in undone or wrong == word


@given(st.from_regex(r"[a-c0-2]{2,9}", fullmatch=True))
def test_edits_leave_the_first_letter_and_digits(word: str) -> None:
    """What an edit adds, takes or moves is a letter, and not the first."""
    for other in {*likely_edits(word, "xy"), *other_edits(word, "xy")}:
        assert other[0] == word[0]
        assert list(filter(str.isdigit, other)) == list(filter(str.isdigit, word))
        assert abs(len(other) - len(word)) <= 1


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("oscra", "oscar"),
        ("osccar", "oscar"),
        ("ocar", "oscar"),
        ("oscer", "oscar"),
        ("oscxar", "oscar"),
        ("OSCER Hollywod", "OSCAR Hollywood"),
        ("who got the Oscer?!", "who got the Oscar?!"),
        ("+oscer -film", "+oscar -film"),
        ('"oscer nominations"', '"oscar nominations"'),
        ("oscer AND (hollywood OR genvea)", "oscar AND (hollywood OR geneva)"),
        ("text:oscer", "text:oscar"),
        ("hollywood-oscer", "hollywood-oscar"),
        ("nominatoins", "nominations"),
        ("holywod", "hollywood"),  # two edits
        ("Иркуцке", "Иркутске"),
        ("декларцаию", "декларацию"),
        ("θεσαλονικη", "θεσσαλονίκη"),
        ("covdi19", "covid19"),
        ("STRASSENBANEN", "STRASSENBAHNEN"),
        ("Straßenbanen", "Straßenbahnen"),
    ],
)
def test_the_word_that_was_meant_is_asked(index: Index, typed: str, meant: str) -> None:
    """In the case that was typed; all else of the query stays."""
    assert asked(index, typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "oscar treaty",
        "film -oscer",  # unwanted
        "film oscer*",
        "film oscer~",
        "film oscer~2",
        "film harbour-oscer*",
        "flm",  # three letters
        "scar",  # the first letter
        "covid18",  # a digit
        "bnt163",
        "thier",  # a stop word was meant
        "genevaconference",  # far from all
        "zanzibra",  # its only passage is deleted
        "Zanzibar",
        "oscer " + "o" * (LONGEST_CORRECTED + 1) + " x" * LONGEST_WITH_OPERATORS,
        "t" + "reaty" * 200,
    ],
)
def test_everything_else_stays(index: Index, typed: str) -> None:
    """Known words, operators on words, short words, first letters, digits, pasted texts."""
    answer = index.answer(typed, options=Options(KEYWORD))
    assert answer.asked == typed
    assert "anzibar" not in answer.suggestion


def test_work_is_bounded(index: Index, calls: Calls) -> None:
    """Of many unknown words the first few are looked up, however often each is typed."""
    wrong = ["oscer", "hollywod", "genvea", "minsters", "festval", "harbuor", "crtics"]
    assert len(wrong) > WORDS_CORRECTED
    meant = asked(index, " ".join(wrong)).split()
    assert meant[WORDS_CORRECTED:] == wrong[WORDS_CORRECTED:]
    assert not set(meant[:WORDS_CORRECTED]) & set(wrong)
    words = random.Random(3)  # noqa: S311 - a sample, not a secret
    pasted = " ".join("".join(words.choices(LETTERS, k=9)) for _ in range(500))
    assert exactly(index, pasted) == []  # and the words are analysed now, for both that follow
    assert calls(lambda: asked(index, pasted)) < 1.5 * calls(lambda: exactly(index, pasted))


def exactly(index: Index, query: str, system: System = KEYWORD) -> list[str]:
    """Ask a query as typed; name the articles."""
    return [hit.article.id for hit in index.search(query, 10, Options(system, exact=True))]


@pytest.mark.parametrize("mode", ["hybrid", "keyword", "dense"])
def test_known_words_cost_a_look(index: Index, mode: str, calls: Calls) -> None:
    """No word is altered or read, and nothing is ranked twice, where all words are known."""
    system = System.parse(mode)
    for query in ("oscar nominations of the festival", "+oscar nominations", '"oscar nominations"'):
        as_typed = partial(index.search, query, 10, Options(system, exact=True))
        tolerant = partial(index.search, query, 10, Options(system))
        assert as_typed() == tolerant()
        assert calls(tolerant) < calls(as_typed) + 60


@pytest.mark.parametrize("mode", ["hybrid", "keyword", "dense"])
@pytest.mark.parametrize("query", ["irkutks", "+irkutks -film", "kuril declaraton of irkustk"])
def test_the_hits_are_those_of_what_was_asked(seeds: Index, mode: str, query: str) -> None:
    """Nothing of a search but its query changes; and `exact` changes not even that."""
    options = Options(System.parse(mode))
    answer = seeds.answer(query, 10, options)
    assert answer.asked != query or mode == "dense"
    assert answer.hits == seeds.search(answer.asked, 10, options)
    assert answer.hits == seeds.search(query, 10, options)
    exact = seeds.answer(query, 10, Options(System.parse(mode), exact=True))
    assert (exact.asked, exact.suggestion) == (query, "")


def test_how_many_hits_are_wanted_changes_not_what_is_asked(seeds: Index) -> None:
    """One hit is the first of ten."""
    for query in ("irkutks", "kuril declaraton", "prot of the islands", "treaty tretaies"):
        few, many = seeds.answer(query, 1), seeds.answer(query, 10)
        assert (few.asked, few.suggestion) == (many.asked, many.suggestion)
        assert few.hits == many.hits[:1]


def test_a_misspelt_name_is_found(seeds: Index) -> None:
    """First by its correction, and not without."""
    irkutsk = "articles/kuril-irkutsk-2001.txt"
    assert exactly(seeds, "+irkutks", System()) == []
    assert seeds.search("+irkutks", 1)[0].article.id == irkutsk
    assert seeds.search("irkutks", 1)[0].article.id == irkutsk


def test_what_lifts_nothing_is_suggested(index: Index) -> None:
    """Another passage has the word than those that have the rest: the hits stay."""
    query = f"{TEXTS['film']} oscer"
    answer = index.answer(query, options=Options(KEYWORD))
    assert answer.asked == query
    assert answer.suggestion == query.replace("oscer", "oscar")
    assert [hit.article.id for hit in answer.hits] == exactly(index, query)


def test_what_finds_nothing_is_not_even_suggested(index: Index) -> None:
    """No passage has both."""
    answer = index.answer("+oscer +treaty", options=Options(KEYWORD))
    assert (answer.hits, answer.suggestion) == ([], "")


def test_words_that_the_model_knows_are_spelt_well(seeds: Index) -> None:
    """An article need not have a word for it to be one."""
    for query in ("elderly exiles", "funeral for something frozen", "expensive chocolate"):
        answer = seeds.answer(query)
        assert (answer.asked, answer.suggestion) == (query, "")


def test_an_empty_index_knows_no_word(tmp_path: Path, quick: Encoder) -> None:
    """And none is suggested."""
    with IndexWriter(tmp_path / "own", quick):
        pass
    answer = Index.open(tmp_path / "own", quick).answer("oscer", options=Options(KEYWORD))
    assert (answer.hits, answer.asked, answer.suggestion) == ([], "oscer", "")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=6),
            st.sampled_from(["oscer", "+", "-", '"', "*", "~", "(", ")", " ", "Genvea", "OR "]),
        ),
        max_size=12,
    ).map("".join)
)
def test_no_text_breaks_it(index: Index, text: str) -> None:
    """Whatever is typed, other words than were typed are words of the articles."""
    try:
        answer = index.answer(text, options=Options(KEYWORD))
    except QueryError:
        return
    own = {fold(word.lower()) for each in TEXTS.values() for word in WORD.findall(each)}
    typed = {fold(word.lower()) for word in WORD.findall(text)}
    assert {fold(word.lower()) for word in WORD.findall(answer.asked)} <= own | typed


def test_why_explains_what_is_asked(seeds: Index) -> None:
    """And names the correction; without one, or with `exact`, there is none to name."""
    irkutsk = "articles/kuril-irkutsk-2001.txt"
    reasons = explain_rank(seeds, "irkutks", irkutsk)
    assert reasons.corrected == "irkutsk"
    assert "irkutsk" in list(reasons.lines())[1]
    assert reasons.standing
    assert reasons.standing.rank == 1
    for query, options in (("irkutsk", Options()), ("irkutks", Options(exact=True))):
        other = explain_rank(seeds, query, irkutsk, options)
        assert other.corrected == ""
        assert (other.standing == reasons.standing) == (query == "irkutsk")


def test_a_chatbot_is_given_what_is_asked(seeds: Index) -> None:
    """The excerpts are those of the corrected question."""
    assert context(seeds, "irkutks", 300) == context(seeds, "irkutsk", 300)
    assert passages_for(seeds, "irkutks").asked == "irkutsk"
    assert passages_for(seeds, "irkutks", Options(exact=True)).asked == "irkutks"


def test_the_note_names_the_words(index: Index) -> None:
    """Those that were replaced, or the query that was not asked."""
    typed = "oscer hollywod film"
    corrected = spelling_note("oscer film", index.answer("oscer film", options=Options(KEYWORD)))
    assert corrected.startswith('no passage has "oscer"; ')
    assert "oscar film" in corrected
    assert spelling_note(typed, index.answer(typed, options=Options(KEYWORD, exact=True))) == ""
    suggested = f"{TEXTS['film']} oscer"
    answer = index.answer(suggested, options=Options(KEYWORD))
    assert spelling_note(suggested, answer) == f"did you mean: {TEXTS['film']} oscar"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """Write the index that the command line opens."""
    base = tmp_path_factory.mktemp("command")
    with IndexWriter(base / ".plait", encoder) as writer:
        for name, text in TEXTS.items():
            writer.add(Article(name, "", text))
    return base


def plait(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    command = [sys.executable, "-m", "plait.cli", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True)


@pytest.mark.parametrize("command", [["search"], ["search", "--json"], ["context"]])
def test_the_command_says_so_on_standard_error(folder: Path, command: Sequence[str]) -> None:
    """In one safe line; standard output is that of the corrected query. `--exact` is silent."""
    corrected = plait(*command, "oscer nominations\x1b[31m", cwd=folder)
    assert corrected.stderr.count("\n") == 1
    assert r"oscar nominations\x1b[31m" in corrected.stderr
    asked = plait(*command, "oscar nominations\x1b[31m", cwd=folder)
    assert (asked.stdout, asked.stderr) == (corrected.stdout, "")
    exact = plait(*command, "--exact", "oscer nominations\x1b[31m", cwd=folder)
    assert exact.stderr == ""
    assert exact.stdout != corrected.stdout
    if "--json" in command:
        assert json.loads(corrected.stdout)[0]["id"] == "oscar"


def test_ranks_follow_the_scores_of_the_correction(seeds: Index) -> None:
    """A corrected answer is sorted as any other."""
    hits = seeds.answer("declaraton of irkustk", 20).hits
    assert all(one.score >= other.score for one, other in pairwise(hits))
