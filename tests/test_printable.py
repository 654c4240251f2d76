"""What others wrote reaches a terminal as text: no sequence is obeyed, and none is lost."""

import json
import os
import pty
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis.strategies import characters, text

from plait.index.article import Article
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.index import Index
from plait.search.show.printable import in_line, json_text, printable
from plait.search.show.snippet import snippet

EVIL = "\x1b[31m\x1b]0;owned\x07\x08\x9b2J\x7f\r\u202eevil\u2066\u200f\u2028"
"""Colour, a window's title, backspace, 8-bit CSI, DEL, return, directions, a line's end."""
HALF = "\ud800"
"""Half a surrogate pair: no index holds one, but a query may."""
BOLD, DIM, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
ANYTHING = text(characters())  # lone surrogates among them


def obeyed(output: str) -> set[str]:
    """List what a terminal would obey, except newline and tab."""
    kinds = {"Cc", "Cs", "Zl", "Zp"}
    turning = {"LRM", "RLM", "ALM", "LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    marks = {"\u200e": "LRM", "\u200f": "RLM", "\u061c": "ALM"}
    return {
        letter
        for letter in output
        if unicodedata.category(letter) in kinds
        or unicodedata.bidirectional(letter) in turning
        or letter in marks
    } - {"\n", "\t"}


@given(ANYTHING)
@example(EVIL + HALF)
@example("ends\r\nand ends\n")
def test_nothing_that_is_obeyed_is_left(anything: str) -> None:
    """Of any text; in one line not even newlines and tabs."""
    assert not obeyed(printable(anything))
    assert not obeyed(in_line(anything))
    assert not {"\n", "\t"} & set(in_line(anything))


@given(ANYTHING)
@example(EVIL + HALF)
def test_json_is_safe_and_reads_back_equal(anything: str) -> None:
    """As a value and as a name."""
    written = json_text({anything: [anything]})
    assert not obeyed(written)
    assert json.loads(written) == {anything: [anything]}


@given(text(characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
@example("naïve 尖閣諸島 🙂 שלום \\x1b")
def test_plain_text_stays_as_it_is(plain: str) -> None:
    """Letters of every script, and what looks like an escape already."""
    assert printable(plain) == in_line(plain) == plain


def test_a_snippet_marks_words_beside_what_it_escapes(seeds: Index) -> None:
    """Offsets are those of the text as it was indexed; blanks of all kinds are one space."""
    shown = snippet(
        f"A\u202epeace{EVIL} trea\x1bty\x0c\n war", "peace war", seeds.analyzer, ("<", ">")
    )
    assert shown.startswith(r"A\u202e<peace>\x1b[31m\x1b]0;owned\x07\x08\x9b2J\x7f ")
    assert shown.endswith(r" trea\x1bty <war>")
    assert not obeyed(shown)


SCRIPT = """
import json, sys
from plait import cli
for words in json.loads(sys.argv[1]):
    sys.argv = ["plait", *words]
    try:
        cli.main()
    except SystemExit:
        print("--", flush=True)
"""


@pytest.fixture
def hostile(tmp_path: Path, encoder: Encoder) -> Path:
    """Write an index, files and a collection with sequences wherever a text can be."""
    article = Article(
        f"id{EVIL}", f"peace{EVIL} title", f"A peace{EVIL}treaty. Signed\x1b[8m in Geneva.",
        source=f"/news/source{EVIL}", date=f"2018{EVIL}", author=f"author{EVIL}",
        teasers=(f"teaser{EVIL}",), raw=f"raw{EVIL}", metadata={f"key{EVIL}": f"value{EVIL}"},
    )  # fmt: skip
    with IndexWriter(tmp_path / ".plait", encoder) as writer:
        writer.add(article)
        writer.add(Article("other", "", "Farmers counted apples."))
    news = tmp_path / "news"
    news.mkdir()
    (news / "evil\x1b[31m\u202e.txt").write_text("A title\n\nSome text\x1b[31m of it.")
    (news / "empty\x1b[31m\x9b.txt").write_text("")
    record = {"_id": f"d{EVIL}", "title": f"t{EVIL}", "text": f"A peace{EVIL} treaty."}
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text(json.dumps(record) + '\n{"_id": "e", "text": "Rain."}')
    query = {"_id": "q\x1b[31m\u202e", "text": f"peace{EVIL}"}
    (tmp_path / "queries.jsonl").write_text(json.dumps(query))
    judged = "query-id\tcorpus-id\tscore\nq\x1b[31m\u202e\te\t1\n"
    (tmp_path / "qrels" / "test.tsv").write_text(judged, encoding="utf-8")
    return tmp_path


def commands(article_id: str) -> list[list[str]]:
    """Name every command that prints what an index or a file holds, and some that fail."""
    shown = [
        ["search", "peace apples"],
        ["search", "peace apples", "--explain", "--passages"],
        *(["search", "peace apples", "--format", form] for form in ("jsonl", "csv", "md", "files")),
        *(["list", "--format", form] for form in ("text", "jsonl", "csv", "md", "files")),
        ["show", article_id],
        ["show", f"{article_id}#0"],
        ["context", "peace apples"],
        ["why", "peace apples", article_id],
        ["info"],
        ["bench", ".", "-i", "bench.plait", "-s", "keyword; dense"],
    ]
    asked = [
        ["search", f"+nowhere{EVIL}{HALF}"],
        ["show", f"ghost{EVIL}{HALF}"],
        ["remove", f"ghost{EVIL}"],
    ]
    asked += [["search", "x", "--system", f"magic{EVIL}"], ["check", "-i", f"none{EVIL}"]]
    as_json = [[*words, "--json"] for words in shown if "--format" not in words]
    return [*shown, *as_json, *asked, ["index", "news", "-i", "new.plait"], ["check"]]


def on_a_terminal(script: list[str], cwd: Path) -> str:
    """Run Python on a terminal of its own; give all that arrived there, bars of progress aside."""
    ours, theirs = pty.openpty()
    plain = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    plain["TERM"] = "dumb"  # on which a bar is not drawn
    running = subprocess.Popen(script, cwd=cwd, stdout=theirs, stderr=theirs, env=plain)
    os.close(theirs)
    arrived = b""
    try:
        while block := os.read(ours, 1 << 16):
            arrived += block
    except OSError:  # how Linux says that nobody writes any more
        pass
    os.close(ours)
    assert running.wait() == 0
    return arrived.decode("utf-8", "surrogateescape")


def test_no_command_prints_what_a_terminal_obeys(hostile: Path) -> None:
    """On a terminal and into a pipe: newlines, tabs, and bold type of plait's own."""
    (article_id,) = (
        it for it in Index.open(hostile / ".plait").store.article_ids() if it != "other"
    )
    script = [sys.executable, "-c", SCRIPT, json.dumps(commands(article_id))]
    piped = subprocess.run(script, cwd=hostile, capture_output=True, check=True)
    seen = on_a_terminal(script, hostile).replace("\r\n", "\n")
    assert seen.count(BOLD) + seen.count(DIM) == seen.count(PLAIN) > seen.count(DIM) > 0
    for output in (piped.stdout.decode(), piped.stderr.decode(), seen):
        assert r"\x1b" in output
        assert "Traceback" not in output
        assert not obeyed(output.replace(BOLD, "").replace(DIM, "").replace(PLAIN, "")), output
    assert piped.stdout.count(b"--\n") == len(commands(article_id))
    assert BOLD.encode() not in piped.stdout
