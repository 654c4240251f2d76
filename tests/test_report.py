"""The page of an evaluation: it says what the experiment says, safely, and needs nothing else."""

import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from plait.index.errors import PlaitError
from plait.search.evaluation import Topic
from plait.search.evaluation.experiment import Experiment, Outcome
from plait.search.evaluation.measures import per_topic
from plait.search.evaluation.report import write_report
from plait.search.evaluation.report.headline import finding
from plait.search.evaluation.report.numbers import histogram, ranks, recall, split_scores
from plait.search.evaluation.report.section import ACCENT_COLOURS, BASELINE_COLOUR, colours
from plait.search.evaluation.running import compare

MEASURES = ("nDCG@10", "R@2")
TOPICS = tuple(Topic(f"q{n}", f"question {n}", ("words", "meaning")[n % 2]) for n in range(6))
QRELS = {topic.id: {"a": 2, "b": 1, "c": 0} for topic in TOPICS}
GOOD = {"a": 4.0, "b": 3.0, "c": 2.0, "d": 1.0}
FAIR = {"c": 4.0, "a": 3.0, "b": 2.0, "d": 1.0}
POOR = {"d": 4.0, "c": 3.0, "b": 2.0, "a": 1.0}


class Loads(HTMLParser):
    """Collects what a page would fetch, and the tags it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag, and attributes that name another file."""
        self.tags.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in {"src", "href", "data"}]


def outcome(system: str, run: Mapping[str, Mapping[str, float]], *, timed: bool = True) -> Outcome:
    """Measure a run."""
    seconds = {topic: 0.001 * place for place, topic in enumerate(run, start=1)} if timed else {}
    return Outcome(system, run, seconds, per_topic(QRELS, run, MEASURES))


def experiment(*outcomes: Outcome, topics: tuple[Topic, ...] = TOPICS) -> Experiment:
    """Compare outcomes with the first."""
    first = outcomes[0].system
    compared = compare(outcomes, first, MEASURES)
    return Experiment("tiny", 4, topics, QRELS, MEASURES, outcomes, first, compared)


def page(shown: Experiment, folder: Path) -> str:
    """Write a report and read it."""
    path = folder / "report.html"
    write_report(shown, path)
    return path.read_text(encoding="utf-8")


def section(html: str, title: str) -> str:
    """Cut one section out of a page."""
    (found,) = (part for part in html.split("<section>") if f"<h2>{title}</h2>" in part)
    return found.partition("</section>")[0]


def labels(html: str) -> list[str]:
    """List what a pointer would read."""
    return [unescape(text) for text in re.findall(r'(?:aria-label|data-hover)="([^"]*)"', html)]


@pytest.fixture(scope="module")
def three() -> Experiment:
    """Three systems: the baseline is fair, one is better, one is better and worse."""
    mixed = {topic.id: GOOD if place < 2 else POOR for place, topic in enumerate(TOPICS)}
    return experiment(
        outcome("fair", {topic.id: FAIR for topic in TOPICS}),
        outcome("good", {topic.id: GOOD for topic in TOPICS}),
        outcome("mixed", mixed, timed=False),
    )


@pytest.fixture(scope="module")
def html(three: Experiment, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the three."""
    return page(three, tmp_path_factory.mktemp("report"))


def test_the_table_holds_every_mean_to_four_digits(three: Experiment, html: str) -> None:
    """Systems in their order, measures in theirs; the best of each column is bold."""
    rows = section(html, "Means").partition("<tbody>")[2].split("<tr>")[1:]
    for row, shown in zip(rows, three.outcomes, strict=True):
        assert f"</i>{shown.system}</span>" in row
        cells = re.findall(r"<td[^>]*>(?:<b>)?(\d\.\d{4})", row)
        assert cells == [f"{shown.mean(measure):.4f}" for measure in MEASURES]
        assert row.count("<b>") == (len(MEASURES) if shown.system == "good" else 0)


def test_the_table_holds_every_comparison(three: Experiment, html: str) -> None:
    """Difference, interval and corrected p stand beside the mean, with their signs."""
    for c in three.comparisons:
        (label,) = {
            text
            for text in labels(section(html, "Means"))
            if text.startswith(f"{c.system} against fair, {c.measure}: ")
        }
        numbers = [c.difference, c.low, c.high]
        assert [float(n.replace("−", "-")) for n in re.findall(r"[+−]?\d\.\d{4}", label)] == [  # noqa: RUF001
            pytest.approx(number, abs=5e-5) for number in numbers
        ]
        assert f"after Holm p = {c.p_holm:.3f}" in label
        assert f"{c.worse} worse, {c.same} the same" in label


def test_the_headline_says_what_came_out(three: Experiment, html: str) -> None:
    """The best system, its margin, and whether the margin is more than luck."""
    sure = tuple(replace(c, p_holm=0.049) for c in three.comparisons)
    unsure = tuple(replace(c, p_holm=0.05) for c in three.comparisons)
    margin = three.outcome("good").mean("nDCG@10") - three.outcome("fair").mean("nDCG@10")
    assert finding(replace(three, comparisons=sure)) == (
        f"good is best with nDCG@10 1.0000, {margin:.4f} above the baseline, fair; "
        "that is significant after Holm’s correction (p = 0.049)."
    )
    assert "that is not significant" in finding(replace(three, comparisons=unsure))
    assert finding(replace(three, comparisons=())) == "good is best with nDCG@10 1.0000."
    fair, good, mixed = three.outcomes
    assert finding(experiment(good, fair, mixed)).startswith("No system beats the baseline, good,")
    assert finding(experiment(fair)).startswith("fair reaches nDCG@10 0.")
    same = [replace(good, system=name) for name in "xy"]
    assert finding(experiment(*same)) == "All 2 systems reach the same nDCG@10, 1.0000."
    assert finding(experiment(fair, *same)) == "x and y share the best nDCG@10, 1.0000."
    assert f'<p class="finding">{finding(three)}</p>' in html


def test_a_measure_that_counts_has_an_axis_of_its_own(three: Experiment, tmp_path: Path) -> None:
    """Differences of 50 articles do not press those of 0.1 into a point."""
    counted = tuple(
        replace(c, low=-0.1, high=50.0 if c.measure == "nDCG@10" else 0.1)
        for c in three.comparisons
    )
    html = page(replace(three, comparisons=counted), tmp_path)
    panels = section(html, "Differences to the baseline").split("<figure>")
    (panel,) = (panel for panel in panels if "<b>R@2</b>" in panel)
    widths = re.findall(r'x2="([.0-9]+)" y2="0" stroke="#(?:0072b2|d55e00)"', panel)
    assert len(widths) == 2
    assert min(map(float, widths)) > 100


def test_every_changed_topic_can_be_pointed_at(html: str) -> None:
    """A bar a topic: 6 gains of one system, 2 gains and 4 losses of the other."""
    bars = [text for text in labels(section(html, "Gains and losses by topic")) if "→" in text]
    assert len(bars) == 12
    assert sum("(+" in text for text in bars) == 8
    assert sum(text.startswith("q5: question 5") for text in bars) == 2


def test_recall_is_read_at_every_rank(html: str) -> None:
    """The label of a rank has all systems, the best first."""
    found = [text for text in labels(section(html, "Recall by rank")) if text.startswith("rank")]
    assert [text.split("\n")[0] for text in found] == [f"rank {rank}" for rank in range(1, 5)]
    assert found[0].split("\n")[1:] == ["0.5000  good", "0.1667  mixed", "0.0000  fair"]


def test_recall_is_of_the_experiments_runs(three: Experiment) -> None:
    """One of two relevant articles at rank 1, both at 2; ranks spread on a log scale."""
    good = three.outcome("good")
    assert recall(three, good, [1, 2, 4]) == [0.5, 1.0, 1.0]
    deep = replace(good, run={"q0": {str(n): -n for n in range(3000)}})
    spread = ranks(replace(three, outcomes=(deep,)))
    assert spread[:11] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12]
    assert spread[-1] == 1000


def test_scores_are_split_by_relevance(three: Experiment) -> None:
    """A grade of 0 and no grade are both "other"; shares are of what was counted."""
    relevant, others = split_scores(three, three.outcome("good"))
    assert sorted(set(relevant)) == [3.0, 4.0]
    assert sorted(set(others)) == [1.0, 2.0]
    assert [found.share for found in histogram([1, 1, 2, 4], [1, 2, 3, 4])] == [0.5, 0.25, 0.25]
    assert [found.share for found in histogram([], [1, 2])] == [0.0]


def test_latency_says_median_and_tail_and_who_was_not_timed(html: str) -> None:
    """Six times of 1 to 6 ms; a run that was read has none."""
    shown = section(html, "Latency")
    assert shown.count("median 3.50 ms · 95 % within 5.75 ms") == 2
    assert "Not timed: mixed." in shown


def test_kinds_have_their_own_means(three: Experiment, html: str) -> None:
    """One bar for each kind and system, with the mean over the kind's topics."""
    found = [text for text in labels(section(html, "Means by kind of topic")) if "\n" in text]
    values = three.outcome("mixed").values["nDCG@10"]
    words = (values["q0"] + values["q2"] + values["q4"]) / 3
    assert len(found) == 6
    assert f"words, 3 topics\nmixed: nDCG@10 {words:.4f}" in found


def test_the_topics_that_changed_most_are_listed(html: str) -> None:
    """Gains and losses of each system, with numbers to sort by, and where to look."""
    rows = section(html, "Topics that changed most").partition("<tbody>")[2].split("<tr>")[1:]
    assert len(rows) == 12
    assert all(row.count("data-value=") == 3 for row in rows)
    sizes = [abs(float(re.findall('data-value="(.*?)"', row)[2])) for row in rows]
    assert sizes == sorted(sizes, reverse=True)


def test_systems_keep_their_colour(three: Experiment, html: str) -> None:
    """The baseline is grey, the others have accents; every section uses the same."""
    assert colours(three) == {
        "fair": BASELINE_COLOUR,
        "good": ACCENT_COLOURS[0],
        "mixed": ACCENT_COLOURS[1],
    }
    for title in ("Means", "Gains and losses by topic", "Recall by rank", "Means by kind of topic"):
        assert f'background:{ACCENT_COLOURS[0]}"></i>good<' in section(html, title)
    assert f'stroke="{ACCENT_COLOURS[1]}"' in section(html, "Recall by rank")


def test_a_page_fetches_nothing(html: str) -> None:
    """No file, no address: neither in an attribute nor in the style."""
    assert Loads(html).fetched == []
    assert "@import" not in html
    assert "url(" not in html
    assert set(re.findall(r'https?://[^"\s]*', html)) <= {
        "http://www.w3.org/2000/svg",  # names of vocabularies, which nobody fetches
        "http://www.w3.org/1999/xlink",
    }


def test_what_others_wrote_is_text(three: Experiment, tmp_path: Path) -> None:
    """A topic, a kind, a system, an article and a name cannot become markup."""
    evil = '<script>alert("x")</script>&<b>'
    topics = tuple(Topic(evil + topic.id, evil, evil) for topic in TOPICS)
    outcomes = tuple(
        Outcome(
            evil + found.system,
            {
                evil + topic: {evil + a: s for a, s in run.items()}
                for topic, run in found.run.items()
            },
            {evil + topic: time for topic, time in found.seconds.items()},
            {m: {evil + t: value for t, value in v.items()} for m, v in found.values.items()},
        )
        for found in three.outcomes
    )
    qrels = {evil + t: {evil + a: grade for a, grade in g.items()} for t, g in QRELS.items()}
    named = replace(experiment(*outcomes, topics=topics), name=evil, qrels=qrels)
    html = page(named, tmp_path)
    assert Loads(html).tags.count("script") == 1
    assert "alert(" not in html.replace("&lt;script&gt;alert(", "")
    assert "&lt;script&gt;alert(" in section(html, "Topics that changed most")


def test_one_system_leaves_comparisons_out(three: Experiment, tmp_path: Path) -> None:
    """Without times, kinds or a second system, sections say why they are empty."""
    fair = three.outcomes[0]
    plain = tuple(replace(topic, kind="") for topic in TOPICS)
    html = page(experiment(replace(fair, seconds={}), topics=plain), tmp_path)
    reasons = {
        "Differences to the baseline": "no second system",
        "Gains and losses by topic": "no second system",
        "Latency": "no system was timed",
        "Means by kind of topic": "not divided into kinds",
        "Topics that changed most": "no second system",
        "How it was made": "did not say",
    }
    for title, reason in reasons.items():
        assert re.search(f"Left out: [^<]*{reason}", section(html, title))
    assert html.count("Left out: ") == len(reasons)


def test_equal_systems_leave_changes_out(three: Experiment, tmp_path: Path) -> None:
    """Where nothing differs there is still an interval, and no bar."""
    fair = three.outcomes[0]
    html = page(experiment(fair, replace(fair, system="twin")), tmp_path)
    for title in ("Gains and losses by topic", "Topics that changed most"):
        assert "Left out: nDCG@10 is the same for every topic" in section(html, title)
    assert "Left out" not in section(html, "Differences to the baseline")


def test_runs_without_a_spread_are_named(three: Experiment, tmp_path: Path) -> None:
    """One article a topic draws no curve; equal scores and no scores draw no histogram."""
    flat = outcome("flat", {topic.id: {"a": 1.0} for topic in TOPICS})
    silent = replace(outcome("silent", {topic.id: {} for topic in TOPICS}), seconds={"q0": 0.0})
    html = page(replace(three, outcomes=(flat, silent), baseline="flat", comparisons=()), tmp_path)
    assert "Left out: no system retrieved more than one" in section(html, "Recall by rank")
    spread = section(html, "Scores of relevant and other articles")
    assert "Left out: all scores are equal" in spread
    assert "Left out: it retrieved nothing" in spread


def test_of_many_topics_some_are_drawn(tmp_path: Path) -> None:
    """Ten thousand bars would be neither seen nor pointed at; the tally counts them all."""
    topics = tuple(Topic(str(n), f"question {n}") for n in range(2000))
    qrels = {topic.id: {"a": 1} for topic in topics}
    runs = {
        "low": {t.id: {"b": 2.0, "a": 1.0} for t in topics},
        "top": {t.id: GOOD for t in topics},
    }
    outcomes = [Outcome(s, run, {}, per_topic(qrels, run, ["RR"])) for s, run in runs.items()]
    compared = compare(outcomes, "low", ["RR"])
    many = Experiment("many", 2, topics, qrels, ("RR",), tuple(outcomes), "low", compared)
    shown = section(page(many, tmp_path), "Gains and losses by topic")
    assert "2000 better · 0 worse · 0 the same" in shown
    assert sum("→" in text for text in labels(shown)) == 600


@pytest.mark.parametrize("library", ["altair", "vl_convert"])
def test_a_missing_library_is_named(
    three: Experiment, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says what to install, and leaves no file."""
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(PlaitError, match=rf"{library}.*pip install 'plait\[report\]'"):
        write_report(three, tmp_path / "report.html")
    assert list(tmp_path.iterdir()) == []
