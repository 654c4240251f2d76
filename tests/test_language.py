"""A language is a value: English as it was, and another in this one file."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from plait.index.article import Article
from plait.index.errors import FingerprintError, QueryError
from plait.index.language.analyzer import TextAnalyzer
from plait.index.language.cutting import Cutting, sentences
from plait.index.language.english import ENGLISH
from plait.index.language.language import Language, Versions
from plait.index.language.languages import LANGUAGES, language_named
from plait.index.local.manifest import MANIFEST, read_manifest, record_checksum
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder
from plait.search.context import fitting_excerpts, passages_for
from plait.search.index import Index
from plait.search.system import Options, System

Rewrite: TypeAlias = Callable[[Path, Callable[[Any], object]], None]

PIG = Language(
    name="pig",
    stop_words=frozenset({"oink", "grunt", "nöff"}),
    request_words=frozenset({"squeal"}),
    fold=lambda word: word.removesuffix("ay"),
    make_stemmer=lambda: str,
    sentence_end=re.compile(r";\s+"),
    versions=lambda: Versions("pig 1", "none", "pig sentences 1"),
)
WORDS = Options(system=System.parse("keyword"), exact=True)


@pytest.fixture
def pig(monkeypatch: pytest.MonkeyPatch) -> Language:
    """Register another language, as one row would."""
    monkeypatch.setitem(LANGUAGES, PIG.name, PIG)
    return PIG


@pytest.fixture
def root(tmp_path: Path, pig: Language, quick: Encoder) -> Path:
    """Index an article in that language."""
    folder = tmp_path / "own"
    with IndexWriter(folder, quick, language=pig.name) as writer:
        writer.add(Article("a", "Igpay", "the treaties oink; no apples grunt; treatyay islands"))
    return folder


def found(index: Index, query: str) -> list[str]:
    """Ask the keyword leg alone, for what is typed."""
    return [hit.article.id for hit in index.search(query, options=WORDS)]


def test_the_fingerprints_of_english_are_those_of_its_indexes() -> None:
    """Folders that were written before a language had a name are still read."""
    versions = ENGLISH.versions()._replace(stemmer="snowball 3.1.0")
    own = replace(ENGLISH, versions=lambda: versions)
    assert TextAnalyzer(own).fingerprint == "0ebf9dbad7a07191"
    assert Cutting(254).fingerprint == "sentences-2:254:0.25:0.15"


@pytest.mark.parametrize("number", [3, 4, 5])
def test_an_earlier_manifest_is_of_an_english_index(
    tmp_path: Path, quick: Encoder, number: int
) -> None:
    """No earlier format names a language."""
    IndexWriter(tmp_path, quick).close()
    record = json.loads((tmp_path / MANIFEST).read_text())
    del record["checksum"]
    record["format"] = number
    del record["recipe"]["language"]
    checksum = {"checksum": record_checksum(record)} if number > 3 else {}
    (tmp_path / MANIFEST).write_text(json.dumps(record | checksum))
    assert read_manifest(tmp_path).recipe.language == "english"
    with IndexWriter(tmp_path, quick, language=ENGLISH.name) as writer:
        writer.add(Article("a", "", "The treaties"))
    assert found(Index.open(tmp_path, quick), "treaty") == ["a"]


def test_another_language_has_other_terms_and_sentences(pig: Language) -> None:
    """Its own stop words, endings and ends of sentences; no stems."""
    text = "The treaties. Nöff; bigyay x"
    assert TextAnalyzer(pig).terms(text) == ["the", "treaties", "noff", "bigy", "x"]
    assert [text[a:b] for a, b in sentences(text, pig)] == ["The treaties. Nöff;", "bigyay x"]
    assert TextAnalyzer(pig).request_terms == {"squeal"}
    analyzer = TextAnalyzer(pig)
    assert [token.text for token in analyzer.chain(text)] == analyzer.terms(text)
    assert analyzer.fingerprint != TextAnalyzer().fingerprint
    assert Cutting(60, language=pig).fingerprint.startswith("pig sentences 1:60:")


def test_an_index_is_opened_in_its_own_language(root: Path, quick: Encoder) -> None:
    """The manifest names it."""
    record = json.loads((root / MANIFEST).read_text())
    assert (record["format"], record["recipe"]["language"]) == (8, "pig")
    index = Index.open(root, quick)
    assert found(index, "the") == found(index, "treaty") == ["a"]
    assert found(index, "grunt oink") == ["a"]  # small words alone are sought too
    assert found(index, "treati") == []
    # A correction is found by its own folding, and spelt as the article spells it.
    assert index.answer("treati", options=replace(WORDS, exact=False)).asked == "treatyay"
    assert index.search("apples")[0].article.id == "a"  # both legs: the cutting is its own too


def test_operators_and_excerpts_keep_to_the_language(root: Path, quick: Encoder) -> None:
    """A prefix is folded as the index's terms are; an excerpt ends where a sentence does."""
    index = Index.open(root, quick)
    assert found(index, "islay*") == ["a"]  # folded to isl*
    query, whole = "islands", 1000
    texts = [e.text for e in fitting_excerpts(index, passages_for(index, query).hits, whole)]
    assert texts == ["the treaties oink; no apples grunt; treatyay islands"]
    (excerpt,) = fitting_excerpts(index, passages_for(index, query).hits, 12)
    assert excerpt.text == "the treaties oink;"


def test_a_writer_takes_the_language_of_the_index(root: Path, quick: Encoder) -> None:
    """Who adds to it does not name it again, and cannot name another."""
    with IndexWriter(root, quick) as writer:
        writer.add(Article("b", "", "oink the"))
    assert sorted(found(Index.open(root, quick), "the")) == ["a", "b"]
    with pytest.raises(FingerprintError, match=r"language 'pig', .*'english'.* write in pig"):
        IndexWriter(root, quick, language=ENGLISH.name)


def test_an_english_index_is_not_written_in_another(
    tmp_path: Path, pig: Language, quick: Encoder
) -> None:
    """Refused before anything is added."""
    IndexWriter(tmp_path, quick).close()
    with pytest.raises(FingerprintError, match=r"language 'english', .*'pig'.* write in english"):
        IndexWriter(tmp_path, quick, language=pig.name)


def test_a_language_that_is_not_known_names_the_remedy(
    tmp_path: Path, quick: Encoder, rewrite: Rewrite
) -> None:
    """An index of a plait that knows more languages is no damaged one."""
    IndexWriter(tmp_path, quick).close()
    rewrite(tmp_path, lambda r: (r.update(format=6), r["recipe"].update(language="pig")))
    for open_index in (Index.open, lambda path: IndexWriter(path, quick)):
        with pytest.raises(FingerprintError, match=r"'pig'.*knows english.*the plait that wrote"):
            open_index(tmp_path)
    with pytest.raises(QueryError, match="no language 'pig'; choose from english"):
        language_named("pig")


def test_a_language_loads_neither_whoosh_nor_a_stemmer() -> None:
    """Encoding a query needs stop words, and nothing else of a language."""
    code = "import sys, plait.index.language.languages; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"whoosh", "Stemmer", "numpy"}.isdisjoint(done.stdout.split())
