"""Teasers: the list of other stories at the end goes, everything else stays."""

import pytest
from hypothesis import given, strategies as st

from plait.index.reading.teasers import is_heading, split_teasers

STORY = "The council met on Monday.\nIt adjourned at noon."

HEADINGS = [
    "More from World Desk",
    "Read more",
    "Read more:",
    "RELATED STORIES",
    "You may also like",
    "Most read",
    "## Related",
    "**Most read**",
    "Don\u2019t miss",
    "Also on this site",
]

WORDS = st.lists(st.text("abcdefghijklm'-9", min_size=1, max_size=9), min_size=2, max_size=9)
# Letters at both ends: a headline is no dash, no number and, with these letters, no heading.
PHRASE = WORDS.map(lambda words: f"A {' '.join(words)} b")
PARAGRAPH = WORDS.map(lambda words: f"A {' '.join(words)}.")


@st.composite
def tails(draw: st.DrawFn) -> tuple[str, tuple[str, ...]]:
    """Draw one or two teaser sections in one form, and their headlines."""
    alone = draw(st.booleans())
    dash = draw(st.sampled_from("-\u2013\u2022*" if alone else ["- ", "\u2022 ", "\u2022", "* "]))
    lines, headlines = [], []
    for heading in draw(st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=2)):
        lines.append(heading)
        entries = draw(st.lists(st.tuples(PHRASE, PARAGRAPH), min_size=2, max_size=6))
        blurbed = draw(st.sampled_from(["none", "all"]))
        for headline, blurb in entries:
            lines += [dash, headline] if alone else [dash + headline]
            lines += [blurb] if blurbed == "all" else []
            headlines.append(headline)
    return "\n".join(lines), tuple(headlines)


@given(
    st.lists(PARAGRAPH, min_size=1, max_size=3),
    tails(),
    st.sampled_from(["\n", "\n\n"]),
    st.booleans(),
)
def test_a_tail_is_split_off_exactly(
    story: list[str],
    tail: tuple[str, tuple[str, ...]],
    gap: str,
    trailing: bool,  # noqa: FBT001 - Hypothesis passes by position
) -> None:
    """Story and tail come apart where they were joined, and every headline is kept."""
    text = gap.join(story)
    joined = text + gap + tail[0] + ("\n-\n" if trailing else "")
    assert split_teasers(joined) == (text, tail[1])


@given(st.text())
def test_text_without_a_heading_is_unchanged(text: str) -> None:
    """Without a heading nothing is cut, whatever the text."""
    if not any(map(is_heading, text.split("\n"))):
        assert split_teasers(text) == (text, ())


@given(st.lists(st.sampled_from([*HEADINGS, "-", "- Headline here", "A line.", "", "x" * 500])))
def test_what_is_cut_is_the_end(lines: list[str]) -> None:
    """Whatever the order of lines, the article is the beginning of the text, and not empty."""
    text = "\n".join(lines)
    article, teasers = split_teasers(text)
    assert text.startswith(article)
    assert bool(teasers) == (article != text)
    assert article.strip() or not text.strip()


def test_the_form_of_a_real_page() -> None:
    """A dash alone, a headline, sometimes a blurb, five times."""
    tail = (
        "More from Harbour Notes\n-\nDredgers are booked until spring\nTwo firms share the work.\n"
        "-\nWhat could a second crane do for the port\n-\nPilots\u2019 union talks resume: "
        "seven things to know\nWe asked several skippers about the most pressing ones.\n-\n"
        "Ferry line orders hulls\n-\nReview puts emphasis on cranes, cables and quays\n"
        "The review (HR) was begun last year. It has recommended a reform of the port."
    )
    article, teasers = split_teasers(f"{STORY}\n{tail}")
    assert article == STORY
    assert teasers == (
        "Dredgers are booked until spring",
        "What could a second crane do for the port",
        "Pilots\u2019 union talks resume: seven things to know",
        "Ferry line orders hulls",
        "Review puts emphasis on cranes, cables and quays",
    )


@pytest.mark.parametrize(
    ("tail", "teasers"),
    [
        ("Read more\n- One story", ("One story",)),
        ("Most read\n1. First one\n2. Second one", ("First one", "Second one")),
        ("Related\n\n- First one\n\n- Second one\n", ("First one", "Second one")),
        ("Read more\nMost read\n-\nFirst one", ("First one",)),
        (
            "Most read\n-\n-40C in Yakutsk\n-\nSecond one\nIts blurb.",
            ("-40C in Yakutsk", "Second one"),
        ),
        ("Read more\n-\nOne\n-\nTwo\nMost read\n-\nThree", ("One", "Two", "Three")),
    ],
)
def test_forms_of_the_list(tail: str, teasers: tuple[str, ...]) -> None:
    """Dashes, bullets or numbers; one or several headings."""
    article, found = split_teasers(f"{STORY}\n{tail}")
    assert article.removesuffix("\nRead more") == STORY
    assert found == teasers


@pytest.mark.parametrize(
    "ending",
    [
        "Ingredients:\n- flour\n- two eggs\n- a pinch of salt",
        "Those present:\n-\nThe mayor\n-\nThe clerk",
        "Our demands\n\u2022 higher pay\n\u2022 shorter hours",
        "More from the sea was expected.\n- That was all.",
        "Read more\nThis is what the minister told the pupils.\nThen he left.",
        "Read more\n- A headline\nBut the story goes on here.",
        "Read more\n- A headline\n- Another one\nBut the story goes on here.",
        "Read more\n- A headline\n- Another one\n\nBut the story goes on here.",
        "Read more\n-\nA headline\nA blurb.\nBut the story goes on here.",
        "Read more\n-\nA headline\n-\nAnother\n" + "A long paragraph goes on and on. " * 20,
        "Read more\n- " + "a sentence much too long for any headline " * 6,
        "Most read",
        "Most read\n-\n-",
        "You may also like\n\nprose",
    ],
)
def test_doubtful_endings_stay(ending: str) -> None:
    """Recipes, minutes, demands, and stories that go on after a link keep their text."""
    assert split_teasers(f"{STORY}\n{ending}") == (f"{STORY}\n{ending}", ())


def test_a_list_in_the_middle_stays_and_one_at_the_end_goes() -> None:
    """Only what reaches the end of the text is a tail."""
    middle = f"{STORY}\nRead more\n- A story\n- Another\n\n{STORY}"
    assert split_teasers(f"{middle}\nMost read\n-\nThe tail") == (middle, ("The tail",))


def test_a_page_that_is_only_a_list_stays() -> None:
    """Nothing would be left of it."""
    assert split_teasers("Most read\n- One\n- Two") == ("Most read\n- One\n- Two", ())


def test_many_headings_take_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text full of lists that do not reach the end is read once, line by line."""
    lines: list[str] = []

    def counting(line: str) -> bool:
        lines.append(line)
        return is_heading(line)

    monkeypatch.setattr("plait.index.reading.teasers.is_heading", counting)
    text = "Read more\n- A headline\n\nprose\n" * 5_000
    assert split_teasers(text) == (text, ())
    assert lines == text.split("\n")
